// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICcipReadIsm} from "./ICcipReadIsm.sol";
import {IInterchainAccount} from "./IInterchainAccount.sol";
import {IInterchainAccounts} from "./IInterchainAccounts.sol";

/// @title ICommitmentReadIsm
/// @notice Verifies the reveal of an account router by having the account do what it is committed to.
/// @dev Trust: none. What an account is committed to came in a message that the account's own module verified; this one only
///      brings the calls that hash to it. The owner sets the gateways, and so decides whether they are brought: anyone who
///      knows them may still call `revealAndExecute` of the router. Metadata:
///
///      account (20) ‖ salt (32) ‖ abi.encode(Call[])
///
///      asked for at a gateway by the calldata of `getCallsFromRevealMessage(message)`. A reveal of what is over, because
///      somebody revealed it before or the owner cancelled it, is verified and does nothing.
interface ICommitmentReadIsm is ICcipReadIsm {
    /// @notice The message is for another recipient than the router.
    error NotForMyRouter(bytes32 recipient);

    /// @notice The message is none that reveals.
    error NotAReveal(uint8 kind);

    /// @notice The metadata names another account than the message.
    error WrongAccount(address account, address expected);

    /// @notice The calls of the metadata are not those that the message is about.
    error WrongCalls(bytes32 commitment, bytes32 expected);

    /// @notice Whose reveals it verifies.
    function router() external view returns (IInterchainAccounts);
}

/// @title ICommitmentGateway
/// @notice What a gateway is asked for the calls behind a commitment; no contract implements it.
interface ICommitmentGateway {
    /// @notice The three parts of the metadata. A gateway answers them packed, as above.
    function getCallsFromRevealMessage(bytes calldata message)
        external
        view
        returns (address account, bytes32 salt, IInterchainAccount.Call[] memory calls);
}
