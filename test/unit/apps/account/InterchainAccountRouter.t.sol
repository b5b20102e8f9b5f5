// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {IInterchainAccount} from "src/interfaces/IInterchainAccount.sol";
import {IInterchainAccountRouter} from "src/interfaces/IInterchainAccountRouter.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";
import {IRouter} from "src/interfaces/IRouter.sol";
import {DeliveryTerms} from "src/libraries/DeliveryTerms.sol";

import {AccountTest} from "../../../kit/AccountTest.sol";
import {Reference} from "../../../kit/Reference.sol";
import {RecordingHook} from "../../../mocks/RecordingHook.sol";

contract InterchainAccountRouterTest is AccountTest {
    bytes32 internal router;
    bytes32 internal other;
    bytes internal metadata;
    RecordingHook internal otherHook;

    function setUp() public override {
        super.setUp();
        router = Reference.addr32(address(there));
        other = "another router";
        otherHook = new RecordingHook(FEE);
        metadata = abi.encodePacked(uint16(1), uint256(2), uint256(3), bob, "more");
        vm.startPrank(alice);
    }

    /* ------------------------------------------------------ calls --------------------------------------------------- */

    /// @dev From end to end, with real signatures.
    function test_callRemote_isMade() public {
        bytes memory message = _fromRouter(_callsBody(alice, ism32, 0, _set(5)));
        bytes32 id = here.callRemote{value: FEE}(DESTINATION, _set(5));
        vm.stopPrank();

        assertEq(id, keccak256(message));
        _process(_metadata(message), message);
        assertEq(target.caller(), here.getRemoteInterchainAccount(DESTINATION, alice));
    }

    function test_callRemote_ofEachSignature() public {
        IInterchainAccount.Call[] memory calls = _set(5);
        bytes memory standard = abi.encodePacked(uint16(1), uint256(0), GAS, alice);
        // The fee token and the deadline are named too, both as zero.
        bytes memory own = abi.encodePacked(uint16(1), uint256(2), uint256(3), bob, address(0), uint48(0));
        metadata = abi.encodePacked(uint16(1), uint256(2), uint256(3), bob);

        _expectSent(router, ism32, 0);
        here.callRemote{value: FEE}(DESTINATION, calls);
        _assertSent(hook, router, ism32, 0, standard);
        _expectSent(router, ism32, 0);
        here.callRemote{value: FEE}(DESTINATION, calls, metadata);
        _assertSent(hook, router, ism32, 0, own);
        _expectSent(other, "ism", 0);
        here.callRemoteWithOverrides{value: FEE}(DESTINATION, other, "ism", calls);
        _assertSent(hook, other, "ism", 0, standard);
        _expectSent(other, "ism", 0);
        here.callRemoteWithOverrides{value: FEE}(DESTINATION, other, "ism", calls, metadata);
        _assertSent(hook, other, "ism", 0, own);
        _expectSent(other, "ism", SALT);
        here.callRemoteWithOverrides{value: FEE}(DESTINATION, other, "ism", calls, SALT);
        _assertSent(hook, other, "ism", SALT, standard);
        _expectSent(other, "ism", SALT);
        here.callRemoteWithOverrides{value: FEE}(DESTINATION, other, "ism", calls, metadata, SALT);
        _assertSent(hook, other, "ism", SALT, own);
        _expectSent(other, "ism", SALT);
        here.callRemoteWithOverrides{value: FEE}(DESTINATION, other, "ism", calls, metadata, SALT, otherHook);
        _assertSent(otherHook, other, "ism", SALT, own);
        _expectSent(other, "ism", SALT);
        here.callRemote{value: FEE}(
            DESTINATION, calls, IInterchainAccountRouter.CallOptions(other, "ism", SALT, metadata, otherHook)
        );
        _assertSent(otherHook, other, "ism", SALT, own);
    }

    function test_callRemote_withDefaultOptions() public {
        IInterchainAccountRouter.CallOptions memory options = here.defaultOptions(DESTINATION, 5);
        assertEq(here.quoteCallRemote(DESTINATION, _set(5), options), FEE);
        here.callRemote{value: FEE}(DESTINATION, _set(5), options);
        _assertSent(
            hook, router, ism32, 0, abi.encodePacked(uint16(1), uint256(0), uint256(5), alice, address(0), uint48(0))
        );
    }

    /// @dev The account router itself would refuse a refund, and with it the call.
    function test_callRemote_refundsTheCaller() public {
        IPostDispatchHook tree = IPostDispatchHook(address(originMailbox.merkleTreeHook()));
        uint256 before = alice.balance;
        metadata = abi.encodePacked(uint16(1), uint256(0), uint256(5));
        here.callRemoteWithOverrides{value: 9}(DESTINATION, other, "ism", _set(5), metadata, SALT, tree);
        here.callRemoteWithOverrides{value: 9}(DESTINATION, other, "ism", _set(5), "", SALT, tree);
        assertEq(alice.balance, before);
    }

    function test_callRemote_withADeadline_reverts() public {
        metadata = abi.encodePacked(metadata, new bytes(16), uint48(99));
        vm.expectRevert(abi.encodeWithSelector(DeliveryTerms.DeadlineMismatch.selector, 99, 0));
        here.callRemote{value: FEE}(DESTINATION, _set(5), metadata);
    }

    function test_callRemote_withoutRouter_reverts() public {
        bytes memory none = abi.encodeWithSelector(IRouter.NoRouter.selector, ORIGIN);
        vm.expectRevert(none);
        here.callRemote(ORIGIN, _set(5));
        vm.expectRevert(none);
        here.callRemoteWithOverrides(ORIGIN, 0, "ism", _set(5));
        vm.expectRevert(none);
        here.defaultOptions(ORIGIN, 5);
    }

    /* ------------------------------------------------- commit and reveal -------------------------------------------- */

    function test_callRemoteCommitReveal_isMade() public {
        bytes32 commitment = _commitment(_set(5), SALT);
        bytes memory committing = _fromRouter(_commitBody(alice, ism32, 0, commitment));
        uint256 fee = here.quoteGasForCommitReveal(DESTINATION, 5);
        assertEq(fee, 2 * FEE);
        vm.expectEmit(address(here));
        emit IInterchainAccountRouter.RemoteCallDispatched(DESTINATION, alice, router, ism32, 0);
        vm.expectEmit(address(here));
        emit IInterchainAccountRouter.CommitRevealDispatched(commitment);
        (bytes32 commitId, bytes32 revealId) = here.callRemoteCommitReveal{value: fee}(DESTINATION, commitment, 5);
        bytes memory revealing = hook.message();
        vm.stopPrank();

        assertEq(commitId, keccak256(committing));
        assertEq(revealId, keccak256(revealing));
        _process(_messageIdMetadata(committing, _keys(0, 1)), committing);
        _process(abi.encodePacked(account, SALT, abi.encode(_set(5))), revealing);
        assertEq(target.caller(), account);
    }

    function test_callRemoteCommitReveal_ofEachSignature() public {
        bytes32 readIsm = Reference.addr32(there.CCIP_READ_ISM());
        bytes memory own = abi.encodePacked(uint16(1), uint256(2), uint256(3), bob, address(0), uint48(0), "rest");
        here.callRemoteCommitReveal{value: 2 * FEE}(DESTINATION, "c", 5);
        _assertRevealed(hook, router, _revealBody(readIsm, "c", alice, ism32, 0));
        assertEq(hook.metadata(), abi.encodePacked(uint16(1), uint256(0), uint256(5), alice));
        here.callRemoteCommitReveal{value: 2 * FEE}(DESTINATION, router, "ism", own, otherHook, SALT, "c");
        _assertRevealed(otherHook, router, _revealBody(readIsm, "c", alice, "ism", SALT));
        assertEq(otherHook.metadata(), own);
        here.callRemoteCommitReveal{value: 2 * FEE}(DESTINATION, other, "ism", "read", own, otherHook, SALT, "c");
        _assertRevealed(otherHook, other, _revealBody("read", "c", alice, "ism", SALT));
    }

    /// @dev What the commitment takes is its quote; the hook of the reveal gets the rest.
    function test_callRemoteCommitReveal_splitsTheValue() public {
        here.callRemoteCommitReveal{value: 2 * FEE + 5}(DESTINATION, "c", 5);
        assertEq(hook.value(), FEE + 5);
        vm.expectRevert(abi.encodeWithSelector(IPostDispatchHook.Underpaid.selector, FEE - 1, FEE));
        here.callRemoteCommitReveal{value: FEE - 1}(DESTINATION, "c", 5);
        vm.expectRevert(abi.encodeWithSelector(IPostDispatchHook.Underpaid.selector, FEE - 1, FEE));
        here.callRemoteCommitReveal{value: 2 * FEE - 1}(DESTINATION, "c", 5);
    }

    /// @dev The metadata of the commitment is that of the reveal but for the gas.
    function test_callRemoteCommitReveal_paysForTheCommitment() public {
        bytes memory own = abi.encodePacked(uint16(1), uint256(2), uint256(3), bob, address(0), uint48(0), "rest");
        bytes memory expected = abi.encodePacked(uint16(1), uint256(2), COMMIT_GAS, bob, address(0), uint48(0), "rest");
        bytes memory message = Reference.message(
            originMailbox.nonce(), ORIGIN, address(here), DESTINATION, router, _commitBody(alice, "ism", SALT, "c")
        );
        vm.expectCall(address(otherHook), abi.encodeCall(IPostDispatchHook.postDispatch, (expected, message)));
        here.callRemoteCommitReveal{value: 2 * FEE}(DESTINATION, router, "ism", own, otherHook, SALT, "c");
        assertEq(here.COMMIT_TX_GAS_USAGE(), COMMIT_GAS);
    }

    /* ----------------------------------------------------- views ---------------------------------------------------- */

    /// @dev The two routers have different addresses, and so their accounts' implementations.
    function test_getRemoteInterchainAccount_isTheLocalOneThere() public view {
        address salted = _account(alice, address(ism), SALT);
        assertEq(here.getRemoteInterchainAccount(DESTINATION, alice), account);
        assertEq(here.getRemoteInterchainAccount(DESTINATION, alice, SALT), salted);
        assertEq(here.getRemoteInterchainAccount(alice, address(there), address(ism)), account);
        assertEq(here.getRemoteInterchainAccount(alice, address(there), address(ism), SALT), salted);
    }

    function test_quoteGasPayment() public view {
        assertEq(here.quoteGasPayment(DESTINATION), FEE);
        assertEq(here.quoteGasPayment(DESTINATION, 5), FEE);
    }

    /* ----------------------------------------------------- owner ---------------------------------------------------- */

    function test_enrollRemoteRouterAndIsms() public {
        uint32[] memory domains = new uint32[](2);
        bytes32[] memory routers = new bytes32[](2);
        bytes32[] memory isms = new bytes32[](2);
        (domains[0], routers[0], isms[0]) = (5, "five", "ism of five");
        (domains[1], routers[1], isms[1]) = (6, "six", 0);
        vm.stopPrank();
        vm.prank(owner);
        vm.expectEmit(address(here));
        emit IInterchainAccountRouter.RemoteIsmEnrolled(5, "ism of five");
        here.enrollRemoteRouterAndIsms(domains, routers, isms);
        assertEq(here.routers(5), "five");
        assertEq(here.isms(5), "ism of five");
        assertEq(here.routers(6), "six");
        assertEq(here.domains().length, 3);

        vm.startPrank(owner);
        vm.expectRevert(abi.encodeWithSelector(IRouter.LengthMismatch.selector, 2, 1));
        here.enrollRemoteRouterAndIsms(domains, new bytes32[](1), isms);
        vm.expectRevert(abi.encodeWithSelector(IRouter.LengthMismatch.selector, 2, 1));
        here.enrollRemoteRouterAndIsms(domains, routers, new bytes32[](1));
    }

    function test_enrollRemoteRouterAndIsm_notByTheOwner_reverts() public {
        bytes memory refused = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, alice);
        vm.expectRevert(refused);
        here.enrollRemoteRouterAndIsm(5, "five", "ism");
        vm.expectRevert(refused);
        here.enrollRemoteRouterAndIsms(new uint32[](0), new bytes32[](0), new bytes32[](0));
    }

    /* ---------------------------------------------------- internal -------------------------------------------------- */

    function _expectSent(bytes32 to, bytes32 module, bytes32 salt) internal {
        vm.expectEmit(address(here));
        emit IInterchainAccountRouter.RemoteCallDispatched(DESTINATION, alice, to, module, salt);
    }

    /// @dev The last message was of alice's call and was told to this hook with this metadata.
    function _assertSent(RecordingHook told, bytes32 to, bytes32 module, bytes32 salt, bytes memory with_)
        internal
        view
    {
        assertEq(
            told.message(),
            Reference.message(
                originMailbox.nonce() - 1,
                ORIGIN,
                address(here),
                DESTINATION,
                to,
                _callsBody(alice, module, salt, _set(5))
            )
        );
        assertEq(told.metadata(), with_);
    }

    function _assertRevealed(RecordingHook told, bytes32 to, bytes memory body) internal view {
        assertEq(
            told.message(), Reference.message(originMailbox.nonce() - 1, ORIGIN, address(here), DESTINATION, to, body)
        );
    }
}
