// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICheckpointFraudProofs} from "src/interfaces/ICheckpointFraudProofs.sol";
import {ISlasher} from "src/interfaces/ISlasher.sol";

import {Reference} from "../kit/Reference.sol";
import {StakedWorld} from "../kit/StakedWorld.sol";
import {FakeTree} from "../mocks/staking/FakeTree.sol";

/// @notice Three honest validators who sign final checkpoints whenever they like, one who signs anything, and an attacker
///         who has every honest signature ever made and tries all that there is to try with it, over a real Mailbox, tree and
///         stake. Blocks that are not final are replaced. Honest validators answer challenges before they are over.
contract SlasherHandler is StakedWorld {
    uint256 public constant HONEST = 3;
    uint256 internal constant ROGUE = 3;
    uint256 internal constant FINALITY = 30 minutes; // less than the 1 h of `finalAfter`
    uint256 internal constant MAX_STEP = 5 hours;

    struct Signed {
        uint256 validator;
        ICheckpointFraudProofs.Checkpoint checkpoint;
        bytes signature;
    }

    struct Challenge {
        uint256 validator;
        uint32 index;
        uint48 deadline;
    }

    address internal attacker = makeAddr("attacker");
    Signed[] internal _signed;
    Challenge[] internal _toSign;
    Signed[] internal _premature;
    uint256[] internal _dispatchedAt;
    uint256 internal _finalCount;
    uint256 internal _rotations;

    /// @dev What the slasher should hold: bonds of open challenges, and of those that were answered.
    uint256 public bonds;
    mapping(string action => uint256) public calls;
    mapping(bytes32 leaf => uint256) public punished;

    constructor() {
        setUp();
        _growAt(2);
        _advance();
        _growAt(2);
    }

    /* ----------------------------------------------------- books ---------------------------------------------------- */

    function world() external view returns (ISlasher, address[] memory operators, uint256[] memory pools) {
        operators = new address[](HONEST);
        pools = new uint256[](HONEST);
        for (uint256 i; i < HONEST; ++i) {
            operators[i] = _operator(i);
            pools[i] = SELF_BOND + i * 7 ether;
        }
        return (slasher, operators, pools);
    }

    function signed() external view returns (Signed[] memory) {
        return _signed;
    }

    function openPremature() external view returns (Signed[] memory) {
        return _premature;
    }

    /* ------------------------------------------------------ chain --------------------------------------------------- */

    function dispatch(uint256 messages) external {
        _growAt(bound(messages, 1, 3));
        ++calls["dispatch"];
    }

    function store() external {
        proofs.storeLatestCheckpoint(address(tree));
        ++calls["store"];
    }

    /// @dev Blocks that are not final are replaced. In those that are gone the attacker stored a root, and challenged.
    function reorg(uint256 gone, uint256 instead, uint256 seed) external {
        uint256 state = vm.snapshotState();
        _growAt(bound(gone, 1, 3));
        (bytes32 root, uint32 last) = proofs.storeLatestCheckpoint(address(tree));
        bytes32[32] memory proof = _proofOf(last);
        bytes32 id = leaves[last];
        vm.revertToState(state);

        vm.prank(bob); // another's message is there now
        mailbox.dispatch(DESTINATION, bytes32(instead), "instead");
        _note(keccak256(_lastOf(bob, bytes32(instead))));
        _dispatchedAt.push(block.timestamp);
        ++calls["reorg"];
        if (_signed.length == 0) return;
        Signed memory s = _signed[seed % _signed.length];
        _mustFail(abi.encodeCall(slasher.proveMessageId, (s.checkpoint, s.signature, proof, id)));
        ICheckpointFraudProofs.Checkpoint memory c = s.checkpoint;
        c.root = root;
        _mustFail(abi.encodeCall(slasher.proveEquivocation, (s.checkpoint, s.signature, c, s.signature)));
    }

    /// @dev Honest validators answer what would be over, and leaves become final.
    function pass(uint256 time) public {
        _passTo(block.timestamp + bound(time, 1, MAX_STEP));
        ++calls["pass"];
    }

    function advanceEpoch(uint256 time) external {
        uint256 endsAt = uint256(stake.epochStart()) + EPOCH;
        if (endsAt > block.timestamp) _passTo(endsAt + bound(time, 0, MAX_STEP));
        stake.advanceEpoch();
        ++calls["advanceEpoch"];
    }

    /* ----------------------------------------------------- honest --------------------------------------------------- */

    /// @dev Any final leaf, at any moment, also again, and with whatever key is the validator's then.
    function sign(uint256 validator, uint256 index) external {
        if (_finalCount == 0) return;
        validator = bound(validator, 0, HONEST - 1);
        ICheckpointFraudProofs.Checkpoint memory c = _honest(bound(index, 0, _finalCount - 1));
        _signed.push(Signed(validator, c, _signCheckpoint(_secretNow(validator), c)));
        ++calls["sign"];
    }

    function rotate(uint256 validator) external {
        validator = bound(validator, 0, HONEST - 1);
        if (stake.validatorStatus(_operator(validator)).nextKey != address(0)) return;
        _rotateKnown(validator, ++_rotations);
        ++calls["rotate"];
    }

    function answer(uint256 which) external {
        if (_toSign.length == 0) return;
        _answer(which % _toSign.length);
        ++calls["answer"];
    }

    /// @dev The validator's chain showed it a block as final that was not: it is replaced, and its messages are dispatched
    ///      again. In between the attacker challenges what was signed.
    function challengePremature(uint256 validator, uint256 messages) external {
        validator = bound(validator, 0, HONEST - 1);
        messages = bound(messages, 1, 2);
        uint256 state = vm.snapshotState();
        _growAt(messages);
        ICheckpointFraudProofs.Checkpoint memory c = _honest(leaves.length - 1);
        vm.revertToState(state);
        Signed memory s = Signed(validator, c, _signCheckpoint(_secretNow(validator), c));
        vm.prank(attacker);
        slasher.challengePremature(c, s.signature);
        _mustFail(abi.encodeCall(slasher.challengePremature, (c, s.signature)));
        _mustFail(abi.encodeCall(slasher.resolvePremature, (_operator(validator), c)));
        _growAt(messages);
        _signed.push(s);
        _premature.push(s);
        ++calls["challengePremature"];
    }

    /// @dev Whenever somebody cares: a challenge of what came true can always be closed, and never costs anything.
    function closePremature(uint256 which) external {
        if (_premature.length == 0) return;
        which %= _premature.length;
        Signed memory s = _premature[which];
        _mustFail(abi.encodeCall(slasher.resolvePremature, (_operator(s.validator), s.checkpoint)));
        proofs.storeLatestCheckpoint(address(tree));
        slasher.closePremature(_operator(s.validator), s.checkpoint, _proofOf(s.checkpoint.index));
        _premature[which] = _premature[_premature.length - 1];
        _premature.pop();
        ++calls["closePremature"];
    }

    /* ---------------------------------------------------- attacker -------------------------------------------------- */

    /// @dev Any validator, leaf and root, whether it may be challenged or not.
    function challengeToSign(uint256 validator, uint256 index, uint256 rootSeed) external {
        validator = bound(validator, 0, HONEST - 1);
        uint32 leaf = uint32(bound(index, 0, leaves.length));
        bytes32 root = roots[rootSeed % roots.length];
        vm.deal(attacker, BOND);
        vm.prank(attacker);
        try slasher.challengeLiveness{value: BOND}(_operator(validator), leaf, root) {
            (,, uint48 deadline) = slasher.livenessChallenge(_operator(validator), leaf);
            _toSign.push(Challenge(validator, leaf, deadline));
            bonds += BOND;
            assertLt(leaf, _finalCount, "what is not final was challenged");
            ++calls["challengeToSign"];
        } catch {
            ++calls["challengeToSign refused"];
        }
        if (_toSign.length == 0) return;
        Challenge memory open = _toSign[index % _toSign.length];
        _mustFail(abi.encodeCall(slasher.resolveLiveness, (_operator(open.validator), open.index)));
    }

    /// @dev Every entry point, with what honest validators signed, as it is.
    function attack(uint256 i, uint256 j, uint256 kind) external {
        if (_signed.length == 0) return;
        Signed memory s = _signed[i % _signed.length];
        Signed memory o = _signed[j % _signed.length];
        _proveAll(s.checkpoint, s.signature, _proofOf(s.checkpoint.index), leaves[s.checkpoint.index]);
        uint32 other = uint32(j % leaves.length);
        _proveAll(s.checkpoint, s.signature, _proofOf(other), leaves[other]);
        _proveAll(s.checkpoint, s.signature, _proofOf(leaves.length), bytes32(0)); // the first empty leaf
        _mustFail(abi.encodeCall(slasher.proveEquivocation, (s.checkpoint, s.signature, o.checkpoint, o.signature)));
        _mustFail(abi.encodeCall(slasher.proveEquivocation, (s.checkpoint, s.signature, o.checkpoint, s.signature)));
        bytes memory twice = _otherForm(s.signature);
        _mustFail(abi.encodeCall(slasher.proveEquivocation, (s.checkpoint, s.signature, s.checkpoint, twice)));
        _proveAll(s.checkpoint, twice, _proofOf(other), leaves[other]);
        ICheckpointFraudProofs.Checkpoint memory c = _changed(s.checkpoint, kind, j);
        _proveAll(c, s.signature, _proofOf(s.checkpoint.index), leaves[s.checkpoint.index]);
        _mustFail(abi.encodeCall(slasher.proveEquivocation, (s.checkpoint, s.signature, c, s.signature)));
        ++calls["attack"];
    }

    /// @dev A tree and a Mailbox of the attacker's own, whose roots are stored, against what honest validators signed for the
    ///      true one.
    function attackWithFakeTree(uint256 i, uint256 seed) external {
        if (_signed.length == 0) return;
        Signed memory s = _signed[i % _signed.length];
        bytes32[] memory own = new bytes32[](leaves.length + 1);
        for (uint256 k; k < own.length; ++k) {
            own[k] = keccak256(abi.encode(seed, k));
        }
        FakeTree fake = new FakeTree(ORIGIN);
        fake.claim(Reference.root(own), uint32(own.length));
        proofs.storeLatestCheckpoint(address(fake));
        bytes32[32] memory proof = Reference.proof(own, s.checkpoint.index);
        _proveAll(s.checkpoint, s.signature, proof, own[s.checkpoint.index]);
        s.checkpoint.merkleTree = Reference.addr32(address(fake));
        _proveAll(s.checkpoint, s.signature, proof, own[s.checkpoint.index]);
        ++calls["attackWithFakeTree"];
    }

    /// @dev Past the proofs.
    function attackDirectly(uint256 i, uint256 validator, uint48 since) external {
        address target = _operator(bound(validator, 0, HONEST - 1));
        _mustFailAt(address(stake), abi.encodeCall(stake.slash, (target, WHOLE, attacker, true)));
        _mustFailAt(address(stake), abi.encodeCall(stake.freeze, (target)));
        _mustFailAt(address(stake), abi.encodeCall(stake.unfreeze, (target, since)));
        _mustFail(abi.encodeCall(slasher.resolveLiveness, (target, uint32(leaves.length))));
        if (_signed.length == 0) return;
        Signed memory s = _signed[i % _signed.length];
        if (!_isPremature(s)) _mustFail(abi.encodeCall(slasher.resolvePremature, (target, s.checkpoint)));
        ++calls["attackDirectly"];
    }

    /// @dev The fourth validator signs anything, and is punished, once a leaf, without harm to the others.
    function rogue(uint256 index, uint256 kind) external {
        ICheckpointFraudProofs.Checkpoint memory c = _honest(bound(index, 0, leaves.length - 1));
        kind %= 4;
        if (kind == 0 || kind == 3) c.root = "forged";
        if (kind == 1) c.messageId = "forged";
        if (kind == 2) c.merkleTree = "foreign";
        bytes memory signature = _signCheckpoint(_secret(ROGUE, 0), c);
        bytes32[32] memory proof = _proofOf(c.index);
        proofs.storeLatestCheckpoint(address(tree));
        bytes memory call = abi.encodeCall(slasher.proveRoot, (c, signature, proof));
        if (kind == 1) call = abi.encodeCall(slasher.proveMessageId, (c, signature, proof, leaves[c.index]));
        if (kind == 2) call = abi.encodeCall(slasher.proveForeignTree, (c, signature));
        if (kind == 3) {
            ICheckpointFraudProofs.Checkpoint memory honest = _honest(c.index);
            call = abi.encodeCall(
                slasher.proveEquivocation, (c, signature, honest, _signCheckpoint(_secret(ROGUE, 0), honest))
            );
        }
        bytes32 leaf = keccak256(abi.encode(c.merkleTree, c.index));
        bool answers = stake.validatorOf(_key(ROGUE)) != address(0);
        vm.prank(reporter);
        (bool proven,) = address(slasher).call(call);
        assertEq(proven, answers && punished[leaf] == 0);
        if (!proven) return;
        ++punished[leaf];
        ++calls["rogue"];
    }

    /* ---------------------------------------------------- internal -------------------------------------------------- */

    function _growAt(uint256 messages) internal {
        _grow(messages);
        while (_dispatchedAt.length < leaves.length) _dispatchedAt.push(block.timestamp);
    }

    /// @dev The message that `sender` dispatched last, with the body "instead".
    function _lastOf(address sender, bytes32 to) internal view returns (bytes memory) {
        return Reference.message(mailbox.nonce() - 1, ORIGIN, sender, DESTINATION, to, "instead");
    }

    function _passTo(uint256 time) internal {
        for (uint256 i = _toSign.length; i > 0; --i) {
            if (_toSign[i - 1].deadline <= time) _answer(i - 1);
        }
        vm.warp(time);
        while (_finalCount < leaves.length && _dispatchedAt[_finalCount] + FINALITY <= time) ++_finalCount;
    }

    function _answer(uint256 which) internal {
        Challenge memory challenge = _toSign[which];
        ICheckpointFraudProofs.Checkpoint memory c = _honest(challenge.index);
        bytes memory signature = _signCheckpoint(_secretNow(challenge.validator), c);
        uint256 before = slasher.creditOf(_operator(challenge.validator));
        slasher.answerLiveness(c, signature);
        assertEq(slasher.creditOf(_operator(challenge.validator)), before + BOND);
        _signed.push(Signed(challenge.validator, c, signature));
        _toSign[which] = _toSign[_toSign.length - 1];
        _toSign.pop();
    }

    function _secretNow(uint256 validator) internal view returns (uint256) {
        return secretOf[stake.validatorStatus(_operator(validator)).key];
    }

    function _proveAll(
        ICheckpointFraudProofs.Checkpoint memory c,
        bytes memory signature,
        bytes32[32] memory proof,
        bytes32 id
    ) internal {
        _mustFail(abi.encodeCall(slasher.proveMessageId, (c, signature, proof, id)));
        _mustFail(abi.encodeCall(slasher.proveRoot, (c, signature, proof)));
        _mustFail(abi.encodeCall(slasher.proveForeignTree, (c, signature)));
        _mustFail(abi.encodeCall(slasher.challengePremature, (c, signature)));
    }

    function _mustFail(bytes memory call) internal {
        _mustFailAt(address(slasher), call);
    }

    function _mustFailAt(address target, bytes memory call) internal {
        vm.prank(attacker);
        (bool success,) = target.call(call);
        assertFalse(success, "the attacker got through");
    }

    function _isPremature(Signed memory s) internal view returns (bool) {
        (address by,) = slasher.prematureChallenge(slasher.prematureChallengeId(_operator(s.validator), s.checkpoint));
        return by != address(0);
    }

    /// @dev With one field changed: the signature is of another checkpoint then.
    function _changed(ICheckpointFraudProofs.Checkpoint memory from, uint256 kind, uint256 seed)
        internal
        view
        returns (ICheckpointFraudProofs.Checkpoint memory c)
    {
        c = ICheckpointFraudProofs.Checkpoint(from.origin, from.merkleTree, from.root, from.index, from.messageId);
        kind %= 5;
        if (kind == 0) c.origin += 1;
        if (kind == 1) c.merkleTree = Reference.addr32(attacker);
        if (kind == 2) c.root = bytes32(seed);
        if (kind == 3) c.index += uint32(leaves.length);
        if (kind == 4) c.messageId = bytes32(seed);
    }

    /// @dev The same signature with s in the upper half of the curve.
    function _otherForm(bytes memory signature) internal pure returns (bytes memory) {
        bytes32 r;
        uint256 s;
        assembly ("memory-safe") {
            r := mload(add(signature, 32))
            s := mload(add(signature, 64))
        }
        uint256 order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
        return abi.encodePacked(r, order - s, signature[64] == bytes1(uint8(27)) ? uint8(28) : uint8(27));
    }
}
