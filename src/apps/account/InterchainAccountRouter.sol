// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainAccount} from "../../interfaces/IInterchainAccount.sol";
import {IInterchainAccountRouter} from "../../interfaces/IInterchainAccountRouter.sol";
import {IMailbox} from "../../interfaces/IMailbox.sol";
import {IPostDispatchHook} from "../../interfaces/IPostDispatchHook.sol";
import {TypeCasts} from "../../libraries/TypeCasts.sol";
import {InterchainAccountSender} from "./InterchainAccountSender.sol";

/// @title InterchainAccountRouter
/// @notice Accounts on other chains: the functions to call. What they do is in InterchainAccountSender. See
///         IInterchainAccountRouter.
contract InterchainAccountRouter is InterchainAccountSender {
    using TypeCasts for bytes32;

    /// @param hook_ Called in place of the Mailbox's default hook; zero for that.
    /// @param commitGas Gas that the delivery of a commitment is paid for: what it takes, the account's creation included.
    /// @param commitmentUrls Gateways of CCIP_READ_ISM, which `owner_` may change.
    constructor(
        IMailbox mailbox_,
        IPostDispatchHook hook_,
        address owner_,
        uint256 commitGas,
        string[] memory commitmentUrls
    ) InterchainAccountSender(mailbox_, hook_, owner_, commitGas, commitmentUrls) {}

    /* ----------------------------------------------------- calls ---------------------------------------------------- */

    /// @inheritdoc IInterchainAccountRouter
    function callRemote(uint32 destination, IInterchainAccount.Call[] calldata calls, CallOptions calldata options)
        external
        payable
        returns (bytes32)
    {
        return _callRemote(destination, calls, _complete(destination, options));
    }

    /// @inheritdoc IInterchainAccountRouter
    function callRemote(uint32 destination, IInterchainAccount.Call[] calldata calls)
        external
        payable
        returns (bytes32)
    {
        return _callRemote(destination, calls, _options(destination, _noBytes()));
    }

    /// @inheritdoc IInterchainAccountRouter
    function callRemote(uint32 destination, IInterchainAccount.Call[] calldata calls, bytes calldata hookMetadata)
        external
        payable
        returns (bytes32)
    {
        return _callRemote(destination, calls, _options(destination, hookMetadata));
    }

    /// @inheritdoc IInterchainAccountRouter
    function callRemoteWithOverrides(
        uint32 destination,
        bytes32 router,
        bytes32 ism,
        IInterchainAccount.Call[] calldata calls
    ) external payable returns (bytes32) {
        return _callRemote(destination, calls, _overrides(destination, router, ism, _noBytes(), 0, hook));
    }

    /// @inheritdoc IInterchainAccountRouter
    function callRemoteWithOverrides(
        uint32 destination,
        bytes32 router,
        bytes32 ism,
        IInterchainAccount.Call[] calldata calls,
        bytes calldata hookMetadata
    ) external payable returns (bytes32) {
        return _callRemote(destination, calls, _overrides(destination, router, ism, hookMetadata, 0, hook));
    }

    /// @inheritdoc IInterchainAccountRouter
    function callRemoteWithOverrides(
        uint32 destination,
        bytes32 router,
        bytes32 ism,
        IInterchainAccount.Call[] calldata calls,
        bytes32 userSalt
    ) external payable returns (bytes32) {
        return _callRemote(destination, calls, _overrides(destination, router, ism, _noBytes(), userSalt, hook));
    }

    /// @inheritdoc IInterchainAccountRouter
    function callRemoteWithOverrides(
        uint32 destination,
        bytes32 router,
        bytes32 ism,
        IInterchainAccount.Call[] calldata calls,
        bytes calldata hookMetadata,
        bytes32 userSalt
    ) external payable returns (bytes32) {
        return _callRemote(destination, calls, _overrides(destination, router, ism, hookMetadata, userSalt, hook));
    }

    /// @inheritdoc IInterchainAccountRouter
    function callRemoteWithOverrides(
        uint32 destination,
        bytes32 router,
        bytes32 ism,
        IInterchainAccount.Call[] calldata calls,
        bytes calldata hookMetadata,
        bytes32 salt,
        IPostDispatchHook hook_
    ) external payable returns (bytes32) {
        return _callRemote(destination, calls, _overrides(destination, router, ism, hookMetadata, salt, hook_));
    }

    /// @inheritdoc IInterchainAccountRouter
    function callRemoteCommitReveal(uint32 destination, bytes32 commitment, uint256 gasLimit)
        external
        payable
        returns (bytes32, bytes32)
    {
        CallOptions memory options = defaultOptions(destination, gasLimit);
        return _commitReveal(destination, options, _readIsm(options.router), commitment);
    }

    /// @inheritdoc IInterchainAccountRouter
    function callRemoteCommitReveal(
        uint32 destination,
        bytes32 router,
        bytes32 ism,
        bytes calldata hookMetadata,
        IPostDispatchHook hook_,
        bytes32 salt,
        bytes32 commitment
    ) external payable returns (bytes32, bytes32) {
        CallOptions memory options = _overrides(destination, router, ism, hookMetadata, salt, hook_);
        return _commitReveal(destination, options, _readIsm(router), commitment);
    }

    /// @inheritdoc IInterchainAccountRouter
    function callRemoteCommitReveal(
        uint32 destination,
        bytes32 router,
        bytes32 ism,
        bytes32 ccipReadIsm,
        bytes calldata hookMetadata,
        IPostDispatchHook hook_,
        bytes32 salt,
        bytes32 commitment
    ) external payable returns (bytes32, bytes32) {
        CallOptions memory options = _overrides(destination, router, ism, hookMetadata, salt, hook_);
        return _commitReveal(destination, options, ccipReadIsm, commitment);
    }

    /* ----------------------------------------------------- views ---------------------------------------------------- */

    /// @inheritdoc IInterchainAccountRouter
    function quoteCallRemote(uint32 destination, IInterchainAccount.Call[] calldata calls, CallOptions calldata options)
        external
        view
        returns (uint256)
    {
        CallOptions memory complete = _complete(destination, options);
        return _quote(destination, complete, _callsBody(calls, complete), complete.hookMetadata);
    }

    /// @inheritdoc IInterchainAccountRouter
    function quoteGasPayment(uint32 destination, uint256 gasLimit) public view returns (uint256) {
        CallOptions memory options = defaultOptions(destination, gasLimit);
        return _quote(destination, options, "", options.hookMetadata);
    }

    /// @inheritdoc IInterchainAccountRouter
    function quoteGasForCommitReveal(uint32 destination, uint256 gasLimit) external view returns (uint256) {
        return quoteGasPayment(destination, COMMIT_TX_GAS_USAGE) + quoteGasPayment(destination, gasLimit);
    }

    /// @inheritdoc IInterchainAccountRouter
    function getRemoteInterchainAccount(address owner_, address router, address ism) external view returns (address) {
        return _remote(owner_, router, ism, 0);
    }

    /// @inheritdoc IInterchainAccountRouter
    function getRemoteInterchainAccount(address owner_, address router, address ism, bytes32 userSalt)
        external
        view
        returns (address)
    {
        return _remote(owner_, router, ism, userSalt);
    }

    /// @inheritdoc IInterchainAccountRouter
    function getRemoteInterchainAccount(uint32 destination, address owner_) external view returns (address) {
        return _remote(owner_, _routerOf(destination).toAddress(), isms[destination].toAddress(), 0);
    }

    /// @inheritdoc IInterchainAccountRouter
    function getRemoteInterchainAccount(uint32 destination, address owner_, bytes32 userSalt)
        external
        view
        returns (address)
    {
        return _remote(owner_, _routerOf(destination).toAddress(), isms[destination].toAddress(), userSalt);
    }
}
