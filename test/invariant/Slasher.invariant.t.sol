// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";

import {ISlasher} from "src/interfaces/ISlasher.sol";

import {SlasherHandler} from "./SlasherHandler.sol";

/// @notice The invariants in prose: README.md beside this file.
contract SlasherInvariantTest is Test {
    SlasherHandler internal handler;
    ISlasher internal slasher;
    address[] internal operators;
    uint256[] internal pools;

    function setUp() public {
        handler = new SlasherHandler();
        (slasher, operators, pools) = handler.world();
        targetContract(address(handler));
        bytes4[] memory selectors = new bytes4[](14);
        selectors[0] = handler.dispatch.selector;
        selectors[1] = handler.store.selector;
        selectors[2] = handler.reorg.selector;
        selectors[3] = handler.pass.selector;
        selectors[4] = handler.advanceEpoch.selector;
        selectors[5] = handler.sign.selector;
        selectors[6] = handler.rotate.selector;
        selectors[7] = handler.answer.selector;
        selectors[8] = handler.challengePremature.selector;
        selectors[9] = handler.closePremature.selector;
        selectors[10] = handler.challengeToSign.selector;
        selectors[11] = handler.attack.selector;
        selectors[12] = handler.attackWithFakeTree.selector;
        selectors[13] = handler.rogue.selector;
        targetSelector(FuzzSelector(address(handler), selectors));
        bytes4[] memory more = new bytes4[](1);
        more[0] = handler.attackDirectly.selector;
        targetSelector(FuzzSelector(address(handler), more));
    }

    /// @dev Nor jailed, nor has anything of theirs been taken.
    function invariant_noHonestValidatorIsSlashed() public view {
        for (uint256 i; i < operators.length; ++i) {
            assertEq(slasher.stake().validatorStatus(operators[i]).jailedUntil, 0);
            (uint256 tokens,) = slasher.stake().poolOf(operators[i]);
            assertEq(tokens, pools[i]);
        }
        SlasherHandler.Signed[] memory signed = handler.signed();
        for (uint256 i; i < signed.length; ++i) {
            assertEq(
                slasher.slashedFor(
                    operators[signed[i].validator],
                    signed[i].checkpoint.origin,
                    signed[i].checkpoint.merkleTree,
                    signed[i].checkpoint.index
                ),
                0
            );
        }
    }

    /// @dev Those that are open are those that were opened and not closed, so nobody is frozen for nothing.
    function invariant_openChallengesAreThoseOfTheBooks() public view {
        SlasherHandler.Signed[] memory open = handler.openPremature();
        for (uint256 i; i < open.length; ++i) {
            bytes32 id = slasher.prematureChallengeId(operators[open[i].validator], open[i].checkpoint);
            (address by,) = slasher.prematureChallenge(id);
            assertTrue(by != address(0));
        }
    }

    /// @dev To the wei; and what was answered is the honest validators' credit.
    function invariant_slasherHoldsBondsAndCredits() public view {
        assertEq(address(slasher).balance, handler.bonds());
        uint256 credits;
        for (uint256 i; i < operators.length; ++i) {
            credits += slasher.creditOf(operators[i]);
        }
        assertLe(credits, handler.bonds());
    }

    /// @dev Every action of the handler can happen: an invariant over nothing would hold too.
    function test_handler_everyActionWorks() public {
        handler.store();
        handler.pass(4 hours);
        handler.sign(0, 3);
        handler.sign(1, 2);
        handler.dispatch(2);
        handler.reorg(1, 5, 0);
        handler.challengeToSign(0, 3, 3);
        handler.challengeToSign(0, 3, 3);
        handler.answer(0);
        handler.challengePremature(1, 2);
        handler.closePremature(0);
        handler.rotate(2);
        handler.advanceEpoch(0);
        handler.sign(2, 1);
        handler.attack(0, 1, 2);
        handler.attackWithFakeTree(0, 7);
        handler.attackDirectly(0, 1, 1);
        for (uint256 kind; kind < 4; ++kind) {
            handler.rogue(kind, kind);
        }
        handler.rogue(3, 0);
        string[16] memory names = [
            "store",
            "pass",
            "sign",
            "dispatch",
            "reorg",
            "challengeToSign",
            "challengeToSign refused",
            "answer",
            "challengePremature",
            "closePremature",
            "rotate",
            "advanceEpoch",
            "attack",
            "attackWithFakeTree",
            "attackDirectly",
            "rogue"
        ];
        for (uint256 i; i < names.length; ++i) {
            assertGt(handler.calls(names[i]), 0, names[i]);
        }
        assertEq(handler.calls("rogue"), 4);
        assertEq(handler.signed().length, 5);
    }
}
