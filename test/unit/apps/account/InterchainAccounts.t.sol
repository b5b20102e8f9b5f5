// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC1155Receiver} from "@openzeppelin/contracts/token/ERC1155/IERC1155Receiver.sol";
import {IERC721Receiver} from "@openzeppelin/contracts/token/ERC721/IERC721Receiver.sol";

import {MailboxClient} from "src/MailboxClient.sol";
import {IInterchainAccount} from "src/interfaces/IInterchainAccount.sol";
import {IInterchainAccounts} from "src/interfaces/IInterchainAccounts.sol";
import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IRouter} from "src/interfaces/IRouter.sol";
import {InterchainAccountMessage} from "src/libraries/InterchainAccountMessage.sol";
import {TypeCasts} from "src/libraries/TypeCasts.sol";

import {AccountTest} from "../../../kit/AccountTest.sol";
import {Reference} from "../../../kit/Reference.sol";
import {Shipped} from "../../../kit/Shipped.sol";
import {CallTarget} from "../../../mocks/CallTarget.sol";

contract InterchainAccountsTest is AccountTest {
    address internal noop;

    function setUp() public override {
        super.setUp();
        noop = address(Shipped.noopIsm());
    }

    /* ------------------------------------------------------ calls --------------------------------------------------- */

    function test_handle_theFirstCall_createsTheAccount() public {
        vm.expectEmit(address(there));
        emit IInterchainAccounts.InterchainAccountCreated(
            account, ORIGIN, Reference.addr32(address(here)), Reference.addr32(alice), address(ism), 0
        );
        _deliver(_callsBody(alice, ism32, 0, _set(5)));

        assertEq(target.caller(), account);
        assertEq(target.number(), 5);
        assertEq(IInterchainAccount(account).router(), address(there));
    }

    function test_handle_laterCalls_useTheSameAccount() public {
        _deliver(_callsBody(alice, ism32, 0, _set(5)));
        _deliver(_callsBody(alice, ism32, 0, _set(6)));

        assertEq(target.caller(), account);
        assertEq(target.calls(), 2);
    }

    function test_handle_theValueGoesToTheAccount_andWithTheCalls() public {
        vm.deal(account, 3);
        bytes memory message =
            _fromRouter(_callsBody(alice, ism32, 0, _call(address(target), 5, abi.encodeCall(CallTarget.set, (1)))));
        bytes memory metadata = _messageIdMetadata(message, _keys(0, 1));
        vm.prank(relayer);
        destinationMailbox.process{value: 4}(metadata, message);

        assertEq(target.value(), 5);
        assertEq(account.balance, 2);
    }

    function test_handle_severalCalls_inTheirOrder() public {
        IInterchainAccount.Call[] memory calls = new IInterchainAccount.Call[](3);
        calls[0] = _set(1)[0];
        calls[1] = _call(bob, 2, "")[0];
        calls[2] = _set(3)[0];
        vm.deal(account, 2);
        _deliver(_callsBody(alice, ism32, 0, calls));

        assertEq(target.calls(), 2);
        assertEq(target.number(), 3);
        assertEq(bob.balance, 2);
    }

    /// @dev The first call's effect is undone too, and the message can be delivered when the target is mended.
    function test_handle_whenACallFails_nothingIsDone() public {
        target.setBroken(true);
        IInterchainAccount.Call[] memory calls = new IInterchainAccount.Call[](2);
        calls[0] = _call(bob, 2, "")[0];
        calls[1] = _set(3)[0];
        vm.deal(account, 2);
        bytes memory body = _callsBody(alice, ism32, 0, calls);
        bytes memory reason = abi.encodeWithSelector(CallTarget.Broken.selector, 3);
        _expectUndeliverable(
            body, abi.encodeWithSelector(IInterchainAccount.CallFailed.selector, 1, address(target), reason)
        );
        assertEq(bob.balance, 0);

        target.setBroken(false);
        _deliver(body);
        assertEq(bob.balance, 2);
    }

    /// @dev A target returns a megabyte, which the deliverer would have to pay for.
    function test_handle_whenACallFailsWithMuch_tellsTheFirstBytes() public {
        bytes memory body =
            _callsBody(alice, ism32, 0, _call(address(target), 0, abi.encodeCall(CallTarget.bomb, (1_000_000, true))));
        _expectUndeliverable(
            body, abi.encodeWithSelector(IInterchainAccount.CallFailed.selector, 0, address(target), new bytes(1024))
        );
    }

    /// @dev A typing error: nothing would be done, and it would count as done.
    function test_handle_ofACallToNoCode_reverts() public {
        _expectUndeliverable(
            _callsBody(alice, ism32, 0, _call(bob, 0, hex"01")),
            abi.encodeWithSelector(IInterchainAccount.NothingToCall.selector, 0, bob)
        );
    }

    function test_handle_ofACallToNoAddress_reverts() public {
        IInterchainAccount.Call[] memory calls = _set(1);
        calls[0].to |= bytes32(uint256(1) << 160);
        _expectUndeliverable(
            _callsBody(alice, ism32, 0, calls), abi.encodeWithSelector(TypeCasts.NotAnAddress.selector, calls[0].to)
        );
    }

    /* ----------------------------------------------------- attacks -------------------------------------------------- */

    /// @dev The attacker forges an order of Alice's. The module that he names verifies it: it is his own account's.
    function test_process_aForgeryThatNamesANoop_reachesAnotherAccount() public {
        _deliver(_callsBody(alice, ism32, 0, _set(1)));
        bytes memory forged = _fromRouter(_callsBody(alice, Reference.addr32(noop), 0, _set(666)));
        _process("", forged);

        assertEq(target.caller(), _account(alice, noop, 0));
        assertNotEq(target.caller(), account);
    }

    /// @dev The same with the module that Alice's account is bound to: it asks for signatures.
    function test_process_aForgeryThatNamesTheAccountsModule_reverts() public {
        bytes memory forged = _fromRouter(_callsBody(alice, ism32, 0, _set(666)));
        uint256[] memory keys = new uint256[](2);
        (keys[0], keys[1]) = (attackerKey, validatorKeys[1]);
        bytes memory metadata = _messageIdMetadata(forged, keys);

        vm.expectRevert();
        destinationMailbox.process(metadata, forged);
        assertEq(target.calls(), 0);
    }

    /// @dev The attacker has Alice's account committed to calls of his, by a module that verifies all.
    function test_process_aForgedCommitment_bindsAnotherAccount() public {
        IInterchainAccount.Call[] memory calls = _set(666);
        bytes32 commitment = _commitment(calls, SALT);
        _process("", _fromRouter(_commitBody(alice, Reference.addr32(noop), 0, commitment)));

        vm.expectRevert(abi.encodeWithSelector(IInterchainAccounts.NotCommitted.selector, account, commitment));
        there.revealAndExecute(account, calls, SALT);
    }

    /// @dev A reveal needs no signatures, and does nothing that was not committed before.
    function test_process_aForgedReveal_doesNothing() public {
        bytes32 commitment = _commitment(_set(666), SALT);
        _process("", _fromRouter(_revealBody(Reference.addr32(noop), commitment, alice, ism32, 0)));

        assertEq(target.calls(), 0);
        assertEq(uint8(there.commitments(account, commitment)), uint8(IInterchainAccounts.Commitment.None));
    }

    /// @dev The owner of the router enrolls a router of his own: it speaks for accounts of its own.
    function test_handle_ofAnotherRouter_reachesAnotherAccount() public {
        _deliver(_callsBody(alice, ism32, 0, _set(1)));
        vm.prank(owner);
        there.enrollRemoteRouter(ORIGIN, Reference.addr32(attacker));
        bytes memory message = Reference.message(
            9, ORIGIN, attacker, DESTINATION, Reference.addr32(address(there)), _callsBody(alice, ism32, 0, _set(666))
        );
        _process(_messageIdMetadata(message, _keys(0, 1)), message);

        assertNotEq(target.caller(), account);
    }

    /// @dev Authentic, verified, but of somebody who is no router.
    function test_handle_ofAStranger_reverts() public {
        bytes memory message = Reference.message(
            9, ORIGIN, attacker, DESTINATION, Reference.addr32(address(there)), _callsBody(alice, ism32, 0, _set(666))
        );
        _expectRefused(
            _messageIdMetadata(message, _keys(0, 1)),
            message,
            abi.encodeWithSelector(IRouter.NotTheRouter.selector, ORIGIN, Reference.addr32(attacker))
        );
    }

    function test_handle_notByTheMailbox_reverts() public {
        vm.prank(attacker);
        vm.expectRevert(abi.encodeWithSelector(MailboxClient.NotMailbox.selector, attacker));
        there.handle(ORIGIN, Reference.addr32(address(here)), _callsBody(alice, ism32, 0, _set(666)));
    }

    function test_execute_notByTheRouter_reverts() public {
        _deliver(_callsBody(alice, ism32, 0, _set(1)));
        vm.prank(attacker);
        vm.expectRevert(abi.encodeWithSelector(IInterchainAccount.NotMyRouter.selector, attacker));
        IInterchainAccount(account).execute(_set(666));
    }

    /// @dev Somebody's contract names the account router as its module. The attacker's message would choose its own.
    function test_process_toAnotherRecipientOfThisModule_reverts() public {
        recipient.setInterchainSecurityModule(IInterchainSecurityModule(address(there)));
        bytes memory message = _message(1, ORIGIN, _callsBody(alice, Reference.addr32(noop), 0, _set(1)));
        bytes32 to = Reference.addr32(address(recipient));
        _expectRefused("", message, abi.encodeWithSelector(IInterchainAccounts.NotForThisRouter.selector, to));
    }

    /* ----------------------------------------------------- modules -------------------------------------------------- */

    function test_route_ofZero_isTheMailboxesDefault() public {
        IInterchainSecurityModule other = Shipped.noopIsm();
        vm.prank(owner);
        destinationMailbox.setDefaultIsm(other);
        assertEq(address(there.route(_fromRouter(_callsBody(alice, 0, 0, _set(1))))), address(other));
        assertEq(address(there.route(_fromRouter(_callsBody(alice, ism32, 0, _set(1))))), address(ism));
        assertEq(there.moduleType(), 1);
        assertEq(address(there.interchainSecurityModule()), address(there));
    }

    function test_route_ofEachType() public view {
        assertEq(address(there.route(_fromRouter(_commitBody(alice, ism32, 0, "c")))), address(ism));
        assertEq(address(there.route(_fromRouter(_revealBody(ism32, "c", alice, 0, 0)))), address(ism));
    }

    /// @dev The router as its own module: verification would never end.
    function test_route_ofACycle_reverts() public {
        _expectUndeliverable(
            _callsBody(alice, Reference.addr32(address(there)), 0, _set(1)),
            abi.encodeWithSelector(IInterchainAccounts.NotAModule.selector, address(there))
        );
    }

    function test_route_ofNoCode_reverts() public {
        _expectUndeliverable(
            _callsBody(alice, Reference.addr32(bob), 0, _set(1)),
            abi.encodeWithSelector(IInterchainAccounts.NotAModule.selector, bob)
        );
    }

    function testFuzz_route_ofADirtyAddress_reverts(uint96 dirt) public {
        vm.assume(dirt != 0);
        bytes32 dirty = ism32 | bytes32(uint256(dirt) << 160);
        _expectUndeliverable(
            _callsBody(alice, dirty, 0, _set(1)), abi.encodeWithSelector(TypeCasts.NotAnAddress.selector, dirty)
        );
    }

    function testFuzz_route_ofAnotherType_reverts(uint8 kind) public {
        kind = uint8(bound(kind, 3, 255));
        bytes memory body = _callsBody(alice, ism32, 0, _set(1));
        body[0] = bytes1(kind);
        _expectUndeliverable(body, abi.encodeWithSelector(InterchainAccountMessage.UnknownType.selector, kind));
    }

    function test_route_ofAShortBody_reverts() public {
        uint8[3] memory least = [97, 129, 65];
        for (uint8 kind; kind < 3; ++kind) {
            bytes memory body = new bytes(least[kind] - 1);
            body[0] = bytes1(kind);
            _expectUndeliverable(
                body, abi.encodeWithSelector(InterchainAccountMessage.BodyTooShort.selector, body.length)
            );
        }
        _expectUndeliverable("", abi.encodeWithSelector(InterchainAccountMessage.BodyTooShort.selector, 0));
    }

    function test_setInterchainSecurityModule_reverts() public {
        vm.prank(owner);
        vm.expectRevert(IInterchainAccounts.ModuleIsFixed.selector);
        there.setInterchainSecurityModule(ism);
    }

    /* ---------------------------------------------------- accounts -------------------------------------------------- */

    function testFuzz_accounts_differInEveryPart(uint256 part, uint256 bit) public view {
        bytes32[5] memory parts =
            [bytes32(uint256(ORIGIN)), "owner", "router", Reference.addr32(address(ism)), bytes32("salt")];
        address one = _accountOf(parts);
        part = bound(part, 0, 4);
        parts[part] ^= bytes32(1 << bound(bit, 0, part == 0 ? 31 : part == 3 ? 159 : 255));
        assertNotEq(_accountOf(parts), one);
    }

    function test_accounts_ofAllSignaturesAreTheSame() public {
        bytes32 owner32 = Reference.addr32(alice);
        bytes32 router32 = Reference.addr32(address(here));
        assertEq(there.getLocalInterchainAccount(ORIGIN, alice, address(here), address(ism)), account);
        assertEq(there.getLocalInterchainAccount(ORIGIN, owner32, router32, address(ism)), account);
        assertEq(there.getDeployedInterchainAccount(ORIGIN, alice, address(here), address(ism)), account);
        assertEq(there.getDeployedInterchainAccount(ORIGIN, owner32, router32, address(ism)), account);
        assertEq(there.getDeployedInterchainAccount(ORIGIN, owner32, router32, address(ism), 0), account);
        assertGt(account.code.length, 0);
        bytes32 salt =
            keccak256(abi.encodePacked(ORIGIN, owner32, router32, Reference.addr32(address(ism)), bytes32(0)));
        assertEq(vm.computeCreate2Address(salt, there.bytecodeHash(), address(there)), account);
        assertEq(vm.computeCreateAddress(address(there), 1), there.implementation());
        assertEq(vm.computeCreateAddress(address(there), 2), there.CCIP_READ_ISM());
    }

    /// @dev Somebody creates the account first: it is the same, and Alice's.
    function test_handle_whereTheAccountStandsAlready() public {
        vm.prank(attacker);
        there.getDeployedInterchainAccount(ORIGIN, alice, address(here), address(ism));
        _deliver(_callsBody(alice, ism32, 0, _set(5)));
        assertEq(target.caller(), account);
    }

    function test_account_takesCoinAndTokens() public {
        there.getDeployedInterchainAccount(ORIGIN, alice, address(here), address(ism));
        vm.prank(alice);
        (bool sent,) = account.call{value: 1}("");
        assertTrue(sent);
        assertEq(
            IERC721Receiver(account).onERC721Received(alice, alice, 1, ""), IERC721Receiver.onERC721Received.selector
        );
        assertEq(
            IERC1155Receiver(account).onERC1155Received(alice, alice, 1, 1, ""),
            IERC1155Receiver.onERC1155Received.selector
        );
    }

    function _accountOf(bytes32[5] memory p) internal view returns (address) {
        return there.getLocalInterchainAccount(uint32(uint256(p[0])), p[1], p[2], address(uint160(uint256(p[3]))), p[4]);
    }
}
