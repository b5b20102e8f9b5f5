// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";

import {MailboxClient} from "../MailboxClient.sol";
import {
    IInterchainSecurityModule,
    ISpecifiesInterchainSecurityModule
} from "../interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "../interfaces/IMailbox.sol";
import {IMessageRecipient} from "../interfaces/IMessageRecipient.sol";
import {IPostDispatchHook} from "../interfaces/IPostDispatchHook.sol";
import {IRouter} from "../interfaces/IRouter.sol";
import {StandardHookMetadata} from "../libraries/StandardHookMetadata.sol";
import {TypeCasts} from "../libraries/TypeCasts.sol";

/// @title Router
/// @notice Base of applications that consist of one router a chain. See IRouter.
/// @dev An application says what to do with a message of another router (`_handle`) and sends by `_dispatch`. This contract's
///      `handle` is the only way in: nothing else may act on a message.
abstract contract Router is IRouter, MailboxClient, Ownable2Step {
    using EnumerableSet for EnumerableSet.UintSet;
    using SafeCast for uint256;
    using TypeCasts for address;
    using TypeCasts for bytes32;

    /// @dev What every dispatch reads is in one slot: the router, where it is an address of an EVM chain, and the gas.
    struct Remote {
        address router;
        uint96 gas;
        /// The router where it is more than an address; else zero.
        bytes32 wideRouter;
    }

    EnumerableSet.UintSet internal _domains;

    mapping(uint32 domain => Remote) internal _remotes;

    /// @inheritdoc ISpecifiesInterchainSecurityModule
    IInterchainSecurityModule public interchainSecurityModule;

    /// @inheritdoc IRouter
    /// @dev Last, and not a whole slot: what an application reads in every dispatch may stand beside it.
    IPostDispatchHook public hook;

    constructor(IMailbox mailbox_, IPostDispatchHook hook_, IInterchainSecurityModule module, address owner_)
        MailboxClient(mailbox_)
        Ownable(owner_)
    {
        _setHook(hook_);
        _setInterchainSecurityModule(module);
    }

    /// @inheritdoc IMessageRecipient
    function handle(uint32 origin, bytes32 sender, bytes calldata body) external payable onlyMailbox {
        if (sender == 0 || sender != routers(origin)) revert NotTheRouter(origin, sender);
        _handle(origin, body);
    }

    /* ----------------------------------------------------- owner ---------------------------------------------------- */

    /// @inheritdoc IRouter
    function enrollRemoteRouter(uint32 domain, bytes32 router) external onlyOwner {
        _enroll(domain, router);
    }

    /// @inheritdoc IRouter
    function enrollRemoteRouters(uint32[] calldata domains_, bytes32[] calldata addresses) external onlyOwner {
        if (domains_.length != addresses.length) revert LengthMismatch(domains_.length, addresses.length);
        for (uint256 i; i < domains_.length; ++i) {
            _enroll(domains_[i], addresses[i]);
        }
    }

    /// @inheritdoc IRouter
    function unenrollRemoteRouter(uint32 domain) external onlyOwner {
        _unenroll(domain);
    }

    /// @inheritdoc IRouter
    function unenrollRemoteRouters(uint32[] calldata domains_) external onlyOwner {
        for (uint256 i; i < domains_.length; ++i) {
            _unenroll(domains_[i]);
        }
    }

    /// @inheritdoc IRouter
    function setDestinationGas(uint32 domain, uint256 gas) external onlyOwner {
        _setDestinationGas(domain, gas);
    }

    /// @inheritdoc IRouter
    function setDestinationGas(GasRouterConfig[] calldata configs) external onlyOwner {
        for (uint256 i; i < configs.length; ++i) {
            _setDestinationGas(configs[i].domain, configs[i].gas);
        }
    }

    /// @inheritdoc IRouter
    function setHook(IPostDispatchHook hook_) external onlyOwner {
        _setHook(hook_);
    }

    /// @inheritdoc IRouter
    function setInterchainSecurityModule(IInterchainSecurityModule module) external onlyOwner {
        _setInterchainSecurityModule(module);
    }

    /* ----------------------------------------------------- views ---------------------------------------------------- */

    /// @inheritdoc IRouter
    function domains() external view returns (uint32[] memory all) {
        uint256[] memory values = _domains.values();
        all = new uint32[](values.length);
        for (uint256 i; i < values.length; ++i) {
            all[i] = uint32(values[i]);
        }
    }

    /// @inheritdoc IRouter
    function quoteGasPayment(uint32 domain) external view returns (uint256) {
        return _quoteDispatch(domain, "");
    }

    /// @inheritdoc IRouter
    function routers(uint32 domain) public view returns (bytes32) {
        Remote storage remote = _remotes[domain];
        address router = remote.router;
        return router == address(0) ? remote.wideRouter : router.toBytes32();
    }

    /// @inheritdoc IRouter
    function destinationGas(uint32 domain) public view returns (uint256) {
        return _remotes[domain].gas;
    }

    /* ------------------------------------------------ the application ----------------------------------------------- */

    /// @dev Takes a message of the router enrolled for `origin`.
    function _handle(uint32 origin, bytes calldata body) internal virtual;

    /// @dev Sends `body` to the router on `domain`, with `value` wei for the hooks, whose refund goes to the caller.
    function _dispatch(uint32 domain, uint256 value, bytes memory body) internal returns (bytes32 messageId) {
        (bytes32 router, bytes memory metadata) = _envelope(domain);
        return mailbox.dispatch{value: value}(domain, router, body, metadata, hook);
    }

    /// @dev Wei that `_dispatch` of the same takes.
    function _quoteDispatch(uint32 domain, bytes memory body) internal view returns (uint256) {
        (bytes32 router, bytes memory metadata) = _envelope(domain);
        return mailbox.quoteDispatch(domain, router, body, metadata, hook);
    }

    /// @dev The router of `domain`, and for the hooks: no value, the gas set for `domain`, refunds to the caller. Reverts if
    ///      there is no router.
    function _envelope(uint32 domain) internal view returns (bytes32 router, bytes memory metadata) {
        Remote storage remote = _remotes[domain];
        (address account, uint256 gas) = (remote.router, remote.gas);
        router = account == address(0) ? remote.wideRouter : account.toBytes32();
        if (router == 0) revert NoRouter(domain);
        metadata = StandardHookMetadata.encode(0, gas, msg.sender);
    }

    /* ---------------------------------------------------- internal -------------------------------------------------- */

    function _enroll(uint32 domain, bytes32 router) private {
        if (router == 0) revert ZeroRouter(domain);

        // slither-disable-next-line unused-return
        _domains.add(domain);
        _setRouter(domain, router);
        emit RouterEnrolled(domain, router);
    }

    function _unenroll(uint32 domain) private {
        if (!_domains.remove(domain)) revert NoRouter(domain);

        _setRouter(domain, 0);
        emit RouterUnenrolled(domain);
    }

    function _setRouter(uint32 domain, bytes32 router) private {
        bool isAddress = uint256(router) >> 160 == 0;
        _remotes[domain].router = isAddress ? router.toAddress() : address(0);
        _remotes[domain].wideRouter = isAddress ? bytes32(0) : router;
    }

    function _setDestinationGas(uint32 domain, uint256 gas) private {
        _remotes[domain].gas = gas.toUint96();
        emit GasSet(domain, gas);
    }

    function _setHook(IPostDispatchHook hook_) private {
        _requireCode(address(hook_));

        hook = hook_;
        emit HookSet(address(hook_));
    }

    function _setInterchainSecurityModule(IInterchainSecurityModule module) private {
        _requireCode(address(module));

        interchainSecurityModule = module;
        emit IsmSet(address(module));
    }

    function _requireCode(address account) internal view {
        if (account != address(0) && account.code.length == 0) revert NotAContract(account);
    }
}
