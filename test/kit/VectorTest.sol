// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {stdJson} from "forge-std/StdJson.sol";
import {Test} from "forge-std/Test.sol";

/// @notice Reads one file of test/vectors. A table there is an object of columns; a row is the same place in each.
abstract contract VectorTest is Test {
    using stdJson for string;

    string internal json;

    function setUp() public virtual {
        json = vm.readFile(string.concat("test/vectors/", _file()));
    }

    function _file() internal pure virtual returns (string memory);

    /// @dev The columns of a table must be of the same, non-zero length, else some row would not be looked at.
    function _sameLength(uint256 first, uint256 second) internal pure {
        assertGt(first, 0);
        assertEq(first, second);
    }

    function _uints(string memory key) internal view returns (uint256[] memory) {
        return json.readUintArray(key);
    }

    function _addresses(string memory key) internal view returns (address[] memory) {
        return json.readAddressArray(key);
    }

    function _words(string memory key) internal view returns (bytes32[] memory) {
        return json.readBytes32Array(key);
    }

    function _bytes(string memory key) internal view returns (bytes[] memory) {
        return json.readBytesArray(key);
    }

    function _strings(string memory key) internal view returns (string[] memory) {
        return json.readStringArray(key);
    }
}
