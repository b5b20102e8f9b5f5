// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";

import {CodeSet} from "./CodeSet.sol";

/// @title StoredSet
/// @notice A set and its threshold kept as the code of a contract that does nothing else: for one that is written seldom, and
///         read as a whole, a third of what storage costs to write and a tenth of what it costs to read.
/// @dev The code is `abi.encode(members, threshold)`. It begins with a zero byte, STOP, so that a call does nothing. Its
///      address follows from who stores it and from what it is, so that a set is stored once.
library StoredSet {
    /// @notice Stores a set, if it is not there.
    /// @param members Words of uint96 weight ‖ address.
    /// @return set Where.
    function store(uint256[] memory members, uint256 threshold) internal returns (address set) {
        bytes memory creationCode = CodeSet.creationCodeOf(abi.encode(members, threshold));
        set = Create2.computeAddress(0, keccak256(creationCode));
        if (set.code.length == 0) set = Create2.deploy(0, 0, creationCode);
    }

    /// @notice The set that was stored there.
    function load(address set) internal view returns (uint256[] memory members, uint256 threshold) {
        return abi.decode(set.code, (uint256[], uint256));
    }
}
