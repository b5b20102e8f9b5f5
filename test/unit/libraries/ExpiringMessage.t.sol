// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ExpiringMessage} from "src/libraries/ExpiringMessage.sol";

import {VectorTest} from "../../kit/VectorTest.sol";

contract ExpiringMessageTest is VectorTest {
    using ExpiringMessage for bytes;

    struct Fields {
        uint8 kind;
        uint48 deadline;
        uint64 counter;
        bytes payload;
    }

    function _file() internal pure override returns (string memory) {
        return "expiringMessages.json";
    }

    /// @dev Gives the library calldata.
    function decode(bytes calldata body) external pure returns (Fields memory) {
        return Fields(body.kind(), body.deadline(), body.counter(), body.payload());
    }

    function receipt(bytes calldata body) external pure returns (bytes memory) {
        return body.receipt();
    }

    function test_vectors() public view {
        bytes[] memory messages = _bytes(".valid.message");
        bytes[] memory receipts = _bytes(".valid.receipt");
        _sameLength(messages.length, receipts.length);
        for (uint256 i; i < messages.length; ++i) {
            uint48 deadline = uint48(_uints(".valid.deadline")[i]);
            uint64 counter = uint64(_uints(".valid.counter")[i]);
            bytes memory payload = _bytes(".valid.payload")[i];
            assertEq(ExpiringMessage.encode(deadline, counter, payload), messages[i]);
            assertEq(this.receipt(messages[i]), receipts[i]);
            _assertFields(this.decode(messages[i]), Fields(1, deadline, counter, payload));
            _assertFields(this.decode(receipts[i]), Fields(2, deadline, counter, payload));
            uint32 domain = uint32(_uints(".valid.domain")[i]);
            bytes32 account = _words(".valid.account")[i];
            assertEq(
                ExpiringMessage.commitment(domain, account, deadline, counter, payload), _words(".valid.commitment")[i]
            );
        }
    }

    function test_vectors_rejected() public {
        bytes[] memory encoded = _bytes(".rejected.encoded");
        assertGt(encoded.length, 0);
        for (uint256 i; i < encoded.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ExpiringMessage.NotAnExpiringMessage.selector, encoded[i].length));
            this.decode(encoded[i]);
        }
    }

    function testFuzz_decode(uint48 deadline, uint64 counter, bytes calldata payload) public view {
        bytes memory body = ExpiringMessage.encode(deadline, counter, payload);
        _assertFields(this.decode(body), Fields(1, deadline, counter, payload));
    }

    function _assertFields(Fields memory actual, Fields memory expected) internal pure {
        assertEq(keccak256(abi.encode(actual)), keccak256(abi.encode(expected)));
    }
}
