// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";

import {TokenRoutesHandler} from "./TokenRoutesHandler.sol";

/// @notice See README.md.
/// forge-config: default.invariant.runs = 8
/// forge-config: deep.invariant.runs = 10000
contract TokenRoutesInvariantTest is Test {
    TokenRoutesHandler internal handler;

    function setUp() public {
        handler = new TokenRoutesHandler();
        bytes4[] memory selectors = new bytes4[](12);
        selectors[0] = handler.transfer.selector;
        selectors[1] = handler.deliver.selector;
        selectors[2] = handler.transfer.selector;
        selectors[3] = handler.deliver.selector;
        selectors[4] = handler.replay.selector;
        selectors[5] = handler.claim.selector;
        selectors[6] = handler.donate.selector;
        selectors[7] = handler.setMood.selector;
        selectors[8] = handler.freeze.selector;
        selectors[9] = handler.setFee.selector;
        selectors[10] = handler.close.selector;
        selectors[11] = handler.limit.selector;
        targetSelector(FuzzSelector(address(handler), selectors));
        targetContract(address(handler));
    }

    function invariant_lockedIsSuppliedInFlightAndWaiting() public view {
        handler.check();
    }

    /// @dev Until all has happened, which a random run need not show.
    function test_handler_everyActionWorks() public {
        for (uint256 i; i < 600; ++i) {
            _act(i, uint256(keccak256(abi.encode(i))));
            if (i % 10 == 0) invariant_lockedIsSuppliedInFlightAndWaiting();
        }
        assertGt(handler.sends(), 20);
        assertGt(handler.deliveries(), 20);
        assertGt(handler.starved(), 0);
        assertGt(handler.deferred(), 5);
        assertGt(handler.claims(), 0);
        invariant_lockedIsSuppliedInFlightAndWaiting();
    }

    function _act(uint256 i, uint256 random) internal {
        (uint256 a, uint256 b, uint256 c, uint256 d) = (random >> 8, random >> 40, random >> 72, random >> 104);
        uint256 action = random % 20;
        if (action < 8) handler.transfer(1, a, b, c, d, random >> 136);
        else if (action < 14) handler.deliver(a, b, c % 8 != 0);
        else if (action == 14) handler.replay(a);
        else if (action < 17) handler.claim(1, a, b, c, d, a % 2 == 0);
        else if (action == 17) handler.donate(1, a, b, c);
        else if (action == 18) handler.setMood(a, b);
        else _actAsOwner(i % 4, a, b, c);
    }

    function _actAsOwner(uint256 action, uint256 a, uint256 b, uint256 c) internal {
        if (action == 0) handler.freeze(a, b % 2 == 0);
        else if (action == 1) handler.setFee(1, a, b, c % 2 == 0);
        else if (action == 2) handler.close(1, a, b, c);
        else handler.limit(1, a, b, c % 2 == 0);
    }
}
