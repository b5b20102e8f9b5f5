// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainAccount} from "../../interfaces/IInterchainAccount.sol";
import {IInterchainAccountRouter} from "../../interfaces/IInterchainAccountRouter.sol";
import {IMailbox} from "../../interfaces/IMailbox.sol";
import {IPostDispatchHook} from "../../interfaces/IPostDispatchHook.sol";
import {CreateAddress} from "../../libraries/CreateAddress.sol";
import {DeliveryTerms} from "../../libraries/DeliveryTerms.sol";
import {InterchainAccountMessage} from "../../libraries/InterchainAccountMessage.sol";
import {StandardHookMetadata} from "../../libraries/StandardHookMetadata.sol";
import {TypeCasts} from "../../libraries/TypeCasts.sol";
import {InterchainAccounts} from "./InterchainAccounts.sol";

/// @title InterchainAccountSender
/// @notice The origin's half of the account router, but for its many signatures. See IInterchainAccountRouter.
abstract contract InterchainAccountSender is IInterchainAccountRouter, InterchainAccounts {
    using TypeCasts for address;
    using TypeCasts for bytes32;

    /// @inheritdoc IInterchainAccountRouter
    uint256 public immutable COMMIT_TX_GAS_USAGE;

    /// @inheritdoc IInterchainAccountRouter
    mapping(uint32 domain => bytes32 ism) public isms;

    constructor(
        IMailbox mailbox_,
        IPostDispatchHook hook_,
        address owner_,
        uint256 commitGas,
        string[] memory commitmentUrls
    ) InterchainAccounts(mailbox_, hook_, owner_, commitmentUrls) {
        COMMIT_TX_GAS_USAGE = commitGas;
    }

    /* ----------------------------------------------------- owner ---------------------------------------------------- */

    /// @inheritdoc IInterchainAccountRouter
    function enrollRemoteRouterAndIsm(uint32 destination, bytes32 router, bytes32 ism) external onlyOwner {
        _enrollWithIsm(destination, router, ism);
    }

    /// @inheritdoc IInterchainAccountRouter
    function enrollRemoteRouterAndIsms(
        uint32[] calldata destinations,
        bytes32[] calldata routers_,
        bytes32[] calldata isms_
    ) external onlyOwner {
        if (destinations.length != routers_.length) {
            revert LengthMismatch(destinations.length, routers_.length);
        }
        if (destinations.length != isms_.length) revert LengthMismatch(destinations.length, isms_.length);
        for (uint256 i; i < destinations.length; ++i) {
            _enrollWithIsm(destinations[i], routers_[i], isms_[i]);
        }
    }

    /* ---------------------------------------------------- options --------------------------------------------------- */

    /// @inheritdoc IInterchainAccountRouter
    function defaultOptions(uint32 destination, uint256 gasLimit) public view returns (CallOptions memory) {
        return CallOptions({
            router: _routerOf(destination),
            ism: isms[destination],
            salt: 0,
            hookMetadata: StandardHookMetadata.encode(0, gasLimit, msg.sender),
            hook: hook
        });
    }

    /// @dev The default options with this metadata.
    function _options(uint32 destination, bytes calldata hookMetadata) internal view returns (CallOptions memory) {
        return _overrides(destination, _routerOf(destination), isms[destination], hookMetadata, 0, hook);
    }

    /// @dev These options, refunds to the caller if the metadata names nobody: this contract would refuse them.
    function _overrides(
        uint32 destination,
        bytes32 router,
        bytes32 ism,
        bytes calldata hookMetadata,
        bytes32 salt,
        IPostDispatchHook hook_
    ) internal view returns (CallOptions memory) {
        if (router == 0) revert NoRouter(destination);
        bytes memory metadata =
            hookMetadata.length == 0 ? _hookMetadata(destination) : DeliveryTerms.complete(hookMetadata, 0, msg.sender);
        return CallOptions({router: router, ism: ism, salt: salt, hookMetadata: metadata, hook: hook_});
    }

    function _complete(uint32 destination, CallOptions calldata o) internal view returns (CallOptions memory) {
        return _overrides(destination, o.router, o.ism, o.hookMetadata, o.salt, o.hook);
    }

    /* ---------------------------------------------------- messages -------------------------------------------------- */

    function _callRemote(uint32 destination, IInterchainAccount.Call[] calldata calls, CallOptions memory options)
        internal
        returns (bytes32)
    {
        emit RemoteCallDispatched(destination, msg.sender, options.router, options.ism, options.salt);

        return _send(destination, options, options.hookMetadata, _callsBody(calls, options), msg.value);
    }

    function _commitReveal(uint32 destination, CallOptions memory options, bytes32 readIsm, bytes32 commitment)
        internal
        returns (bytes32 commitmentId, bytes32 revealId)
    {
        bytes32 caller = msg.sender.toBytes32();
        bytes memory committing =
            InterchainAccountMessage.encodeCommitment(caller, options.ism, options.salt, commitment);
        bytes memory revealing =
            InterchainAccountMessage.encodeReveal(readIsm, commitment, caller, options.ism, options.salt);
        bytes memory metadata = StandardHookMetadata.withGasLimit(options.hookMetadata, COMMIT_TX_GAS_USAGE);
        uint256 fee = _quote(destination, options, committing, metadata);
        if (fee > msg.value) fee = msg.value;

        emit RemoteCallDispatched(destination, msg.sender, options.router, options.ism, options.salt);
        emit CommitRevealDispatched(commitment);

        commitmentId = _send(destination, options, metadata, committing, fee);
        revealId = _send(destination, options, options.hookMetadata, revealing, msg.value - fee);
    }

    function _send(
        uint32 destination,
        CallOptions memory options,
        bytes memory metadata,
        bytes memory body,
        uint256 value
    ) private returns (bytes32) {
        return mailbox.dispatch{value: value}(destination, options.router, body, metadata, options.hook);
    }

    function _quote(uint32 destination, CallOptions memory options, bytes memory body, bytes memory metadata)
        internal
        view
        returns (uint256)
    {
        return mailbox.quoteDispatch(destination, options.router, body, metadata, options.hook);
    }

    function _callsBody(IInterchainAccount.Call[] calldata calls, CallOptions memory options)
        internal
        view
        returns (bytes memory)
    {
        return InterchainAccountMessage.encodeCalls(msg.sender.toBytes32(), options.ism, options.salt, calls);
    }

    /// @dev The CCIP_READ_ISM of a router of this code.
    function _readIsm(bytes32 router) internal pure returns (bytes32) {
        return CreateAddress.at(router.toAddress(), READ_ISM_NONCE).toBytes32();
    }

    function _enrollWithIsm(uint32 destination, bytes32 router, bytes32 ism) private {
        _enroll(destination, router);
        isms[destination] = ism;
        emit RemoteIsmEnrolled(destination, ism);
    }

    /// @dev For overloads that take no metadata.
    function _noBytes() internal pure returns (bytes calldata) {
        return msg.data[0:0];
    }
}
