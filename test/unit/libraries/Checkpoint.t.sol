// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

import {Checkpoint} from "src/libraries/Checkpoint.sol";

import {Reference} from "../../kit/Reference.sol";
import {VectorTest} from "../../kit/VectorTest.sol";

contract CheckpointTest is VectorTest {
    function _file() internal pure override returns (string memory) {
        return "checkpoint.json";
    }

    /// @dev As the modules and ValidatorAnnounce take a signature.
    function recover(bytes32 hash, bytes calldata signature) external pure returns (address) {
        return ECDSA.recoverCalldata(hash, signature);
    }

    function test_vectors_checkpoints() public view {
        uint256[] memory origins = _uints(".checkpoints.origin");
        address[] memory trees = _addresses(".checkpoints.merkleTreeHook");
        bytes32[] memory roots = _words(".checkpoints.root");
        uint256[] memory indices = _uints(".checkpoints.index");
        bytes32[] memory ids = _words(".checkpoints.messageId");
        bytes32[] memory digests = _words(".checkpoints.digest");
        bytes32[] memory hashes = _words(".checkpoints.ethSignedHash");
        _sameLength(origins.length, hashes.length);
        for (uint256 i; i < hashes.length; ++i) {
            Reference.Checkpoint memory c = Reference.Checkpoint(
                uint32(origins[i]), Reference.addr32(trees[i]), roots[i], uint32(indices[i]), ids[i]
            );
            assertEq(Checkpoint.digest(c.origin, c.tree, c.root, c.index, c.messageId), hashes[i]);
            // The reference that other tests rely on.
            assertEq(Reference.checkpointDigest(c), digests[i]);
            assertEq(Reference.checkpointHash(c), hashes[i]);
        }
    }

    function test_vectors_signatures() public view {
        uint256[] memory checkpoints = _uints(".signatures.checkpoint");
        address[] memory validators = _addresses(".signatures.validator");
        bytes[] memory signatures = _bytes(".signatures.signature");
        bytes32[] memory hashes = _words(".checkpoints.ethSignedHash");
        _sameLength(checkpoints.length, signatures.length);
        for (uint256 i; i < signatures.length; ++i) {
            assertEq(this.recover(hashes[checkpoints[i]], signatures[i]), validators[i]);
        }
    }

    function test_vectors_rejectedSignatures() public view {
        string[] memory names = _strings(".rejected.name");
        bytes32[] memory digests = _words(".rejected.digest");
        address[] memory validators = _addresses(".rejected.validator");
        bytes[] memory signatures = _bytes(".rejected.signature");
        _sameLength(names.length, signatures.length);
        for (uint256 i; i < names.length; ++i) {
            try this.recover(Reference.ethSigned(digests[i]), signatures[i]) returns (address signer) {
                assertTrue(signer != validators[i], names[i]);
            } catch {}
        }
    }

    function test_vectors_announcements() public view {
        uint256[] memory origins = _uints(".announcements.origin");
        address[] memory mailboxes = _addresses(".announcements.mailbox");
        string[] memory locations = _strings(".announcements.storageLocation");
        bytes32[] memory hashes = _words(".announcements.ethSignedHash");
        address[] memory validators = _addresses(".announcements.validator");
        bytes[] memory signatures = _bytes(".announcements.signature");
        _sameLength(origins.length, hashes.length);
        for (uint256 i; i < hashes.length; ++i) {
            uint32 origin = uint32(origins[i]);
            assertEq(Checkpoint.announcementDigest(origin, mailboxes[i], locations[i]), hashes[i]);
            assertEq(Reference.announcementHash(origin, mailboxes[i], locations[i]), hashes[i]);
            assertEq(this.recover(hashes[i], signatures[i]), validators[i]);
        }
    }

    function testFuzz_digest_isTheReference(Reference.Checkpoint calldata c) public pure {
        assertEq(Checkpoint.digest(c.origin, c.tree, c.root, c.index, c.messageId), Reference.checkpointHash(c));
    }

    function testFuzz_announcementDigest_isTheReference(uint32 origin, address mailbox, string calldata location)
        public
        pure
    {
        assertEq(
            Checkpoint.announcementDigest(origin, mailbox, location),
            Reference.announcementHash(origin, mailbox, location)
        );
    }
}
