// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainSecurityModule} from "./IInterchainSecurityModule.sol";

/// @title ICcipReadIsm
/// @notice Verifies a message by what a gateway on the web answers (EIP-3668).
/// @dev Trust: that of whatever the module checks the answer by; the gateways themselves are trusted for liveness only. The
///      owner sets the URLs and can thereby stop deliveries, at once.
interface ICcipReadIsm is IInterchainSecurityModule {
    /// @notice The owner, or the constructor, set the gateways.
    event UrlsChanged(string[] newUrls);

    /// @notice EIP-3668: ask `urls`, in their order, for `callData`; the answer is the metadata of `verify`.
    /// @param sender This module.
    /// @param urls Templates with {sender} and {data}: GET where {data} stands in them, else POST of a JSON object with both.
    /// @param callData What to ask, as each kind of module defines it.
    /// @param callbackFunction Selector of `verify`: the answer and `extraData` are its arguments.
    /// @param extraData The message.
    error OffchainLookup(address sender, string[] urls, bytes callData, bytes4 callbackFunction, bytes extraData);

    /// @notice Always reverts with `OffchainLookup`, which tells how to get the metadata for `message`.
    function getOffchainVerifyInfo(bytes calldata message) external view;

    /// @notice The gateways.
    function urls() external view returns (string[] memory);

    /// @notice Sets the gateways. Owner only.
    function setUrls(string[] calldata urls_) external;
}

/// @title IAttestationCcipReadIsm
/// @notice Verifies a message that one attester signed for.
/// @dev Trust: the attester can forge any message, and alone can stop delivery. Metadata is r ‖ s ‖ v (65 bytes, low s),
///      the EIP-191 signature of
///
///      digest = keccak256("CAUSEWAY_ATTESTATION" ‖ messageId)
///
///      by which the attester says that it saw the message dispatched, and final, on its origin. Asked for at a gateway by
///      the calldata of `attest(message)`.
interface IAttestationCcipReadIsm is ICcipReadIsm {
    /// @notice The attester would be nobody.
    error ZeroAttester();

    /// @notice The metadata is a signature of somebody else, or of something else.
    error NotAttester(address signer);

    /// @notice Whose signature verifies a message.
    function attester() external view returns (address);
}

/// @title IAttestationGateway
/// @notice What an attester's gateway is asked; no contract implements it.
interface IAttestationGateway {
    /// @notice The attester's signature for `message`.
    function attest(bytes calldata message) external view returns (bytes memory signature);
}
