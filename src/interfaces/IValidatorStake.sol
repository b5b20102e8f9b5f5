// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBlsKeyRegistry} from "./IBlsKeyRegistry.sol";
import {IMailbox} from "./IMailbox.sol";
import {ISlasher} from "./ISlasher.sol";
import {IStakeAccounts} from "./IStakeAccounts.sol";
import {IStakeTerms} from "./IStakeTerms.sol";
import {IWeightedMultisigIsm} from "./IWeightedMultisigIsm.sol";

/// @title IValidatorStake
/// @notice The validators of one Mailbox: who they are, what stands behind them, and who of them make up the set that
///         destinations trust.
/// @dev Who registers is a candidate. In each epoch the set is fixed: the `maxActive` candidates with the largest pools (of
///      equal ones those with the higher address), each weighing what its pool held when the epoch began. A validator is a
///      candidate until its operator's own share of the pool is worth less than `minSelfBond` when an epoch begins, until it
///      is jailed, or until one with more stake takes its place when there are `maxCandidates`. `setId` grows with each change.
///
///      There is no owner. What the set signs is slashed by the slasher alone, which acts on proofs alone.
interface IValidatorStake is IStakeAccounts, IStakeTerms {
    /* ---------------------------------------------------- events ---------------------------------------------------- */

    /// @notice A validator has registered.
    event ValidatorRegistered(address indexed validator, address indexed key, uint256 commission);

    /// @notice The validator is a candidate for the sets to come.
    event CandidateJoined(address indexed validator);

    /// @notice The validator is a candidate no more. From epoch `exitEpoch` on its keys are not slashable, but by challenges
    ///         that began before.
    event CandidateLeft(address indexed validator, uint48 exitEpoch);

    /// @notice From epoch `fromEpoch` on the validator signs with `newKey`. `oldKey` is slashable until `exitEpoch`.
    event KeyRotated(
        address indexed validator, address indexed oldKey, address indexed newKey, uint48 fromEpoch, uint48 exitEpoch
    );

    /// @notice The validator names a BLS key, or none (zero).
    event BlsKeySet(address indexed validator, bytes32 indexed keyHash);

    /// @notice From epoch `fromEpoch` on the operator gets `commission` of rewards, in hundredths of a percent.
    event CommissionSet(address indexed validator, uint256 commission, uint48 fromEpoch);

    /// @notice An epoch has begun.
    event EpochAdvanced(uint48 indexed epoch);

    /// @notice The set has changed, see `validatorSet`.
    event SetChanged(uint64 indexed setId, uint48 indexed epoch, uint256 size, uint256 totalWeight);

    /// @notice The set was sent to a module on another chain.
    event SetPushed(uint32 indexed destination, bytes32 indexed module, uint64 indexed setId, bytes32 messageId);

    /// @notice `share` (in 1e18ths) of all that stands behind the validator was slashed: `amount`, of which the reporter was
    ///         credited `reward`. It is jailed until `jailedUntil`, in seconds since 1970; the largest uint48 is for ever.
    event Slashed(
        address indexed validator,
        address indexed reporter,
        uint256 share,
        uint256 amount,
        uint256 reward,
        uint48 jailedUntil
    );

    /// @notice A challenge against the validator began in `epoch`.
    event Frozen(address indexed validator, uint48 epoch);

    /// @notice A challenge against the validator that began in `epoch` is over.
    event Unfrozen(address indexed validator, uint48 epoch);

    /* ---------------------------------------------------- errors ---------------------------------------------------- */

    /// @notice The account is not the slasher.
    error NotSlasher(address account);

    /// @notice The operator has registered before.
    error AlreadyRegistered(address validator);

    /// @notice The key belongs to a validator, for ever.
    error KeyInUse(address key, address validator);

    /// @notice The proof of possession is by another key, or for another operator, contract or chain.
    error NotTheKey(address signer, address key);

    /// @notice The last rotation has not taken effect.
    error RotationPending(address validator, uint48 fromEpoch);

