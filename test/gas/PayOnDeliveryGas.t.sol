// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ExpiringClient} from "src/apps/ExpiringClient.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";

import {EscrowTest} from "../kit/EscrowTest.sol";
import {Reference} from "../kit/Reference.sol";
import {ExpiringVault} from "../mocks/ExpiringVault.sol";

/// @notice Gas of whole transactions, as in Gas.t.sol. Receipts are guarded by a 3-of-3 message-id multisig. The price
///         comes from a paymaster that does not ask an oracle, and the vault is compiled without the optimizer: what it
///         adds is its own.
/// forge-config: default.isolate = true
contract PayOnDeliveryGasTest is EscrowTest {
    uint256 internal constant WARM_UP = 32;
    uint256 internal constant MEASURED = 32;
    bytes internal constant BODY = hex"6b1be83a77e5c2b4f9d21c0e5a4de1b0c3f7a8d99e8b7c6d5e4f3a2b1c0d9e8f";

    function test_escrow_dispatch() public {
        bytes memory metadata = _metadataOf(_terms());
        uint256 total;
        for (uint256 i; i < WARM_UP + MEASURED; ++i) {
            originMailbox.dispatch{value: QUOTE}(
                DESTINATION, Reference.addr32(address(recipient)), BODY, metadata, escrow
            );
            if (i >= WARM_UP) total += vm.lastCallGas().gasTotalUsed;
        }
        vm.snapshotValue("PayOnDelivery", "dispatch, escrow, exact, mean of 32", total / MEASURED);
    }

    function test_escrow_topUpRefundWithdraw() public {
        bytes32 id = keccak256(_lock());
        escrow.topUp{value: 1}(id);
        vm.snapshotGasLastCall("PayOnDelivery", "topUp");
        vm.warp(UNTIL + 1);
        escrow.refund(_ids(id));
        vm.snapshotGasLastCall("PayOnDelivery", "refund of 1");
        escrow.withdraw(refundee);
        vm.snapshotGasLastCall("PayOnDelivery", "withdraw, to a new account");
    }

    function test_escrow_receipts() public {
        _measureReceipt(1);
        _measureReceipt(10);
        _measureReceipt(50);
        escrow.withdraw(relayer);
        vm.snapshotGasLastCall("PayOnDelivery", "withdraw");
    }

    /// @dev The payee has credit already, as one who claims often.
    function _measureReceipt(uint256 count) internal {
        _claim(_delivered());
        bytes32[] memory ids = new bytes32[](count);
        for (uint256 i; i < count; ++i) {
            ids[i] = _delivered();
        }
        bytes32 to = Reference.addr32(address(escrow));
        IPostDispatchHook tree = destinationMailbox.merkleTreeHook();
        string memory of_ = string.concat(" of ", vm.toString(count));
        bytes memory receipt = _sendReceipt(receiptIsm, ids); // so that the tree is warmed up in some way
        receipts.sendReceipts(ORIGIN, to, address(receiptIsm), ids, "", tree);
        vm.snapshotGasLastCall("PayOnDelivery", string.concat("sendReceipts", of_));
        bytes memory proof = _proof(receipt, _keys(0, 1, 2));
        originMailbox.process(proof, receipt);
        vm.snapshotGasLastCall("PayOnDelivery", string.concat("process, receipt", of_));
    }

    function test_expiry() public {
        ExpiringVault here = new ExpiringVault(originMailbox);
        ExpiringVault there = new ExpiringVault(destinationMailbox);
        here.enroll(DESTINATION, Reference.addr32(address(there)));
        there.enroll(ORIGIN, Reference.addr32(address(here)));
        ExpiringClient.Outgoing memory outgoing = ExpiringClient.Outgoing(
            DESTINATION, START + 1, originMailbox.merkleTreeHook(), Reference.addr32(address(there)), 0
        );
        bytes memory body = abi.encodePacked(uint8(1), START + 1, uint64(0), abi.encode(alice, bob, 1));
        bytes memory message = Reference.message(
            originMailbox.nonce(), ORIGIN, address(here), DESTINATION, Reference.addr32(address(there)), body
        );
        vm.prank(alice);
        here.transfer{value: 1}(outgoing, bob, 1, "");
        vm.warp(START + 2);
        bytes memory proof = _proof(message, _keys(0, 1));
        destinationMailbox.process(proof, message);
        vm.snapshotGasLastCall("PayOnDelivery", "process, expired: tombstone and receipt");
        assertEq(destinationMailbox.nonce(), 1);
        there.resendReceipt(ORIGIN, Reference.addr32(address(here)), body, "", destinationMailbox.merkleTreeHook());
        vm.snapshotGasLastCall("PayOnDelivery", "resendReceipt");
        body = abi.encodePacked(uint8(2), START + 1, uint64(0), abi.encode(alice, bob, 1));
        bytes memory receipt =
            Reference.message(0, DESTINATION, address(there), ORIGIN, Reference.addr32(address(here)), body);
        proof = _proof(receipt, _keys(0, 1));
        originMailbox.process(proof, receipt);
        vm.snapshotGasLastCall("PayOnDelivery", "process, receipt of an expired message");
        assertEq(alice.balance, 100 ether);
    }
}
