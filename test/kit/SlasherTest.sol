// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICheckpointFraudProofs} from "src/interfaces/ICheckpointFraudProofs.sol";
import {ISlasher} from "src/interfaces/ISlasher.sol";
import {ISlashingTerms} from "src/interfaces/ISlashingTerms.sol";
import {IValidatorStake} from "src/interfaces/IValidatorStake.sol";

import {FakeTree} from "../mocks/staking/FakeTree.sol";
import {StakeMock} from "../mocks/staking/StakeMock.sol";
import {BaseTest} from "./BaseTest.sol";
import {Reference} from "./Reference.sol";
import {Shipped} from "./Shipped.sol";

/// @notice A Slasher over a real Mailbox and its tree, and a stake that only keeps a list of what it is told. Validator i of
///         BaseTest is operated by `operators[i]`, and has been in the set since leaf 0.
abstract contract SlasherTest is BaseTest {
    uint256 internal constant START = 1_800_000_000;
    uint256 internal constant STAKE = 1000 ether;
    uint64 internal constant WHOLE = 1e18;
    uint32 internal constant PREMATURE_WINDOW = 1 days;
    uint32 internal constant LIVENESS_WINDOW = 12 hours;
    uint32 internal constant FINAL_AFTER = 2 hours;
    uint96 internal constant BOND = 0.1 ether;

    StakeMock internal stake;
    ICheckpointFraudProofs internal proofs;
    ISlasher internal slasher;
    address internal reporter = makeAddr("reporter");
    address[] internal operators;

    /// @dev All ids dispatched, in their order.
    bytes32[] internal leaves;

    function setUp() public virtual override {
        super.setUp();
        vm.warp(START);
        stake = new StakeMock();
        proofs = Shipped.checkpointFraudProofs();
        slasher = _newSlasher(_terms());
        stake.setSlasher(address(slasher));
        for (uint256 i; i < VALIDATORS; ++i) {
            operators.push(makeAddr(string.concat("operator ", vm.toString(i))));
            stake.setKey(validators[i], operators[i]);
            stake.setActivation(operators[i], true, 0);
            stake.setStake(operators[i], STAKE);
        }
        vm.deal(reporter, 100 ether);
        vm.deal(attacker, 100 ether);
    }

    function _terms() internal pure returns (ISlashingTerms.Terms memory) {
        return ISlashingTerms.Terms({
            equivocationShare: WHOLE,
            messageIdShare: WHOLE / 2,
            rootShare: (WHOLE * 2) / 5,
            prematureShare: (WHOLE * 3) / 10,
            foreignTreeShare: WHOLE / 5,
            silenceShare: WHOLE / 100,
            prematureWindow: PREMATURE_WINDOW,
            livenessWindow: LIVENESS_WINDOW,
            finalAfter: FINAL_AFTER,
            livenessBond: BOND
        });
    }

    function _newSlasher(ISlashingTerms.Terms memory terms) internal returns (ISlasher) {
        return Shipped.slasher(originMailbox, IValidatorStake(address(stake)), proofs, terms);
    }

    /* ------------------------------------------------------ tree ---------------------------------------------------- */

    function _grow(uint256 messages) internal {
        for (uint256 i; i < messages; ++i) {
            leaves.push(keccak256(_dispatch(address(recipient), abi.encode(leaves.length))));
        }
    }

    /// @dev Stores the tree's latest root.
    function _store() internal returns (bytes32 root) {
        (root,) = proofs.storeLatestCheckpoint(address(originTree));
    }

    /// @dev What an honest validator signs for a leaf, by the definition of the tree.
    function _honest(uint256 index) internal view returns (ICheckpointFraudProofs.Checkpoint memory) {
        return ICheckpointFraudProofs.Checkpoint({
            origin: ORIGIN,
            merkleTree: Reference.addr32(address(originTree)),
            root: Reference.root(_prefix(index + 1)),
            index: uint32(index),
            messageId: leaves[index]
        });
    }

    /// @dev The siblings of a leaf under the root that all leaves so far have.
    function _proof(uint256 index) internal view returns (bytes32[32] memory) {
        return Reference.proof(leaves, index);
    }

    function _prefix(uint256 count) internal view returns (bytes32[] memory prefix) {
        prefix = new bytes32[](count);
        for (uint256 i; i < count; ++i) {
            prefix[i] = leaves[i];
        }
    }

    /* --------------------------------------------------- evidence --------------------------------------------------- */

    function _hash(ICheckpointFraudProofs.Checkpoint memory c) internal pure returns (bytes32) {
        return Reference.checkpointHash(Reference.Checkpoint(c.origin, c.merkleTree, c.root, c.index, c.messageId));
    }

    /// @dev By the first validator.
    function _signed(ICheckpointFraudProofs.Checkpoint memory c) internal view returns (bytes memory) {
        return _sign(validatorKeys[0], _hash(c));
    }

    function _challengeId(address validator, ICheckpointFraudProofs.Checkpoint memory c)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(validator, _hash(c)));
    }

    /// @dev The one slash there was.
    function _assertSlashed(address validator, uint256 share, address by, bool forever) internal view {
        assertEq(stake.slashes().length, 1);
        _assertLastSlash(validator, share, by, forever);
        assertEq(stake.stakeOf(validator), STAKE - (STAKE * share) / WHOLE);
    }

    function _assertLastSlash(address validator, uint256 share, address by, bool forever) internal view {
        StakeMock.Slash[] memory slashes = stake.slashes();
        StakeMock.Slash memory last = slashes[slashes.length - 1];
        assertEq(last.validator, validator);
        assertEq(last.share, share);
        assertEq(last.reporter, by);
        assertEq(last.forever, forever);
    }

    function _assertNoSlash() internal view {
        assertEq(stake.slashes().length, 0);
    }

    function _notTheKey(bytes memory signature, bytes32 hash) internal pure returns (address) {
        bytes32 r;
        bytes32 s;
        assembly ("memory-safe") {
            r := mload(add(signature, 32))
            s := mload(add(signature, 64))
        }
        return ecrecover(hash, uint8(signature[64]), r, s);
    }

    function _fakeTree(bytes32 root, uint32 count) internal returns (FakeTree fake) {
        fake = new FakeTree(ORIGIN);
        fake.claim(root, count);
    }
}
