// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Message} from "src/libraries/Message.sol";

import {VectorTest} from "../../kit/VectorTest.sol";

/// @dev Gives the library calldata.
contract MessageHarness {
    using Message for bytes;

    struct Fields {
        uint8 version;
        uint32 nonce;
        uint32 origin;
        bytes32 sender;
        uint32 destination;
        bytes32 recipient;
        bytes body;
    }

    function encode(Fields calldata f) external pure returns (bytes memory) {
        return Message.encode(f.version, f.nonce, f.origin, f.sender, f.destination, f.recipient, f.body);
    }

    function decode(bytes calldata m) external pure returns (Fields memory) {
        return Fields(m.version(), m.nonce(), m.origin(), m.sender(), m.destination(), m.recipient(), m.body());
    }

    function id(bytes calldata m) external pure returns (bytes32) {
        return m.id();
    }
}

contract MessageTest is VectorTest {
    MessageHarness internal harness = new MessageHarness();

    function _file() internal pure override returns (string memory) {
        return "messages.json";
    }

    function test_vectors() public view {
        bytes[] memory encoded = _bytes(".valid.encoded");
        bytes32[] memory ids = _words(".valid.id");
        _sameLength(encoded.length, ids.length);
        for (uint256 i; i < ids.length; ++i) {
            MessageHarness.Fields memory fields = _fields(i);
            assertEq(harness.encode(fields), encoded[i]);
            assertEq(harness.id(encoded[i]), ids[i]);
            assertEq(keccak256(abi.encode(harness.decode(encoded[i]))), keccak256(abi.encode(fields)));
        }
    }

    function _fields(uint256 i) internal view returns (MessageHarness.Fields memory) {
        return MessageHarness.Fields({
            version: uint8(_uints(".valid.version")[i]),
            nonce: uint32(_uints(".valid.nonce")[i]),
            origin: uint32(_uints(".valid.origin")[i]),
            sender: _words(".valid.sender")[i],
            destination: uint32(_uints(".valid.destination")[i]),
            recipient: _words(".valid.recipient")[i],
            body: _bytes(".valid.body")[i]
        });
    }

    function testFuzz_decode_isTheInverseOfEncode(MessageHarness.Fields calldata fields) public view {
        bytes memory encoded = harness.encode(fields);
        assertEq(encoded.length, Message.MIN_LENGTH + fields.body.length);
        assertEq(harness.id(encoded), keccak256(encoded));
        assertEq(keccak256(abi.encode(harness.decode(encoded))), keccak256(abi.encode(fields)));
    }

    function testFuzz_decode_tooShort_reverts(uint256 length) public {
        length = bound(length, 0, Message.MIN_LENGTH - 1);
        vm.expectRevert(bytes(""));
        harness.decode(new bytes(length));
    }
}
