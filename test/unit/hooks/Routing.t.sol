// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";
import {
    IAmountRoutingHook,
    IDefaultHook,
    IDomainRoutingHook,
    IFallbackDomainRoutingHook,
    IRecipientRoutingHook,
    IRoutingHook
} from "src/interfaces/IRoutingHook.sol";
import {TokenMessage} from "src/libraries/TokenMessage.sol";

import {HookTest} from "../../kit/HookTest.sol";
import {Reference} from "../../kit/Reference.sol";
import {Shipped} from "../../kit/Shipped.sol";

/// @notice Hooks that pass a message on. In each, one wei more than is due comes back, and the oracle behind is asked once.
contract RoutingHookTest is HookTest {
    uint32 internal constant OTHER_DESTINATION = 3000;

    function _configs(uint32 destination, IPostDispatchHook hook)
        internal
        pure
        returns (IDomainRoutingHook.HookConfig[] memory configs)
    {
        configs = new IDomainRoutingHook.HookConfig[](1);
        configs[0] = IDomainRoutingHook.HookConfig({destination: destination, hook: hook});
    }

    function _expectUnauthorized(address account) internal {
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, account));
    }

    /* ----------------------------------------------------- domain --------------------------------------------------- */

    function test_domainRouting_goesToTheHookOfTheDestination() public {
        IDomainRoutingHook hook = Shipped.domainRoutingHook(owner, _configs(DESTINATION, feeHook));
        vm.expectEmit(address(hook));
        emit IDomainRoutingHook.DomainHookSet(OTHER_DESTINATION, otherHook);
        vm.prank(owner);
        hook.setHook(OTHER_DESTINATION, otherHook);
        assertEq(hook.hookType(), 1);
        assertEq(address(hook.hooks(DESTINATION)), address(feeHook));
        assertEq(address(hook.hooks(OTHER_DESTINATION)), address(otherHook));
        uint32[] memory domains = hook.domains();
        assertEq(domains.length, 2);
        assertEq(domains[0], DESTINATION);
        assertEq(domains[1], OTHER_DESTINATION);
        _expectTaken(hook, DESTINATION, "", FEE + 1, feeHook, FEE);
        _expectTaken(hook, OTHER_DESTINATION, "", OTHER_FEE, otherHook, OTHER_FEE);
    }

    function test_domainRouting_asksTheOracleOnce() public {
        IDomainRoutingHook hook = Shipped.domainRoutingHook(owner, _configs(DESTINATION, feeHook));
        vm.expectCall(address(feeHook.oracle()), abi.encodeWithSignature("fee()"), 1);
        _send(hook, DESTINATION, "", FEE + 1);
    }

    function test_domainRouting_withoutARoute_namesTheDomain() public {
        IDomainRoutingHook hook = Shipped.domainRoutingHook(owner, _configs(DESTINATION, feeHook));
        bytes32 to = Reference.addr32(address(recipient));
        vm.expectRevert(abi.encodeWithSelector(IDomainRoutingHook.NoRoute.selector, OTHER_DESTINATION));
        originMailbox.dispatch(OTHER_DESTINATION, to, "", "", hook);
        vm.expectRevert(abi.encodeWithSelector(IDomainRoutingHook.NoRoute.selector, OTHER_DESTINATION));
        originMailbox.quoteDispatch(OTHER_DESTINATION, to, "", "", hook);
    }

    function test_domainRouting_setHooks_replaces() public {
        IDomainRoutingHook hook = Shipped.domainRoutingHook(owner, _configs(DESTINATION, feeHook));
        vm.prank(owner);
        hook.setHooks(_configs(DESTINATION, otherHook));
        assertEq(hook.domains().length, 1);
        _expectTaken(hook, DESTINATION, "", OTHER_FEE, otherHook, OTHER_FEE);
    }

    function testFuzz_domainRouting_onlyTheOwnerSets(address caller) public {
        vm.assume(caller != owner);
        IDomainRoutingHook hook = Shipped.domainRoutingHook(owner, _configs(DESTINATION, feeHook));
        vm.startPrank(caller);
        _expectUnauthorized(caller);
        hook.setHook(DESTINATION, otherHook);
        _expectUnauthorized(caller);
        hook.setHooks(_configs(DESTINATION, otherHook));
    }

    function test_domainRouting_hookWithoutCode_reverts() public {
        IDomainRoutingHook hook = Shipped.domainRoutingHook(owner, _configs(DESTINATION, feeHook));
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IRoutingHook.NotAContract.selector, alice));
        hook.setHook(DESTINATION, IPostDispatchHook(alice));
        vm.expectRevert(abi.encodeWithSelector(IRoutingHook.NotAContract.selector, alice));
        this.deployDomainRouting(IPostDispatchHook(alice));
    }

    function deployDomainRouting(IPostDispatchHook hook) external {
        Shipped.domainRoutingHook(owner, _configs(DESTINATION, hook));
    }

    /* ---------------------------------------------------- fallback -------------------------------------------------- */

    function test_fallbackRouting_otherDestinationsGoToTheFallback() public {
        IFallbackDomainRoutingHook hook = Shipped.fallbackRoutingHook(owner, _configs(DESTINATION, feeHook), otherHook);
        assertEq(hook.hookType(), 5);
        assertEq(address(hook.fallbackHook()), address(otherHook));
        assertEq(address(hook.hooks(OTHER_DESTINATION)), address(0));
        _expectTaken(hook, DESTINATION, "", FEE + 1, feeHook, FEE);
        _expectTaken(hook, OTHER_DESTINATION, "", OTHER_FEE + 1, otherHook, OTHER_FEE);
    }

    function test_fallbackRouting_fallbackWithoutCode_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IRoutingHook.NotAContract.selector, alice));
        this.deployFallbackRouting(IPostDispatchHook(alice));
    }

    function deployFallbackRouting(IPostDispatchHook fallbackHook) external {
        Shipped.fallbackRoutingHook(owner, _configs(DESTINATION, feeHook), fallbackHook);
    }

    /* ---------------------------------------------------- recipient ------------------------------------------------- */

    function test_recipientRouting_goesByDestinationAndRecipient() public {
        IRecipientRoutingHook hook = Shipped.recipientRoutingHook(owner, otherHook);
        bytes32 to = Reference.addr32(address(recipient));
        vm.expectEmit(address(hook));
        emit IRecipientRoutingHook.RecipientHookSet(DESTINATION, to, feeHook);
        vm.prank(owner);
        hook.setHooks(_recipientHooks(to, feeHook));
        assertEq(hook.hookType(), 128);
        assertEq(address(hook.hooks(DESTINATION, to)), address(feeHook));
        assertEq(address(hook.fallbackHook()), address(otherHook));
        _expectTaken(hook, DESTINATION, "", FEE + 1, feeHook, FEE);
        _expectTaken(hook, OTHER_DESTINATION, "", OTHER_FEE + 1, otherHook, OTHER_FEE);
        assertEq(originMailbox.quoteDispatch(DESTINATION, Reference.addr32(bob), "", "", hook), OTHER_FEE);

        vm.prank(owner);
        hook.setHooks(_recipientHooks(to, IPostDispatchHook(address(0))));
        _expectTaken(hook, DESTINATION, "", OTHER_FEE, otherHook, OTHER_FEE);
    }

    function testFuzz_recipientRouting_onlyTheOwnerSets(address caller) public {
        vm.assume(caller != owner);
        IRecipientRoutingHook hook = Shipped.recipientRoutingHook(owner, otherHook);
        vm.prank(caller);
        _expectUnauthorized(caller);
        hook.setHooks(_recipientHooks(bytes32(0), feeHook));
    }

    function test_recipientRouting_hookWithoutCode_reverts() public {
        IRecipientRoutingHook hook = Shipped.recipientRoutingHook(owner, otherHook);
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IRoutingHook.NotAContract.selector, alice));
        hook.setHooks(_recipientHooks(bytes32(0), IPostDispatchHook(alice)));
        vm.expectRevert(abi.encodeWithSelector(IRoutingHook.NotAContract.selector, alice));
        this.deployRecipientRouting(IPostDispatchHook(alice));
    }

    function deployRecipientRouting(IPostDispatchHook fallbackHook) external {
        Shipped.recipientRoutingHook(owner, fallbackHook);
    }

    function _recipientHooks(bytes32 to, IPostDispatchHook hook)
        internal
        pure
        returns (IRecipientRoutingHook.RecipientHook[] memory hooks)
    {
        hooks = new IRecipientRoutingHook.RecipientHook[](1);
        hooks[0] = IRecipientRoutingHook.RecipientHook({destination: DESTINATION, recipient: to, hook: hook});
    }

    /* ----------------------------------------------------- amount --------------------------------------------------- */

    function testFuzz_amountRouting_goesByTheAmount(uint256 amount, uint256 threshold) public {
        IAmountRoutingHook hook = Shipped.amountRoutingHook(feeHook, otherHook, threshold);
        assertEq(hook.hookType(), 14);
        assertEq(address(hook.lower()), address(feeHook));
        assertEq(address(hook.upper()), address(otherHook));
        assertEq(hook.threshold(), threshold);
        bytes memory body = abi.encode(bob, amount);
        if (amount < threshold) _expectTaken(hook, DESTINATION, body, FEE + 1, feeHook, FEE);
        else _expectTaken(hook, DESTINATION, body, OTHER_FEE + 1, otherHook, OTHER_FEE);
    }

    function test_amountRouting_edge() public {
        IAmountRoutingHook hook = Shipped.amountRoutingHook(feeHook, otherHook, 100);
        _expectTaken(hook, DESTINATION, abi.encode(bob, 99), FEE, feeHook, FEE);
        _expectTaken(hook, DESTINATION, abi.encode(bob, 100), OTHER_FEE, otherHook, OTHER_FEE);
    }

    function test_amountRouting_bodyOfNoToken_reverts() public {
        IAmountRoutingHook hook = Shipped.amountRoutingHook(feeHook, otherHook, 100);
        bytes32 to = Reference.addr32(address(recipient));
        vm.expectRevert(abi.encodeWithSelector(TokenMessage.NotATokenMessage.selector, 63));
        originMailbox.dispatch(DESTINATION, to, new bytes(63), "", hook);
    }

    function test_amountRouting_hookWithoutCode_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IRoutingHook.NotAContract.selector, alice));
        this.deployAmountRouting(IPostDispatchHook(alice), otherHook);
        vm.expectRevert(abi.encodeWithSelector(IRoutingHook.NotAContract.selector, alice));
        this.deployAmountRouting(feeHook, IPostDispatchHook(alice));
    }

    function deployAmountRouting(IPostDispatchHook lower, IPostDispatchHook upper) external {
        Shipped.amountRoutingHook(lower, upper, 100);
    }

    /* ---------------------------------------------------- default --------------------------------------------------- */

    function test_defaultHook_isWhatTheMailboxSaysNow() public {
        IDefaultHook hook = Shipped.defaultHook(originMailbox);
        assertEq(hook.hookType(), 13);
        assertEq(address(hook.mailbox()), address(originMailbox));
        vm.prank(owner);
        originMailbox.setDefaultHook(feeHook);
        _expectTaken(hook, DESTINATION, "", FEE + 1, feeHook, FEE);
        vm.prank(owner);
        originMailbox.setDefaultHook(otherHook);
        _expectTaken(hook, DESTINATION, "", OTHER_FEE + 1, otherHook, OTHER_FEE);
    }

    /// @dev The tree is the default where there is none: what was sent along comes back.
    function test_defaultHook_ofAMailboxWithoutOne_refundsAll() public {
        _send(Shipped.defaultHook(originMailbox), DESTINATION, "", 1);
        assertEq(refundee.balance, 1);
    }

    function test_defaultHook_asItsOwnDefault_reverts() public {
        IDefaultHook hook = Shipped.defaultHook(originMailbox);
        vm.prank(owner);
        originMailbox.setDefaultHook(hook);
        bytes32 to = Reference.addr32(address(recipient));
        vm.expectRevert(IDefaultHook.DefaultsToItself.selector);
        originMailbox.dispatch(DESTINATION, to, "");
        vm.expectRevert(IDefaultHook.DefaultsToItself.selector);
        originMailbox.quoteDispatch(DESTINATION, to, "");
    }

    function test_metadataOfAnotherLayout_reverts() public {
        IDefaultHook hook = Shipped.defaultHook(originMailbox);
        vm.expectRevert(IPostDispatchHook.MetadataNotSupported.selector);
        hook.postDispatch(hex"0002", "");
    }
}