    /// @notice The self-bond is less than the minimum.
    error SelfBondTooSmall(uint256 selfBond, uint256 minimum);

    /// @notice A commission is at most 10,000, which is all.
    error CommissionTooLarge(uint256 commission);

    /// @notice There is no room for another candidate with so little stake: the smallest has `smallest`.
    error CandidatesFull(uint256 stake, uint256 smallest);

    /// @notice The validator is a candidate.
    error AlreadyACandidate(address validator);

    /// @notice The validator is jailed until then.
    error Jailed(address validator, uint48 jailedUntil);

    /// @notice There is no registry of BLS keys, or the key is not registered there for the validator's key.
    error NotItsBlsKey(bytes32 keyHash, address key);

    /// @notice The epoch lasts until then, at least.
    error EpochNotOver(uint256 endsAt);

    /// @notice The set is too small to be sent: whoever is left could forge messages alone.
    error SetTooSmall(uint256 size, uint256 minimum);

    /// @notice No challenge against the validator that began in `epoch` is open.
    error NotFrozen(address validator, uint48 epoch);

    /* -------------------------------------------------- validators -------------------------------------------------- */

    /// @notice What there is to know of a validator.
    /// @param key What it signs checkpoints with in this epoch.
    /// @param nextKey What it will sign with from the next epoch on; zero if that is `key`.
    /// @param blsKey Hash of its BLS key; zero if it named none, or if that is not the present key's.
    /// @param commission What the operator gets of rewards now, in hundredths of a percent.
    /// @param nextCommission What it will get from `commissionEpoch` on; `commission` if no change is under way.
    /// @param jailedUntil Seconds since 1970; the largest uint48 is for ever, zero never jailed.
    /// @param exitEpoch First epoch in which its keys are not slashable; the largest uint48 for a candidate.
    /// @param isCandidate Whether it stands for the next set.
    /// @param isActive Whether it is in the present set.
    struct ValidatorStatus {
        address key;
        address nextKey;
        bytes32 blsKey;
        uint16 commission;
        uint16 nextCommission;
        uint48 commissionEpoch;
        uint48 jailedUntil;
        uint48 exitEpoch;
        bool isCandidate;
        bool isActive;
    }

    /// @notice Makes the caller a validator, and a candidate.
    /// @dev Warning: for ever, as to the operator's address and the key. Use a key for one Mailbox of a chain only: signatures
    ///      for another Mailbox's tree are an offence.
    /// @param key Address of the ECDSA key that signs checkpoints.
    /// @param proof The key's EIP-191 signature, r ‖ s ‖ v, of `keyProofDigest(caller, key)`.
    /// @param commission What the operator gets of rewards, in hundredths of a percent.
    /// @param amount The self-bond, paid as in `delegate`; at least `minSelfBond`.
    function register(address key, bytes calldata proof, uint16 commission, uint256 amount) external payable;

    /// @notice Makes the caller a candidate again: after jail, after its self-bond was too small, or after it lost its place.
    function rejoin() external;

    /// @notice Replaces the caller's key when the next epoch begins. The old one stays slashable until what it vouched for
    ///         could have left. Once an epoch.
    function rotateKey(address newKey, bytes calldata proof) external;

    /// @notice Names the caller's BLS key. It must be registered for its present ECDSA key in the registry, and counts for
    ///         as long as that key does.
    /// @dev Warning: what a BLS key signed is not slashable here.
    function setBlsKey(bytes32 keyHash) external;

    /// @notice Sets what the caller gets of rewards, in hundredths of a percent. Less holds at once; more after so long that
    ///         whoever does not agree can have left with all it staked.
    function setCommission(uint16 commission) external;

    /// @notice What a key signs to show that it agrees to be the operator's:
    ///
    ///         keccak(abi.encode(keccak("CAUSEWAY_VALIDATOR_KEY"), chain id, this contract, operator, key))
    function keyProofDigest(address operator, address key) external view returns (bytes32);

