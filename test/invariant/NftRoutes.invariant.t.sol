// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";

import {NftRoutesHandler} from "./NftRoutesHandler.sol";

// solhint-disable check-send-result
/// @notice See README.md.
/// forge-config: default.invariant.runs = 8
/// forge-config: deep.invariant.runs = 10000
contract NftRoutesInvariantTest is Test {
    NftRoutesHandler internal handler;

    function setUp() public {
        handler = new NftRoutesHandler();
        bytes4[] memory selectors = new bytes4[](7);
        selectors[0] = handler.send.selector;
        selectors[1] = handler.deliver.selector;
        selectors[2] = handler.send.selector;
        selectors[3] = handler.deliver.selector;
        selectors[4] = handler.replay.selector;
        selectors[5] = handler.claim.selector;
        selectors[6] = handler.freeze.selector;
        targetSelector(FuzzSelector(address(handler), selectors));
        targetContract(address(handler));
    }

    function invariant_eachTokenIsInOnePlace() public view {
        handler.check();
    }

    /// @dev Until all has happened, which a random run need not show.
    function test_handler_everyActionWorks() public {
        for (uint256 i; i < 400; ++i) {
            _act(uint256(keccak256(abi.encode(i))));
            if (i % 10 == 0) invariant_eachTokenIsInOnePlace();
        }
        assertGt(handler.sends(), 20);
        assertGt(handler.deliveries(), 20);
        assertGt(handler.starved(), 0);
        assertGt(handler.deferred(), 5);
        assertGt(handler.claims(), 5);
        invariant_eachTokenIsInOnePlace();
    }

    function _act(uint256 random) internal {
        (uint256 a, uint256 b, uint256 c, uint256 d) = (random >> 8, random >> 40, random >> 72, random >> 104);
        uint256 action = random % 20;
        if (action < 7) handler.send(a, b, c, d, random >> 136);
        else if (action < 13) handler.deliver(a, b, c % 8 != 0);
        else if (action == 13) handler.replay(a);
        else if (action < 19) handler.claim(a, b, c, d);
        else handler.freeze(a, b % 3 == 0);
    }
}
