// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMailbox} from "src/interfaces/IMailbox.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";

import {BaseTest} from "../kit/BaseTest.sol";
import {Reference} from "../kit/Reference.sol";
import {PlainRecipient} from "../mocks/PlainRecipient.sol";
import {RawAnswer} from "../mocks/RawAnswer.sol";
import {RecordingHook} from "../mocks/RecordingHook.sol";

/// @notice Which hooks a dispatch calls, and where the value goes.
contract MailboxHooksTest is BaseTest {
    IPostDispatchHook internal constant NONE = IPostDispatchHook(address(0));
    uint256 internal constant REQUIRED_FEE = 3 gwei;
    uint256 internal constant DEFAULT_FEE = 5 gwei;
    uint256 internal constant NAMED_FEE = 7 gwei;
    uint256 internal constant MAX_FEE = 10 ether;

    RecordingHook internal required = new RecordingHook(REQUIRED_FEE);
    RecordingHook internal byDefault = new RecordingHook(DEFAULT_FEE);
    RecordingHook internal named = new RecordingHook(NAMED_FEE);
    bytes32 internal to = Reference.addr32(address(0xB0B));

    /// @dev Before each test nothing but the tree is set.
    function _setHooks() internal {
        vm.startPrank(owner);
        originMailbox.setRequiredHook(required);
        originMailbox.setDefaultHook(byDefault);
        vm.stopPrank();
    }

    function _dispatchWith(uint256 value, bytes memory metadata, IPostDispatchHook hook) internal {
        vm.prank(alice);
        originMailbox.dispatch{value: value}(DESTINATION, to, "", metadata, hook);
    }

    function _quote(bytes memory metadata, IPostDispatchHook hook) internal returns (uint256) {
        vm.prank(alice);
        return originMailbox.quoteDispatch(DESTINATION, to, "", metadata, hook);
    }

    function _refundTo(address account) internal pure returns (bytes memory) {
        return abi.encodePacked(uint16(1), uint256(0), uint256(50_000), account);
    }

    /* ----------------------------------------------------- quotes --------------------------------------------------- */

    function test_quoteDispatch_withNothingButTheTree_isZero() public {
        assertEq(_quote("", NONE), 0);
        assertEq(_quote("", originTree), 0);
        assertEq(_quote("", named), NAMED_FEE);
    }

    function test_quoteDispatch_allOverloads_sumTheHooksThatDispatchCalls() public {
        _setHooks();
        assertEq(originMailbox.quoteDispatch(DESTINATION, to, ""), REQUIRED_FEE + DEFAULT_FEE);
        assertEq(originMailbox.quoteDispatch(DESTINATION, to, "", hex"0001"), REQUIRED_FEE + DEFAULT_FEE);
        assertEq(_quote("", NONE), REQUIRED_FEE + DEFAULT_FEE);
        assertEq(_quote("", named), REQUIRED_FEE + NAMED_FEE);
        assertEq(_quote("", originTree), REQUIRED_FEE);
    }

    function test_quoteDispatch_asksAboutTheMessageThatDispatchMakes() public {
        _dispatch(address(0xB0B), "first");
        bytes memory message = _nextMessage(address(0xB0B), "");
        bytes memory metadata = _refundTo(bob);
        vm.expectCall(address(named), abi.encodeCall(named.quoteDispatch, (metadata, message)));
        vm.expectCall(address(named), abi.encodeCall(named.postDispatch, (metadata, message)));
        _quote(metadata, named);
        _dispatchWith(NAMED_FEE, metadata, named);
    }

    function testFuzz_dispatch_valueOfTheQuote_paysEveryHookExactly(uint256 requiredFee, uint256 chosenFee) public {
        required = new RecordingHook(bound(requiredFee, 0, MAX_FEE));
        byDefault = new RecordingHook(bound(chosenFee, 0, MAX_FEE));
        _setHooks();

        _dispatchWith(_quote("", NONE), "", NONE);
        assertEq(required.value(), required.fee());
        assertEq(byDefault.value(), byDefault.fee());
        assertEq(address(originMailbox).balance, 0);
    }

    /* ------------------------------------------------------ value --------------------------------------------------- */

    function test_dispatch_requiredHookGetsItsQuoteAndTheChosenHookTheRest() public {
        _setHooks();
        _dispatchWith(REQUIRED_FEE + NAMED_FEE + 1, "", named);
        assertEq(required.value(), REQUIRED_FEE);
        assertEq(named.value(), NAMED_FEE + 1);
        assertEq(byDefault.calls(), 0);
        assertEq(address(originMailbox).balance, 0);
    }

    function test_dispatch_oneWeiTooLittle_reverts() public {
        _setHooks();
        vm.expectRevert(abi.encodeWithSelector(IPostDispatchHook.Underpaid.selector, DEFAULT_FEE - 1, DEFAULT_FEE));
        _dispatchWith(REQUIRED_FEE + DEFAULT_FEE - 1, "", NONE);
    }

    function test_dispatch_lessThanTheRequiredFee_reverts() public {
        _setHooks();
        // The required hook is offered all there is, and its own error says what is missing.
        vm.expectRevert(abi.encodeWithSelector(IPostDispatchHook.Underpaid.selector, REQUIRED_FEE - 1, REQUIRED_FEE));
        _dispatchWith(REQUIRED_FEE - 1, "", originTree);
        vm.expectRevert(abi.encodeWithSelector(IPostDispatchHook.Underpaid.selector, 0, REQUIRED_FEE));
        _dispatchWith(0, "", originTree);
    }

    function test_dispatch_withoutValue_callsRequiredHookThatIsFree() public {
        required = new RecordingHook(0);
        byDefault = new RecordingHook(0);
        _setHooks();
        _dispatchWith(0, "", NONE);
        assertEq(required.calls(), 1);
        assertEq(byDefault.calls(), 1);
    }

    function test_dispatch_namingTheTree_callsNothingFurther() public {
        _setHooks();
        _dispatchWith(REQUIRED_FEE, "", originTree);
        assertEq(byDefault.calls(), 0);
        assertEq(originTree.count(), 1);
    }

    /* ----------------------------------------------------- refunds -------------------------------------------------- */

    function testFuzz_dispatch_valueThatNothingTakes_goesBackToTheSender(uint256 surplus) public {
        _setHooks();
        surplus = bound(surplus, 1, MAX_FEE);
        uint256 before = alice.balance;
        _dispatchWith(REQUIRED_FEE + surplus, "", originTree);
        assertEq(before - alice.balance, REQUIRED_FEE);
        assertEq(address(originMailbox).balance, 0);
    }

    function test_dispatch_refundGoesWhereTheMetadataSays() public {
        _dispatchWith(1, _refundTo(bob), NONE);
        assertEq(bob.balance, 1);
        assertEq(alice.balance, 100 ether - 1);
    }

    function test_dispatch_refundAddressZero_goesBackToTheSender() public {
        _dispatchWith(1, _refundTo(address(0)), NONE);
        assertEq(alice.balance, 100 ether);
    }

    function test_dispatch_metadataOfAnotherLayout_refundsTheSender() public {
        // What stands at the refund address's place in another variant is no refund address.
        bytes memory metadata = _refundTo(bob);
        metadata[1] = 0x02;
        _dispatchWith(1, metadata, originTree);
        assertEq(bob.balance, 0);
        assertEq(alice.balance, 100 ether);
    }

    function test_dispatch_whenTheRefundIsRefused_reverts() public {
        address refuser = address(new PlainRecipient());
        vm.expectRevert(abi.encodeWithSelector(IMailbox.RefundFailed.selector, refuser, 1));
        _dispatchWith(1, _refundTo(refuser), NONE);
        // The Mailbox itself takes no value either: nothing can be stranded in it.
        vm.expectRevert(abi.encodeWithSelector(IMailbox.RefundFailed.selector, address(originMailbox), 1));
        _dispatchWith(1, _refundTo(address(originMailbox)), NONE);
    }

    function test_receive_reverts() public {
        vm.prank(alice);
        (bool taken,) = address(originMailbox).call{value: 1}("");
        assertFalse(taken);
    }

    /* ------------------------------------------------ hooks that fail ----------------------------------------------- */

    function test_dispatch_hookWithoutCode_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IMailbox.NotAContract.selector, bob));
        _dispatchWith(0, "", IPostDispatchHook(bob));
        vm.expectRevert(abi.encodeWithSelector(IMailbox.NotAContract.selector, bob));
        _dispatchWith(1 ether, "", IPostDispatchHook(bob));
        vm.expectRevert(abi.encodeWithSelector(IMailbox.NotAContract.selector, bob));
        _quote("", IPostDispatchHook(bob));
        // A precompile answers calls but is no contract.
        vm.expectRevert(abi.encodeWithSelector(IMailbox.NotAContract.selector, address(4)));
        _dispatchWith(1 ether, "", IPostDispatchHook(address(4)));
    }

    function test_dispatch_hookThatReverts_undoesTheMessage() public {
        RawAnswer reverting = new RawAnswer(RawAnswer.Kind.Revert, "no", 0);
        vm.expectRevert(bytes("no"));
        _dispatchWith(0, "", IPostDispatchHook(address(reverting)));
        assertEq(originMailbox.nonce(), 0);
        assertEq(originTree.root(), Reference.root(new bytes32[](0)));
    }

    function test_dispatch_metadataThatTheHookDoesNotRead_reverts() public {
        vm.expectRevert(IPostDispatchHook.MetadataNotSupported.selector);
        _dispatchWith(0, hex"0002", named);
    }

    function test_dispatch_whenTheDefaultHookLosesItsCode_reverts() public {
        _setHooks();
        vm.etch(address(byDefault), "");
        // Attempt: value sent to a hook that is gone must not vanish there.
        vm.expectRevert(bytes(""));
        _dispatchWith(REQUIRED_FEE + DEFAULT_FEE, "", NONE);
    }
}
