// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// solhint-disable not-rely-on-time
// Whoever builds blocks can be off by seconds, which is nothing to a set's lifetime.

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";

import {MailboxClient} from "../../MailboxClient.sol";
import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "../../interfaces/IMailbox.sol";
import {IMessageRecipient} from "../../interfaces/IMessageRecipient.sol";
import {IStakedMultisigIsm} from "../../interfaces/IStakedMultisigIsm.sol";
import {AddressSet} from "../../libraries/AddressSet.sol";
import {Message} from "../../libraries/Message.sol";
import {MessageIdMultisigMetadata} from "../../libraries/MessageIdMultisigMetadata.sol";
import {StoredSet} from "../../libraries/StoredSet.sol";
import {ValidatorSetMessage} from "../../libraries/ValidatorSetMessage.sol";
import {ValidatorSignatures} from "../../libraries/ValidatorSignatures.sol";
import {WeightedMultisigIsm} from "../multisig/WeightedMultisigIsm.sol";

/// @title StakedMultisigIsm
/// @notice Verifies a message by signatures of validators who stake on its origin. See IStakedMultisigIsm.
contract StakedMultisigIsm is IStakedMultisigIsm, WeightedMultisigIsm, MailboxClient, Ownable2Step {
    using EnumerableSet for EnumerableSet.UintSet;
    using Message for bytes;
    using ValidatorSetMessage for bytes;
    using ValidatorSignatures for uint256;

    /// @dev A verification reads the first slot only, and the set, which is code (see the StoredSet library).
    struct Enrolment {
        address set;
        uint48 issuedAt;
        uint64 setId;
        bytes32 stake;
    }

    /// @inheritdoc IStakedMultisigIsm
    uint48 public constant MAX_SET_LIFETIME = 365 days;

    /// @inheritdoc IStakedMultisigIsm
    uint48 public immutable setLifetime;

    /// @inheritdoc IStakedMultisigIsm
    uint48 public immutable delay;

    mapping(uint32 origin => Enrolment) internal _enrolments;
    mapping(uint32 origin => Enrolment) internal _proposals;
    EnumerableSet.UintSet internal _domains;

    /// @param mailbox_ Delivers the messages of the stake contracts.
    /// @param owner_ May propose the first set of an origin, and one after a set has expired.
    /// @param setLifetime_ In seconds, at most that of each origin's stake.
    /// @param delay_ In seconds, from a proposal until it can be put in force.
    constructor(IMailbox mailbox_, address owner_, uint48 setLifetime_, uint48 delay_)
        MailboxClient(mailbox_)
        Ownable(owner_)
    {
        if (delay_ == 0 || delay_ >= setLifetime_ || setLifetime_ > MAX_SET_LIFETIME) {
            revert TimesOutOfBounds(setLifetime_, delay_, MAX_SET_LIFETIME);
        }
        setLifetime = setLifetime_;
        delay = delay_;
    }

    /* --------------------------------------------------- handover --------------------------------------------------- */

    // slither-disable-start locked-ether
    /// @inheritdoc IMessageRecipient
    function handle(uint32 origin, bytes32 sender, bytes calldata body) external payable onlyMailbox {
        Enrolment storage enrolment = _enrolments[origin];
        if (msg.value != 0) revert ValueNotAccepted(msg.value);
        if (enrolment.set == address(0) || sender != enrolment.stake) revert NotTheStake(origin, sender);
        body.requireValid();
        (uint64 setId, uint48 issuedAt) = (body.setId(), body.issuedAt());
        bool isNewer = setId > enrolment.setId || (setId == enrolment.setId && issuedAt > enrolment.issuedAt);
        if (!isNewer) revert SetNotNewer(setId, issuedAt);
        if (issuedAt > _now()) revert SetFromTheFuture(issuedAt, _now());
        _requireAlive(origin, issuedAt);
        uint256[] memory members = body.members();
        uint256 threshold = _requireSet(members);

        (enrolment.set, enrolment.issuedAt) = (StoredSet.store(members, threshold), issuedAt);
        enrolment.setId = setId;
        emit SetAccepted(origin, setId, issuedAt, members.length, threshold);
    }

    // slither-disable-end locked-ether

    /* ----------------------------------------------------- owner ---------------------------------------------------- */

    /// @inheritdoc IStakedMultisigIsm
    function proposeSet(uint32 origin, bytes32 stake, uint64 setId, ValidatorInfo[] calldata members)
        external
        onlyOwner
    {
        Enrolment storage known = _enrolments[origin];
        uint48 expiresAt = _expiresAt(known.issuedAt);
        if (known.set != address(0) && _now() < expiresAt) revert SetAlive(origin, expiresAt);
        if (stake == 0) revert NoStake();
        uint256[] memory words = new uint256[](members.length);
        for (uint256 i; i < members.length; ++i) {
            words[i] = ValidatorSignatures.pack(members[i].signingAddress, members[i].weight);
        }
        uint256 threshold = _requireSet(words);

        uint48 issuedAt = _now();
        emit SetProposed(origin, stake, setId, issuedAt + delay);
        _proposals[origin] =
            Enrolment({set: StoredSet.store(words, threshold), issuedAt: issuedAt, setId: setId, stake: stake});
    }

    /// @inheritdoc IStakedMultisigIsm
    function cancelProposal(uint32 origin) external onlyOwner {
        if (_proposals[origin].set == address(0)) revert NoProposal(origin);

        delete _proposals[origin];
        emit ProposalCancelled(origin);
    }

    /// @inheritdoc IStakedMultisigIsm
    function applyProposal(uint32 origin) external {
        Enrolment memory proposal = _proposals[origin];
        if (proposal.set == address(0)) revert NoProposal(origin);
        uint48 appliesAt = proposal.issuedAt + delay;
        if (_now() < appliesAt) revert TooEarly(appliesAt);
        _requireAlive(origin, proposal.issuedAt);
        // That there is no set that is alive is sure since the proposal: one that has expired accepts no other.

        delete _proposals[origin];
        _enrolments[origin] = proposal;
        // slither-disable-next-line unused-return
        _domains.add(origin);
        emit ProposalApplied(origin, proposal.stake);
        (uint256[] memory members, uint256 threshold) = StoredSet.load(proposal.set);
        emit SetAccepted(origin, proposal.setId, proposal.issuedAt, members.length, threshold);
    }

    /* ----------------------------------------------------- views ---------------------------------------------------- */

    /// @inheritdoc IInterchainSecurityModule
    function moduleType() external pure returns (uint8) {
        return 10;
    }

    /// @notice This module: who the next validators are it believes the present ones alone.
    function interchainSecurityModule() external view returns (IInterchainSecurityModule) {
        return this;
    }

    /// @inheritdoc IStakedMultisigIsm
    function setOf(uint32 origin) external view returns (SetInfo memory) {
        return _info(_enrolments[origin]);
    }

    /// @inheritdoc IStakedMultisigIsm
    function proposalOf(uint32 origin) external view returns (SetInfo memory) {
        return _info(_proposals[origin]);
    }

    /// @inheritdoc IStakedMultisigIsm
    function domains() external view returns (uint256[] memory) {
        return _domains.values();
    }

    /* ---------------------------------------------------- internal -------------------------------------------------- */

    function _set(bytes calldata message) internal view override returns (uint256[] memory, uint256) {
        uint32 origin = message.origin();
        (address set, uint48 issuedAt) = (_enrolments[origin].set, _enrolments[origin].issuedAt);
        if (set == address(0)) return (new uint256[](0), 0);
        _requireAlive(origin, issuedAt);
        return StoredSet.load(set);
    }

    function _info(Enrolment memory enrolment) internal view returns (SetInfo memory info) {
        if (enrolment.set == address(0)) return info;
        (uint256[] memory words, uint256 threshold) = StoredSet.load(enrolment.set);
        info = SetInfo({
            stake: enrolment.stake,
            members: _infos(words),
            // forge-lint: disable-next-line(unsafe-typecast) it is at most what all weigh, which fits
            threshold: uint96(threshold),
            setId: enrolment.setId,
            issuedAt: enrolment.issuedAt,
            expiresAt: _expiresAt(enrolment.issuedAt)
        });
    }

    function _requireAlive(uint32 origin, uint48 issuedAt) internal view {
        uint48 expiresAt = _expiresAt(issuedAt);
        if (_now() >= expiresAt) revert SetExpired(origin, expiresAt);
    }

    /// @dev Does not overflow: what is issued is issued by now, and a lifetime is a year at most.
    function _expiresAt(uint48 issuedAt) internal view returns (uint48) {
        return issuedAt + setLifetime;
    }

    /// @dev Seconds since 1970.
    function _now() internal view returns (uint48) {
        // forge-lint: disable-next-line(unsafe-typecast) it lasts 8.9 million years
        return uint48(block.timestamp);
    }

    /// @dev Reverts unless each member counts once, and for something. The threshold is the least weight that is more than two
    ///      thirds of all.
    function _requireSet(uint256[] memory words) internal pure returns (uint256 threshold) {
        address[] memory members = new address[](words.length);
        uint256 total;
        for (uint256 i; i < words.length; ++i) {
            members[i] = words[i].addressOf();
            if (words[i].weightOf() == 0) revert ZeroWeight(members[i]);
            total += words[i].weightOf();
        }
        AddressSet.requireValid(members, 1);
        if (total > type(uint96).max) revert TooMuchWeight(total);
        return (2 * total) / 3 + 1;
    }

    function _digest(bytes calldata metadata, bytes calldata message) internal pure override returns (bytes32) {
        return MessageIdMultisigMetadata.digest(metadata, message);
    }

    function _signaturesOffset() internal pure override returns (uint256) {
        return MessageIdMultisigMetadata.SIGNATURES_OFFSET;
    }
}
