// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Reference} from "./Reference.sol";

/// @notice Batch metadata written once more, the long way: nodes from all leaves of the tree, siblings from sets of positions.
library BatchReference {
    /// @dev The siblings that the leaves at `indices` (ascending) need under the root of all `leaves`: on each level, what
    ///      stands beside a known node and is neither known nor beyond the last leaf.
    function siblings(bytes32[] memory leaves, uint256[] memory indices) internal pure returns (bytes memory all) {
        uint256[] memory known = new uint256[](indices.length);
        for (uint256 i; i < indices.length; ++i) {
            known[i] = indices[i];
        }
        for (uint256 level; level < 32; ++level) {
            for (uint256 i; i < known.length; ++i) {
                uint256 beside = known[i] ^ 1;
                if (_contains(known, beside) || beside << level >= leaves.length) continue;
                all = bytes.concat(all, Reference.node(leaves, level, beside));
            }
            for (uint256 i; i < known.length; ++i) {
                known[i] >>= 1;
            }
            known = _distinct(known);
        }
    }

    function metadata(Reference.Checkpoint memory c, bytes memory siblings_, bytes memory signatures)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encodePacked(c.tree, c.messageId, c.index, uint16(siblings_.length / 32), siblings_, signatures);
    }

    /// @dev A group of `count` messages that get `gasLimit` each.
    function group(uint256 count, uint256 gasLimit, bytes memory metadata_) internal pure returns (bytes memory) {
        // forge-lint: disable-next-line(unsafe-typecast) tests are small
        return abi.encodePacked(uint16(count), uint32(gasLimit), uint32(metadata_.length), metadata_);
    }

    function _contains(uint256[] memory values, uint256 value) private pure returns (bool) {
        for (uint256 i; i < values.length; ++i) {
            if (values[i] == value) return true;
        }
        return false;
    }

    function _distinct(uint256[] memory ascending) private pure returns (uint256[] memory distinct) {
        uint256 count;
        for (uint256 i; i < ascending.length; ++i) {
            if (i == 0 || ascending[i] != ascending[i - 1]) ++count;
        }
        distinct = new uint256[](count);
        count = 0;
        for (uint256 i; i < ascending.length; ++i) {
            if (i == 0 || ascending[i] != ascending[i - 1]) distinct[count++] = ascending[i];
        }
    }
}
