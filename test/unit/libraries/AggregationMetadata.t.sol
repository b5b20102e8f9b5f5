// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AggregationMetadata} from "src/libraries/AggregationMetadata.sol";

import {VectorTest} from "../../kit/VectorTest.sol";

contract AggregationMetadataTest is VectorTest {
    function _file() internal pure override returns (string memory) {
        return "metadata.json";
    }

    function at(bytes calldata metadata, uint256 index) external pure returns (bool, bytes memory) {
        return AggregationMetadata.at(metadata, index);
    }

    function test_vectors_parts() public view {
        bytes[] memory encoded = _bytes(".aggregation.encoded");
        uint256[] memory rows = _uints(".aggregationModules.row");
        uint256[] memory modules = _uints(".aggregationModules.module");
        uint256[] memory supplied = _uints(".aggregationModules.supplied");
        bytes[] memory parts = _bytes(".aggregationModules.metadata");
        _sameLength(rows.length, parts.length);
        for (uint256 i; i < rows.length; ++i) {
            (bool isSupplied, bytes memory part) = this.at(encoded[rows[i]], modules[i]);
            assertEq(isSupplied, supplied[i] == 1);
            assertEq(part, parts[i]);
        }
    }

    function test_vectors_rejected() public {
        bytes[] memory encoded = _bytes(".aggregationRejected.encoded");
        uint256[] memory modules = _uints(".aggregationRejected.module");
        _sameLength(encoded.length, modules.length);
        for (uint256 i; i < encoded.length; ++i) {
            for (uint256 before; before < modules[i]; ++before) {
                this.at(encoded[i], before);
            }
            vm.expectRevert(abi.encodeWithSelector(AggregationMetadata.InvalidRange.selector, modules[i]));
            this.at(encoded[i], modules[i]);
        }
    }
}
