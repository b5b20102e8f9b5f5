// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MailboxClient} from "src/MailboxClient.sol";
import {IInterchainQueryRouter, IQuerySender} from "src/interfaces/IInterchainQueryRouter.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";
import {IRouter} from "src/interfaces/IRouter.sol";
import {InterchainQueryMessage} from "src/libraries/InterchainQueryMessage.sol";

import {ModuleTest} from "../../../kit/ModuleTest.sol";
import {Reference} from "../../../kit/Reference.sol";
import {Shipped} from "../../../kit/Shipped.sol";
import {CallTarget} from "../../../mocks/CallTarget.sol";
import {QueryAsker} from "../../../mocks/QueryAsker.sol";
import {RecordingHook} from "../../../mocks/RecordingHook.sol";

/// @notice An asker on the origin asks a target on the destination.
contract InterchainQueryRouterTest is ModuleTest {
    uint256 internal constant GAS_PER_CALL = 300_000;
    uint256 internal constant FEE = 7;
    IPostDispatchHook internal constant NO_HOOK = IPostDispatchHook(address(0));

    IInterchainQueryRouter internal here;
    IInterchainQueryRouter internal there;
    QueryAsker internal asker;
    CallTarget internal target;

    function setUp() public override {
        super.setUp();
        here = Shipped.queryRouter(originMailbox, NO_HOOK, ism, owner, GAS_PER_CALL);
        there = Shipped.queryRouter(destinationMailbox, NO_HOOK, ism, owner, GAS_PER_CALL);
        vm.startPrank(owner);
        here.enrollRemoteRouter(DESTINATION, Reference.addr32(address(there)));
        there.enrollRemoteRouter(ORIGIN, Reference.addr32(address(here)));
        vm.stopPrank();
        asker = new QueryAsker(here);
        target = new CallTarget();
        target.set(42);
    }

    /* ------------------------------------------------- there and back ----------------------------------------------- */

    function test_query_isAnswered() public {
        bytes memory message = _fromHere(_queryBody(_one(_number(), 1)));
        vm.expectEmit(address(here));
        emit IInterchainQueryRouter.QueryDispatched(DESTINATION, address(asker));
        bytes32 id = asker.ask(DESTINATION, address(target), _number(), 1);
        assertEq(id, keccak256(message));
        assertEq(here.asked(DESTINATION, address(asker)), 1);

        bytes memory answer = _fromThere(_answerBody(_list(_answered(1, 42))));
        vm.expectEmit(address(there));
        emit IInterchainQueryRouter.QueryExecuted(ORIGIN, Reference.addr32(address(asker)));
        vm.expectEmit(address(there));
        emit IInterchainQueryRouter.AnswerSent(ORIGIN, keccak256(answer));
        _process(_proof(message), message);
        assertEq(destinationMailbox.latestDispatchedId(), keccak256(answer));

        vm.expectEmit(address(here));
        emit IInterchainQueryRouter.QueryResolved(DESTINATION, address(asker));
        _bringBack(answer);
        assertEq(asker.answers(1), 42);
        assertEq(here.asked(DESTINATION, address(asker)), 0);
    }

    /// @dev Each that can not be answered is told so, and the others are answered.
    function test_query_ofSeveral_someOfWhichFail() public {
        IInterchainQueryRouter.QueryCall[] memory calls = new IInterchainQueryRouter.QueryCall[](7);
        calls[0] = _one(_number(), 1)[0];
        calls[1] = _one(abi.encodeCall(CallTarget.bomb, (4096, true)), 2)[0];
        calls[2] = _one(abi.encodeCall(CallTarget.bomb, (4097, false)), 3)[0];
        calls[3] = _one(abi.encodeCall(CallTarget.burn, ()), 4)[0];
        calls[4] = _one(abi.encodeCall(CallTarget.set, (6)), 5)[0];
        calls[5] = _one(_number(), 6)[0];
        calls[5].call.to = Reference.addr32(bob);
        calls[6] = _one(_number(), 7)[0];
        calls[6].call.to |= bytes32(uint256(1) << 160);
        bytes[] memory callbacks = new bytes[](7);
        callbacks[0] = _answered(1, 42);
        callbacks[1] = _failed(2, new bytes(4096));
        callbacks[2] = _failed(3, abi.encodeWithSelector(IInterchainQueryRouter.AnswerTooLong.selector, 4097));
        callbacks[3] = _failed(4, "");
        callbacks[4] = _failed(5, ""); // it would change something
        callbacks[5] = _failed(6, abi.encodeWithSelector(IInterchainQueryRouter.NothingToAsk.selector, bob));
        callbacks[6] =
            _failed(7, abi.encodeWithSelector(IInterchainQueryRouter.NothingToAsk.selector, calls[6].call.to));
        asker.ask(DESTINATION, calls);

        bytes memory answer = _fromThere(_answerBody(callbacks));
        _ask(calls);
        assertEq(destinationMailbox.latestDispatchedId(), keccak256(answer));
        assertEq(target.number(), 42);

        _bringBack(answer);
        assertEq(asker.callbacks(), 7);
        assertEq(asker.answers(1), 42);
        assertEq(asker.failedCallback(), asker.callback(7));
        assertEq(
            asker.reasonHash(),
            keccak256(abi.encodeWithSelector(IInterchainQueryRouter.NothingToAsk.selector, calls[6].call.to))
        );
    }

    function test_query_ofNoneOrTooMany_reverts() public {
        uint256 most = here.MAX_CALLS();
        vm.expectRevert(abi.encodeWithSelector(IInterchainQueryRouter.WrongNumberOfCalls.selector, 0));
        asker.ask(DESTINATION, new IInterchainQueryRouter.QueryCall[](0));
        vm.expectRevert(abi.encodeWithSelector(IInterchainQueryRouter.WrongNumberOfCalls.selector, most + 1));
        asker.ask(DESTINATION, new IInterchainQueryRouter.QueryCall[](most + 1));
        asker.ask(DESTINATION, new IInterchainQueryRouter.QueryCall[](most));
    }

    function test_query_paysTheHook() public {
        RecordingHook hook = new RecordingHook(FEE);
        vm.startPrank(owner);
        here.setHook(hook);
        here.setDestinationGas(DESTINATION, 5);
        vm.stopPrank();
        asker.ask{value: FEE}(DESTINATION, address(target), _number(), 1);
        assertEq(hook.value(), FEE);
        assertEq(hook.metadata(), abi.encodePacked(uint16(1), uint256(0), uint256(5), address(asker)));
    }

    function test_handle_withValue_reverts() public {
        bytes memory message = _fromHere(_queryBody(_one(_number(), 1)));
        bytes memory proof = _proof(message);
        vm.prank(relayer);
        vm.expectRevert(abi.encodeWithSelector(IInterchainQueryRouter.UnexpectedValue.selector, 1));
        destinationMailbox.process{value: 1}(proof, message);
    }

    /// @dev The deliverer gives just so little gas that the query fails, though the target would answer.
    function testFuzz_handle_withLittleGas_answersAsWithMuch(uint256 gas) public {
        gas = bound(gas, 100_000, 1_500_000);
        bytes memory message = _fromHere(_queryBody(_one(_number(), 1)));
        bytes memory answer = _fromThere(_answerBody(_list(_answered(1, 42))));
        bytes memory proof = _proof(message);
        try destinationMailbox.process{gas: gas}(proof, message) {
            assertEq(destinationMailbox.latestDispatchedId(), keccak256(answer));
        } catch {
            assertFalse(destinationMailbox.delivered(keccak256(message)));
        }
    }

    function test_handle_withLittleGas_reverts() public {
        bytes memory message = _fromHere(_queryBody(_one(_number(), 1)));
        bytes memory proof = _proof(message);
        vm.expectRevert(IInterchainQueryRouter.NotEnoughGas.selector);
        destinationMailbox.process{gas: 450_000}(proof, message);
    }

    /* ---------------------------------------------------- callbacks ------------------------------------------------- */

    function test_callback_thatFails_doesNotStopOthers_andIsTriedAgain() public {
        asker.ask(DESTINATION, address(target), _number(), 1);
        asker.set(true, false);
        bytes[] memory callbacks = new bytes[](2);
        (callbacks[0], callbacks[1]) = (_answered(1, 42), abi.encodeCall(QueryAsker.set, (false, false)));
        bytes memory reason = abi.encodeWithSelector(QueryAsker.Broken.selector);
        vm.expectEmit(address(here));
        emit IInterchainQueryRouter.CallbackFailed(0, address(asker), callbacks[0], reason);
        _bringBack(_fromThere(_answerBody(callbacks)));
        assertEq(asker.broken(), false);
        assertEq(here.failedCallbacks(0), keccak256(abi.encode(address(asker), callbacks[0])));

        vm.expectEmit(address(here));
        emit IInterchainQueryRouter.CallbackRetried(0);
        vm.prank(attacker);
        here.retryCallback(0, address(asker), callbacks[0]);
        assertEq(asker.answers(1), 42);
        vm.expectRevert(abi.encodeWithSelector(IInterchainQueryRouter.NoSuchCallback.selector, 0));
        here.retryCallback(0, address(asker), callbacks[0]);
    }

    /// @dev It takes all the gas that it gets.
    function test_callback_thatBurns_doesNotStopOthers() public {
        asker.ask(DESTINATION, address(target), _number(), 1);
        asker.set(false, true);
        bytes[] memory callbacks = new bytes[](2);
        (callbacks[0], callbacks[1]) = (_answered(1, 42), abi.encodeCall(QueryAsker.set, (false, false)));
        _bringBack(_fromThere(_answerBody(callbacks)));
        assertEq(asker.greedy(), false);
    }

    function test_retryCallback_thatFailsAgain_waitsOn() public {
        bytes memory callback = _answered(1, 42);
        _failOnce(callback);
        bytes memory reason = abi.encodeWithSelector(QueryAsker.Broken.selector);
        vm.expectRevert(abi.encodeWithSelector(IInterchainQueryRouter.CallbackFailedAgain.selector, reason));
        here.retryCallback(0, address(asker), callback);
        asker.set(false, false);
        here.retryCallback(0, address(asker), callback);
        assertEq(asker.answers(1), 42);
    }

    /// @dev The attacker has the router call the asker with data of his, or somebody else with the asker's.
    function test_retryCallback_ofOtherData_reverts() public {
        bytes memory callback = _answered(1, 42);
        _failOnce(callback);
        asker.set(false, false);
        bytes memory none = abi.encodeWithSelector(IInterchainQueryRouter.NoSuchCallback.selector, 0);
        bytes memory other = _answered(1, 43);
        vm.expectRevert(none);
        here.retryCallback(0, address(asker), other);
        vm.expectRevert(none);
        here.retryCallback(0, address(target), callback);
    }

    /// @dev A deliverer gives little gas, so that the callback fails. It can not: the delivery does.
    function test_callback_withLittleGas_reverts() public {
        asker.ask(DESTINATION, address(target), _number(), 1);
        bytes memory answer = _fromThere(_answerBody(_list(_answered(1, 42))));
        bytes memory proof = _proof(answer);
        vm.expectRevert(IInterchainQueryRouter.NotEnoughGas.selector);
        originMailbox.process{gas: 450_000}(proof, answer);
    }

    /// @dev The enrolled router of a chain that was taken over names somebody who never asked there.
    function test_answer_toWhoDidNotAsk_reverts() public {
        bytes memory answer = _fromThere(_answerBody(_list(_answered(1, 666))));
        bytes memory proof = _proof(answer);
        vm.expectRevert(
            abi.encodeWithSelector(IInterchainQueryRouter.NothingAsked.selector, DESTINATION, address(asker))
        );
        originMailbox.process(proof, answer);
    }

    function test_answer_ofAnotherType_reverts() public {
        bytes memory message = _fromHere(abi.encode(Reference.addr32(alice), 2, new bytes[](0)));
        _expectRefused(_proof(message), message, abi.encodeWithSelector(InterchainQueryMessage.UnknownType.selector, 2));
    }

    function test_handle_ofAStranger_reverts() public {
        bytes memory message = Reference.message(
            1, DESTINATION, attacker, ORIGIN, Reference.addr32(address(here)), _answerBody(_list(_answered(1, 666)))
        );
        bytes memory proof = _proof(message);
        vm.expectRevert(abi.encodeWithSelector(IRouter.NotTheRouter.selector, DESTINATION, Reference.addr32(attacker)));
        originMailbox.process(proof, message);
    }

    function test_handle_notByTheMailbox_reverts() public {
        vm.prank(attacker);
        vm.expectRevert(abi.encodeWithSelector(MailboxClient.NotMailbox.selector, attacker));
        here.handle(DESTINATION, Reference.addr32(address(there)), "");
    }

    /* ------------------------------------------------- answers that wait -------------------------------------------- */

    /// @dev The Mailbox of the destination wants a fee for every message.
    function test_answer_thatCosts_waitsAndIsSentByAnyone() public {
        RecordingHook fee = new RecordingHook(FEE);
        vm.prank(owner);
        destinationMailbox.setRequiredHook(fee);
        bytes memory body = _answerBody(_list(_answered(1, 42)));
        bytes32 router = Reference.addr32(address(here));
        bytes32 hash = keccak256(abi.encodePacked(ORIGIN, router, body));
        vm.expectEmit(address(there));
        emit IInterchainQueryRouter.AnswerWaiting(ORIGIN, router, body);
        _ask(_one(_number(), 1));
        assertEq(there.waitingAnswers(hash), 1);

        asker.ask(DESTINATION, address(target), _number(), 1);
        bytes memory answer = _fromThere(body);
        hoax(bob, FEE + 5);
        there.sendAnswer{value: FEE + 5}(ORIGIN, router, body, NO_HOOK);
        assertEq(bob.balance, 5);
        assertEq(there.waitingAnswers(hash), 0);
        _bringBack(answer);
        assertEq(asker.answers(1), 42);

        vm.expectRevert(abi.encodeWithSelector(IInterchainQueryRouter.NoSuchAnswer.selector, ORIGIN, router));
        there.sendAnswer(ORIGIN, router, body, NO_HOOK);
    }

    function test_sendAnswer_ofAnother_reverts() public {
        bytes32 router = Reference.addr32(address(here));
        bytes memory body = _answerBody(_list(_answered(1, 666)));
        vm.expectRevert(abi.encodeWithSelector(IInterchainQueryRouter.NoSuchAnswer.selector, ORIGIN, router));
        there.sendAnswer(ORIGIN, router, body, NO_HOOK);
    }

    /* ---------------------------------------------------- internal -------------------------------------------------- */

    function _number() internal view returns (bytes memory) {
        return abi.encodeCall(target.number, ());
    }

    function _one(bytes memory data, uint256 tag)
        internal
        view
        returns (IInterchainQueryRouter.QueryCall[] memory calls)
    {
        calls = new IInterchainQueryRouter.QueryCall[](1);
        bytes32 to = Reference.addr32(address(target));
        calls[0] = IInterchainQueryRouter.QueryCall(IInterchainQueryRouter.StaticCall(to, data), asker.callback(tag));
    }

    function _list(bytes memory callback) internal pure returns (bytes[] memory list) {
        list = new bytes[](1);
        list[0] = callback;
    }

    function _answered(uint256 tag, uint256 value) internal view returns (bytes memory) {
        return bytes.concat(asker.callback(tag), abi.encode(value));
    }

    function _failed(uint256 tag, bytes memory reason) internal view returns (bytes memory) {
        return abi.encodeCall(IQuerySender.queryFailed, (asker.callback(tag), reason));
    }

    function _queryBody(IInterchainQueryRouter.QueryCall[] memory calls) internal view returns (bytes memory) {
        return abi.encode(Reference.addr32(address(asker)), uint8(0), calls);
    }

    function _answerBody(bytes[] memory callbacks) internal view returns (bytes memory) {
        return abi.encode(Reference.addr32(address(asker)), uint8(1), callbacks);
    }

    function _fromHere(bytes memory body) internal view returns (bytes memory) {
        return Reference.message(
            originMailbox.nonce(), ORIGIN, address(here), DESTINATION, Reference.addr32(address(there)), body
        );
    }

    function _fromThere(bytes memory body) internal view returns (bytes memory) {
        return Reference.message(
            destinationMailbox.nonce(), DESTINATION, address(there), ORIGIN, Reference.addr32(address(here)), body
        );
    }

    function _proof(bytes memory message) internal view returns (bytes memory) {
        return _messageIdMetadata(message, _keys(0, 1));
    }

    /// @dev Delivers a query, without it being sent.
    function _ask(IInterchainQueryRouter.QueryCall[] memory calls) internal {
        bytes memory message = _fromHere(_queryBody(calls));
        _process(_proof(message), message);
    }

    function _bringBack(bytes memory answer) internal {
        originMailbox.process(_proof(answer), answer);
    }

    function _failOnce(bytes memory callback) internal {
        asker.ask(DESTINATION, address(target), _number(), 1);
        asker.set(true, false);
        _bringBack(_fromThere(_answerBody(_list(callback))));
    }
}
