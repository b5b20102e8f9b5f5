// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Reference
/// @notice The protocol's formats and tree by their definition: slow, obvious, and sharing no code with src.
library Reference {
    /// @notice What a validator signs. `tree` is left-padded.
    struct Checkpoint {
        uint32 origin;
        bytes32 tree;
        bytes32 root;
        uint32 index;
        bytes32 messageId;
    }

    function addr32(address account) internal pure returns (bytes32) {
        return bytes32(uint256(uint160(account)));
    }

    function message(
        uint32 nonce,
        uint32 origin,
        address sender,
        uint32 destination,
        bytes32 recipient,
        bytes memory body
    ) internal pure returns (bytes memory) {
        return abi.encodePacked(uint8(3), nonce, origin, addr32(sender), destination, recipient, body);
    }

    /* ---------------------------------------------------- digests --------------------------------------------------- */

    /// @notice The hash that a validator's key signs for a checkpoint, EIP-191 prefix included.
    function checkpointHash(Checkpoint memory c) internal pure returns (bytes32) {
        return ethSigned(checkpointDigest(c));
    }

    function checkpointDigest(Checkpoint memory c) internal pure returns (bytes32) {
        bytes32 domainHash = keccak256(bytes.concat(bytes4(c.origin), c.tree, "HYPERLANE"));
        return keccak256(bytes.concat(domainHash, c.root, bytes4(c.index), c.messageId));
    }

    /// @notice The hash that a validator's key signs for an announcement, EIP-191 prefix included.
    function announcementHash(uint32 origin, address mailbox, string memory location) internal pure returns (bytes32) {
        bytes32 domainHash = keccak256(bytes.concat(bytes4(origin), addr32(mailbox), "HYPERLANE_ANNOUNCEMENT"));
        return ethSigned(keccak256(bytes.concat(domainHash, bytes(location))));
    }

    function ethSigned(bytes32 digest) internal pure returns (bytes32) {
        return keccak256(bytes.concat("\x19Ethereum Signed Message:\n32", digest));
    }

    /* --------------------------------------------------- metadata --------------------------------------------------- */

    function messageIdMetadata(Checkpoint memory c) internal pure returns (bytes memory) {
        return bytes.concat(c.tree, c.root, bytes4(c.index));
    }

    function merkleRootMetadata(Checkpoint memory c, uint32 messageIndex, bytes32[32] memory siblings)
        internal
        pure
        returns (bytes memory)
    {
        return bytes.concat(c.tree, bytes4(messageIndex), c.messageId, abi.encode(siblings), bytes4(c.index));
    }

    /// @notice For as many modules as there are parts; those not supplied get none.
    function aggregationMetadata(bytes[] memory parts, bool[] memory supplied)
        internal
        pure
        returns (bytes memory metadata)
    {
        bytes memory rest;
        for (uint256 i; i < parts.length; ++i) {
            uint256 start = 8 * parts.length + rest.length;
            if (supplied[i]) rest = bytes.concat(rest, parts[i]);
            uint256 end = 8 * parts.length + rest.length;
            metadata = bytes.concat(metadata, supplied[i] ? abi.encodePacked(uint32(start), uint32(end)) : new bytes(8));
        }
        return bytes.concat(metadata, rest);
    }

    /* ----------------------------------------------------- tree ----------------------------------------------------- */

    function root(bytes32[] memory leaves) internal pure returns (bytes32) {
        return node(leaves, 32, 0);
    }

    function proof(bytes32[] memory leaves, uint256 index) internal pure returns (bytes32[32] memory siblings) {
        bytes32[33] memory empty = zeros();
        for (uint256 level; level < 32; ++level) {
            siblings[level] = _node(leaves, empty, level, (index >> level) ^ 1);
        }
    }

    /// @notice Node `position`, from the left, of those that have `level` levels below them.
    function node(bytes32[] memory leaves, uint256 level, uint256 position) internal pure returns (bytes32) {
        return _node(leaves, zeros(), level, position);
    }

    /// @notice The root of an empty subtree of each height.
    function zeros() internal pure returns (bytes32[33] memory empty) {
        for (uint256 level; level < 32; ++level) {
            empty[level + 1] = hash(empty[level], empty[level]);
        }
    }

    function _node(bytes32[] memory leaves, bytes32[33] memory empty, uint256 level, uint256 position)
        private
        pure
        returns (bytes32)
    {
        if (position << level >= leaves.length) return empty[level];
        if (level == 0) return leaves[position];
        return hash(_node(leaves, empty, level - 1, 2 * position), _node(leaves, empty, level - 1, 2 * position + 1));
    }

    function hash(bytes32 left, bytes32 right) internal pure returns (bytes32) {
        return keccak256(bytes.concat(left, right));
    }
}
