// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
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

/// @title Router
/// @notice Base of applications that consist of one router a chain. See IRouter.
/// @dev An application says what to do with a message of another router (`_handle`) and sends by `_dispatch`. This contract's
///      `handle` is the only way in: nothing else may act on a message.
abstract contract Router is IRouter, MailboxClient, Ownable2Step {
    using EnumerableSet for EnumerableSet.UintSet;

    EnumerableSet.UintSet internal _domains;

    /// @inheritdoc IRouter
    mapping(uint32 domain => bytes32 router) public routers;

    /// @inheritdoc IRouter
    mapping(uint32 domain => uint256 gas) public destinationGas;

    /// @inheritdoc IRouter
    IPostDispatchHook public hook;

    /// @inheritdoc ISpecifiesInterchainSecurityModule
    IInterchainSecurityModule public interchainSecurityModule;

    constructor(IMailbox mailbox_, IPostDispatchHook hook_, IInterchainSecurityModule module, address owner_)
        MailboxClient(mailbox_)
        Ownable(owner_)
    {
        _setHook(hook_);
        _setInterchainSecurityModule(module);
    }

    /// @inheritdoc IMessageRecipient
    function handle(uint32 origin, bytes32 sender, bytes calldata body) external payable onlyMailbox {
        if (sender == 0 || sender != routers[origin]) revert NotTheRouter(origin, sender);
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

    /* ------------------------------------------------ the application ----------------------------------------------- */

    /// @dev Takes a message of the router enrolled for `origin`.
    function _handle(uint32 origin, bytes calldata body) internal virtual;

    /// @dev Sends `body` to the router on `domain`, with `value` wei for the hooks, whose refund goes to the caller.
    function _dispatch(uint32 domain, uint256 value, bytes memory body) internal returns (bytes32 messageId) {
        return mailbox.dispatch{value: value}(domain, _routerOf(domain), body, _hookMetadata(domain), hook);
    }

    /// @dev Wei that `_dispatch` of the same takes.
    function _quoteDispatch(uint32 domain, bytes memory body) internal view returns (uint256) {
        return mailbox.quoteDispatch(domain, _routerOf(domain), body, _hookMetadata(domain), hook);
    }

    /// @dev No value, the gas set for `domain`, refunds to the caller.
    function _hookMetadata(uint32 domain) internal view returns (bytes memory) {
        return StandardHookMetadata.encode(0, destinationGas[domain], msg.sender);
    }

    /// @dev The router of `domain`. Reverts if there is none.
    function _routerOf(uint32 domain) internal view returns (bytes32 router) {
        router = routers[domain];
        if (router == 0) revert NoRouter(domain);
    }

    /* ---------------------------------------------------- internal -------------------------------------------------- */

    function _enroll(uint32 domain, bytes32 router) private {
        if (router == 0) revert ZeroRouter(domain);

        // slither-disable-next-line unused-return
        _domains.add(domain);
        routers[domain] = router;
        emit RouterEnrolled(domain, router);
    }

    function _unenroll(uint32 domain) private {
        if (!_domains.remove(domain)) revert NoRouter(domain);

        delete routers[domain];
        emit RouterUnenrolled(domain);
    }

    function _setDestinationGas(uint32 domain, uint256 gas) private {
        destinationGas[domain] = gas;
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

    function _requireCode(address account) private view {
        if (account != address(0) && account.code.length == 0) revert NotAContract(account);
    }
}
