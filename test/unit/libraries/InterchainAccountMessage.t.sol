// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainAccount} from "src/interfaces/IInterchainAccount.sol";
import {InterchainAccountMessage} from "src/libraries/InterchainAccountMessage.sol";

import {VectorTest} from "../../kit/VectorTest.sol";

contract InterchainAccountMessageTest is VectorTest {
    using InterchainAccountMessage for bytes;

    function _file() internal pure override returns (string memory) {
        return "interchainAccounts.json";
    }

    function test_vectors() public view {
        uint256[] memory counts = _uints(".valid.count");
        assertGt(counts.length, 0);
        for (uint256 i; i < counts.length; ++i) {
            bytes32 owner = _words(".valid.owner")[i];
            bytes32 ism = _words(".valid.ism")[i];
            bytes32 userSalt = _words(".valid.userSalt")[i];
            bytes32 readIsm = _words(".valid.readIsm")[i];
            bytes32 commitment = _words(".valid.commitment")[i];
            IInterchainAccount.Call[] memory calls = new IInterchainAccount.Call[](counts[i]);
            for (uint256 j; j < counts[i]; ++j) {
                calls[j] = IInterchainAccount.Call(
                    _words(".valid.to")[i], uint256(_words(".valid.value")[i]), _bytes(".valid.data")[i]
                );
            }
            this.checkCalls(_bytes(".valid.callsBody")[i], owner, ism, userSalt, calls);
            assertEq(this.commitmentTo(calls, _words(".valid.commitSalt")[i]), commitment);
            this.checkCommitment(_bytes(".valid.commitmentBody")[i], owner, ism, userSalt, commitment);
            this.checkReveal(_bytes(".valid.revealBody")[i], readIsm, commitment, owner, ism, userSalt);
            assertFalse(this.namesAccount(_bytes(".valid.shortReveal")[i]));
        }
    }

    function checkCalls(
        bytes calldata body,
        bytes32 owner,
        bytes32 ism,
        bytes32 userSalt,
        IInterchainAccount.Call[] calldata calls
    ) external pure {
        assertEq(InterchainAccountMessage.encodeCalls(owner, ism, userSalt, calls), body);
        assertEq(body.kind(), 0);
        assertEq(body.calls(), abi.encode(calls));
        _checkAccount(body, owner, ism, userSalt);
    }

    function checkCommitment(bytes calldata body, bytes32 owner, bytes32 ism, bytes32 userSalt, bytes32 commitment)
        external
        pure
    {
        assertEq(InterchainAccountMessage.encodeCommitment(owner, ism, userSalt, commitment), body);
        assertEq(body.kind(), 1);
        assertEq(body.commitment(), commitment);
        _checkAccount(body, owner, ism, userSalt);
    }

    function checkReveal(
        bytes calldata body,
        bytes32 readIsm,
        bytes32 commitment,
        bytes32 owner,
        bytes32 ism,
        bytes32 userSalt
    ) external pure {
        assertEq(InterchainAccountMessage.encodeReveal(readIsm, commitment, owner, ism, userSalt), body);
        assertEq(body.kind(), 2);
        assertEq(body.ism(), readIsm);
        assertEq(body.revealedCommitment(), commitment);
        assertTrue(body.namesAccount());
        (bytes32 owner_, bytes32 ism_, bytes32 userSalt_) = body.revealedAccount();
        assertEq(abi.encode(owner_, ism_, userSalt_), abi.encode(owner, ism, userSalt));
    }

    function commitmentTo(IInterchainAccount.Call[] calldata calls, bytes32 salt) external pure returns (bytes32) {
        return InterchainAccountMessage.commitmentTo(calls, salt);
    }

    function namesAccount(bytes calldata body) external pure returns (bool) {
        return body.namesAccount();
    }

    function _checkAccount(bytes calldata body, bytes32 owner, bytes32 ism, bytes32 userSalt) private pure {
        (bytes32 owner_, bytes32 ism_, bytes32 userSalt_) = body.account();
        assertEq(abi.encode(owner_, ism_, userSalt_), abi.encode(owner, ism, userSalt));
        assertEq(body.ism(), ism);
    }
}
