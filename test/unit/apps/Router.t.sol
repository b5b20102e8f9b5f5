// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {MailboxClient} from "src/MailboxClient.sol";
import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";
import {IRouter} from "src/interfaces/IRouter.sol";

import {BaseTest} from "../../kit/BaseTest.sol";
import {Reference} from "../../kit/Reference.sol";
import {NoteRouter} from "../../mocks/NoteRouter.sol";
import {RecordingHook} from "../../mocks/RecordingHook.sol";

contract RouterTest is BaseTest {
    uint256 internal constant FEE = 7;
    uint256 internal constant GAS = 123_456;
    IPostDispatchHook internal constant DEFAULT_HOOK = IPostDispatchHook(address(0));
    IInterchainSecurityModule internal constant DEFAULT_ISM = IInterchainSecurityModule(address(0));

    NoteRouter internal here;
    NoteRouter internal there;
    RecordingHook internal hook;

    function setUp() public override {
        super.setUp();
        hook = new RecordingHook(FEE);
        here = new NoteRouter(originMailbox, hook, DEFAULT_ISM, owner);
        there = new NoteRouter(destinationMailbox, DEFAULT_HOOK, ism, owner);
        vm.startPrank(owner);
        here.enrollRemoteRouter(DESTINATION, Reference.addr32(address(there)));
        there.enrollRemoteRouter(ORIGIN, Reference.addr32(address(here)));
        here.setDestinationGas(DESTINATION, GAS);
        vm.stopPrank();
    }

    /* --------------------------------------------------- messages --------------------------------------------------- */

    function test_dispatch_reachesTheRouter() public {
        bytes memory message = _send("a note");
        destinationMailbox.process(_metadata(message), message);

        assertEq(there.notes(ORIGIN), "a note");
    }

    function test_dispatch_tellsTheHook() public {
        bytes memory message = _send("a note");

        assertEq(hook.message(), message);
        assertEq(hook.metadata(), abi.encodePacked(uint16(1), uint256(0), GAS, alice));
        assertEq(hook.value(), FEE);
    }

    function test_dispatch_toADomainWithoutRouter_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IRouter.NoRouter.selector, ORIGIN));
        here.post(ORIGIN, "");
    }

    /// @dev Somebody calls the router in the name of the other one, without the Mailbox.
    function test_handle_notByTheMailbox_reverts() public {
        vm.prank(attacker);
        vm.expectRevert(abi.encodeWithSelector(MailboxClient.NotMailbox.selector, attacker));
        there.handle(ORIGIN, Reference.addr32(address(here)), "forged");
    }

    /// @dev A message that is authentic, but of somebody who is no router.
    function test_handle_ofAStranger_reverts() public {
        bytes memory message = _dispatch(address(there), "forged");
        bytes memory metadata = _metadata(message);

        vm.expectRevert(abi.encodeWithSelector(IRouter.NotTheRouter.selector, ORIGIN, Reference.addr32(alice)));
        destinationMailbox.process(metadata, message);
    }

    /// @dev The router of one domain speaks from another one.
    function test_handle_ofTheRouterOfAnotherDomain_reverts() public {
        bytes32 router = Reference.addr32(address(here));
        vm.prank(address(destinationMailbox));
        vm.expectRevert(abi.encodeWithSelector(IRouter.NotTheRouter.selector, ORIGIN + 1, router));
        there.handle(ORIGIN + 1, router, "");
    }

    /// @dev Where nobody is enrolled the router reads as zero, which a sender of zero must not match.
    function test_handle_ofNobodyWhereNobodyIsEnrolled_reverts() public {
        vm.prank(address(destinationMailbox));
        vm.expectRevert(abi.encodeWithSelector(IRouter.NotTheRouter.selector, ORIGIN + 1, bytes32(0)));
        there.handle(ORIGIN + 1, bytes32(0), "");
    }

    /// @dev The low 20 bytes are those of the router.
    function testFuzz_handle_ofADirtyAddress_reverts(uint96 dirt) public {
        vm.assume(dirt != 0);
        bytes32 sender = bytes32(uint256(dirt) << 160) | Reference.addr32(address(here));
        vm.prank(address(destinationMailbox));
        vm.expectRevert(abi.encodeWithSelector(IRouter.NotTheRouter.selector, ORIGIN, sender));
        there.handle(ORIGIN, sender, "");
    }

    function test_handle_ofAnUnenrolledRouter_reverts() public {
        bytes memory message = _send("late");
        bytes memory metadata = _metadata(message);
        vm.prank(owner);
        there.unenrollRemoteRouter(ORIGIN);

        bytes32 router = Reference.addr32(address(here));
        vm.expectRevert(abi.encodeWithSelector(IRouter.NotTheRouter.selector, ORIGIN, router));
        destinationMailbox.process(metadata, message);
    }

    /* ---------------------------------------------------- routers --------------------------------------------------- */

    function testFuzz_enrollRemoteRouters(uint32[8] calldata some, uint256 count, bytes32 seed) public {
        uint32[] memory domains = new uint32[](bound(count, 0, some.length));
        for (uint256 i; i < domains.length; ++i) {
            // Few, so that some come twice.
            domains[i] = some[i] % 8;
        }
        bytes32[] memory routers = new bytes32[](domains.length);
        for (uint256 i; i < domains.length; ++i) {
            routers[i] = keccak256(abi.encode(seed, i));
        }
        NoteRouter router = new NoteRouter(originMailbox, DEFAULT_HOOK, DEFAULT_ISM, owner);
        vm.prank(owner);
        router.enrollRemoteRouters(domains, routers);

        for (uint256 i; i < domains.length; ++i) {
            uint256 last = i;
            for (uint256 j = i; j < domains.length; ++j) {
                if (domains[j] == domains[i]) last = j;
            }
            assertEq(router.routers(domains[i]), routers[last]);
        }
        _assertListed(router, domains);

        vm.startPrank(owner);
        while (router.domains().length > 0) {
            router.unenrollRemoteRouter(router.domains()[0]);
        }
        for (uint256 i; i < domains.length; ++i) {
            assertEq(router.routers(domains[i]), 0);
        }
    }

    function test_enrollRemoteRouter_emits() public {
        vm.expectEmit(address(here));
        emit IRouter.RouterEnrolled(5, bytes32("router"));
        vm.prank(owner);
        here.enrollRemoteRouter(5, "router");
    }

    function test_enrollRemoteRouter_zero_reverts() public {
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IRouter.ZeroRouter.selector, 5));
        here.enrollRemoteRouter(5, 0);
    }

    function test_enrollRemoteRouters_ofUnequalLengths_reverts() public {
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IRouter.LengthMismatch.selector, 2, 1));
        here.enrollRemoteRouters(new uint32[](2), new bytes32[](1));
    }

    function test_unenrollRemoteRouters() public {
        uint32[] memory domains = new uint32[](1);
        domains[0] = DESTINATION;
        vm.expectEmit(address(here));
        emit IRouter.RouterUnenrolled(DESTINATION);
        vm.prank(owner);
        here.unenrollRemoteRouters(domains);

        assertEq(here.routers(DESTINATION), 0);
        assertEq(here.domains().length, 0);
    }

    function test_unenrollRemoteRouter_ofNone_reverts() public {
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IRouter.NoRouter.selector, 5));
        here.unenrollRemoteRouter(5);
    }

    /* ------------------------------------------------- gas, hook, ISM ----------------------------------------------- */

    function test_quoteGasPayment() public {
        assertEq(here.quoteGasPayment(DESTINATION), FEE);

        vm.expectRevert(abi.encodeWithSelector(IRouter.NoRouter.selector, ORIGIN));
        here.quoteGasPayment(ORIGIN);
    }

    function test_setDestinationGas_ofSeveral() public {
        IRouter.GasRouterConfig[] memory configs = new IRouter.GasRouterConfig[](2);
        configs[0] = IRouter.GasRouterConfig({domain: 5, gas: 6});
        configs[1] = IRouter.GasRouterConfig({domain: DESTINATION, gas: 0});
        vm.expectEmit(address(here));
        emit IRouter.GasSet(5, 6);
        vm.expectEmit(address(here));
        emit IRouter.GasSet(DESTINATION, 0);
        vm.prank(owner);
        here.setDestinationGas(configs);

        assertEq(here.destinationGas(5), 6);
        assertEq(here.destinationGas(DESTINATION), 0);
    }

    /// @dev Router and gas share a slot: neither touches the other, whatever their width. Gas that does not fit is refused.
    function testFuzz_setDestinationGas_leavesTheRouter(bytes32 router, uint96 gas, uint256 tooMuch) public {
        vm.assume(router != 0);
        tooMuch = bound(tooMuch, uint256(type(uint96).max) + 1, type(uint256).max);
        vm.startPrank(owner);
        here.enrollRemoteRouter(5, router);
        here.setDestinationGas(5, gas);
        assertEq(here.routers(5), router);

        vm.expectRevert(abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, 96, tooMuch));
        here.setDestinationGas(5, tooMuch);
        assertEq(here.routers(5), router);
        assertEq(here.destinationGas(5), gas);

        here.unenrollRemoteRouter(5);
        assertEq(here.routers(5), 0);
        assertEq(here.destinationGas(5), gas);
    }

    /// @dev A router of more than an address replaces one that is an address, and the other way round: nothing stays of the
    ///      first.
    function testFuzz_enrollRemoteRouter_replacesOneOfAnotherWidth(address narrow, bytes32 wide) public {
        vm.assume(narrow != address(0) && uint256(wide) >> 160 != 0);
        vm.startPrank(owner);
        here.enrollRemoteRouter(DESTINATION, wide);
        assertEq(here.routers(DESTINATION), wide);
        here.enrollRemoteRouter(DESTINATION, Reference.addr32(narrow));
        assertEq(here.routers(DESTINATION), Reference.addr32(narrow));
        here.enrollRemoteRouter(DESTINATION, wide);
        assertEq(here.routers(DESTINATION), wide);
        assertEq(here.destinationGas(DESTINATION), GAS);
    }

    function test_setHook() public {
        assertEq(address(here.hook()), address(hook));
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IRouter.NotAContract.selector, bob));
        here.setHook(IPostDispatchHook(bob));

        vm.expectEmit(address(here));
        emit IRouter.HookSet(address(0));
        vm.prank(owner);
        here.setHook(DEFAULT_HOOK);
        assertEq(address(here.hook()), address(0));
    }

    function test_setInterchainSecurityModule() public {
        assertEq(address(destinationMailbox.recipientIsm(address(there))), address(ism));
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IRouter.NotAContract.selector, bob));
        there.setInterchainSecurityModule(IInterchainSecurityModule(bob));

        vm.expectEmit(address(there));
        emit IRouter.IsmSet(address(0));
        vm.prank(owner);
        there.setInterchainSecurityModule(DEFAULT_ISM);
        assertEq(address(there.interchainSecurityModule()), address(0));
    }

    function test_constructor_withoutCode_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IRouter.NotAContract.selector, bob));
        new NoteRouter(originMailbox, IPostDispatchHook(bob), DEFAULT_ISM, owner);
        vm.expectRevert(abi.encodeWithSelector(IRouter.NotAContract.selector, bob));
        new NoteRouter(originMailbox, DEFAULT_HOOK, IInterchainSecurityModule(bob), owner);
    }

    function test_ownersFunctions_ofOthers_revert() public {
        bytes[] memory calls = new bytes[](8);
        calls[0] = abi.encodeCall(IRouter.enrollRemoteRouter, (5, "router"));
        calls[1] = abi.encodeCall(IRouter.enrollRemoteRouters, (new uint32[](0), new bytes32[](0)));
        calls[2] = abi.encodeCall(IRouter.unenrollRemoteRouter, (DESTINATION));
        calls[3] = abi.encodeCall(IRouter.unenrollRemoteRouters, (new uint32[](0)));
        calls[4] = abi.encodeWithSignature("setDestinationGas(uint32,uint256)", 5, 6);
        calls[5] = abi.encodeWithSignature("setDestinationGas((uint32,uint256)[])", new IRouter.GasRouterConfig[](0));
        calls[6] = abi.encodeCall(IRouter.setHook, (DEFAULT_HOOK));
        calls[7] = abi.encodeCall(IRouter.setInterchainSecurityModule, (DEFAULT_ISM));
        for (uint256 i; i < calls.length; ++i) {
            vm.prank(attacker);
            (bool done, bytes memory reason) = address(here).call(calls[i]);
            assertFalse(done);
            assertEq(reason, abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, attacker));
            vm.prank(owner);
            (done,) = address(here).call(calls[i]);
            assertTrue(done);
        }
    }

    function test_transferOwnership_takesTwoSteps() public {
        vm.prank(owner);
        here.transferOwnership(bob);
        assertEq(here.owner(), owner);
        vm.prank(bob);
        here.acceptOwnership();
        assertEq(here.owner(), bob);
    }

    /* ---------------------------------------------------- internal -------------------------------------------------- */

    /// @dev Alice sends a note from the origin.
    function _send(bytes memory note) internal returns (bytes memory message) {
        message = Reference.message(
            originMailbox.nonce(), ORIGIN, address(here), DESTINATION, Reference.addr32(address(there)), note
        );
        vm.prank(alice);
        here.post{value: FEE}(DESTINATION, note);
    }

    /// @dev The router lists each of these domains once and no others.
    function _assertListed(NoteRouter router, uint32[] memory domains) internal view {
        uint32[] memory listed = router.domains();
        for (uint256 i; i < domains.length; ++i) {
            uint256 times;
            for (uint256 j; j < listed.length; ++j) {
                if (listed[j] == domains[i]) ++times;
            }
            assertEq(times, 1);
        }
        for (uint256 i; i < listed.length; ++i) {
            assertNotEq(router.routers(listed[i]), 0);
        }
    }
}
