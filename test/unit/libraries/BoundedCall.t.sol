// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Test} from "forge-std/Test.sol";

import {BoundedCall} from "src/libraries/BoundedCall.sol";

import {FreezableToken} from "../../mocks/FreezableToken.sol";
import {RawAnswer} from "../../mocks/RawAnswer.sol";

contract BoundedCallTest is Test {
    uint256 internal constant GAS = 100_000;
    address internal constant NOBODY = address(0xbeef);

    /// @dev The target answers with more than is asked for: what is beyond is not copied, what comes after in memory stays.
    function testFuzz_returnsAtMostWhatIsAskedFor(bytes calldata answer, uint256 most, bool reverts) public {
        most = bound(most, 0, 2 * answer.length);
        address target = _answering(reverts ? RawAnswer.Kind.Revert : RawAnswer.Kind.Return, answer);
        bytes memory expected = answer.length > most ? answer[:most] : answer;

        (bool success, bytes memory returned) = BoundedCall.tryCallReturning(target, 0, "", gasleft(), most);
        bytes memory after_ = abi.encode(answer);
        assertEq(success, !reverts);
        assertEq(returned, expected);
        assertEq(after_, abi.encode(answer));

        uint256 size;
        (success, size, returned) = BoundedCall.tryStaticCall(target, "", gasleft(), most);
        after_ = abi.encode(answer);
        assertEq(success, !reverts);
        assertEq(size, answer.length);
        assertEq(returned, expected);
        assertEq(after_, abi.encode(answer));
    }

    /// @dev The target burns all it gets: that is the limit and no more.
    function test_givesNoMoreGasThanTheLimit() public {
        address target = _answering(RawAnswer.Kind.InvalidOpcode, "");
        uint256 gas = gasleft();
        assertFalse(BoundedCall.tryCall(target, 0, "", GAS));
        (bool success,) = BoundedCall.tryCallReturning(target, 0, "", GAS, 32);
        assertFalse(success);
        (success,,) = BoundedCall.tryStaticCall(target, "", GAS, 32);
        assertFalse(success);
        assertFalse(BoundedCall.tryTransfer(IERC20(target), NOBODY, 1, GAS));
        assertLt(gas - gasleft(), 4 * (GAS + BoundedCall.OVERHEAD));
        assertGt(gas - gasleft(), 4 * GAS);
    }

    function test_tryCall_sendsTheValue() public {
        vm.deal(address(this), 3);
        assertTrue(BoundedCall.tryCall(NOBODY, 1, "", GAS));
        (bool success,) = BoundedCall.tryCallReturning(NOBODY, 2, "", GAS, 0);
        assertTrue(success);
        assertEq(NOBODY.balance, 3);
        assertFalse(BoundedCall.tryCall(NOBODY, 1, "", GAS));
    }

    function test_tryStaticCall_changesNothing() public {
        address target = _answering(RawAnswer.Kind.WriteStorage, "");
        (bool success,,) = BoundedCall.tryStaticCall(target, "", GAS, 32);
        assertFalse(success);
    }

    function test_tryTransfer() public {
        FreezableToken token = new FreezableToken(18);
        token.mint(address(this), 5);
        assertTrue(BoundedCall.tryTransfer(token, NOBODY, 5, GAS));
        assertEq(token.balanceOf(NOBODY), 5);
        assertFalse(BoundedCall.tryTransfer(token, NOBODY, 1, GAS));
    }

    /// @dev Tokens that answer nothing exist, and are believed; where there is no code, nothing was transferred.
    function test_tryTransfer_ofEachAnswer() public {
        assertTrue(_transfers(""));
        assertTrue(_transfers(abi.encode(true)));
        assertTrue(_transfers(abi.encode(true, 7)));
        assertFalse(_transfers(abi.encode(false)));
        assertFalse(_transfers(abi.encode(2)));
        assertFalse(_transfers(hex"01"));
        assertFalse(_transfers(new bytes(31)));
        assertFalse(BoundedCall.tryTransfer(IERC20(NOBODY), NOBODY, 1, GAS));
    }

    /// @dev Whoever delivers gives so little gas that a call fails: the failure does not count.
    function testFuzz_requireGas(uint256 gas, uint256 gasLimit) public {
        gas = bound(gas, 0, 1e9);
        gasLimit = bound(gasLimit, 0, 1e9);
        if (gas - gas / 64 < gasLimit + BoundedCall.OVERHEAD) vm.expectRevert(BoundedCall.NotEnoughGas.selector);
        this.requireGas(gas, gasLimit);
    }

    function test_requireGas_atTheLimit() public {
        uint256 enough = (64 * (GAS + BoundedCall.OVERHEAD)) / 63;
        this.requireGas(enough + 1, GAS);
        vm.expectRevert(BoundedCall.NotEnoughGas.selector);
        this.requireGas(enough - 2, GAS);
    }

    function requireGas(uint256 gas, uint256 gasLimit) external pure {
        BoundedCall.requireGas(gas, gasLimit);
    }

    function _transfers(bytes memory answer) private returns (bool) {
        return BoundedCall.tryTransfer(IERC20(_answering(RawAnswer.Kind.Return, answer)), NOBODY, 1, GAS);
    }

    function _answering(RawAnswer.Kind kind, bytes memory answer) private returns (address) {
        return address(new RawAnswer(kind, answer, 0));
    }
}
