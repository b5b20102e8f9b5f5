// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICommitmentGateway, ICommitmentReadIsm} from "../../interfaces/ICommitmentReadIsm.sol";
import {IInterchainAccount} from "../../interfaces/IInterchainAccount.sol";
import {IInterchainAccounts} from "../../interfaces/IInterchainAccounts.sol";
import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {InterchainAccountMessage} from "../../libraries/InterchainAccountMessage.sol";
import {Message} from "../../libraries/Message.sol";
import {TypeCasts} from "../../libraries/TypeCasts.sol";
import {AbstractCcipReadIsm} from "./AbstractCcipReadIsm.sol";

/// @title CommitmentReadIsm
/// @notice Brings the calls that an account is committed to. Created by the account router. See ICommitmentReadIsm.
contract CommitmentReadIsm is ICommitmentReadIsm, AbstractCcipReadIsm {
    using InterchainAccountMessage for bytes;
    using Message for bytes;
    using TypeCasts for address;
    using TypeCasts for bytes32;

    /// @inheritdoc ICommitmentReadIsm
    IInterchainAccounts public immutable router;

    /// @param owner_ May set the gateways.
    constructor(address owner_, string[] memory urls_) AbstractCcipReadIsm(owner_, urls_) {
        router = IInterchainAccounts(msg.sender);
    }

    /// @inheritdoc IInterchainSecurityModule
    function verify(bytes calldata metadata, bytes calldata message) external returns (bool) {
        if (message.recipient() != address(router).toBytes32()) revert NotForMyRouter(message.recipient());
        uint8 kind = message.body().kind();
        if (kind != InterchainAccountMessage.REVEAL) revert NotAReveal(kind);
        address account = _accountOf(message, address(bytes20(metadata[0:20])));
        bytes32 commitment = message.body().revealedCommitment();
        bytes32 salt = bytes32(metadata[20:52]);
        (IInterchainAccount.Call[] memory calls) = abi.decode(metadata[52:], (IInterchainAccount.Call[]));
        bytes32 brought = keccak256(abi.encodePacked(salt, abi.encode(calls)));
        if (brought != commitment) revert WrongCalls(brought, commitment);

        if (router.commitments(account, commitment) == IInterchainAccounts.Commitment.Over) return true;
        router.revealAndExecute(account, calls, salt);
        return true;
    }

    /// @dev The account that the message is about. Where it does not say, the deliverer's word is taken: an account that is not
    ///      committed does nothing, but one that committed itself to the same uses the message up.
    function _accountOf(bytes calldata message, address claimed) private view returns (address) {
        bytes calldata body = message.body();
        if (!body.namesAccount()) return claimed;
        (bytes32 owner_, bytes32 ism, bytes32 salt) = body.revealedAccount();
        address account =
            router.getLocalInterchainAccount(message.origin(), owner_, message.sender(), ism.toAddress(), salt);
        if (account != claimed) revert WrongAccount(claimed, account);
        return account;
    }

    function _callData(bytes calldata message) internal pure override returns (bytes memory) {
        return abi.encodeCall(ICommitmentGateway.getCallsFromRevealMessage, (message));
    }
}
