// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICcipReadIsm} from "src/interfaces/ICcipReadIsm.sol";
import {ICommitmentGateway, ICommitmentReadIsm} from "src/interfaces/ICommitmentReadIsm.sol";
import {IInterchainAccount} from "src/interfaces/IInterchainAccount.sol";
import {IInterchainAccounts} from "src/interfaces/IInterchainAccounts.sol";
import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";

import {AccountTest} from "../../../kit/AccountTest.sol";
import {Reference} from "../../../kit/Reference.sol";
import {CallTarget} from "../../../mocks/CallTarget.sol";

contract CommitRevealTest is AccountTest {
    ICommitmentReadIsm internal readIsm;
    IInterchainAccount.Call[] internal calls;
    bytes32 internal commitment;

    function setUp() public override {
        super.setUp();
        readIsm = ICommitmentReadIsm(there.CCIP_READ_ISM());
        calls.push(_set(5)[0]);
        commitment = _commitment(calls, SALT);
    }

    /* ----------------------------------------------------- by hand -------------------------------------------------- */

    function test_revealAndExecute_byAnyone() public {
        _commit();
        vm.deal(attacker, 3);
        vm.prank(attacker);
        vm.expectEmit(address(there));
        emit IInterchainAccounts.Revealed(account, commitment);
        there.revealAndExecute{value: 3}(account, calls, SALT);

        assertEq(target.caller(), account);
        assertEq(account.balance, 3);
        _assertState(IInterchainAccounts.Commitment.Over);
    }

    function test_revealAndExecute_again_reverts() public {
        _commit();
        there.revealAndExecute(account, calls, SALT);
        _expectNotCommitted();
        there.revealAndExecute(account, calls, SALT);
    }

    function test_revealAndExecute_ofOtherCallsOrSalt_reverts() public {
        _commit();
        IInterchainAccount.Call[] memory others = _set(6);
        bytes32 other = _commitment(others, SALT);
        vm.expectRevert(abi.encodeWithSelector(IInterchainAccounts.NotCommitted.selector, account, other));
        there.revealAndExecute(account, others, SALT);
        other = _commitment(calls, "pepper");
        vm.expectRevert(abi.encodeWithSelector(IInterchainAccounts.NotCommitted.selector, account, other));
        there.revealAndExecute(account, calls, "pepper");
    }

    function test_revealAndExecute_whenACallFails_staysCommitted() public {
        _commit();
        target.setBroken(true);
        vm.expectRevert(
            abi.encodeWithSelector(
                IInterchainAccount.CallFailed.selector,
                0,
                address(target),
                abi.encodeWithSelector(CallTarget.Broken.selector, 5)
            )
        );
        there.revealAndExecute(account, calls, SALT);
        _assertState(IInterchainAccounts.Commitment.Pending);

        target.setBroken(false);
        there.revealAndExecute(account, calls, SALT);
        assertEq(target.number(), 5);
    }

    /// @dev The revealed call is to reveal itself once more, from within.
    function test_revealAndExecute_fromWithin_reverts() public {
        delete calls;
        bytes32 inner = _commitment(_set(5), SALT);
        _deliver(_commitBody(alice, ism32, 0, inner));
        bytes memory again = abi.encodeCall(IInterchainAccounts.revealAndExecute, (account, _set(5), SALT));
        calls.push(_call(address(there), 0, again)[0]);
        calls.push(_call(address(there), 0, again)[0]);
        commitment = _commitment(calls, SALT);
        _commit();
        bytes memory reason = abi.encodeWithSelector(IInterchainAccounts.NotCommitted.selector, account, inner);
        vm.expectRevert(abi.encodeWithSelector(IInterchainAccount.CallFailed.selector, 1, address(there), reason));
        there.revealAndExecute(account, calls, SALT);
    }

    function test_commit_twice_reverts() public {
        _commit();
        bytes memory known = abi.encodeWithSelector(IInterchainAccounts.AlreadyCommitted.selector, account, commitment);
        bytes memory message = Reference.message(
            77,
            ORIGIN,
            address(here),
            DESTINATION,
            Reference.addr32(address(there)),
            _commitBody(alice, ism32, 0, commitment)
        );
        _expectRefused(_messageIdMetadata(message, _keys(0, 1)), message, known);
        there.revealAndExecute(account, calls, SALT);
        _expectRefused(_messageIdMetadata(message, _keys(0, 1)), message, known);
    }

    function test_commit_theValueGoesToTheAccount() public {
        bytes memory message = _fromRouter(_commitBody(alice, ism32, 0, commitment));
        bytes memory metadata = _messageIdMetadata(message, _keys(0, 1));
        vm.expectEmit(address(there));
        emit IInterchainAccounts.Committed(account, commitment);
        vm.prank(relayer);
        destinationMailbox.process{value: 4}(metadata, message);
        assertEq(account.balance, 4);
    }

    /* ----------------------------------------------------- cancel --------------------------------------------------- */

    function test_cancelCommitment_byTheOwnersCall() public {
        _commit();
        _cancel();
        _expectNotCommitted();
        there.revealAndExecute(account, calls, SALT);
    }

    /// @dev Messages overtake each other.
    function test_cancelCommitment_beforeTheCommitment() public {
        _cancel();
        _expectUndeliverable(
            _commitBody(alice, ism32, 0, commitment),
            abi.encodeWithSelector(IInterchainAccounts.AlreadyCommitted.selector, account, commitment)
        );
    }

    function test_cancelCommitment_byAnother_isNotOfTheAccount() public {
        _commit();
        vm.prank(attacker);
        there.cancelCommitment(commitment);
        _assertState(IInterchainAccounts.Commitment.Pending);
    }

    /* -------------------------------------------------- by a message ------------------------------------------------ */

    function test_process_aReveal_makesTheCalls() public {
        _commit();
        _process(_brought(account, calls), _reveal());
        assertEq(target.caller(), account);
        _assertState(IInterchainAccounts.Commitment.Over);
    }

    function test_process_aReveal_beforeTheCommitment_reverts() public {
        _expectRefused(
            _brought(account, calls),
            _reveal(),
            abi.encodeWithSelector(IInterchainAccounts.NotCommitted.selector, account, commitment)
        );
    }

    /// @dev Somebody was faster: the message is delivered all the same, and its calls not made again.
    function test_process_aReveal_ofWhatIsOver() public {
        _commit();
        there.revealAndExecute(account, calls, SALT);
        _process(_brought(account, calls), _reveal());
        assertEq(target.calls(), 1);
    }

    /// @dev The attacker commits an account of his to the same, cancels, and delivers Alice's reveal in its name: it would be
    ///      used up with nothing done.
    function test_process_aReveal_forAnotherAccount_reverts() public {
        _commit();
        address other = _account(attacker, address(ism), 0);
        vm.prank(other);
        there.cancelCommitment(commitment);
        _expectRefused(
            _brought(other, calls),
            _reveal(),
            abi.encodeWithSelector(ICommitmentReadIsm.WrongAccount.selector, other, account)
        );
    }

    function test_process_aReveal_withOtherCalls_reverts() public {
        _commit();
        bytes32 other = _commitment(_set(6), SALT);
        _expectRefused(
            _brought(account, _set(6)),
            _reveal(),
            abi.encodeWithSelector(ICommitmentReadIsm.WrongCalls.selector, other, commitment)
        );
    }

    /// @dev The ecosystem's routers send 65 bytes.
    function test_process_aRevealThatNamesNoAccount() public {
        _commit();
        bytes memory body = abi.encodePacked(REVEAL, Reference.addr32(address(readIsm)), commitment);
        _process(_brought(account, calls), _fromRouter(body));
        assertEq(target.caller(), account);
    }

    function test_process_aReveal_withValue_reverts() public {
        _commit();
        bytes memory message = _reveal();
        bytes memory metadata = _brought(account, calls);
        vm.prank(relayer);
        vm.expectRevert(abi.encodeWithSelector(IInterchainAccounts.UnexpectedValue.selector, 1));
        destinationMailbox.process{value: 1}(metadata, message);
    }

    /* --------------------------------------------------- the module ------------------------------------------------- */

    /// @dev A message of calls names the module of reveals: it would need no signatures.
    function test_verify_ofCalls_reverts() public {
        _expectRefused(
            _brought(account, calls),
            _fromRouter(_callsBody(alice, Reference.addr32(address(readIsm)), 0, calls)),
            abi.encodeWithSelector(ICommitmentReadIsm.NotAReveal.selector, CALLS)
        );
    }

    function test_verify_forAnotherRecipient_reverts() public {
        recipient.setInterchainSecurityModule(IInterchainSecurityModule(address(readIsm)));
        bytes32 to = Reference.addr32(address(recipient));
        bytes memory message =
            _message(1, ORIGIN, _revealBody(Reference.addr32(address(readIsm)), commitment, alice, ism32, 0));
        _expectRefused(
            _brought(account, calls), message, abi.encodeWithSelector(ICommitmentReadIsm.NotForMyRouter.selector, to)
        );
    }

    function test_getOffchainVerifyInfo() public {
        bytes memory message = _reveal();
        vm.expectRevert(
            abi.encodeWithSelector(
                ICcipReadIsm.OffchainLookup.selector,
                address(readIsm),
                readIsm.urls(),
                abi.encodeCall(ICommitmentGateway.getCallsFromRevealMessage, (message)),
                IInterchainSecurityModule.verify.selector,
                message
            )
        );
        readIsm.getOffchainVerifyInfo(message);
        assertEq(address(readIsm.router()), address(there));
        assertEq(readIsm.moduleType(), 7);
        assertEq(readIsm.urls()[0], "https://gateway.example");
    }

    /* ---------------------------------------------------- internal -------------------------------------------------- */

    function _commit() internal {
        _deliver(_commitBody(alice, ism32, 0, commitment));
    }

    function _cancel() internal {
        bytes memory data = abi.encodeCall(IInterchainAccounts.cancelCommitment, (commitment));
        vm.expectEmit(address(there));
        emit IInterchainAccounts.Cancelled(account, commitment);
        _deliver(_callsBody(alice, ism32, 0, _call(address(there), 0, data)));
    }

    function _reveal() internal view returns (bytes memory) {
        return _fromRouter(_revealBody(Reference.addr32(address(readIsm)), commitment, alice, ism32, 0));
    }

    function _brought(address who, IInterchainAccount.Call[] memory revealed) internal pure returns (bytes memory) {
        return abi.encodePacked(who, SALT, abi.encode(revealed));
    }

    function _expectNotCommitted() internal {
        vm.expectRevert(abi.encodeWithSelector(IInterchainAccounts.NotCommitted.selector, account, commitment));
    }

    function _assertState(IInterchainAccounts.Commitment state) internal view {
        assertEq(uint8(there.commitments(account, commitment)), uint8(state));
    }
}
