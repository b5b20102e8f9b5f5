// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ValidatorSetMessage} from "src/libraries/ValidatorSetMessage.sol";

import {Reference} from "../../kit/Reference.sol";
import {VectorTest} from "../../kit/VectorTest.sol";

contract ValidatorSetMessageTest is VectorTest {
    function _file() internal pure override returns (string memory) {
        return "validatorSet.json";
    }

    /// @dev Gives the library calldata.
    function decode(bytes calldata body)
        external
        pure
        returns (uint64 setId, uint48 issuedAt, uint256[] memory members)
    {
        ValidatorSetMessage.requireValid(body);
        setId = ValidatorSetMessage.setId(body);
        issuedAt = ValidatorSetMessage.issuedAt(body);
        members = ValidatorSetMessage.members(body);
    }

    function test_vectors() public view {
        bytes[] memory encoded = _bytes(".valid.encoded");
        uint256[] memory setIds = _uints(".valid.setId");
        uint256[] memory issuedAts = _uints(".valid.issuedAt");
        bytes[] memory packed = _bytes(".valid.members");
        _sameLength(encoded.length, setIds.length);
        for (uint256 i; i < encoded.length; ++i) {
            (uint64 setId, uint48 issuedAt, uint256[] memory members) = this.decode(encoded[i]);
            assertEq(setId, setIds[i]);
            assertEq(issuedAt, issuedAts[i]);
            assertEq(members.length, _uints(".valid.memberCount")[i]);
            assertEq(abi.encodePacked(members), packed[i]);
            assertEq(ValidatorSetMessage.encode(setId, issuedAt, members), encoded[i]);
        }
    }

    function test_vectors_rejected() public {
        bytes[] memory encoded = _bytes(".rejected.encoded");
        _sameLength(encoded.length, _strings(".rejected.name").length);
        for (uint256 i; i < encoded.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ValidatorSetMessage.NotAValidatorSet.selector, encoded[i].length));
            this.decode(encoded[i]);
        }
    }

    function testFuzz_decode_isTheInverse(uint64 setId, uint48 issuedAt, uint256[] memory members) public view {
        bytes memory body = ValidatorSetMessage.encode(setId, issuedAt, members);
        assertEq(body, bytes.concat(hex"01", bytes8(setId), bytes6(issuedAt), abi.encodePacked(members)));
        (uint64 setId_, uint48 issuedAt_, uint256[] memory members_) = this.decode(body);
        assertEq(setId_, setId);
        assertEq(issuedAt_, issuedAt);
        assertEq(members_, members);
    }

    function test_vectors_keyProofs() public view {
        uint256[] memory chainIds = _uints(".keyProofs.chainId");
        bytes[] memory signatures = _bytes(".keyProofs.signature");
        bytes32[] memory digests = _words(".keyProofs.digest");
        _sameLength(chainIds.length, digests.length);
        for (uint256 i; i < chainIds.length; ++i) {
            address key = _addresses(".keyProofs.key")[i];
            bytes32 digest = keccak256(
                abi.encode(
                    keccak256("CAUSEWAY_VALIDATOR_KEY"),
                    chainIds[i],
                    _addresses(".keyProofs.stake")[i],
                    _addresses(".keyProofs.operator")[i],
                    key
                )
            );
            assertEq(digest, digests[i]);
            assertEq(_signer(Reference.ethSigned(digest), signatures[i]), key);
        }
    }

    function _signer(bytes32 hash, bytes memory signature) internal pure returns (address) {
        (bytes32 r, bytes32 s) = abi.decode(signature, (bytes32, bytes32));
        return ecrecover(hash, uint8(signature[64]), r, s);
    }
}
