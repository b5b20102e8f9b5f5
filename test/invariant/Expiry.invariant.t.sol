// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BaseTest} from "../kit/BaseTest.sol";
import {Reference} from "../kit/Reference.sol";
import {ExpiringVault} from "../mocks/ExpiringVault.sol";
import {FeeHook} from "../mocks/FeeHook.sol";
import {ExpiryHandler} from "./ExpiryHandler.sol";

/// @notice The invariants in prose: README.md beside this file.
/// forge-config: default.invariant.runs = 16
/// forge-config: deep.invariant.runs = 10000
contract ExpiryInvariantTest is BaseTest {
    uint256 internal constant ACCOUNTS = 4;

    ExpiryHandler internal handler;

    function setUp() public override {
        super.setUp();
        vm.warp(1_800_000_000);
        ExpiryHandler.World memory world;
        (world.origin, world.destination) = (originMailbox, destinationMailbox);
        (world.here, world.there) = (new ExpiringVault(originMailbox), new ExpiringVault(destinationMailbox));
        world.here.enroll(DESTINATION, Reference.addr32(address(world.there)));
        world.there.enroll(ORIGIN, Reference.addr32(address(world.here)));
        vm.deal(address(world.there), 5 ether); // not enough for all
        (world.owner, world.costlyHook) = (owner, new FeeHook(1000));
        world.accounts = new address[](ACCOUNTS);
        for (uint256 i; i < ACCOUNTS; ++i) {
            world.accounts[i] = makeAddr(string.concat("account ", vm.toString(i)));
        }
        (world.validatorKeys, world.attacker) = (validatorKeys, attacker);
        handler = new ExpiryHandler(world);
        targetContract(address(handler));
        bytes4[] memory selectors = new bytes4[](10);
        selectors[0] = handler.pass.selector;
        selectors[1] = handler.passToEdge.selector;
        selectors[2] = handler.transfer.selector;
        selectors[3] = handler.bring.selector;
        selectors[4] = handler.deliver.selector;
        selectors[5] = handler.resend.selector;
        selectors[6] = handler.setCosts.selector;
        selectors[7] = handler.forge.selector;
        selectors[8] = handler.reorgOrigin.selector;
        selectors[9] = handler.reorgDestination.selector;
        targetSelector(FuzzSelector(address(handler), selectors));
    }

    function invariant_neverBothHandledAndRefunded() public view {
        handler.assertHandledOrRefunded();
    }

    function invariant_lockedValueIsConserved() public view {
        handler.assertValueIsConserved();
    }

    /// @dev Every action of the handler can happen: an invariant over nothing would hold too.
    function test_handler_everyActionWorks() public {
        for (uint256 i; i < 5; ++i) {
            handler.transfer(i, i + 1, 2 ether, 3601 + i); // the last has no deadline
        }
        handler.deliver(0);
        handler.deliver(0);
        handler.deliver(4);
        handler.deliver(1);
        handler.resend(0, true);
        uint256[6] memory seeds;
        seeds[0] = 1 + 5 * 1;
        seeds[1] = 3 + 5 * 1;
        handler.passToEdge(1, false);
        handler.pass(0);
        handler.reorgDestination(seeds);
        handler.passToEdge(3, true);
        handler.deliver(1);
        handler.setCosts(true);
        handler.deliver(2);
        handler.resend(2, false);
        handler.resend(2, true);
        handler.resend(1, true);
        seeds[0] = 3;
        handler.reorgOrigin(seeds);
        for (uint256 i; i < 3; ++i) {
            handler.bring(i);
        }
        handler.bring(0);
        for (uint256 kind; kind < 4; ++kind) {
            handler.forge(3, kind, uint32(kind));
        }

        _assertAllHappened();
        handler.assertHandledOrRefunded();
        handler.assertValueIsConserved();
    }

    function _assertAllHappened() internal view {
        string[21] memory names = [
            "transfer",
            "deliver",
            "deliver again",
            "deliver in vain",
            "resend of what has not expired",
            "passToEdge",
            "pass",
            "reorgDestination",
            "expire",
            "setCosts",
            "expire without receipt",
            "resend for nothing",
            "resend",
            "reorgOrigin",
            "bring",
            "bring a second",
            "bring again",
            "forge 0",
            "forge 1",
            "forge 2",
            "forge 3"
        ];
        for (uint256 i; i < names.length; ++i) {
            assertGt(handler.calls(names[i]), 0, names[i]);
        }
    }
}
