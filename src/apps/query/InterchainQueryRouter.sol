// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainQueryRouter, IQuerySender} from "../../interfaces/IInterchainQueryRouter.sol";
import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "../../interfaces/IMailbox.sol";
import {IPostDispatchHook} from "../../interfaces/IPostDispatchHook.sol";
import {BoundedCall} from "../../libraries/BoundedCall.sol";
import {InterchainQueryMessage} from "../../libraries/InterchainQueryMessage.sol";
import {TypeCasts} from "../../libraries/TypeCasts.sol";
import {Router} from "../Router.sol";

/// @title InterchainQueryRouter
/// @notice Asks contracts on other chains. See IInterchainQueryRouter.
contract InterchainQueryRouter is IInterchainQueryRouter, Router {
    using InterchainQueryMessage for bytes;
    using TypeCasts for address;
    using TypeCasts for bytes32;

    /// @inheritdoc IInterchainQueryRouter
    uint256 public constant MAX_CALLS = 32;

    /// @inheritdoc IInterchainQueryRouter
    uint256 public constant MAX_RETURN = 4096;

    uint256 internal constant MAX_REASON = 1024;

    /// @dev Gas for the dispatch of an answer: several times what it takes with a cheap required hook, for each byte too.
    uint256 internal constant ANSWER_GAS = 300_000;
    uint256 internal constant ANSWER_GAS_PER_BYTE = 50;

    /// @dev Gas for what is left to be done beside a call, and for each byte that is stored in an event or copied.
    uint256 internal constant REST_GAS = 100_000;
    uint256 internal constant REST_GAS_PER_BYTE = 30;

    /// @dev As hook it means that nothing is called and nothing to be paid.
    IPostDispatchHook internal immutable _tree;

    /// @inheritdoc IInterchainQueryRouter
    uint256 public immutable gasPerCall;

    /// @inheritdoc IInterchainQueryRouter
    mapping(uint32 domain => mapping(address sender => uint256)) public asked;

    /// @inheritdoc IInterchainQueryRouter
    mapping(bytes32 hash => uint256) public waitingAnswers;

    /// @inheritdoc IInterchainQueryRouter
    mapping(uint256 number => bytes32) public failedCallbacks;

    uint256 internal _failures;

    /// @param gasPerCall_ Enough for what is to be asked and for the callbacks: 300,000, say.
    constructor(
        IMailbox mailbox_,
        IPostDispatchHook hook_,
        IInterchainSecurityModule module,
        address owner_,
        uint256 gasPerCall_
    ) Router(mailbox_, hook_, module, owner_) {
        _tree = IPostDispatchHook(address(mailbox_.merkleTreeHook()));
        gasPerCall = gasPerCall_;
    }

    /* ------------------------------------------------------ asking -------------------------------------------------- */

    /// @inheritdoc IInterchainQueryRouter
    function query(uint32 destination, address to, bytes calldata data, bytes calldata callback)
        external
        payable
        returns (bytes32)
    {
        QueryCall[] memory calls = new QueryCall[](1);
        calls[0] = QueryCall({call: StaticCall({to: to.toBytes32(), data: data}), callback: callback});
        return _ask(destination, calls);
    }

    /// @inheritdoc IInterchainQueryRouter
    function query(uint32 destination, QueryCall[] calldata calls) external payable returns (bytes32) {
        return _ask(destination, calls);
    }

    /// @inheritdoc IInterchainQueryRouter
    function retryCallback(uint256 number, address sender, bytes calldata callback) external {
        if (failedCallbacks[number] != _callbackHash(sender, callback)) revert NoSuchCallback(number);

        delete failedCallbacks[number];
        emit CallbackRetried(number);

        (bool success, bytes memory reason) = BoundedCall.tryCallReturning(sender, 0, callback, gasleft(), MAX_REASON);
        if (!success) revert CallbackFailedAgain(reason);
    }

    function _ask(uint32 destination, QueryCall[] memory calls) private returns (bytes32) {
        if (calls.length == 0 || calls.length > MAX_CALLS) revert WrongNumberOfCalls(calls.length);

        ++asked[destination][msg.sender];
        emit QueryDispatched(destination, msg.sender);

        return _dispatch(destination, msg.value, InterchainQueryMessage.encodeQuery(msg.sender.toBytes32(), calls));
    }

    /* ----------------------------------------------------- messages ------------------------------------------------- */

    function _handle(uint32 origin, bytes calldata body) internal override {
        if (msg.value != 0) revert UnexpectedValue(msg.value);
        if (body.isQuery()) _answer(origin, body);
        else _callBack(origin, body);
    }

    /// @dev Asks what is asked here, and sends what was answered.
    function _answer(uint32 origin, bytes calldata body) private {
        (bytes32 sender, QueryCall[] memory calls) = body.decodeQuery();
        bytes[] memory callbacks = new bytes[](calls.length);
        for (uint256 i; i < calls.length; ++i) {
            callbacks[i] = _callbackFor(calls[i]);
        }
        bytes memory answer = InterchainQueryMessage.encodeAnswer(sender, callbacks);
        bytes32 router = routers(origin);

        emit QueryExecuted(origin, sender);

        uint256 dispatchGas = ANSWER_GAS + ANSWER_GAS_PER_BYTE * answer.length;
        _requireGas(dispatchGas, answer.length);
        // Whatever fails, a required hook's fee for instance, the answer stays what it is now: sendAnswer is for that.
        try mailbox.dispatch{gas: dispatchGas}(origin, router, answer, "", _tree) returns (bytes32 answerId) {
            emit AnswerSent(origin, answerId);
        } catch {
            ++waitingAnswers[_answerHash(origin, router, answer)];
            emit AnswerWaiting(origin, router, answer);
        }
    }

    /// @dev Calls the sender back with each answer.
    function _callBack(uint32 origin, bytes calldata body) private {
        (bytes32 sender32, bytes[] memory callbacks) = body.decodeAnswer();
        address sender = sender32.toAddress();
        uint256 open = asked[origin][sender];
        if (open == 0) revert NothingAsked(origin, sender);

        asked[origin][sender] = open - 1;
        emit QueryResolved(origin, sender);

        for (uint256 i; i < callbacks.length; ++i) {
            _requireGas(gasPerCall, callbacks[i].length);
            (bool success, bytes memory reason) =
                BoundedCall.tryCallReturning(sender, 0, callbacks[i], gasPerCall, MAX_REASON);
            if (!success) {
                uint256 number = _failures++;
                failedCallbacks[number] = _callbackHash(sender, callbacks[i]);
                emit CallbackFailed(number, sender, callbacks[i], reason);
            }
        }
    }

    /// @inheritdoc IInterchainQueryRouter
    function sendAnswer(uint32 origin, bytes32 router, bytes calldata body, IPostDispatchHook hook_)
        external
        payable
        returns (bytes32 answerId)
    {
        bytes32 hash = _answerHash(origin, router, body);
        uint256 waiting = waitingAnswers[hash];
        if (waiting == 0) revert NoSuchAnswer(origin, router);

        waitingAnswers[hash] = waiting - 1;

        answerId = mailbox.dispatch{value: msg.value}(origin, router, body, _hookMetadata(origin), hook_);
        emit AnswerSent(origin, answerId);
    }

    /* ---------------------------------------------------- internal -------------------------------------------------- */

    /// @dev The calldata of the callback.
    function _callbackFor(QueryCall memory asking) private view returns (bytes memory) {
        bytes32 to = asking.call.to;
        if (uint256(to) >> 160 != 0 || to.toAddress().code.length == 0) {
            return _failure(asking.callback, abi.encodeWithSelector(NothingToAsk.selector, to));
        }
        _requireGas(gasPerCall, 0);
        (bool success, uint256 size, bytes memory returned) =
            BoundedCall.tryStaticCall(to.toAddress(), asking.call.data, gasPerCall, MAX_RETURN);
        if (!success) return _failure(asking.callback, returned);
        if (size > MAX_RETURN) {
            return _failure(asking.callback, abi.encodeWithSelector(AnswerTooLong.selector, size));
        }
        return bytes.concat(asking.callback, returned);
    }

    function _failure(bytes memory callback, bytes memory reason) private pure returns (bytes memory) {
        return abi.encodeCall(IQuerySender.queryFailed, (callback, reason));
    }

    /// @dev Reverts unless a call can be given this much gas, and enough stays behind. A call gets at most 63/64 of what is
    ///      left after its own cost.
    function _requireGas(uint256 callGas, uint256 bytesToKeep) private view {
        if (gasleft() < (callGas * 64) / 63 + REST_GAS + REST_GAS_PER_BYTE * bytesToKeep) revert NotEnoughGas();
    }

    function _answerHash(uint32 origin, bytes32 router, bytes memory body) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(origin, router, body));
    }

    function _callbackHash(address sender, bytes memory callback) private pure returns (bytes32) {
        return keccak256(abi.encode(sender, callback));
    }
}
