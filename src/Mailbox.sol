// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

import {Inbox} from "./Inbox.sol";
import {MerkleTreeHook} from "./MerkleTreeHook.sol";
import {PackageVersioned} from "./PackageVersioned.sol";
import {IInterchainSecurityModule} from "./interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "./interfaces/IMailbox.sol";
import {IMerkleTreeHook} from "./interfaces/IMerkleTreeHook.sol";
import {IPostDispatchHook} from "./interfaces/IPostDispatchHook.sol";
import {MerkleTree} from "./libraries/MerkleTree.sol";
import {Message} from "./libraries/Message.sol";
import {StandardHookMetadata} from "./libraries/StandardHookMetadata.sol";
import {TypeCasts} from "./libraries/TypeCasts.sol";

/// @title Mailbox
/// @notice Sends messages from this chain and delivers messages to it. See IMailbox; the Inbox delivers.
contract Mailbox is Inbox, Ownable2Step, PackageVersioned {
    using StandardHookMetadata for bytes;
    using TypeCasts for address;

    /// @dev All that a plain dispatch reads and writes, in one slot. A hook that is the tree is stored as none.
    struct Outbox {
        uint32 nonce;
        bool hasDefaultHook;
        IPostDispatchHook requiredHook;
    }

    /// @inheritdoc IMailbox
    uint256 public immutable deployedBlock;

    /// @inheritdoc IMailbox
    IMerkleTreeHook public immutable merkleTreeHook;

    Outbox internal _outbox;
    IPostDispatchHook internal _defaultHook;

    /// @inheritdoc IMailbox
    bytes32 public transient latestDispatchedId;

    /// @param localDomain_ Domain of this chain; by convention its chain id.
    /// @param owner_ May set the default module and the hooks.
    /// @param defaultIsm_ Module for recipients that name none.
    constructor(uint32 localDomain_, address owner_, IInterchainSecurityModule defaultIsm_)
        Inbox(localDomain_, defaultIsm_)
        Ownable(owner_)
    {
        deployedBlock = block.number;
        merkleTreeHook = new MerkleTreeHook(localDomain_);
    }

    /* --------------------------------------------------- dispatch --------------------------------------------------- */

    /// @inheritdoc IMailbox
    function dispatch(uint32 destination, bytes32 recipient, bytes calldata body) external payable returns (bytes32) {
        return _dispatch(destination, recipient, body, msg.data[0:0], IPostDispatchHook(address(0)));
    }

    /// @inheritdoc IMailbox
    function dispatch(uint32 destination, bytes32 recipient, bytes calldata body, bytes calldata metadata)
        external
        payable
        returns (bytes32)
    {
        return _dispatch(destination, recipient, body, metadata, IPostDispatchHook(address(0)));
    }

    /// @inheritdoc IMailbox
    function dispatch(
        uint32 destination,
        bytes32 recipient,
        bytes calldata body,
        bytes calldata metadata,
        IPostDispatchHook hook
    ) external payable returns (bytes32) {
        return _dispatch(destination, recipient, body, metadata, hook);
    }

    /* ----------------------------------------------------- owner ---------------------------------------------------- */

    /// @inheritdoc IMailbox
    function setDefaultIsm(IInterchainSecurityModule module) external onlyOwner {
        _setDefaultIsm(module);
    }

    /// @inheritdoc IMailbox
    function setDefaultHook(IPostDispatchHook hook) external onlyOwner {
        _requireContract(address(hook));

        bool isTree = _isTree(hook);
        _outbox.hasDefaultHook = !isTree;
        _defaultHook = isTree ? IPostDispatchHook(address(0)) : hook;
        emit DefaultHookSet(address(hook));
    }

    /// @inheritdoc IMailbox
    function setRequiredHook(IPostDispatchHook hook) external onlyOwner {
        _requireContract(address(hook));

        _outbox.requiredHook = _isTree(hook) ? IPostDispatchHook(address(0)) : hook;
        emit RequiredHookSet(address(hook));
    }

    /* ----------------------------------------------------- views ---------------------------------------------------- */

    /// @inheritdoc IMailbox
    function quoteDispatch(uint32 destination, bytes32 recipient, bytes calldata body) external view returns (uint256) {
        return _quoteDispatch(destination, recipient, body, msg.data[0:0], IPostDispatchHook(address(0)));
    }

    /// @inheritdoc IMailbox
    function quoteDispatch(uint32 destination, bytes32 recipient, bytes calldata body, bytes calldata metadata)
        external
        view
        returns (uint256)
    {
        return _quoteDispatch(destination, recipient, body, metadata, IPostDispatchHook(address(0)));
    }

    /// @inheritdoc IMailbox
    function quoteDispatch(
        uint32 destination,
        bytes32 recipient,
        bytes calldata body,
        bytes calldata metadata,
        IPostDispatchHook hook
    ) external view returns (uint256) {
        return _quoteDispatch(destination, recipient, body, metadata, hook);
    }

    /// @inheritdoc IMailbox
    function nonce() external view returns (uint32) {
        return _outbox.nonce;
    }

    /// @inheritdoc IMailbox
    function requiredHook() external view returns (IPostDispatchHook) {
        IPostDispatchHook hook = _outbox.requiredHook;
        return address(hook) == address(0) ? merkleTreeHook : hook;
    }

    /// @inheritdoc IMailbox
    function defaultHook() external view returns (IPostDispatchHook) {
        return _outbox.hasDefaultHook ? _defaultHook : merkleTreeHook;
    }

    /* ---------------------------------------------------- internal -------------------------------------------------- */

    function _dispatch(
        uint32 destination,
        bytes32 recipient,
        bytes calldata body,
        bytes calldata metadata,
        IPostDispatchHook hook
    ) internal returns (bytes32 messageId) {
        Outbox memory outbox = _outbox;
        if (outbox.nonce == MerkleTree.MAX_LEAVES) revert TreeFull();
        bytes memory message =
            Message.encode(VERSION, outbox.nonce, localDomain, msg.sender.toBytes32(), destination, recipient, body);
        messageId = keccak256(message);

        _outbox.nonce = outbox.nonce + 1;
        latestDispatchedId = messageId;
        emit Dispatch(msg.sender, destination, recipient, message);
        emit DispatchId(messageId);
        merkleTreeHook.insert(messageId, outbox.nonce);

        uint256 rest = msg.value;
        if (address(outbox.requiredHook) != address(0)) {
            uint256 fee;
            if (rest != 0) {
                fee = outbox.requiredHook.quoteDispatch(metadata, message);
                if (fee > rest) fee = rest;
            }
            rest -= fee;
            outbox.requiredHook.postDispatch{value: fee}(metadata, message);
        }

        hook = _hookToCall(outbox, hook);
        if (address(hook) != address(0)) {
            hook.postDispatch{value: rest}(metadata, message);
        } else if (rest != 0) {
            address to = metadata.isStandard() ? metadata.refundAddress(msg.sender) : msg.sender;
            (bool refunded,) = to.call{value: rest}("");
            if (!refunded) revert RefundFailed(to, rest);
        }
    }

    function _quoteDispatch(
        uint32 destination,
        bytes32 recipient,
        bytes calldata body,
        bytes calldata metadata,
        IPostDispatchHook hook
    ) internal view returns (uint256 fee) {
        Outbox memory outbox = _outbox;
        bytes memory message =
            Message.encode(VERSION, outbox.nonce, localDomain, msg.sender.toBytes32(), destination, recipient, body);

        if (address(outbox.requiredHook) != address(0)) fee = outbox.requiredHook.quoteDispatch(metadata, message);
        hook = _hookToCall(outbox, hook);
        if (address(hook) != address(0)) fee += hook.quoteDispatch(metadata, message);
    }

    /// @dev The hook that a dispatch naming `hook` calls after the required one; zero if there is nothing to call.
    function _hookToCall(Outbox memory outbox, IPostDispatchHook hook) internal view returns (IPostDispatchHook) {
        if (address(hook) == address(0)) return outbox.hasDefaultHook ? _defaultHook : hook;
        if (_isTree(hook)) return IPostDispatchHook(address(0));
        _requireContract(address(hook));
        return hook;
    }

    function _isTree(IPostDispatchHook hook) internal view returns (bool) {
        return address(hook) == address(merkleTreeHook);
    }
}
