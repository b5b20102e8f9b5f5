// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

import {PackageVersioned} from "../PackageVersioned.sol";
import {IBlsKeyRegistry} from "../interfaces/IBlsKeyRegistry.sol";
import {IMailbox} from "../interfaces/IMailbox.sol";
import {ISlasher} from "../interfaces/ISlasher.sol";
import {ISlashingTerms} from "../interfaces/ISlashingTerms.sol";
import {IValidatorStake} from "../interfaces/IValidatorStake.sol";
import {Asset} from "../libraries/Asset.sol";
import {StakePool} from "../libraries/StakePool.sol";
import {StandardHookMetadata} from "../libraries/StandardHookMetadata.sol";
import {ValidatorSetMessage} from "../libraries/ValidatorSetMessage.sol";
import {CheckpointFraudProofs} from "./CheckpointFraudProofs.sol";
import {Slasher} from "./Slasher.sol";
import {StakeAccounts} from "./StakeAccounts.sol";
import {ValidatorSet} from "./ValidatorSet.sol";

/// @title ValidatorStake
/// @notice The validators of one Mailbox and what stands behind them. See IValidatorStake.
contract ValidatorStake is ValidatorSet, PackageVersioned {
    using Asset for address;
    using MessageHashUtils for bytes32;
    using StakePool for StakePool.Pool;

    /// @dev A key belongs to its validator for ever, and is slashable until `exitEpoch` at most.
    struct KeyOwner {
        address validator;
        uint48 exitEpoch;
    }

    bytes32 internal constant KEY_PROOF_DOMAIN = keccak256("CAUSEWAY_VALIDATOR_KEY");

    /// @dev What a destination needs to store a set, generously: its code is 200 gas a byte, 32 bytes a member.
    uint256 internal constant SET_GAS = 300_000;
    uint256 internal constant MEMBER_GAS = 15_000;

    /// @inheritdoc IValidatorStake
    IBlsKeyRegistry public immutable blsKeyRegistry;

    /// @inheritdoc IValidatorStake
    ISlasher public immutable slasher;

    mapping(address key => KeyOwner) internal _keys;

    modifier onlySlasher() {
        if (msg.sender != address(slasher)) revert NotSlasher(msg.sender);
        _;
    }

    /// @param blsKeyRegistry_ Where BLS keys are registered; zero for none.
    /// @param terms_ The constants of the stake.
    /// @param slashingTerms The constants of the slasher.
    constructor(
        IMailbox mailbox_,
        IBlsKeyRegistry blsKeyRegistry_,
        Terms memory terms_,
        ISlashingTerms.Terms memory slashingTerms
    ) StakeAccounts(terms_) ValidatorSet(mailbox_) {
        blsKeyRegistry = blsKeyRegistry_;
        // Nobody has to trust whoever deploys: all that judges is created here.
        slasher = new Slasher(mailbox_, this, new CheckpointFraudProofs(), slashingTerms);
        uint32 needed = slasher.challengeWindow();
        if (_challengeWindow < needed) revert ChallengeWindowTooShort(_challengeWindow, needed);
    }

    /* --------------------------------------------------- validators ------------------------------------------------- */

    /// @inheritdoc IValidatorStake
    function register(address key, bytes calldata proof, uint16 commission, uint256 amount)
        external
        payable
        nonReentrant
    {
        Validator storage v = _validators[msg.sender];
        if (v.key != address(0)) revert AlreadyRegistered(msg.sender);
        if (commission > FULL_COMMISSION) revert CommissionTooLarge(commission);
        if (amount < _minSelfBond) revert SelfBondTooSmall(amount, _minSelfBond);
        _takeKey(key, proof);

        (v.key, v.nextKey) = (key, key);
        (v.commission, v.nextCommission) = (commission, commission);
        emit ValidatorRegistered(msg.sender, key, commission);
        _stake(msg.sender, v, amount);
        _join(msg.sender);

        _asset.pull(amount);
    }

    /// @inheritdoc IValidatorStake
    function rejoin() external {
        Validator storage v = _known(msg.sender);
        if (v.candidate != 0) revert AlreadyACandidate(msg.sender);
        if (v.jailedUntil > _now()) revert Jailed(msg.sender, v.jailedUntil);
        uint256 selfBond = _selfBondOf(msg.sender);
        if (selfBond < _minSelfBond) revert SelfBondTooSmall(selfBond, _minSelfBond);

        _join(msg.sender);
    }

    /// @inheritdoc IValidatorStake
    function rotateKey(address newKey, bytes calldata proof) external {
        Validator storage v = _known(msg.sender);
        if (_epoch < v.keyEpoch) revert RotationPending(msg.sender, v.keyEpoch);
        _takeKey(newKey, proof);

        address oldKey = v.nextKey;
        uint48 exitEpoch = _exitEpoch();
        _keys[oldKey].exitEpoch = exitEpoch;
        (v.key, v.nextKey, v.keyEpoch) = (oldKey, newKey, _epoch + 1);
        emit KeyRotated(msg.sender, oldKey, newKey, v.keyEpoch, exitEpoch);
    }

    /// @inheritdoc IValidatorStake
    function setBlsKey(bytes32 keyHash) external {
        Validator storage v = _known(msg.sender);
        if (keyHash != 0 && !_isBlsKeyOf(keyHash, _keyOf(v))) revert NotItsBlsKey(keyHash, _keyOf(v));

        v.blsKey = keyHash;
        emit BlsKeySet(msg.sender, keyHash);
    }

    /// @inheritdoc IValidatorStake
    function setCommission(uint16 commission) external {
        Validator storage v = _known(msg.sender);
        if (commission > FULL_COMMISSION) revert CommissionTooLarge(commission);

        uint16 present = _commissionOf(v);
        v.commission = present;
        v.nextCommission = commission;
        v.commissionEpoch = commission > present ? _exitEpoch() : _epoch;
        emit CommissionSet(msg.sender, commission, v.commissionEpoch);
    }

    /* ------------------------------------------------------- set ---------------------------------------------------- */

    /// @inheritdoc IValidatorStake
    function pushSet(uint32 destination, bytes32 module, bytes calldata hookMetadata)
        external
        payable
        returns (bytes32 messageId)
    {
        if (_set.length < _minActive) revert SetTooSmall(_set.length, _minActive);
        (bytes memory body, bytes memory metadata) = _setMessage(hookMetadata);

        uint64 setId = _setId;
        messageId = mailbox.dispatch{value: msg.value}(destination, module, body, metadata);
        emit SetPushed(destination, module, setId, messageId);
    }

    /// @inheritdoc IValidatorStake
    function quotePushSet(uint32 destination, bytes32 module, bytes calldata hookMetadata)
        external
        view
        returns (uint256)
    {
        (bytes memory body, bytes memory metadata) = _setMessage(hookMetadata);
        return mailbox.quoteDispatch(destination, module, body, metadata);
    }

    /* ---------------------------------------------------- slasher --------------------------------------------------- */

    /// @inheritdoc IValidatorStake
    function slash(address validator, uint256 share, address reporter, bool forever)
        external
        onlySlasher
        returns (uint256 slashed)
    {
        Validator storage v = _known(validator);
        uint256 own;
        (slashed, own) = _cut(validator, share);
        uint256 reward = (own * _reporterShare) / StakePool.WHOLE;
        _credits[reporter] += reward;
        _credits[BURN_ADDRESS] += slashed - reward;
        _jail(validator, v, forever);
        emit Slashed(validator, reporter, share, slashed, reward, v.jailedUntil);
    }

    /// @inheritdoc IValidatorStake
    function freeze(address validator) external onlySlasher returns (uint48 sinceEpoch) {
        sinceEpoch = _epoch;
        ++_freezes[validator][sinceEpoch];
        emit Frozen(validator, sinceEpoch);
    }

    /// @inheritdoc IValidatorStake
    function unfreeze(address validator, uint48 sinceEpoch) external onlySlasher {
        if (_freezes[validator][sinceEpoch] == 0) revert NotFrozen(validator, sinceEpoch);
        --_freezes[validator][sinceEpoch];
        emit Unfrozen(validator, sinceEpoch);
    }

    /* ----------------------------------------------------- views ---------------------------------------------------- */

    /// @inheritdoc IValidatorStake
    function validatorStatus(address validator) external view returns (ValidatorStatus memory) {
        Validator storage v = _known(validator);
        address key = _keyOf(v);
        return ValidatorStatus({
            key: key,
            nextKey: key == v.nextKey ? address(0) : v.nextKey,
            blsKey: _isBlsKeyOf(v.blsKey, key) ? v.blsKey : bytes32(0),
            commission: _commissionOf(v),
            nextCommission: v.nextCommission,
            commissionEpoch: v.commissionEpoch,
            jailedUntil: v.jailedUntil,
            exitEpoch: v.exitEpoch,
            isCandidate: v.candidate != 0,
            isActive: _isActive(v, _epoch)
        });
    }

    /// @inheritdoc IValidatorStake
    function validatorOf(address key) external view returns (address validator) {
        KeyOwner storage owner = _keys[key];
        uint48 since = _heldSince(owner.validator);
        if (since >= owner.exitEpoch || since >= _validators[owner.validator].exitEpoch) return address(0);
        return owner.validator;
    }

    /// @inheritdoc IValidatorStake
    function keyProofDigest(address operator, address key) public view returns (bytes32) {
        return keccak256(abi.encode(KEY_PROOF_DOMAIN, block.chainid, address(this), operator, key));
    }

    /* ---------------------------------------------------- internal -------------------------------------------------- */

    /// @dev Makes the key the caller's, which both agreed to: the caller by calling.
    function _takeKey(address key, bytes calldata proof) internal {
        address holder = _keys[key].validator;
        if (holder != address(0)) revert KeyInUse(key, holder);
        address signer = ECDSA.recoverCalldata(keyProofDigest(msg.sender, key).toEthSignedMessageHash(), proof);
        if (signer != key) revert NotTheKey(signer, key);

        _keys[key] = KeyOwner({validator: msg.sender, exitEpoch: FOREVER});
    }

    /// @dev Takes it out of the set and the candidates, and keeps it out. A sentence is never made shorter.
    function _jail(address validator, Validator storage v, bool forever) internal {
        uint48 until = forever ? FOREVER : _now() + _jailTime;
        if (until > v.jailedUntil) v.jailedUntil = until;
        if (v.candidate != 0) _leaveCandidates(validator);
        if (_isActive(v, _epoch)) _leaveSet(v);
    }

    function _isBlsKeyOf(bytes32 keyHash, address key) internal view returns (bool) {
        return address(blsKeyRegistry) != address(0) && blsKeyRegistry.validatorOf(keyHash) == key;
    }

    function _setMessage(bytes calldata hookMetadata) internal view returns (bytes memory body, bytes memory metadata) {
        uint256[] memory members = _signers();
        body = ValidatorSetMessage.encode(_setId, _now(), members);
        metadata = hookMetadata.length > 0
            ? hookMetadata
            : abi.encodePacked(
                StandardHookMetadata.VARIANT, uint256(0), SET_GAS + MEMBER_GAS * members.length, msg.sender
            );
    }
}