    /// @notice What there is to know of a validator. Reverts with UnknownValidator.
    function validatorStatus(address validator) external view returns (ValidatorStatus memory);

    /// @notice The validator that answers for signatures of `key` now: zero if the key is unknown, or if its delay is over.
    ///         As stake is held back, so a key answers on while a challenge is open that began before its delay was over.
    function validatorOf(address key) external view returns (address validator);

    /// @notice Whether the validator is in the present set, and the Mailbox's nonce when it (last) entered: it need not have
    ///         signed older leaves.
    function activation(address validator) external view returns (bool active, uint32 fromIndex);

    /// @notice The candidates' operators, in no order.
    function candidates() external view returns (address[] memory);

    /* ------------------------------------------------- epochs and set ----------------------------------------------- */

    /// @notice Ends the epoch: the candidates that do not qualify leave, the set is fixed anew. Anyone may call when
    ///         `epochLength` has passed since the last call.
    function advanceEpoch() external;

    /// @notice The present epoch; the first is 0 and has no set.
    function epoch() external view returns (uint48);

    /// @notice When the present epoch began, in seconds since 1970.
    function epochStart() external view returns (uint48);

    /// @notice The keys of the present set, in the order of `validatorSet`.
    function validators() external view returns (address[] memory);

    /// @notice The present set, as `pushSet` sends it.
    /// @return setId Grows with each change: with each epoch, and when a member is jailed.
    /// @return members Keys and weights. Those who signed must come in this order where the set is used.
    /// @return totalWeight What all weigh; fits in uint96.
    function validatorSet()
        external
        view
        returns (uint64 setId, IWeightedMultisigIsm.ValidatorInfo[] memory members, uint256 totalWeight);

    /// @notice Sends the present set to a module on another chain (see the ValidatorSetMessage library). Anyone may call; the
    ///         value is for the hooks.
    /// @param destination Domain of the module's chain.
    /// @param module The module, left-padded.
    /// @param hookMetadata For the hooks. If empty: a gas limit that suffices to store the set, refunds to the caller.
    function pushSet(uint32 destination, bytes32 module, bytes calldata hookMetadata)
        external
        payable
        returns (bytes32 messageId);

    /// @notice The wei to send with the `pushSet` of the same arguments.
    function quotePushSet(uint32 destination, bytes32 module, bytes calldata hookMetadata)
        external
        view
        returns (uint256 fee);

    /// @notice The Mailbox whose checkpoints the validators sign.
    function mailbox() external view returns (IMailbox);

    /// @notice Where BLS keys are registered; zero if validators have none.
    function blsKeyRegistry() external view returns (IBlsKeyRegistry);

    /* ---------------------------------------------------- slasher --------------------------------------------------- */

    /// @notice The contract that proofs are brought to; created with this one.
    function slasher() external view returns (ISlasher);

    /// @notice Takes a share of all that stands behind a validator: its pool, what unbonds from it, and what is held back by
    ///         a challenge. Jails it and takes it out of the set at once. The slasher only.
    /// @dev The reporter gets its part of what the *operator* loses only. Were it a part of what delegators lose too, an
    ///      operator with many of them would gain by reporting itself.
    /// @param share In 1e18ths, at most 1e18. What is taken is rounded up.
    /// @param forever Whether it can never rejoin.
    /// @return slashed What was taken.
    function slash(address validator, uint256 share, address reporter, bool forever) external returns (uint256 slashed);

    /// @notice A challenge against the validator begins: stake that is not released yet is held back and stays slashable, from
    ///         now until `unfreeze` or for `holdEpochs`. The slasher only.
    /// @dev So whoever challenges can delay a withdrawal by a challenge that began before the release, and not by later ones.
    ///      Slash first, then unfreeze.
    /// @return sinceEpoch What `unfreeze` must be called with.
    function freeze(address validator) external returns (uint48 sinceEpoch);

    /// @notice A challenge that began in `sinceEpoch` is over. The slasher only.
    function unfreeze(address validator, uint48 sinceEpoch) external;
}
