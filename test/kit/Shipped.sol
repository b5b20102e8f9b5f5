// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {StdConstants} from "forge-std/StdConstants.sol";
import {Vm} from "forge-std/Vm.sol";

import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "src/interfaces/IMailbox.sol";
import {IMessageIdAuthHook} from "src/interfaces/IMessageIdAuthHook.sol";
import {IMessageIdAuthorizedIsm} from "src/interfaces/IMessageIdAuthorizedIsm.sol";
import {IStaticAddressSetFactory} from "src/interfaces/IStaticAddressSetFactory.sol";
import {IValidatorAnnounce} from "src/interfaces/IValidatorAnnounce.sol";

/// @notice The Mailbox with what it inherits: its interface alone is what other contracts may call.
interface IOwnedMailbox is IMailbox {
    function owner() external view returns (address);
    function pendingOwner() external view returns (address);
    function transferOwnership(address newOwner) external;
    function acceptOwnership() external;
    function renounceOwnership() external;
    function PACKAGE_VERSION() external view returns (string memory);
}

/// @title Shipped
/// @notice Deploys what ships, byte for byte: the contracts of src as compiled through via-IR. Tests are compiled without it
/// (foundry.toml), so a test that imported Mailbox.sol for `new Mailbox(...)` would test a second, different Mailbox; forge
/// refuses to compile it ("incompatible settings restrictions"). Errors and events are in the interfaces.
library Shipped {
    Vm private constant VM = StdConstants.VM;

    function mailbox(uint32 domain, address owner, IInterchainSecurityModule defaultIsm)
        internal
        returns (IOwnedMailbox)
    {
        return IOwnedMailbox(VM.deployCode("src/Mailbox.sol:Mailbox", abi.encode(domain, owner, defaultIsm)));
    }

    function validatorAnnounce(IMailbox forMailbox) internal returns (IValidatorAnnounce) {
        return IValidatorAnnounce(VM.deployCode("src/ValidatorAnnounce.sol:ValidatorAnnounce", abi.encode(forMailbox)));
    }

    function messageIdMultisigIsmFactory() internal returns (IStaticAddressSetFactory) {
        return IStaticAddressSetFactory(
            VM.deployCode("src/isms/multisig/StaticMessageIdMultisigIsmFactory.sol:StaticMessageIdMultisigIsmFactory")
        );
    }

    function merkleRootMultisigIsmFactory() internal returns (IStaticAddressSetFactory) {
        return IStaticAddressSetFactory(
            VM.deployCode("src/isms/multisig/StaticMerkleRootMultisigIsmFactory.sol:StaticMerkleRootMultisigIsmFactory")
        );
    }

    /* ---------------------------------------------------- bridges --------------------------------------------------- */

    /// @param name Of a contract in src/isms/bridge or src/hooks that has a file of its own.
    function bridgeIsm(string memory name, bytes memory args) internal returns (IMessageIdAuthorizedIsm) {
        return IMessageIdAuthorizedIsm(VM.deployCode(string.concat("src/isms/bridge/", name, ".sol:", name), args));
    }

    function bridgeHook(string memory name, bytes memory args) internal returns (IMessageIdAuthHook) {
        return IMessageIdAuthHook(VM.deployCode(string.concat("src/hooks/", name, ".sol:", name), args));
    }
}
