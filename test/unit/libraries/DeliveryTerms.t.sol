// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DeliveryTerms} from "src/libraries/DeliveryTerms.sol";

import {VectorTest} from "../../kit/VectorTest.sol";

contract DeliveryTermsTest is VectorTest {
    function _file() internal pure override returns (string memory) {
        return "deliveryTerms.json";
    }

    /// @dev Gives the library calldata.
    function decode(bytes calldata metadata) external pure returns (DeliveryTerms.Terms memory) {
        return DeliveryTerms.decode(metadata);
    }

    function deadline(bytes calldata metadata) external pure returns (uint48) {
        return DeliveryTerms.deadline(metadata);
    }

    function complete(bytes calldata metadata, uint48 deadline_, address refundAddress)
        external
        pure
        returns (bytes memory)
    {
        return DeliveryTerms.complete(metadata, deadline_, refundAddress);
    }

    function test_vectors_terms() public view {
        bytes[] memory encoded = _bytes(".terms.encoded");
        uint256[] memory untils = _uints(".terms.escrowUntil");
        _sameLength(encoded.length, untils.length);
        for (uint256 i; i < encoded.length; ++i) {
            DeliveryTerms.Terms memory terms = this.decode(encoded[i]);
            assertEq(terms.deadline, _uints(".terms.deadline")[i]);
            assertEq(terms.escrowUntil, untils[i]);
            assertEq(terms.receiptIsm, _addresses(".terms.receiptIsm")[i]);
            assertEq(terms.receiptSender, _words(".terms.receiptSender")[i]);
            assertEq(this.deadline(encoded[i]), terms.deadline);
        }
    }

    function test_vectors_complete() public view {
        bytes[] memory metadata = _bytes(".complete.metadata");
        bytes[] memory completed = _bytes(".complete.completed");
        _sameLength(metadata.length, completed.length);
        for (uint256 i; i < metadata.length; ++i) {
            uint48 deadline_ = uint48(_uints(".complete.deadline")[i]);
            address refundAddress = _addresses(".complete.refundAddress")[i];
            assertEq(this.complete(metadata[i], deadline_, refundAddress), completed[i]);
            assertEq(this.complete(completed[i], deadline_, address(1)), completed[i]);
        }
    }

    function test_vectors_mismatches() public {
        bytes[] memory metadata = _bytes(".mismatches.metadata");
        uint256[] memory named = _uints(".mismatches.named");
        _sameLength(metadata.length, named.length);
        for (uint256 i; i < metadata.length; ++i) {
            uint48 deadline_ = uint48(_uints(".mismatches.deadline")[i]);
            vm.expectRevert(abi.encodeWithSelector(DeliveryTerms.DeadlineMismatch.selector, named[i], deadline_));
            this.complete(metadata[i], deadline_, address(1));
        }
    }

    function test_decode_everyLength_isWholeOrMissing() public {
        bytes memory whole = _bytes(".terms.encoded")[0];
        for (uint256 length; length <= whole.length; ++length) {
            bytes memory cut = new bytes(length);
            for (uint256 i; i < length; ++i) {
                cut[i] = whole[i];
            }
            assertEq(this.deadline(cut), length < 112 ? 0 : 1_800_000_000);
            if (length < 170) vm.expectRevert(abi.encodeWithSelector(DeliveryTerms.TermsMissing.selector, length));
            this.decode(cut);
        }
    }

    function testFuzz_complete_everyLength_keepsWhatIsThere(bytes memory given, uint8 length, uint48 deadline_) public {
        given = bytes.concat(hex"0001", given, new bytes(256));
        assembly ("memory-safe") {
            mstore(given, length)
        }
        uint48 named = this.deadline(given);
        if (length == 1) {
            vm.expectRevert(abi.encodeWithSelector(DeliveryTerms.NotStandardMetadata.selector, 0));
        } else if (named != 0 && named != deadline_) {
            vm.expectRevert(abi.encodeWithSelector(DeliveryTerms.DeadlineMismatch.selector, named, deadline_));
        }
        bytes memory completed = this.complete(given, deadline_, address(9));
        if (length == 1 || (named != 0 && named != deadline_)) return;
        assertEq(this.deadline(completed), deadline_);
        assertEq(completed.length, length < 112 ? 112 : length);
        assertEq(_word(completed, 2), length < 34 ? bytes32(0) : _word(given, 2));
        assertEq(_word(completed, 34), length < 66 ? bytes32(uint256(50_000)) : _word(given, 34));
        address refund = length < 86 ? address(0) : address(bytes20(_word(given, 66)));
        assertEq(address(bytes20(_word(completed, 66))), refund == address(0) ? address(9) : refund);
        assertEq(bytes20(_word(completed, 86)), length < 106 ? bytes20(0) : bytes20(_word(given, 86)));
        for (uint256 i = 112; i < length; ++i) {
            assertEq(completed[i], given[i]);
        }
    }

    function testFuzz_complete_anotherVariant_reverts(uint16 variant, bytes calldata rest) public {
        vm.assume(variant != 1);
        vm.expectRevert(abi.encodeWithSelector(DeliveryTerms.NotStandardMetadata.selector, variant));
        this.complete(abi.encodePacked(variant, rest), 0, address(1));
    }

    function _word(bytes memory data, uint256 offset) internal pure returns (bytes32 word) {
        assembly ("memory-safe") {
            word := mload(add(add(data, 32), offset))
        }
    }
}
