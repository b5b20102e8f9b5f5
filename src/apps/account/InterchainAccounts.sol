// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

import {IInterchainAccount} from "../../interfaces/IInterchainAccount.sol";
import {IInterchainAccounts} from "../../interfaces/IInterchainAccounts.sol";
import {
    IInterchainSecurityModule,
    ISpecifiesInterchainSecurityModule
} from "../../interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "../../interfaces/IMailbox.sol";
import {IPostDispatchHook} from "../../interfaces/IPostDispatchHook.sol";
import {CommitmentReadIsm} from "../../isms/ccip-read/CommitmentReadIsm.sol";
import {CreateAddress} from "../../libraries/CreateAddress.sol";
import {InterchainAccountMessage} from "../../libraries/InterchainAccountMessage.sol";
import {Message} from "../../libraries/Message.sol";
import {TypeCasts} from "../../libraries/TypeCasts.sol";
import {Router} from "../Router.sol";
import {InterchainAccount} from "./InterchainAccount.sol";

/// @title InterchainAccounts
/// @notice The destination's half of the account router. See IInterchainAccounts.
abstract contract InterchainAccounts is IInterchainAccounts, Router {
    using InterchainAccountMessage for bytes;
    using Message for bytes;
    using TypeCasts for address;
    using TypeCasts for bytes32;

    /// @dev In which order a router creates them: an address follows from the router's. See CreateAddress.
    uint8 internal constant IMPLEMENTATION_NONCE = 1;
    uint8 internal constant READ_ISM_NONCE = 2;

    /// @inheritdoc IInterchainAccounts
    address public immutable implementation;

    /// @inheritdoc IInterchainAccounts
    address public immutable CCIP_READ_ISM;

    /// @inheritdoc IInterchainAccounts
    mapping(address account => mapping(bytes32 commitment => Commitment)) public commitments;

    constructor(IMailbox mailbox_, IPostDispatchHook hook_, address owner_, string[] memory urls)
        Router(mailbox_, hook_, IInterchainSecurityModule(address(0)), owner_)
    {
        implementation = address(new InterchainAccount());
        CCIP_READ_ISM = address(new CommitmentReadIsm(owner_, urls));
    }

    /* -------------------------------------------------- verification ------------------------------------------------ */

    /// @inheritdoc ISpecifiesInterchainSecurityModule
    function interchainSecurityModule() external view override returns (IInterchainSecurityModule) {
        return this;
    }

    /// @notice Always reverts: this router is its own module.
    function setInterchainSecurityModule(IInterchainSecurityModule) external pure override {
        revert ModuleIsFixed();
    }

    /// @inheritdoc IInterchainSecurityModule
    function verify(bytes calldata metadata, bytes calldata message) external returns (bool) {
        return route(message).verify(metadata, message);
    }

    /// @inheritdoc IInterchainSecurityModule
    function moduleType() external pure returns (uint8) {
        return 1;
    }

    /// @inheritdoc IInterchainAccounts
    function route(bytes calldata message) public view returns (IInterchainSecurityModule) {
        // Whoever named this router as its module would be guarded by what its messages say.
        if (message.recipient() != address(this).toBytes32()) revert NotForThisRouter(message.recipient());
        address ism = message.body().ism().toAddress();
        if (ism == address(0)) return mailbox.defaultIsm();
        if (ism == address(this) || ism.code.length == 0) revert NotAModule(ism);
        return IInterchainSecurityModule(ism);
    }

    /* ------------------------------------------------------ orders -------------------------------------------------- */

    /// @inheritdoc IInterchainAccounts
    function revealAndExecute(address account, IInterchainAccount.Call[] calldata calls, bytes32 salt)
        external
        payable
    {
        bytes32 commitment = InterchainAccountMessage.commitmentTo(calls, salt);
        if (commitments[account][commitment] != Commitment.Pending) revert NotCommitted(account, commitment);

        commitments[account][commitment] = Commitment.Over;
        emit Revealed(account, commitment);

        IInterchainAccount(account).execute{value: msg.value}(calls);
    }

    /// @inheritdoc IInterchainAccounts
    function cancelCommitment(bytes32 commitment) external {
        commitments[msg.sender][commitment] = Commitment.Over;
        emit Cancelled(msg.sender, commitment);
    }

    /// @dev What the module that the body names has verified. A reveal is done by its module: here nothing is left to do.
    function _handle(uint32 origin, bytes calldata body) internal override {
        uint8 kind = body.kind();
        if (kind == InterchainAccountMessage.REVEAL) {
            if (msg.value != 0) revert UnexpectedValue(msg.value);
            return;
        }
        (bytes32 owner_, bytes32 ism, bytes32 userSalt) = body.account();
        address account = _deploy(origin, owner_, routers(origin), ism, userSalt);
        if (kind == InterchainAccountMessage.CALLS) {
            // The calls are encoded as the account's argument already.
            bytes memory order = bytes.concat(IInterchainAccount.execute.selector, body.calls());
            // slither-disable-next-line unused-return
            Address.functionCallWithValue(account, order, msg.value);
        } else {
            _commit(account, body.commitment());
        }
    }

    function _commit(address account, bytes32 commitment) private {
        if (commitments[account][commitment] != Commitment.None) revert AlreadyCommitted(account, commitment);

        commitments[account][commitment] = Commitment.Pending;
        emit Committed(account, commitment);

        if (msg.value != 0) Address.sendValue(payable(account), msg.value);
    }

    /* ---------------------------------------------------- addresses ------------------------------------------------- */

    /// @inheritdoc IInterchainAccounts
    function getLocalInterchainAccount(uint32 origin, address owner_, address router, address ism)
        external
        view
        returns (address)
    {
        return _local(_salt(origin, owner_.toBytes32(), router.toBytes32(), ism.toBytes32(), 0));
    }

    /// @inheritdoc IInterchainAccounts
    function getLocalInterchainAccount(uint32 origin, bytes32 owner_, bytes32 router, address ism)
        external
        view
        returns (address)
    {
        return _local(_salt(origin, owner_, router, ism.toBytes32(), 0));
    }

    /// @inheritdoc IInterchainAccounts
    function getLocalInterchainAccount(uint32 origin, bytes32 owner_, bytes32 router, address ism, bytes32 userSalt)
        external
        view
        returns (address)
    {
        return _local(_salt(origin, owner_, router, ism.toBytes32(), userSalt));
    }

    /// @inheritdoc IInterchainAccounts
    function getDeployedInterchainAccount(uint32 origin, address owner_, address router, address ism)
        external
        returns (address)
    {
        return _deploy(origin, owner_.toBytes32(), router.toBytes32(), ism.toBytes32(), 0);
    }

    /// @inheritdoc IInterchainAccounts
    function getDeployedInterchainAccount(uint32 origin, bytes32 owner_, bytes32 router, address ism)
        external
        returns (address)
    {
        return _deploy(origin, owner_, router, ism.toBytes32(), 0);
    }

    /// @inheritdoc IInterchainAccounts
    function getDeployedInterchainAccount(uint32 origin, bytes32 owner_, bytes32 router, address ism, bytes32 userSalt)
        external
        returns (address)
    {
        return _deploy(origin, owner_, router, ism.toBytes32(), userSalt);
    }

    /// @inheritdoc IInterchainAccounts
    function bytecodeHash() external view returns (bytes32) {
        // EIP-1167's creation code, around the implementation.
        return keccak256(
            abi.encodePacked(
                hex"3d602d80600a3d3981f3363d3d373d3d3d363d73", implementation, hex"5af43d82803e903d91602b57fd5bf3"
            )
        );
    }

    /// @dev The account of `owner_` on this chain, on another chain where `router` is one of this code.
    function _remote(address owner_, address router, address ism, bytes32 userSalt) internal view returns (address) {
        bytes32 salt = _salt(localDomain, owner_.toBytes32(), address(this).toBytes32(), ism.toBytes32(), userSalt);
        address code = CreateAddress.at(router, IMPLEMENTATION_NONCE);
        return Clones.predictDeterministicAddress(code, salt, router);
    }

    function _deploy(uint32 origin, bytes32 owner_, bytes32 router, bytes32 ism, bytes32 userSalt)
        private
        returns (address account)
    {
        bytes32 salt = _salt(origin, owner_, router, ism, userSalt);
        account = _local(salt);
        if (account.code.length == 0) {
            // slither-disable-next-line unused-return
            Clones.cloneDeterministic(implementation, salt);
            emit InterchainAccountCreated(account, origin, router, owner_, ism.toAddress(), userSalt);
        }
    }

    function _local(bytes32 salt) private view returns (address) {
        return Clones.predictDeterministicAddress(implementation, salt);
    }

    function _salt(uint32 origin, bytes32 owner_, bytes32 router, bytes32 ism, bytes32 userSalt)
        private
        pure
        returns (bytes32)
    {
        return keccak256(abi.encodePacked(origin, owner_, router, ism, userSalt));
    }
}
