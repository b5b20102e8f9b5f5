// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IExpiringClient} from "src/interfaces/IExpiringClient.sol";
import {IMailbox} from "src/interfaces/IMailbox.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";
import {DeliveryTerms} from "src/libraries/DeliveryTerms.sol";

import {Reference} from "../../kit/Reference.sol";
import {ExpiringVault} from "../../mocks/ExpiringVault.sol";
import {RawAnswer} from "../../mocks/RawAnswer.sol";
import {FeeHook} from "../../mocks/FeeHook.sol";
import {ExpiringClientTest} from "./ExpiringClientTest.sol";

/// @notice The side that handles, or says that it is too late.
contract ExpiringClientDestinationTest is ExpiringClientTest {
    uint256 internal constant FEE = 1000;

    function _key(uint48 deadline, uint64 counter) internal view returns (bytes32) {
        return _commitment(ORIGIN, address(here), _body(1, deadline, counter));
    }

    function _resend(uint256 value, bytes memory body, bytes memory metadata, IPostDispatchHook hook)
        internal
        returns (bytes32)
    {
        return there.resendReceipt{value: value}(ORIGIN, Reference.addr32(address(here)), body, metadata, hook);
    }

    /* ----------------------------------------------------- in time -------------------------------------------------- */

    function test_handle_upToTheDeadline_handles() public {
        uint48[3] memory times = [START, DEADLINE - 1, DEADLINE];
        for (uint64 i; i < times.length; ++i) {
            bytes memory message = _transfer(DEADLINE);
            vm.warp(times[i]);
            uint32 before = destinationMailbox.nonce();
            _deliver(relayer, message);
            assertEq(bob.balance, AMOUNT * (i + 1));
            assertFalse(there.expired(_key(DEADLINE, i)));
            assertEq(destinationMailbox.nonce(), before);
            vm.warp(START);
        }
    }

    function test_handle_withoutDeadline_handlesAtAnyTime() public {
        bytes memory message = _transfer(0);
        vm.warp(START + 10_000 days);
        _deliver(relayer, message);
        assertEq(bob.balance, AMOUNT);
    }

    function test_handle_thatReverts_deliversNothing_andExpiresLater() public {
        bytes memory message = _transfer(DEADLINE);
        vm.deal(address(there), 0);
        vm.warp(DEADLINE);
        bytes memory proof = _proof(message, _keys(0, 1));
        vm.expectRevert(abi.encodeWithSelector(ExpiringVault.NotReleased.selector, bob));
        destinationMailbox.process(proof, message);
        assertFalse(destinationMailbox.delivered(keccak256(message)));
        vm.warp(DEADLINE + 1);
        bytes memory receipt = _nextReceipt(DEADLINE, 0);
        destinationMailbox.process(proof, message);
        _bringBack(receipt);
        assertEq(alice.balance, 100 ether);
    }

    function test_handle_fromNoCounterpart_reverts() public {
        bytes memory body = _body(1, DEADLINE, 0);
        bytes memory message =
            Reference.message(0, ORIGIN, attacker, DESTINATION, Reference.addr32(address(there)), body);
        bytes memory proof = _proof(message, _keys(0, 1));
        bytes memory reason =
            abi.encodeWithSelector(IExpiringClient.NotACounterpart.selector, ORIGIN, Reference.addr32(attacker));
        vm.expectRevert(reason);
        destinationMailbox.process(proof, message);
        // Nor is there a tombstone for it.
        vm.warp(DEADLINE + 1);
        vm.expectRevert(reason);
        destinationMailbox.process(proof, message);
    }

    /* ----------------------------------------------------- too late ------------------------------------------------- */

    function test_handle_afterTheDeadline_writesATombstone_andSendsAReceipt() public {
        bytes memory message = _transfer(DEADLINE);
        vm.warp(DEADLINE + 1);
        bytes memory receipt = _nextReceipt(DEADLINE, 0);
        vm.expectEmit(address(destinationMailbox));
        emit IMailbox.Dispatch(address(there), ORIGIN, Reference.addr32(address(here)), receipt);
        vm.expectEmit(address(there));
        emit IExpiringClient.Expired(ORIGIN, Reference.addr32(address(here)), 0, keccak256(receipt));
        _deliver(relayer, message);
        assertTrue(there.expired(_key(DEADLINE, 0)));
        assertTrue(destinationMailbox.delivered(keccak256(message)));
        assertEq(bob.balance, 0);
        assertEq(address(there).balance, STOCK);
    }

    function test_process_again_reverts() public {
        // Attempt: have it handled after it was refunded, with the clock of another fork, or refunded after it was handled.
        (bytes memory late,) = _expired();
        vm.warp(START);
        bytes memory inTime = _transfer(DEADLINE);
        _deliver(relayer, inTime);
        bytes[2] memory messages = [late, inTime];
        uint48[2] memory times = [START, DEADLINE + 1];
        for (uint256 i; i < 2; ++i) {
            vm.warp(times[i]);
            bytes memory proof = _proof(messages[i], _keys(0, 1));
            vm.expectRevert(abi.encodeWithSelector(IMailbox.AlreadyDelivered.selector, keccak256(messages[i])));
            destinationMailbox.process(proof, messages[i]);
        }
        assertEq(bob.balance, AMOUNT);
        assertFalse(there.expired(_key(DEADLINE, 1)));
    }

    function testFuzz_handle_onlyUpToTheDeadline(uint48 deadline, uint48 time) public {
        deadline = uint48(bound(deadline, START + 1, START + 1000 days));
        time = uint48(bound(time, START, START + 2000 days));
        bytes memory message = _transfer(deadline);
        vm.warp(time);
        _deliver(relayer, message);
        assertEq(bob.balance, time <= deadline ? AMOUNT : 0);
        assertEq(there.expired(_key(deadline, 0)), time > deadline);
    }

    function test_handle_afterTheDeadline_withValue_reverts() public {
        bytes memory message = _transfer(DEADLINE);
        bytes memory proof = _proof(message, _keys(0, 1));
        vm.warp(DEADLINE + 1);
        vm.expectRevert(abi.encodeWithSelector(IExpiringClient.UnexpectedValue.selector, 1));
        destinationMailbox.process{value: 1}(proof, message);
    }

    /* ----------------------------------------------- a receipt that fails ------------------------------------------- */

    function test_handle_whenADispatchCosts_writesTheTombstoneNevertheless() public {
        FeeHook hook = new FeeHook(FEE);
        vm.prank(owner);
        destinationMailbox.setRequiredHook(hook);
        _expectTombstoneAlone();
        // With the fee it is sent.
        bytes memory receipt = _nextReceipt(DEADLINE, 0);
        vm.deal(bob, 2 * FEE);
        vm.prank(bob);
        assertEq(_resend(2 * FEE, _body(1, DEADLINE, 0), "", returnTree), keccak256(receipt));
        assertEq(bob.balance, FEE);
        assertEq(address(there).balance, STOCK);
        _bringBack(receipt);
        assertEq(alice.balance, 100 ether);
    }

    function test_handle_whenADispatchFails_writesTheTombstoneNevertheless() public {
        // Attempt: a required hook that burns all gas, returns far too much, or is hostile in another way.
        RawAnswer.Kind[3] memory kinds = [RawAnswer.Kind.Revert, RawAnswer.Kind.InvalidOpcode, RawAnswer.Kind.Loop];
        for (uint256 i; i < kinds.length; ++i) {
            IPostDispatchHook hook = IPostDispatchHook(address(new RawAnswer(kinds[i], "", 20_000)));
            vm.prank(owner);
            destinationMailbox.setRequiredHook(hook);
            _expectTombstoneAlone();
            vm.warp(START);
        }
    }

    function _expectTombstoneAlone() internal {
        bytes memory message = _transfer(DEADLINE);
        uint64 counter = here.sentCount() - 1;
        vm.warp(DEADLINE + 1);
        uint32 before = destinationMailbox.nonce();
        bytes memory proof = _proof(message, _keys(0, 1));
        vm.expectEmit(address(there));
        emit IExpiringClient.Expired(ORIGIN, Reference.addr32(address(here)), counter, 0);
        destinationMailbox.process{gas: 700_000}(proof, message);
        assertTrue(there.expired(_key(DEADLINE, counter)));
        assertEq(destinationMailbox.nonce(), before);
    }

    function test_handle_withLittleGas_revertsOrSendsTheReceipt() public {
        // Attempt: just so little gas that the tombstone is written and the receipt is not sent. So would a relayer that
        // asks a node for the least gas that does not revert.
        uint256[2] memory paddings = [uint256(0), 4000];
        for (uint256 j; j < paddings.length; ++j) {
            bytes memory body = abi.encodePacked(uint8(1), DEADLINE, uint64(j), new bytes(paddings[j]));
            bytes memory message = Reference.message(
                uint32(j), ORIGIN, address(here), DESTINATION, Reference.addr32(address(there)), body
            );
            bytes memory proof = _proof(message, _keys(0, 1));
            vm.warp(DEADLINE + 1);
            uint32 before = destinationMailbox.nonce();
            uint256 refusals;
            for (uint256 gas_ = 100_000; !destinationMailbox.delivered(keccak256(message)); gas_ += 5000) {
                try destinationMailbox.process{gas: gas_}(proof, message) {}
                catch {
                    ++refusals;
                }
            }
            assertGt(refusals, 10);
            assertEq(destinationMailbox.nonce(), before + 1);
        }
    }

    function test_handle_withTooLittleGas_saysSo() public {
        bytes memory message = _transfer(DEADLINE);
        vm.warp(DEADLINE + 1);
        bytes memory proof = _proof(message, _keys(0, 1));
        vm.expectRevert(IExpiringClient.NotEnoughGas.selector);
        destinationMailbox.process{gas: 350_000}(proof, message);
    }

    /* ------------------------------------------------------ resending ----------------------------------------------- */

    function test_resendReceipt_sendsTheSame() public {
        _expired();
        bytes memory receipt = _nextReceipt(DEADLINE, 0);
        vm.expectEmit(address(there));
        emit IExpiringClient.ReceiptResent(ORIGIN, Reference.addr32(address(here)), 0, keccak256(receipt));
        vm.prank(attacker); // anyone
        assertEq(_resend(0, _body(1, DEADLINE, 0), "", returnTree), keccak256(receipt));
        _bringBack(receipt);
        assertEq(alice.balance, 100 ether);
    }

    function test_resendReceipt_paysItsHook_andReturnsTheRest() public {
        _expired();
        FeeHook hook = new FeeHook(FEE);
        vm.deal(bob, FEE + 7);
        vm.prank(bob);
        _resend(FEE + 7, _body(1, DEADLINE, 0), "", hook);
        assertEq(bob.balance, 7);
        bytes memory metadata = abi.encodePacked(uint16(1), uint256(0), uint256(0), refundee);
        _resend(FEE + 7, _body(1, DEADLINE, 0), metadata, hook);
        assertEq(refundee.balance, 7);
    }

    function _expectNotResent(uint32 origin, address sender, bytes memory body, bytes memory reason) internal {
        vm.expectRevert(reason);
        there.resendReceipt(origin, Reference.addr32(sender), body, "", returnTree);
    }

    function test_resendReceipt_ofWhatHasNotExpired_reverts() public {
        // Attempt: a refund of what is under way, was handled, never was, or is another's.
        bytes memory handled = _transfer(DEADLINE);
        _deliver(relayer, handled);
        _expired();
        _transfer(DEADLINE + 100);
        bytes4 error = IExpiringClient.NotExpired.selector;
        bytes memory body = _body(1, DEADLINE, 0);
        _expectNotResent(ORIGIN, address(here), body, abi.encodeWithSelector(error, _key(DEADLINE, 0)));
        body = _body(1, DEADLINE + 100, 2);
        _expectNotResent(ORIGIN, address(here), body, abi.encodeWithSelector(error, _key(DEADLINE + 100, 2)));
        body = _body(1, DEADLINE, 1);
        _expectNotResent(ORIGIN, bob, body, abi.encodeWithSelector(error, _commitment(ORIGIN, bob, body)));
        _expectNotResent(
            3000, address(here), body, abi.encodeWithSelector(error, _commitment(3000, address(here), body))
        );
        body = bytes.concat(body, hex"00");
        _expectNotResent(
            ORIGIN, address(here), body, abi.encodeWithSelector(error, _commitment(ORIGIN, address(here), body))
        );
    }

    function test_resendReceipt_ofNoMessage_reverts() public {
        _expired();
        _expectNotResent(
            ORIGIN,
            address(here),
            _body(2, DEADLINE, 0),
            abi.encodeWithSelector(IExpiringClient.UnknownKind.selector, 2)
        );
        vm.expectRevert(abi.encodeWithSelector(DeliveryTerms.NotStandardMetadata.selector, 2));
        _resend(0, _body(1, DEADLINE, 0), hex"0002", IPostDispatchHook(address(0)));
    }

    /* ----------------------------------------------------- with an escrow ------------------------------------------- */

    function test_expired_underAnEscrow_paysWhoBroughtItToTheTombstone() public {
        Terms memory terms = _terms();
        terms.refundAddress = address(0);
        bytes memory message = _transfer(DEADLINE, AMOUNT + QUOTE, _metadataOf(terms), escrow);
        bytes32 id = keccak256(message);
        assertEq(_amount(id), QUOTE);
        assertEq(escrow.lock(id).refundAddress, alice); // not the vault, which could not withdraw
        vm.warp(DEADLINE + 1);
        bytes memory receipt = _nextReceipt(DEADLINE, 0);
        _deliver(relayer, message);
        _bringBack(receipt);
        _claim(id);
        assertEq(escrow.credit(relayer), QUOTE);
        assertEq(alice.balance, 100 ether - QUOTE);
    }
}
