// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DeliveryReceipt} from "src/libraries/DeliveryReceipt.sol";

import {VectorTest} from "../../kit/VectorTest.sol";

contract DeliveryReceiptTest is VectorTest {
    function _file() internal pure override returns (string memory) {
        return "deliveryReceipts.json";
    }

    /// @dev Gives the library calldata.
    function encode(address ism, bytes32[] calldata ids, address[] memory payees) external pure returns (bytes memory) {
        return DeliveryReceipt.encode(ism, ids, payees);
    }

    function count(bytes calldata body) external pure returns (uint256) {
        return DeliveryReceipt.count(body);
    }

    function receiptIsm(bytes calldata body) external pure returns (address) {
        return DeliveryReceipt.receiptIsm(body);
    }

    function entry(bytes calldata body, uint256 index) external pure returns (bytes32, address) {
        return (DeliveryReceipt.messageId(body, index), DeliveryReceipt.payee(body, index));
    }

    function test_vectors() public view {
        bytes[] memory encoded = _bytes(".receipts.encoded");
        uint256[] memory counts = _uints(".receipts.count");
        uint256[] memory rows = _uints(".entries.row");
        uint256 next;
        _sameLength(encoded.length, counts.length);
        for (uint256 i; i < encoded.length; ++i) {
            bytes32[] memory ids = new bytes32[](counts[i]);
            address[] memory payees = new address[](counts[i]);
            for (uint256 j; j < counts[i]; ++j) {
                assertEq(rows[next], i);
                (ids[j], payees[j]) = (_words(".entries.messageId")[next], _addresses(".entries.payee")[next]);
                (bytes32 id, address payee) = this.entry(encoded[i], j);
                assertEq(id, ids[j]);
                assertEq(payee, payees[j]);
                ++next;
            }
            address ism = _addresses(".receipts.receiptIsm")[i];
            assertEq(this.encode(ism, ids, payees), encoded[i]);
            assertEq(this.count(encoded[i]), counts[i]);
            assertEq(this.receiptIsm(encoded[i]), ism);
        }
        assertEq(next, rows.length);
    }

    function test_vectors_rejected() public {
        bytes[] memory encoded = _bytes(".rejected.encoded");
        assertGt(encoded.length, 0);
        for (uint256 i; i < encoded.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(DeliveryReceipt.NotAReceipt.selector, encoded[i].length));
            this.count(encoded[i]);
        }
    }

    /// @dev Against the plain form, with memory in use behind the body.
    function testFuzz_encode_isThePlainForm(address ism, bytes32[] calldata ids, uint160 seed) public view {
        address[] memory payees = new address[](ids.length);
        bytes memory plain = abi.encodePacked(uint8(1), ism);
        for (uint256 i; i < ids.length; ++i) {
            payees[i] = address(uint160(uint256(keccak256(abi.encode(seed, i)))));
            plain = bytes.concat(plain, ids[i], bytes20(payees[i]));
        }
        bytes memory first = DeliveryReceipt.encode(ism, ids, payees);
        bytes memory second = DeliveryReceipt.encode(ism, ids, payees);
        assertEq(first, plain);
        assertEq(second, plain);
        if (ids.length == 0) return;
        assertEq(this.count(plain), ids.length);
        (bytes32 id, address payee) = this.entry(plain, seed % ids.length);
        assertEq(id, ids[seed % ids.length]);
        assertEq(payee, payees[seed % ids.length]);
    }
}
