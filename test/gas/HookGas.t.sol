// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";
import {IDomainRoutingHook, IRecipientRoutingHook} from "src/interfaces/IRoutingHook.sol";

import {HookTest} from "../kit/HookTest.sol";
import {Reference} from "../kit/Reference.sol";
import {Shipped} from "../kit/Shipped.sol";

/// @notice Gas of a dispatch through each hook, all of it. Where a hook passes on, it does to one that takes nothing.
/// forge-config: default.isolate = true
contract HookGasTest is HookTest {
    /// @dev Nothing due, nothing paused.
    IPostDispatchHook internal plain;
    bytes internal body;

    function setUp() public override {
        super.setUp();
        plain = Shipped.pausableHook(owner, address(0));
        body = abi.encode(Reference.addr32(bob), 5);
        // The tree's first nodes cost more than those of a tree in use.
        for (uint256 i; i < 32; ++i) {
            originMailbox.dispatch(DESTINATION, Reference.addr32(address(recipient)), body);
        }
    }

    function test_dispatch() public {
        _measure("pausable", plain);
        _measure("rate limited", Shipped.rateLimitedHook(originMailbox, owner, 1000, 100, alice));

        IDomainRoutingHook.HookConfig[] memory configs = new IDomainRoutingHook.HookConfig[](1);
        configs[0] = IDomainRoutingHook.HookConfig({destination: DESTINATION, hook: plain});
        _measure("routing by domain", Shipped.domainRoutingHook(owner, configs));
        _measure("routing with fallback, the fallback", Shipped.fallbackRoutingHook(owner, _none(), plain));
        IRecipientRoutingHook byRecipient =
            Shipped.recipientRoutingHook(owner, new IRecipientRoutingHook.RecipientHook[](0), plain);
        _measure("routing by recipient, the fallback", byRecipient);
        _measure("routing by amount", Shipped.amountRoutingHook(plain, plain, 5));

        address[] memory members = new address[](2);
        (members[0], members[1]) = (address(plain), address(Shipped.pausableHook(owner, bob)));
        _measure("aggregation of two", IPostDispatchHook(Shipped.aggregationHookFactory().deploy(members)));

        vm.prank(owner);
        originMailbox.setDefaultHook(plain);
        _measure("the Mailbox's default", Shipped.defaultHook(originMailbox));
    }

    function _none() internal pure returns (IDomainRoutingHook.HookConfig[] memory) {
        return new IDomainRoutingHook.HookConfig[](0);
    }

    function _measure(string memory what, IPostDispatchHook hook) internal {
        bytes32 to = Reference.addr32(address(recipient));
        uint256 state = vm.snapshotState();
        vm.prank(alice);
        originMailbox.dispatch(DESTINATION, to, body, "", hook);
        uint256 gas = vm.lastCallGas().gasTotalUsed;
        vm.revertToState(state); // each at the same place in the tree
        vm.snapshotValue("Hooks", string.concat("dispatch, ", what), gas);
    }
}
