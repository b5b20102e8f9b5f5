// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOptimismPortal} from "src/interfaces/IOptimismPortal.sol";

/// @notice The portal on L1. Dispute games and state proofs are replaced by the test's word (`prove`); what comes after is as
///         in the real one: once each, one at a time, and a call that fails does not revert.
contract OptimismPortalMock is IOptimismPortal {
    address internal constant NOBODY = 0x000000000000000000000000000000000000dEaD;
    uint160 internal constant ALIAS_OFFSET = uint160(0x1111000000000000000000000000000000001111);

    address public l2Sender = NOBODY;
    mapping(bytes32 => bool) public proven;
    mapping(bytes32 => bool) public finalizedWithdrawals;

    event TransactionDeposited(address indexed from, address indexed to, uint256 indexed version, bytes opaqueData);
    event WithdrawalFinalized(bytes32 indexed withdrawalHash, bool success);

    error Unproven();
    error AlreadyFinalized();
    error NonReentrant();
    error CallWithTooLittleGas();

    receive() external payable {}

    function prove(bytes32 withdrawalHash) external {
        proven[withdrawalHash] = true;
    }

    function depositTransaction(address to, uint256 value, uint64 gasLimit, bool isCreation, bytes memory data)
        external
        payable
    {
        address from = msg.sender;
        unchecked {
            if (from.code.length != 0) from = address(uint160(from) + ALIAS_OFFSET);
        }
        emit TransactionDeposited(from, to, 0, abi.encodePacked(msg.value, value, gasLimit, isCreation, data));
    }

    function finalizeWithdrawalTransaction(WithdrawalTransaction calldata t) external {
        if (l2Sender != NOBODY) revert NonReentrant();
        bytes32 hash = keccak256(abi.encode(t.nonce, t.sender, t.target, t.value, t.gasLimit, t.data));
        if (!proven[hash]) revert Unproven();
        if (finalizedWithdrawals[hash]) revert AlreadyFinalized();
        finalizedWithdrawals[hash] = true;
        l2Sender = t.sender;
        if (gasleft() * 63 < t.gasLimit * 64 + 40_000 * 63) revert CallWithTooLittleGas();
        (bool success,) = t.target.call{value: t.value}(t.data);
        l2Sender = NOBODY;
        emit WithdrawalFinalized(hash, success);
    }
}
