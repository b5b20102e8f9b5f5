// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";

import {RateLimitHandler} from "./RateLimitHandler.sol";

/// @notice See README.md.
/// forge-config: default.invariant.runs = 8
/// forge-config: deep.invariant.runs = 10000
contract RateLimitInvariantTest is Test {
    RateLimitHandler internal handler;

    function setUp() public {
        handler = new RateLimitHandler();
        bytes4[] memory selectors = new bytes4[](4);
        selectors[0] = handler.wait.selector;
        selectors[1] = handler.deliver.selector;
        selectors[2] = handler.setCapacity.selector;
        selectors[3] = handler.drain.selector;
        targetSelector(FuzzSelector(address(handler), selectors));
        targetContract(address(handler));
    }

    function invariant_noWindowLetsMoreThroughThanCapacityAndRate() public view {
        assertGe(handler.bound_() + int256(handler.refilled()), int256(handler.passed()));
        assertEq(handler.module().calculateCurrentLevel(), handler.allowance());
        assertLe(handler.module().calculateCurrentLevel(), handler.module().maxCapacity());
    }

    function test_handler_everyActionWorks() public {
        handler.deliver(1000, false);
        handler.deliver(5, true);
        handler.wait(1000);
        handler.drain(7);
        handler.setCapacity(1e20);
        handler.wait(6 * 14_400);
        handler.deliver(1e15, false);
        handler.drain(1e15);
        assertEq(handler.deliveries(), 2);
        assertEq(handler.refusals(), 1);
        invariant_noWindowLetsMoreThroughThanCapacityAndRate();
    }
}
