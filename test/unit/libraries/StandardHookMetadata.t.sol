// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {StandardHookMetadata} from "src/libraries/StandardHookMetadata.sol";

import {VectorTest} from "../../kit/VectorTest.sol";

contract StandardHookMetadataTest is VectorTest {
    using StandardHookMetadata for bytes;

    uint256 internal constant NO_VALUE = 111;
    uint256 internal constant NO_GAS = 222;
    address internal constant NOBODY = address(333);

    struct Fields {
        uint256 msgValue;
        uint256 gasLimit;
        address refundAddress;
        bytes custom;
    }

    function _file() internal pure override returns (string memory) {
        return "hookMetadata.json";
    }

    /// @dev Gives the library calldata.
    function decode(bytes calldata m) external pure returns (Fields memory) {
        return Fields(m.msgValue(NO_VALUE), m.gasLimit(NO_GAS), m.refundAddress(NOBODY), m.custom());
    }

    function variant(bytes calldata m) external pure returns (uint16) {
        return m.variant();
    }

    function isStandard(bytes calldata m) external pure returns (bool) {
        return m.isStandard();
    }

    function test_vectors() public view {
        uint256[] memory fieldCounts = _uints(".fieldCount");
        bytes[] memory encoded = _bytes(".encoded");
        _sameLength(fieldCounts.length, encoded.length);
        for (uint256 i; i < encoded.length; ++i) {
            address refundAddress = _addresses(".refundAddress")[i];
            Fields memory fields = this.decode(encoded[i]);
            assertEq(fields.msgValue, fieldCounts[i] > 0 ? _uints(".msgValue")[i] : NO_VALUE);
            assertEq(fields.gasLimit, fieldCounts[i] > 1 ? _uints(".gasLimit")[i] : NO_GAS);
            assertEq(fields.refundAddress, refundAddress == address(0) ? NOBODY : refundAddress);
            assertEq(fields.custom, _bytes(".custom")[i]);
            assertTrue(this.isStandard(encoded[i]));
        }
    }

    function testFuzz_decode_allFields(Fields calldata fields) public view {
        vm.assume(fields.refundAddress != address(0));
        bytes memory metadata =
            abi.encodePacked(uint16(1), fields.msgValue, fields.gasLimit, fields.refundAddress, fields.custom);
        assertEq(keccak256(abi.encode(this.decode(metadata))), keccak256(abi.encode(fields)));
    }

    function test_decode_everyLength_fieldsThatAreNotWholeAreAbsent() public view {
        bytes memory whole = abi.encodePacked(uint16(1), uint256(7), uint256(8), address(9), hex"aabb");
        for (uint256 length; length <= whole.length; ++length) {
            bytes memory cut = new bytes(length);
            for (uint256 i; i < length; ++i) {
                cut[i] = whole[i];
            }
            Fields memory fields = this.decode(cut);
            assertEq(fields.msgValue, length < 34 ? NO_VALUE : 7);
            assertEq(fields.gasLimit, length < 66 ? NO_GAS : 8);
            assertEq(fields.refundAddress, length < 86 ? NOBODY : address(9));
            assertEq(fields.custom.length, length < 86 ? 0 : length - 86);
            assertEq(this.variant(cut), length < 2 ? 0 : 1);
            assertEq(this.isStandard(cut), length != 1);
        }
    }

    function testFuzz_isStandard_onlyVariantOne(uint16 otherVariant, bytes calldata rest) public view {
        vm.assume(otherVariant != 1);
        assertFalse(this.isStandard(abi.encodePacked(otherVariant, rest)));
        assertEq(this.variant(abi.encodePacked(otherVariant, rest)), otherVariant);
    }
}
