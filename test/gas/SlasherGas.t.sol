// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICheckpointFraudProofs} from "src/interfaces/ICheckpointFraudProofs.sol";

import {StakedWorld} from "../kit/StakedWorld.sol";

/// @notice Gas of proofs and challenges against a validator with a delegator and one pool that unbonds, in a set of four. Whole
///         transactions, as in Gas.t.sol.
/// forge-config: default.isolate = true
contract SlasherGasTest is StakedWorld {
    uint32 internal constant INDEX = 5;

    ICheckpointFraudProofs.Checkpoint internal honest;
    bytes32[32] internal proof;

    function setUp() public override {
        super.setUp();
        _advance();
        _delegate(alice, _operator(0), 10 ether);
        _delegate(bob, _operator(0), 10 ether);
        _unbondAll(bob, _operator(0));
        _grow(8);
        honest = _honest(INDEX);
        proof = _proofOf(INDEX);
        vm.deal(reporter, 1 ether);
    }

    function _snapshot(string memory row) internal {
        vm.snapshotGasLastCall("Slasher", row);
    }

    function _signedByFirst(ICheckpointFraudProofs.Checkpoint memory c) internal pure returns (bytes memory) {
        return _signCheckpoint(_secret(0, 0), c);
    }

    function test_storeLatestCheckpoint() public {
        proofs.storeLatestCheckpoint(address(tree));
        _snapshot("storeLatestCheckpoint");
    }

    function test_proveEquivocation() public {
        ICheckpointFraudProofs.Checkpoint memory other = honest;
        other.root = "forged";
        slasher.proveEquivocation(honest, _signedByFirst(honest), other, _signedByFirst(other));
        _snapshot("proveEquivocation");
    }

    function test_proveMessageId() public {
        proofs.storeLatestCheckpoint(address(tree));
        ICheckpointFraudProofs.Checkpoint memory c = honest;
        c.messageId = "forged";
        slasher.proveMessageId(c, _signedByFirst(c), proof, leaves[INDEX]);
        _snapshot("proveMessageId");
    }

    function test_proveRoot() public {
        proofs.storeLatestCheckpoint(address(tree));
        ICheckpointFraudProofs.Checkpoint memory c = honest;
        c.root = "forged";
        slasher.proveRoot(c, _signedByFirst(c), proof);
        _snapshot("proveRoot");
    }

    function test_proveForeignTree() public {
        ICheckpointFraudProofs.Checkpoint memory c = honest;
        c.merkleTree = "foreign";
        slasher.proveForeignTree(c, _signedByFirst(c));
        _snapshot("proveForeignTree");
    }

    function test_premature_resolved() public {
        ICheckpointFraudProofs.Checkpoint memory c = honest;
        (c.index, c.messageId) = (100, "forged");
        slasher.challengePremature(c, _signedByFirst(c));
        _snapshot("challengePremature");
        skip(slasher.terms().prematureWindow);
        slasher.resolvePremature(_operator(0), c);
        _snapshot("resolvePremature");
    }

    function test_premature_closed() public {
        uint256 state = vm.snapshotState();
        _grow(1);
        ICheckpointFraudProofs.Checkpoint memory c = _honest(8);
        vm.revertToState(state);
        slasher.challengePremature(c, _signedByFirst(c));
        _grow(1);
        proofs.storeLatestCheckpoint(address(tree));
        slasher.closePremature(_operator(0), c, _proofOf(8));
        _snapshot("closePremature");
    }

    function test_liveness() public {
        (bytes32 root,) = proofs.storeLatestCheckpoint(address(tree));
        skip(slasher.terms().finalAfter);
        vm.startPrank(reporter);
        slasher.challengeLiveness{value: BOND}(_operator(0), INDEX, root);
        _snapshot("challengeLiveness");
        slasher.challengeLiveness{value: BOND}(_operator(0), INDEX + 1, root);
        vm.stopPrank();
        slasher.answerLiveness(honest, _signedByFirst(honest));
        _snapshot("answerLiveness");
        slasher.withdrawCredit(_operator(0));
        _snapshot("withdrawCredit");
        skip(slasher.terms().livenessWindow);
        slasher.resolveLiveness(_operator(0), INDEX + 1);
        _snapshot("resolveLiveness");
    }
}
