// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";

import {FeeHook} from "../mocks/FeeHook.sol";
import {BaseTest} from "./BaseTest.sol";
import {Reference} from "./Reference.sol";

/// @notice For hooks that are made of hooks.
abstract contract HookTest is BaseTest {
    uint256 internal constant FEE = 7;
    uint256 internal constant OTHER_FEE = 11;

    FeeHook internal feeHook;
    FeeHook internal otherHook;

    /// @dev Gets the refunds.
    address internal refundee = makeAddr("refundee");

    function setUp() public virtual override {
        super.setUp();
        feeHook = new FeeHook(FEE);
        otherHook = new FeeHook(OTHER_FEE);
    }

    /// @dev Metadata that names who gets refunds.
    function _refundTo(address account) internal pure returns (bytes memory) {
        return abi.encodePacked(uint16(1), uint256(0), uint256(50_000), account);
    }

    /// @dev Alice dispatches through this hook, surplus going to the refundee.
    function _send(IPostDispatchHook hook, uint32 destination, bytes memory body, uint256 value)
        internal
        returns (bytes memory message)
    {
        bytes32 to = Reference.addr32(address(recipient));
        message = Reference.message(originMailbox.nonce(), ORIGIN, alice, destination, to, body);
        vm.prank(alice);
        originMailbox.dispatch{value: value}(destination, to, body, _refundTo(refundee), hook);
    }

    /// @dev A dispatch through `hook` that pays `value` costs `fee`, which `taker` got, and all the rest is refunded.
    function _expectTaken(
        IPostDispatchHook hook,
        uint32 destination,
        bytes memory body,
        uint256 value,
        FeeHook taker,
        uint256 fee
    ) internal {
        uint256 fees = address(taker).balance;
        uint256 calls = taker.calls();
        uint256 refunds = refundee.balance;
        assertEq(originMailbox.quoteDispatch(destination, Reference.addr32(address(recipient)), body, "", hook), fee);
        _send(hook, destination, body, value);
        assertEq(taker.calls(), calls + 1);
        assertEq(address(taker).balance, fees + fee);
        assertEq(refundee.balance, refunds + value - fee);
        assertEq(address(hook).balance, 0);
    }
}
