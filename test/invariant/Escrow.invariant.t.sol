// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EscrowTest} from "../kit/EscrowTest.sol";
import {EscrowBooks} from "./EscrowBooks.sol";
import {EscrowHandler} from "./EscrowHandler.sol";

/// @notice The invariants in prose: README.md beside this file.
/// forge-config: default.invariant.runs = 16
/// forge-config: deep.invariant.runs = 10000
contract EscrowInvariantTest is EscrowTest {
    uint256 internal constant ACCOUNTS = 4;

    EscrowHandler internal handler;

    function setUp() public override {
        super.setUp();
        EscrowBooks.World memory world;
        (world.origin, world.destination, world.escrow, world.receipts) =
        (originMailbox, destinationMailbox, escrow, receipts);
        (world.receiptIsm, world.hostileIsm) = (address(receiptIsm), address(hostileIsm));
        world.recipient = address(recipient);
        world.accounts = new address[](ACCOUNTS + 1);
        for (uint256 i; i < ACCOUNTS; ++i) {
            world.accounts[i] = makeAddr(string.concat("account ", vm.toString(i)));
        }
        world.accounts[ACCOUNTS] = attacker; // who pays, relays and is refunded as anyone does
        (world.validatorKeys, world.attackerKey) = (validatorKeys, attackerKey);
        handler = new EscrowHandler(world);
        targetContract(address(handler));
        bytes4[] memory selectors = new bytes4[](14);
        selectors[0] = handler.pass.selector;
        selectors[1] = handler.passToEdge.selector;
        selectors[2] = handler.dispatch.selector;
        selectors[3] = handler.topUp.selector;
        selectors[4] = handler.refund.selector;
        selectors[5] = handler.withdraw.selector;
        selectors[6] = handler.deliver.selector;
        selectors[7] = handler.setPayee.selector;
        selectors[8] = handler.sendReceipt.selector;
        selectors[9] = handler.bring.selector;
        selectors[10] = handler.forge.selector;
        selectors[11] = handler.lockAgain.selector;
        selectors[12] = handler.reorgOrigin.selector;
        selectors[13] = handler.reorgDestination.selector;
        targetSelector(FuzzSelector(address(handler), selectors));
    }

    function invariant_escrowHoldsOpenLocksAndCredits() public view {
        handler.assertHeldIsOwed();
    }

    function invariant_aLockIsOpenOrPaidOnceOrRefundedOnce() public view {
        handler.assertLocksAreOpenOrSettledOnce();
    }

    function invariant_whoDeliveredIsPaid_asThePayerChose() public view {
        handler.assertDeliverersArePaid();
    }

    /// @dev Every action of the handler can happen: an invariant over nothing would hold too.
    function test_handler_everyActionWorks() public {
        handler.dispatch(0, 0, 10, 5, 1 hours); // honest choices
        handler.dispatch(1, 1, 20, 0, 2 hours); // the attacker's module
        handler.dispatch(2, 2, 30, 0, 3 hours); // the attacker's receipts
        handler.dispatch(3, 0, 40, 0, 4 hours);
        handler.topUp(0, 7);
        handler.lockAgain(0);
        handler.refund(0, 0);
        handler.deliver(0, 0);
        handler.deliver(0, 1);
        handler.setPayee(0, 2);
        handler.sendReceipt(0, 1);
        for (uint256 kind; kind < 4; ++kind) {
            handler.forge(0, kind, uint32(kind));
        }
        _reorg();
        handler.bring(0);
        handler.bring(0);
        handler.topUp(0, 1);
        handler.withdraw(2);
        handler.withdraw(3);
        handler.pass(1);
        handler.deliver(3, 1);
        handler.sendReceipt(3, 1);
        handler.passToEdge(3, true);
        handler.topUp(3, 1);
        handler.bring(1);
        handler.refund(2, 0);
        handler.refund(2, 0);

        _assertAllHappened();
        handler.assertHeldIsOwed();
        handler.assertLocksAreOpenOrSettledOnce();
        handler.assertDeliverersArePaid();
    }

    /// @dev What a chain took back leaves no trace: neither what was paid, nor the time, nor who delivered.
    function _reorg() internal {
        uint256 time = block.timestamp;
        (uint256 open, uint256 held) = (escrow.lock(handler.idAt(0)).amount, address(escrow).balance);
        uint256[6] memory seeds;
        (seeds[0], seeds[1], seeds[2], seeds[3]) = (6, 3 + 8 * 2, 5 + 8 * 2, 2 + 8 * 3);
        handler.reorgOrigin(seeds); // bring, withdraw, pass to an edge, refund, dispatch
        assertEq(block.timestamp, time);
        assertEq(escrow.lock(handler.idAt(0)).amount, open);
        assertEq(address(escrow).balance, held);
        (seeds[0], seeds[1], seeds[2], seeds[3]) = (2 + 4 * 1, 1 + 4 * 1, 4 * 1, 3 + 4 * 2);
        handler.reorgDestination(seeds); // deliver, send a receipt, name a payee, deliver
        assertFalse(destinationMailbox.delivered(handler.idAt(1)));
    }

    function _assertAllHappened() internal view {
        string[24] memory names = [
            "dispatch",
            "topUp",
            "lockAgain",
            "refund too early",
            "deliver",
            "deliver again",
            "setPayee",
            "sendReceipt",
            "forge 0",
            "forge 1",
            "forge 2",
            "forge 3",
            "skipped",
            "reorgOrigin",
            "reorgDestination",
            "bring",
            "paid",
            "bring again",
            "topUp of no lock",
            "withdraw",
            "withdraw nothing",
            "topUp too late",
            "paid late",
            "refund"
        ];
        for (uint256 i; i < names.length; ++i) {
            assertGt(handler.calls(names[i]), 0, names[i]);
        }
    }
}
