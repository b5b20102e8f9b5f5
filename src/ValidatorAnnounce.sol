// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";

import {MailboxClient} from "./MailboxClient.sol";
import {IMailbox} from "./interfaces/IMailbox.sol";
import {IValidatorAnnounce} from "./interfaces/IValidatorAnnounce.sol";
import {Checkpoint} from "./libraries/Checkpoint.sol";

/// @title ValidatorAnnounce
/// @notice Where validators say that their signed checkpoints can be read. See IValidatorAnnounce.
contract ValidatorAnnounce is IValidatorAnnounce, MailboxClient {
    using EnumerableSet for EnumerableSet.AddressSet;

    EnumerableSet.AddressSet internal _validators;
    mapping(address validator => string[]) internal _locations;
    mapping(address validator => mapping(bytes32 locationHash => bool)) internal _announced;

    constructor(IMailbox mailbox_) MailboxClient(mailbox_) {}

    /// @inheritdoc IValidatorAnnounce
    function announce(address validator, string calldata storageLocation, bytes calldata signature)
        external
        returns (bool)
    {
        bytes32 locationHash = keccak256(bytes(storageLocation));
        if (_announced[validator][locationHash]) revert AlreadyAnnounced(validator, storageLocation);
        address signer = ECDSA.recoverCalldata(getAnnouncementDigest(storageLocation), signature);
        if (signer != validator) revert NotSignedByValidator(validator);

        _announced[validator][locationHash] = true;
        // slither-disable-next-line unused-return
        _validators.add(validator);
        _locations[validator].push(storageLocation);
        emit ValidatorAnnouncement(validator, storageLocation);
        return true;
    }

    /// @inheritdoc IValidatorAnnounce
    function getAnnouncedStorageLocations(address[] calldata validators) external view returns (string[][] memory) {
        string[][] memory locations = new string[][](validators.length);
        for (uint256 i; i < validators.length; ++i) {
            locations[i] = _locations[validators[i]];
        }
        return locations;
    }

    /// @inheritdoc IValidatorAnnounce
    function getAnnouncedValidators() external view returns (address[] memory) {
        return _validators.values();
    }

    /// @inheritdoc IValidatorAnnounce
    function getAnnouncementDigest(string memory storageLocation) public view returns (bytes32) {
        return Checkpoint.announcementDigest(localDomain, address(mailbox), storageLocation);
    }
}
