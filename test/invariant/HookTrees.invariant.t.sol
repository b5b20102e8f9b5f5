// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";

import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";

import {IOwnedMailbox, Shipped} from "../kit/Shipped.sol";
import {HookTreeHandler} from "./HookTreeHandler.sol";

/// @notice See README.md.
/// forge-config: default.invariant.runs = 16
/// forge-config: deep.invariant.runs = 10000
contract HookTreesInvariantTest is Test {
    HookTreeHandler internal handler;

    function setUp() public {
        IInterchainSecurityModule ism = IInterchainSecurityModule(address(this)); // nothing is delivered here
        IOwnedMailbox mailbox = Shipped.mailbox(1000, makeAddr("owner"), ism);
        handler = new HookTreeHandler(mailbox);
        bytes4[] memory selectors = new bytes4[](8);
        selectors[0] = handler.dispatch.selector;
        selectors[1] = handler.quote.selector;
        selectors[2] = handler.dispatchToHostile.selector;
        selectors[3] = handler.postDispatch.selector;
        selectors[4] = handler.claim.selector;
        selectors[5] = handler.grow.selector;
        selectors[6] = handler.setHooks.selector;
        selectors[7] = handler.setPrices.selector;
        targetSelector(FuzzSelector(address(handler), selectors));
        targetContract(address(handler));
    }

    function invariant_valueIsFeesAndRefunds() public view {
        (uint256 value, uint256 tokens, uint256 strayValue, uint256 strayTokens) = handler.holdings();
        (uint256 left, uint256 tokensPaid) = handler.leftovers();
        assertEq(value, handler.valueTaken());
        assertEq(value + left, handler.minted());
        assertEq(tokens, handler.tokensTaken());
        assertEq(tokens, tokensPaid);
        assertEq(strayValue, 0);
        assertEq(strayTokens, 0);
    }

    /// @dev An invariant over trees that nobody can pay for would hold too.
    function test_handler_everyActionWorks() public {
        for (uint256 i; i < 300; ++i) {
            uint256 seed = uint256(keccak256(abi.encode(i)));
            if (i < 30) handler.grow(seed, [seed >> 8, seed >> 16, seed >> 24], i % 2 == 0);
            if (i % 50 == 40) handler.setPrices(seed, uint128(seed >> 8), uint128(seed >> 16), seed >> 24, i == 40);
            if (i % 10 == 0) handler.setHooks(seed >> 8, seed >> 16);
            handler.dispatch(seed, seed >> 64, seed >> 96, i % 4 == 0);
            handler.quote(seed, seed >> 64, false);
            handler.dispatchToHostile(seed, seed >> 64, seed >> 96, seed >> 128);
            handler.postDispatch(seed, seed >> 64, seed >> 96, i % 4 == 0);
            if (i % 8 == 0) handler.claim(seed);
            invariant_valueIsFeesAndRefunds();
        }
        string[14] memory outcomes = [
            "refused",
            "underpaid",
            "exact",
            "surplus",
            "in token",
            "rate-limited",
            "rate exceeded",
            "limited twice",
            "quote",
            "hostile",
            "reentered",
            "postDispatch",
            "claim",
            "grow"
        ];
        for (uint256 i; i < outcomes.length; ++i) {
            assertGt(handler.calls(outcomes[i]), 0, outcomes[i]);
        }
        assertEq(handler.deepest(), 3);
    }
}
