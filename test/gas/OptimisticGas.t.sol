// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BaseTest} from "../kit/BaseTest.sol";
import {IOwnedOptimisticIsm, Shipped} from "../kit/Shipped.sol";

/// @notice Gas of whole transactions, as in Gas.t.sol: a message by way of an optimistic module over a 2-of-3 multisig.
/// forge-config: default.isolate = true
contract OptimisticGasTest is BaseTest {
    uint48 internal constant WINDOW = 1 hours;
    bytes internal constant BODY = hex"6b1be83a77e5c2b4f9d21c0e5a4de1b0c3f7a8d99e8b7c6d5e4f3a2b1c0d9e8f";

    function test_optimistic() public {
        address[] memory watchers = new address[](3);
        (watchers[0], watchers[1], watchers[2]) = (alice, bob, relayer);
        IOwnedOptimisticIsm module = Shipped.optimisticIsm(owner, ism, WINDOW, watchers, 2);
        vm.prank(owner);
        destinationMailbox.setDefaultIsm(module);
        address to = makeAddr("plain recipient");
        vm.etch(to, hex"00"); // it stops: what is measured is the protocol alone
        bytes memory message = _dispatch(to, BODY);

        module.preVerify(_metadata(message), message);
        vm.snapshotGasLastCall("OptimisticIsm", "preVerify, message-id 2 of 3");
        vm.prank(alice);
        module.flagMessage(keccak256(message));
        vm.snapshotGasLastCall("OptimisticIsm", "flagMessage, first of a message");
        vm.prank(alice);
        module.flagSubmodule();
        vm.snapshotGasLastCall("OptimisticIsm", "flagSubmodule, first of a round");
        vm.warp(block.timestamp + WINDOW);
        destinationMailbox.process("", message);
        vm.snapshotGasLastCall("OptimisticIsm", "process, pre-verified");
        vm.prank(owner);
        module.setWatchers(watchers, 2);
        vm.snapshotGasLastCall("OptimisticIsm", "setWatchers, 3");
    }
}
