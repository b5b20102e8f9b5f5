// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainQueryRouter} from "src/interfaces/IInterchainQueryRouter.sol";
import {InterchainQueryMessage} from "src/libraries/InterchainQueryMessage.sol";

import {VectorTest} from "../../kit/VectorTest.sol";

contract InterchainQueryMessageTest is VectorTest {
    using InterchainQueryMessage for bytes;

    function _file() internal pure override returns (string memory) {
        return "interchainQueries.json";
    }

    function test_vectors() public view {
        uint256[] memory counts = _uints(".valid.count");
        assertGt(counts.length, 0);
        for (uint256 i; i < counts.length; ++i) {
            bytes memory callback = _bytes(".valid.callback")[i];
            IInterchainQueryRouter.QueryCall[] memory calls = new IInterchainQueryRouter.QueryCall[](counts[i]);
            bytes[] memory callbacks = new bytes[](counts[i]);
            for (uint256 j; j < counts[i]; ++j) {
                calls[j] = IInterchainQueryRouter.QueryCall(
                    IInterchainQueryRouter.StaticCall(_words(".valid.to")[i], _bytes(".valid.data")[i]), callback
                );
                callbacks[j] = callback;
            }
            bytes32 sender = _words(".valid.sender")[i];
            this.checkQuery(_bytes(".valid.queryBody")[i], sender, calls);
            this.checkAnswer(_bytes(".valid.answerBody")[i], sender, callbacks);
        }
    }

    function testFuzz_ofAnotherType_reverts(uint256 kind) public {
        kind = bound(kind, 2, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(InterchainQueryMessage.UnknownType.selector, kind));
        this.isQuery(abi.encode(bytes32(0), kind, 96, 0));
    }

    function isQuery(bytes calldata body) external pure returns (bool) {
        return body.isQuery();
    }

    function checkQuery(bytes calldata body, bytes32 sender, IInterchainQueryRouter.QueryCall[] calldata calls)
        external
        pure
    {
        assertEq(InterchainQueryMessage.encodeQuery(sender, calls), body);
        assertTrue(body.isQuery());
        (bytes32 sender_, IInterchainQueryRouter.QueryCall[] memory calls_) = body.decodeQuery();
        assertEq(abi.encode(sender_, calls_), abi.encode(sender, calls));
    }

    function checkAnswer(bytes calldata body, bytes32 sender, bytes[] calldata callbacks) external pure {
        assertEq(InterchainQueryMessage.encodeAnswer(sender, callbacks), body);
        assertFalse(body.isQuery());
        (bytes32 sender_, bytes[] memory callbacks_) = body.decodeAnswer();
        assertEq(abi.encode(sender_, callbacks_), abi.encode(sender, callbacks));
    }
}
