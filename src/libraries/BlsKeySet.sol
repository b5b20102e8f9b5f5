// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Bls12381} from "./Bls12381.sol";
import {CodeSet} from "./CodeSet.sol";

/// @title BlsKeySet
/// @notice The set of a BLS multisig, which the module carries at the end of its own code.
/// @dev A CodeSet with these members, 32 bytes each:
///
///      8 words: sum of all keys, negated ‖ 1 word: number of validators ‖ 1 word for each page: its address
library BlsKeySet {
    struct Set {
        Bls12381.G2Point negatedAggregate;
        uint256 count;
        uint256 threshold;
        uint256[] pages;
    }

    uint256 private constant COUNT_AT = 8;

    /// @notice Creation code of a copy of `implementation` that carries `set`.
    function creationCode(address implementation, Set memory set) internal view returns (bytes memory) {
        bytes memory members = abi.encodePacked(abi.encode(set.negatedAggregate, set.count), set.pages);
        return CodeSet.creationCode(implementation, members, set.threshold);
    }

    /// @notice The set behind the code of the contract that runs this.
    function read() internal pure returns (Set memory set) {
        (uint256[] memory members, uint256 threshold) = CodeSet.read();
        uint256 count = members[COUNT_AT];
        Bls12381.G2Point memory negatedAggregate;
        uint256[] memory pages;
        // Plain form: a point of members[0] to members[7], and an array of what follows the count. Here they stay where they
        // are: a point in memory is its words, and the word before the pages, that of the count, takes their number.
        assembly ("memory-safe") {
            negatedAggregate := add(members, 32)
            pages := add(negatedAggregate, mul(COUNT_AT, 32))
            mstore(pages, sub(sub(mload(members), COUNT_AT), 1))
        }
        return Set({negatedAggregate: negatedAggregate, count: count, threshold: threshold, pages: pages});
    }

    /// @notice One bit for each validator.
    function everybody(Set memory set) internal pure returns (uint256) {
        return type(uint256).max >> (256 - set.count);
    }
}
