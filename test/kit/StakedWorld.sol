// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICheckpointFraudProofs} from "src/interfaces/ICheckpointFraudProofs.sol";
import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IMerkleTreeHook} from "src/interfaces/IMerkleTreeHook.sol";
import {ISlasher} from "src/interfaces/ISlasher.sol";
import {ISlashingTerms} from "src/interfaces/ISlashingTerms.sol";
import {IWeightedMultisigIsm} from "src/interfaces/IWeightedMultisigIsm.sol";

import {TestRecipient} from "../mocks/TestRecipient.sol";
import {Reference} from "./Reference.sol";
import {IOwnedMailbox, IOwnedStakedMultisigIsm, Shipped} from "./Shipped.sol";
import {StakeTest} from "./StakeTest.sol";

/// @notice The whole loop: stake, slasher and Mailbox on the origin, a staked module and a Mailbox on the destination, and
///         nothing between them but signatures. Validators 0 to 3 make the first set, with different stakes.
abstract contract StakedWorld is StakeTest {
    uint256 internal constant VALIDATORS = 4;
    uint48 internal constant LIFETIME = 3 days;
    uint48 internal constant DELAY = 1 hours;
    uint96 internal constant BOND = 0.1 ether;

    address internal owner = makeAddr("owner");
    ISlasher internal slasher;
    ICheckpointFraudProofs internal proofs;
    IMerkleTreeHook internal tree;
    IOwnedMailbox internal destinationMailbox;
    IOwnedStakedMultisigIsm internal module;
    TestRecipient internal recipient;

    /// @dev All ids dispatched, in their order, and the root after each.
    bytes32[] internal leaves;
    bytes32[] internal roots;

    /// @dev By the address of a key: its secret.
    mapping(address key => uint256) internal secretOf;

    function setUp() public virtual override {
        super.setUp();
        slasher = stake.slasher();
        proofs = slasher.proofs();
        tree = mailbox.merkleTreeHook();
        recipient = new TestRecipient();
        // Code is all that a default module needs here: the recipient and the module name their own.
        destinationMailbox = Shipped.mailbox(DESTINATION, owner, IInterchainSecurityModule(address(recipient)));
        module = Shipped.stakedMultisigIsm(destinationMailbox, owner, LIFETIME, DELAY);
        recipient.setInterchainSecurityModule(module);
        for (uint256 i; i < VALIDATORS; ++i) {
            _registerKnown(i, SELF_BOND + i * 7 ether);
        }
    }

    function _slashingTerms() internal view virtual override returns (ISlashingTerms.Terms memory) {
        return ISlashingTerms.Terms({
            equivocationShare: 1e18,
            messageIdShare: 1e18,
            rootShare: 1e18,
            prematureShare: 1e18,
            foreignTreeShare: 0.5e18,
            silenceShare: 0.01e18,
            prematureWindow: 1 days,
            livenessWindow: 12 hours,
            finalAfter: 1 hours,
            livenessBond: BOND
        });
    }

    function _registerKnown(uint256 i, uint256 amount) internal {
        _register(i, amount);
        secretOf[_key(i)] = _secret(i, 0);
    }

    function _rotateKnown(uint256 i, uint256 n) internal {
        _rotate(i, n);
        secretOf[_key(i, n)] = _secret(i, n);
    }

    /* --------------------------------------------------- handover --------------------------------------------------- */

    /// @dev The first epoch begins, and the module is told of its set.
    function _bootstrap() internal {
        _advance();
        (uint64 setId, IWeightedMultisigIsm.ValidatorInfo[] memory members,) = stake.validatorSet();
        vm.prank(owner);
        module.proposeSet(ORIGIN, Reference.addr32(address(stake)), setId, members);
        skip(DELAY);
        module.applyProposal(ORIGIN);
    }

    /// @dev The set as it is goes to the module, signed by whom the module knows.
    function _handOver() internal {
        bytes memory message = _push();
        _deliver(_metadata(message), message);
    }

    function _push() internal returns (bytes memory message) {
        vm.recordLogs();
        bytes32 id = stake.pushSet(DESTINATION, Reference.addr32(address(module)), "");
        message = abi.decode(vm.getRecordedLogs()[0].data, (bytes));
        assertEq(keccak256(message), id);
        _note(id);
    }

    /* --------------------------------------------------- messages --------------------------------------------------- */

    function _send(bytes memory body) internal returns (bytes memory message) {
        message =
            Reference.message(mailbox.nonce(), ORIGIN, alice, DESTINATION, Reference.addr32(address(recipient)), body);
        vm.prank(alice);
        mailbox.dispatch(DESTINATION, Reference.addr32(address(recipient)), body);
        _note(keccak256(message));
    }

    function _note(bytes32 id) internal {
        leaves.push(id);
        roots.push(tree.root());
    }

    function _grow(uint256 messages) internal {
        for (uint256 i; i < messages; ++i) {
            _send(abi.encode(leaves.length));
        }
    }

    /// @dev What an honest validator signs.
    function _honest(uint256 index) internal view returns (ICheckpointFraudProofs.Checkpoint memory) {
        return ICheckpointFraudProofs.Checkpoint(
            ORIGIN, Reference.addr32(address(tree)), roots[index], uint32(index), leaves[index]
        );
    }

    function _hash(ICheckpointFraudProofs.Checkpoint memory c) internal pure returns (bytes32) {
        return Reference.checkpointHash(Reference.Checkpoint(c.origin, c.merkleTree, c.root, c.index, c.messageId));
    }

    function _signCheckpoint(uint256 secret, ICheckpointFraudProofs.Checkpoint memory c)
        internal
        pure
        returns (bytes memory)
    {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(secret, _hash(c));
        return abi.encodePacked(r, s, v);
    }

    /// @dev With signatures of as many of the set that the module knows as it wants, over the honest checkpoint of a message
    ///      that has been dispatched.
    function _metadata(bytes memory message) internal view returns (bytes memory) {
        return _metadata(message, 0);
    }

    /// @dev The same, by the set's members from `first` on.
    function _metadata(bytes memory message, uint256 first) internal view returns (bytes memory metadata) {
        ICheckpointFraudProofs.Checkpoint memory c = _honest(_nonceOf(message));
        metadata = bytes.concat(c.merkleTree, c.root, bytes4(c.index));
        (IWeightedMultisigIsm.ValidatorInfo[] memory members, uint96 threshold) =
            module.validatorsAndThresholdWeight(message);
        uint256 weight;
        for (uint256 i = first; i < members.length && weight < threshold; ++i) {
            metadata = bytes.concat(metadata, _signCheckpoint(secretOf[members[i].signingAddress], c));
            weight += members[i].weight;
        }
    }

    function _deliver(bytes memory metadata, bytes memory message) internal {
        destinationMailbox.process(metadata, message);
    }

    function _nonceOf(bytes memory message) internal pure returns (uint32 nonce) {
        assembly ("memory-safe") {
            nonce := and(mload(add(message, 5)), 0xffffffff)
        }
    }

    function _proofOf(uint256 index) internal view returns (bytes32[32] memory) {
        return Reference.proof(leaves, index);
    }
}
