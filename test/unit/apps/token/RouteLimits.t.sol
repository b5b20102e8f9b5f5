// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";

import {IHypERC20} from "src/interfaces/IHypERC20.sol";
import {IHypERC20Collateral} from "src/interfaces/IHypERC20Collateral.sol";
import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IPausableHook} from "src/interfaces/IPausableHook.sol";
import {IPausableIsm} from "src/interfaces/IPausableIsm.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";
import {IRateLimited} from "src/interfaces/IRateLimited.sol";
import {IRateLimitedHook} from "src/interfaces/IRateLimitedHook.sol";
import {IRateLimitedIsm} from "src/interfaces/IRateLimitedIsm.sol";

import {Reference} from "../../../kit/Reference.sol";
import {IOwnedMailbox, Shipped} from "../../../kit/Shipped.sol";
import {TokenTest} from "../../../kit/TokenTest.sol";

/// @notice A route that can be paused and is limited in both directions, of the modules and hooks that there are: nothing in
///         the routes is made for it.
contract RouteLimitsTest is TokenTest {
    uint256 internal constant CAPACITY = 1000;
    uint256 internal constant DAY = 1 days;

    IHypERC20Collateral internal here;
    IHypERC20 internal there;
    IPausableHook internal pausableHook;
    IRateLimitedHook internal rateHook;
    IPausableIsm internal pausableIsm;
    IRateLimitedIsm internal rateIsm;
    address internal guardian = makeAddr("guardian");

    function setUp() public override {
        super.setUp();
        vm.warp(1_800_000_000);
        vm.roll(1000);
        here = _collateral(1, 1);
        there = _synthetic(1, 1);
        _connect(here, there);
        _fund(alice, address(here), 1e18);
        token.mint(address(here), 1e18);

        pausableHook = Shipped.pausableHook(owner, guardian);
        rateHook = Shipped.rateLimitedHook(originMailbox, owner, CAPACITY, DAY, address(here));
        pausableIsm = Shipped.pausableIsm(owner, guardian);
        rateIsm = Shipped.rateLimitedIsm(originMailbox, owner, CAPACITY, DAY, address(here));
        address[] memory hooks = new address[](2);
        (hooks[0], hooks[1]) = (address(pausableHook), address(rateHook));
        address[] memory modules = new address[](3);
        (modules[0], modules[1], modules[2]) = (address(ism), address(pausableIsm), address(rateIsm));
        address hook = Shipped.aggregationHookFactory().deploy(hooks);
        address module = Shipped.aggregationIsmFactory().deploy(modules, 3);
        vm.startPrank(owner);
        here.setHook(IPostDispatchHook(hook));
        here.setInterchainSecurityModule(IInterchainSecurityModule(module));
        vm.stopPrank();
    }

    function test_sending_isLimited() public {
        _transfer(alice, here, bob32, CAPACITY);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IRateLimited.RateLimitExceeded.selector, 1, 0));
        here.transferRemote(DESTINATION, bob32, 1);
        skip(DAY / 2);
        _transfer(alice, here, bob32, CAPACITY / 2);
    }

    function test_sending_canBePaused() public {
        vm.prank(guardian);
        pausableHook.pause();
        vm.prank(alice);
        vm.expectRevert(Pausable.EnforcedPause.selector);
        here.transferRemote(DESTINATION, bob32, 1);
        assertEq(token.balanceOf(alice), 1e18);
    }

    /// @dev A forged transfer, with signatures of a quorum that was stolen, takes no more than the rate lets it. What waits is
    ///      delivered when there is room.
    function test_receiving_isLimited() public {
        _receive(_forge(there, here, abi.encode(bob, CAPACITY)), "");
        bytes memory next = _forge(there, here, abi.encode(bob, CAPACITY));
        _receive(next, abi.encodeWithSelector(IRateLimited.RateLimitExceeded.selector, CAPACITY, 0));
        skip(DAY);
        vm.roll(1001);
        _receive(next, "");
        assertEq(token.balanceOf(bob), 2 * CAPACITY);
    }

    function test_receiving_canBePaused() public {
        bytes memory message = _forge(there, here, abi.encode(bob, 1));
        vm.prank(guardian);
        pausableIsm.pause();
        _receive(message, abi.encodeWithSelector(Pausable.EnforcedPause.selector));
        vm.prank(owner);
        pausableIsm.unpause();
        _receive(message, "");
        assertEq(token.balanceOf(bob), 1);
    }

    function _receive(bytes memory message, bytes memory reason) internal {
        (IOwnedMailbox mailbox, bytes memory signatures) = _quorum(message);
        bytes[] memory parts = new bytes[](3);
        parts[0] = signatures;
        bool[] memory supplied = new bool[](3);
        (supplied[0], supplied[1], supplied[2]) = (true, true, true);
        bytes memory metadata = Reference.aggregationMetadata(parts, supplied);
        if (reason.length != 0) vm.expectRevert(reason);
        mailbox.process(metadata, message);
    }
}
