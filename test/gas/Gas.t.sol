// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMultisigIsm} from "src/interfaces/IMultisigIsm.sol";
import {IStaticAddressSetFactory} from "src/interfaces/IStaticAddressSetFactory.sol";
import {IValidatorAnnounce} from "src/interfaces/IValidatorAnnounce.sol";

import {BaseTest} from "../kit/BaseTest.sol";
import {Reference} from "../kit/Reference.sol";
import {IOwnedMailbox, Shipped} from "../kit/Shipped.sol";

/// @notice Gas of whole transactions, calldata and 21,000 included: with `isolate` each call is a transaction of its own, its
///         storage cold. The figures are kept in snapshots/ and a run that finds others fails.
/// forge-config: default.isolate = true
contract GasTest is BaseTest {
    uint256 internal constant WARM_UP = 32;
    uint256 internal constant MEASURED = 32;
    uint32 internal constant MESSAGE_INDEX = 1000;
    uint32 internal constant SIGNED_INDEX = 1010;
    bytes internal constant BODY = hex"6b1be83a77e5c2b4f9d21c0e5a4de1b0c3f7a8d99e8b7c6d5e4f3a2b1c0d9e8f";

    struct Quorum {
        uint8 threshold;
        uint256 validators;
    }

    function _quorums() internal pure returns (Quorum[5] memory) {
        return [Quorum(1, 1), Quorum(2, 3), Quorum(5, 9), Quorum(9, 16), Quorum(13, 19)];
    }

    /// @dev How many tree nodes a dispatch writes or reads depends on its index: the mean over a run of them.
    function test_dispatch() public {
        uint256 total;
        for (uint256 i; i < WARM_UP + MEASURED; ++i) {
            originMailbox.dispatch(DESTINATION, Reference.addr32(address(recipient)), BODY);
            if (i >= WARM_UP) total += vm.lastCallGas().gasTotalUsed;
        }
        vm.snapshotValue("Mailbox", "dispatch, tree only, mean of 32", total / MEASURED);
    }

    function test_process_messageId() public {
        Quorum[5] memory quorums = _quorums();
        for (uint256 i; i < quorums.length; ++i) {
            _process("message-id", Shipped.messageIdMultisigIsmFactory(), quorums[i]);
        }
    }

    function test_process_merkleRoot() public {
        Quorum[5] memory quorums = _quorums();
        for (uint256 i; i < quorums.length; ++i) {
            _process("merkle-root", Shipped.merkleRootMultisigIsmFactory(), quorums[i]);
        }
    }

    function test_announce() public {
        IValidatorAnnounce announce = Shipped.validatorAnnounce(originMailbox);
        string memory location = "s3://causeway-signatures/eu-central-1/validator-0";
        bytes32 hash = Reference.announcementHash(ORIGIN, address(originMailbox), location);
        announce.announce(validators[0], location, _sign(validatorKeys[0], hash));
        vm.snapshotGasLastCall("ValidatorAnnounce", "announce, first location of a validator");
    }

    function test_deploy() public {
        Shipped.messageIdMultisigIsmFactory().deploy(validators, THRESHOLD);
        vm.snapshotGasLastCall("StaticAddressSetFactory", "deploy, message-id 2 of 3");
        Shipped.merkleRootMultisigIsmFactory().deploy(validators, THRESHOLD);
        vm.snapshotGasLastCall("StaticAddressSetFactory", "deploy, merkle-root 2 of 3");
    }

    /// @dev The last of the set sign: every other validator is passed over.
    function _process(string memory kind, IStaticAddressSetFactory factory, Quorum memory quorum) internal {
        address[] memory set = new address[](quorum.validators);
        for (uint256 i; i < set.length; ++i) {
            set[i] = vm.addr(i + 1);
        }
        IMultisigIsm module = IMultisigIsm(factory.deploy(set, quorum.threshold));
        IOwnedMailbox mailbox = Shipped.mailbox(DESTINATION, owner, module);
        address to = makeAddr("recipient");
        vm.etch(to, hex"00"); // it stops: what is measured is the protocol alone
        bytes memory message = Reference.message(MESSAGE_INDEX, ORIGIN, alice, DESTINATION, Reference.addr32(to), BODY);

        (Reference.Checkpoint memory checkpoint, bytes memory metadata) =
            module.moduleType() == 5 ? _messageId(message) : _merkleRoot(message);
        for (uint256 i = quorum.validators - quorum.threshold; i < quorum.validators; ++i) {
            metadata = bytes.concat(metadata, _sign(i + 1, Reference.checkpointHash(checkpoint)));
        }
        mailbox.process(metadata, message);
        string memory size = string.concat(vm.toString(quorum.threshold), " of ", vm.toString(quorum.validators));
        vm.snapshotGasLastCall("Mailbox", string.concat("process, ", kind, " ", size));
    }

    function _messageId(bytes memory message) internal view returns (Reference.Checkpoint memory c, bytes memory) {
        c = Reference.Checkpoint(
            ORIGIN, Reference.addr32(address(originTree)), keccak256("root"), MESSAGE_INDEX, keccak256(message)
        );
        return (c, Reference.messageIdMetadata(c));
    }

    function _merkleRoot(bytes memory message) internal view returns (Reference.Checkpoint memory c, bytes memory) {
        bytes32[32] memory siblings;
        bytes32 node = keccak256(message);
        for (uint256 level; level < 32; ++level) {
            siblings[level] = keccak256(abi.encode("sibling", level));
            node = (MESSAGE_INDEX >> level) & 1 == 0
                ? Reference.hash(node, siblings[level])
                : Reference.hash(siblings[level], node);
        }
        c = Reference.Checkpoint(
            ORIGIN, Reference.addr32(address(originTree)), node, SIGNED_INDEX, keccak256("later message")
        );
        return (c, Reference.merkleRootMetadata(c, MESSAGE_INDEX, siblings));
    }
}
