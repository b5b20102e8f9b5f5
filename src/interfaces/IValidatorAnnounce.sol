// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IValidatorAnnounce
/// @notice Where validators of this chain's Mailbox say that their signed checkpoints can be read.
/// @dev It has no owner, module or hook, so the ecosystem's `owner`, `hook`, `interchainSecurityModule` and their setters are
///      left out.
interface IValidatorAnnounce {
    /// @notice A validator announced one more location.
    event ValidatorAnnouncement(address indexed validator, string storageLocation);

    /// @notice The validator announced this location before.
    error AlreadyAnnounced(address validator, string storageLocation);

    /// @notice The announcement is not signed by the validator that it names.
    error NotSignedByValidator(address validator);

    /// @notice Adds a location. Anyone may submit it; the validator's signature authorises it, once.
    /// @dev Warning: a location is free text from an unknown party. Who reads it must treat it as hostile.
    /// @param validator Address of the key that signs checkpoints.
    /// @param storageLocation UTF-8, e.g. `s3://bucket/region/folder`.
    /// @param signature r ‖ s ‖ v (65 bytes) over `getAnnouncementDigest(storageLocation)`.
    /// @return True.
    function announce(address validator, string calldata storageLocation, bytes calldata signature)
        external
        returns (bool);

    /// @notice The locations of each of `validators`, oldest first.
    function getAnnouncedStorageLocations(address[] calldata validators) external view returns (string[][] memory);

    /// @notice All validators that announced a location.
    function getAnnouncedValidators() external view returns (address[] memory);

    /// @notice The digest to sign, EIP-191 prefix included (see the Checkpoint library).
    function getAnnouncementDigest(string calldata storageLocation) external view returns (bytes32);
}
