// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPostDispatchHook} from "./IPostDispatchHook.sol";
import {IRouter} from "./IRouter.sol";

/// @title IInterchainQueryRouter
/// @notice Asks contracts on other chains, and calls whoever asked with what they answer.
/// @dev Who asks is called by this router on the origin, once for each query, with
///
///      callback ‖ what the query returned            where it returned
///      queryFailed(callback, reason)                 where it did not; see IQuerySender
///
///      The first is the ecosystem's; the second is a calldata like any other to its routers. Nobody else is ever called, and
///      nobody who did not ask. A callback that fails is kept, to be tried again by anyone with the same data.
///
///      Every query and every callback gets `gasPerCall` gas, neither more nor less, or the delivery reverts: what a query
///      answers does not depend on the gas that a deliverer gives. Paid for must be that much (`destinationGas`).
///
///      The value sent with a query is for the hooks of its message. The answer is sent for nothing, if the required hook takes
///      none; otherwise it waits, and anyone may send it (`sendAnswer`). Who wants an answer delivered pays a gas paymaster on
///      the destination for it, or delivers it. `initialize` is not needed.
///      Warning: an answer is as old as its delivery is late, and a query may be answered at any block after it was asked.
interface IInterchainQueryRouter is IRouter {
    /// @notice A view call on the destination. `to` is addr32.
    struct StaticCall {
        bytes32 to;
        bytes data;
    }

    /// @notice A query, and what calldata to put in front of its answer.
    struct QueryCall {
        StaticCall call;
        bytes callback;
    }

    /* ---------------------------------------------------- events ---------------------------------------------------- */

    /// @notice `sender` asked something on `destination`.
    event QueryDispatched(uint32 indexed destination, address indexed sender);

    /// @notice What `sender` of `originDomain` asked was found out here.
    event QueryExecuted(uint32 indexed originDomain, bytes32 indexed sender);

    /// @notice `sender` was called with the answers from `destination`.
    event QueryResolved(uint32 indexed destination, address indexed sender);

    /// @notice The answer to a query was sent.
    event AnswerSent(uint32 indexed origin, bytes32 indexed answerId);

    /// @notice The answer to a query could not be sent for nothing: it waits for `sendAnswer`.
    event AnswerWaiting(uint32 indexed origin, bytes32 indexed router, bytes body);

    /// @notice A callback failed: it waits for `retryCallback` under this number.
    /// @param reason The first 1,024 bytes of what it reverted with.
    event CallbackFailed(uint256 indexed number, address indexed sender, bytes callback, bytes reason);

    /// @notice A callback that had failed was made.
    event CallbackRetried(uint256 indexed number);

    /* ---------------------------------------------------- errors ---------------------------------------------------- */

    /// @notice A message takes 1 to `MAX_CALLS` queries.
    error WrongNumberOfCalls(uint256 number);

    /// @notice The message was sent along with value, which nothing here takes.
    error UnexpectedValue(uint256 value);

    /// @notice Less gas is left than a call must get. More gas helps.
    error NotEnoughGas();

    /// @notice The sender has no query open on that domain.
    error NothingAsked(uint32 domain, address sender);

    /// @notice No such answer waits.
    error NoSuchAnswer(uint32 origin, bytes32 router);

    /// @notice No such callback waits under this number.
    error NoSuchCallback(uint256 number);

    /// @notice The callback failed once more; `reason` is the first 1,024 bytes of what it reverted with.
    error CallbackFailedAgain(bytes reason);

    /// @notice As a reason of `queryFailed`: nothing stands at `to`, or it is no address.
    error NothingToAsk(bytes32 to);

    /// @notice As a reason of `queryFailed`: more than `MAX_RETURN` bytes came back.
    error AnswerTooLong(uint256 length);

    /* ----------------------------------------------------- views ---------------------------------------------------- */

    /// @notice The most queries in a message.
    function MAX_CALLS() external view returns (uint256);

    /// @notice The most bytes that a query may return.
    function MAX_RETURN() external view returns (uint256);

    /// @notice Gas that each query and each callback gets.
    function gasPerCall() external view returns (uint256);

    /// @notice How many messages of `sender` to `domain` are not answered yet.
    function asked(uint32 domain, address sender) external view returns (uint256);

    /// @notice How many answers wait with this hash: keccak256(uint32 origin ‖ bytes32 router ‖ body).
    function waitingAnswers(bytes32 hash) external view returns (uint256);

    /// @notice keccak256(abi.encode(sender, callback)) of a callback that waits; zero if none does.
    function failedCallbacks(uint256 number) external view returns (bytes32);

    /* --------------------------------------------------- functions -------------------------------------------------- */

    /// @notice Asks `to` on `destination`; the caller is called with `callback` and what it answered.
    function query(uint32 destination, address to, bytes calldata data, bytes calldata callback)
        external
        payable
        returns (bytes32 messageId);

    /// @notice Asks several.
    function query(uint32 destination, QueryCall[] calldata calls) external payable returns (bytes32 messageId);

    /// @notice Sends an answer that waits, with value for its hooks. Anyone may call. Refunds go to the caller.
    /// @param body As `AnswerWaiting` tells it.
    function sendAnswer(uint32 origin, bytes32 router, bytes calldata body, IPostDispatchHook hook_)
        external
        payable
        returns (bytes32 answerId);

    /// @notice Makes a callback that failed, with all the gas there is. Anyone may call. Reverts if it fails again.
    function retryCallback(uint256 number, address sender, bytes calldata callback) external;
}

/// @title IQuerySender
/// @notice Implemented by a contract that asks. Its callbacks must require `msg.sender` to be the router.
interface IQuerySender {
    /// @notice The query with this callback did not answer.
    /// @param reason The first 4,096 bytes of what it reverted with, or NothingToAsk or AnswerTooLong of the router.
    function queryFailed(bytes calldata callback, bytes calldata reason) external;
}
