// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

import {IAttestationCcipReadIsm, IAttestationGateway} from "../../interfaces/ICcipReadIsm.sol";
import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {Message} from "../../libraries/Message.sol";
import {AbstractCcipReadIsm} from "./AbstractCcipReadIsm.sol";

/// @title AttestationCcipReadIsm
/// @notice Verifies a message that one attester signed for. See IAttestationCcipReadIsm.
contract AttestationCcipReadIsm is IAttestationCcipReadIsm, AbstractCcipReadIsm {
    using Message for bytes;

    /// @inheritdoc IAttestationCcipReadIsm
    address public immutable attester;

    /// @param owner_ May set the gateways.
    constructor(address owner_, string[] memory urls_, address attester_) AbstractCcipReadIsm(owner_, urls_) {
        if (attester_ == address(0)) revert ZeroAttester();
        attester = attester_;
    }

    /// @inheritdoc IInterchainSecurityModule
    function verify(bytes calldata metadata, bytes calldata message) external view returns (bool) {
        bytes32 digest = keccak256(abi.encodePacked("CAUSEWAY_ATTESTATION", message.id()));
        address signer = ECDSA.recoverCalldata(MessageHashUtils.toEthSignedMessageHash(digest), metadata);
        if (signer != attester) revert NotAttester(signer);
        return true;
    }

    function _callData(bytes calldata message) internal pure override returns (bytes memory) {
        return abi.encodeCall(IAttestationGateway.attest, (message));
    }
}
