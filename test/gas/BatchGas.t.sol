// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";

import {BaseTest} from "../kit/BaseTest.sol";
import {BatchReference} from "../kit/BatchReference.sol";
import {Reference} from "../kit/Reference.sol";
import {IOwnedMailbox, Shipped} from "../kit/Shipped.sol";

/// @notice Gas of whole batches per message, calldata and 21,000 included.
/// forge-config: default.isolate = true
contract BatchGasTest is BaseTest {
    uint256 internal constant TREE = 1024;
    uint256 internal constant HANDLE_GAS = 50_000;

    struct Quorum {
        uint8 threshold;
        uint256 validators;
    }

    function test_processBatch() public {
        Quorum[5] memory quorums = [Quorum(1, 1), Quorum(2, 3), Quorum(5, 9), Quorum(9, 16), Quorum(13, 19)];
        for (uint256 i; i < quorums.length; ++i) {
            _measure(quorums[i], 10, 1, "10 neighbours");
            _measure(quorums[i], 50, 1, "50 neighbours");
            _measure(quorums[i], 10, 102, "10 spread over 1024");
            _measure(quorums[i], 50, 20, "50 spread over 1024");
        }
    }

    /// @dev The last of the set sign, as in the rows of single messages.
    function _measure(Quorum memory quorum, uint256 count, uint256 step, string memory what) internal {
        (bytes[] memory messages, bytes memory groups) = _batch(quorum, count, step);
        IOwnedMailbox mailbox = Shipped.mailbox(DESTINATION, owner, _module(quorum));
        mailbox.processBatch(groups, messages);
        uint256 each = vm.lastCallGas().gasTotalUsed / count;
        assertTrue(mailbox.delivered(keccak256(messages[count - 1])));
        string memory size = string.concat(vm.toString(quorum.threshold), " of ", vm.toString(quorum.validators));
        vm.snapshotValue("Mailbox", string.concat("processBatch of ", what, ", each, ", size), each);
    }

    function _module(Quorum memory quorum) internal returns (IInterchainSecurityModule) {
        address[] memory set = new address[](quorum.validators);
        for (uint256 i; i < set.length; ++i) {
            set[i] = vm.addr(i + 1);
        }
        return IInterchainSecurityModule(messageIdFactory.deploy(set, quorum.threshold));
    }

    function _batch(Quorum memory quorum, uint256 count, uint256 step)
        internal
        returns (bytes[] memory messages, bytes memory groups)
    {
        address to = makeAddr("recipient");
        vm.etch(to, hex"00");
        bytes32[] memory leaves = new bytes32[](TREE);
        uint256[] memory indices = new uint256[](count);
        messages = new bytes[](count);
        for (uint256 i; i < TREE; ++i) {
            leaves[i] = keccak256(abi.encode("leaf", i));
        }
        for (uint256 i; i < count; ++i) {
            indices[i] = 7 + i * step;
            bytes memory body = abi.encode(keccak256(abi.encode("body", i)));
            messages[i] = Reference.message(uint32(indices[i]), ORIGIN, alice, DESTINATION, Reference.addr32(to), body);
            leaves[indices[i]] = keccak256(messages[i]);
        }
        groups = BatchReference.group(count, HANDLE_GAS, _metadata(quorum, leaves, indices));
    }

    function _metadata(Quorum memory quorum, bytes32[] memory leaves, uint256[] memory indices)
        internal
        view
        returns (bytes memory)
    {
        Reference.Checkpoint memory c = Reference.Checkpoint({
            origin: ORIGIN,
            tree: Reference.addr32(address(originTree)),
            root: Reference.root(leaves),
            index: uint32(TREE - 1),
            messageId: leaves[TREE - 1]
        });
        bytes memory signatures;
        for (uint256 i = quorum.validators - quorum.threshold; i < quorum.validators; ++i) {
            signatures = bytes.concat(signatures, _sign(i + 1, Reference.checkpointHash(c)));
        }
        return BatchReference.metadata(c, BatchReference.siblings(leaves, indices), signatures);
    }
}
