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

    /// @dev What was set can be taken back, as the fallback's destinations show below.
    function test_domainRouting_setHook_zero_removes() public {
        IDomainRoutingHook hook = Shipped.domainRoutingHook(owner, _configs(DESTINATION, feeHook));
        vm.expectEmit(address(hook));
        emit IDomainRoutingHook.DomainHookSet(DESTINATION, IPostDispatchHook(address(0)));
        vm.prank(owner);
        hook.setHook(DESTINATION, IPostDispatchHook(address(0)));
        assertEq(hook.domains().length, 0);
        bytes32 to = Reference.addr32(address(recipient));
        vm.expectRevert(abi.encodeWithSelector(IDomainRoutingHook.NoRoute.selector, DESTINATION));
        originMailbox.dispatch(DESTINATION, to, "", "", hook);
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

        vm.prank(owner);
        hook.setHooks(_configs(DESTINATION, IPostDispatchHook(address(0))));
        _expectTaken(hook, DESTINATION, "", OTHER_FEE + 1, otherHook, OTHER_FEE);
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
        bytes32 to = Reference.addr32(address(recipient));
        IRecipientRoutingHook hook =
            Shipped.recipientRoutingHook(owner, _recipientHooks(Reference.addr32(bob), feeHook), otherHook);
        assertEq(originMailbox.quoteDispatch(DESTINATION, Reference.addr32(bob), "", "", hook), FEE);
        vm.expectEmit(address(hook));
        emit IRecipientRoutingHook.RecipientHookSet(DESTINATION, to, feeHook);
        vm.prank(owner);
        hook.setHooks(_recipientHooks(to, feeHook));
        assertEq(hook.hookType(), 128);
        assertEq(address(hook.hooks(DESTINATION, to)), address(feeHook));
        assertEq(address(hook.fallbackHook()), address(otherHook));
        _expectTaken(hook, DESTINATION, "", FEE + 1, feeHook, FEE);
        _expectTaken(hook, OTHER_DESTINATION, "", OTHER_FEE + 1, otherHook, OTHER_FEE);
        assertEq(originMailbox.quoteDispatch(OTHER_DESTINATION, Reference.addr32(bob), "", "", hook), OTHER_FEE);
        assertEq(originMailbox.quoteDispatch(DESTINATION, Reference.addr32(alice), "", "", hook), OTHER_FEE);

        vm.prank(owner);
        hook.setHooks(_recipientHooks(to, IPostDispatchHook(address(0))));
        _expectTaken(hook, DESTINATION, "", OTHER_FEE, otherHook, OTHER_FEE);
    }

    function testFuzz_recipientRouting_onlyTheOwnerSets(address caller) public {
        vm.assume(caller != owner);
        IRecipientRoutingHook hook = Shipped.recipientRoutingHook(owner, _noRecipients(), otherHook);
        vm.prank(caller);
        _expectUnauthorized(caller);
        hook.setHooks(_recipientHooks(bytes32(0), feeHook));
    }

    function test_recipientRouting_hookWithoutCode_reverts() public {
        IRecipientRoutingHook hook = Shipped.recipientRoutingHook(owner, _noRecipients(), otherHook);
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IRoutingHook.NotAContract.selector, alice));
        hook.setHooks(_recipientHooks(bytes32(0), IPostDispatchHook(alice)));
        vm.expectRevert(abi.encodeWithSelector(IRoutingHook.NotAContract.selector, alice));
        this.deployRecipientRouting(feeHook, IPostDispatchHook(alice));
        vm.expectRevert(abi.encodeWithSelector(IRoutingHook.NotAContract.selector, alice));
        this.deployRecipientRouting(IPostDispatchHook(alice), feeHook);
    }

    function deployRecipientRouting(IPostDispatchHook hook, IPostDispatchHook fallbackHook) external {
        Shipped.recipientRoutingHook(owner, _recipientHooks(bytes32(0), hook), fallbackHook);
    }

    function _noRecipients() internal pure returns (IRecipientRoutingHook.RecipientHook[] memory) {
        return new IRecipientRoutingHook.RecipientHook[](0);
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

    /// @dev A default that holds it further down calls itself without end. That uses up the gas of the dispatch, which pays
    ///      nothing.
    function test_defaultHook_belowTheDefault_reverts() public {
        IDefaultHook hook = Shipped.defaultHook(originMailbox);
        address[] memory members = new address[](2);
        (members[0], members[1]) = (address(feeHook), address(hook));
        address aggregation = Shipped.aggregationHookFactory().deploy(members);
        vm.prank(owner);
        originMailbox.setDefaultHook(IPostDispatchHook(aggregation));
        bytes memory call = abi.encodeWithSignature("dispatch(uint32,bytes32,bytes)", DESTINATION, bytes32(0), "");
        vm.prank(alice);
        (bool dispatched,) = address(originMailbox).call{value: 1 ether, gas: 5_000_000}(call);
        assertFalse(dispatched);
        assertEq(alice.balance, 100 ether);
        assertEq(originMailbox.nonce(), 0);
    }

    /* ------------------------------------------------------ all ----------------------------------------------------- */

    /// @dev Each of them, with the fee hook where it passes on to.
    function _forwarding(uint256 which) internal returns (IPostDispatchHook) {
        which %= 7;
        if (which == 0) return Shipped.domainRoutingHook(owner, _configs(DESTINATION, feeHook));
        if (which == 1) return Shipped.fallbackRoutingHook(owner, _configs(DESTINATION, feeHook), otherHook);
        if (which == 2) return Shipped.fallbackRoutingHook(owner, _configs(OTHER_DESTINATION, otherHook), feeHook);
        bytes32 to = Reference.addr32(address(recipient));
        if (which == 3) return Shipped.recipientRoutingHook(owner, _recipientHooks(to, feeHook), otherHook);
        if (which == 4) return Shipped.amountRoutingHook(feeHook, otherHook, 6);
        if (which == 5) return Shipped.amountRoutingHook(otherHook, feeHook, 5);
        vm.prank(owner);
        originMailbox.setDefaultHook(feeHook);
        return Shipped.defaultHook(originMailbox);
    }

    function testFuzz_forwarding_passesAllTheValueOn_andTheMetadata(uint256 which, uint256 value) public {
        value = bound(value, FEE, 100 ether);
        _expectTaken(_forwarding(which), DESTINATION, abi.encode(bob, 5), value, feeHook, FEE);
    }

    function testFuzz_forwarding_tooLittle_isRefusedBelow(uint256 which, uint256 value) public {
        value = bound(value, 0, FEE - 1);
        IPostDispatchHook hook = _forwarding(which);
        bytes32 to = Reference.addr32(address(recipient));
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IPostDispatchHook.Underpaid.selector, value, FEE));
        originMailbox.dispatch{value: value}(DESTINATION, to, abi.encode(bob, 5), "", hook);
    }

    function testFuzz_forwarding_asksTheOracleOnce(uint256 which, uint256 value) public {
        value = bound(value, FEE, 100 ether);
        IPostDispatchHook hook = _forwarding(which);
        vm.expectCall(address(feeHook.oracle()), abi.encodeWithSignature("fee()"), 1);
        _send(hook, DESTINATION, abi.encode(bob, 5), value);
    }

    function testFuzz_forwarding_metadataOfAnotherLayout_reverts(uint256 which) public {
        IPostDispatchHook hook = _forwarding(which);
        vm.expectRevert(IPostDispatchHook.MetadataNotSupported.selector);
        hook.postDispatch(hex"0002", "");
        vm.expectRevert(IPostDispatchHook.MetadataNotSupported.selector);
        hook.quoteDispatch(hex"0002", "");
    }
}
