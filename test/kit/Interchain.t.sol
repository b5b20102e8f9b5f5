// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// solhint-disable gas-custom-errors

import {Test} from "forge-std/Test.sol";

import {Router} from "../../src/apps/Router.sol";
import {IInterchainSecurityModule} from "../../src/interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "../../src/interfaces/IMailbox.sol";
import {IMessageRecipient} from "../../src/interfaces/IMessageRecipient.sol";
import {IMultisigIsm} from "../../src/interfaces/IMultisigIsm.sol";
import {IPostDispatchHook} from "../../src/interfaces/IPostDispatchHook.sol";
import {StaticMessageIdMultisigIsmFactory} from "../../src/isms/multisig/StaticMessageIdMultisigIsmFactory.sol";
import {NoopIsm} from "../../src/isms/null/NoopIsm.sol";
import {TypeCasts} from "../../src/libraries/TypeCasts.sol";
import {Interchain} from "./Interchain.sol";

/// @notice A recipient whose author forgot some of the checks.
contract CarelessRecipient is IMessageRecipient {
    IMailbox internal immutable _mailbox;
    uint32 internal immutable _origin;
    address internal immutable _sender;
    IInterchainSecurityModule public interchainSecurityModule;

    /// @dev Zero: not checked.
    constructor(IMailbox mailbox, uint32 origin, address sender, IInterchainSecurityModule module) {
        (_mailbox, _origin, _sender, interchainSecurityModule) = (mailbox, origin, sender, module);
    }

    function handle(uint32 origin, bytes32 sender, bytes calldata) external payable {
        require(address(_mailbox) == address(0) || msg.sender == address(_mailbox), "caller");
        require(_origin == 0 || origin == _origin, "origin");
        require(_sender == address(0) || sender == TypeCasts.toBytes32(_sender), "sender");
    }
}

/// @notice Keeps the last note of each domain, and answers those of more than one byte with all but the first.
contract EchoRouter is Router {
    mapping(uint32 domain => bytes) public notes;

    constructor(IMailbox mailbox_, IInterchainSecurityModule module)
        Router(mailbox_, IPostDispatchHook(address(0)), module, msg.sender)
    {}

    function post(uint32 domain, bytes calldata note) external payable returns (bytes32) {
        return _dispatch(domain, msg.value, note);
    }

    function _handle(uint32 origin, bytes calldata body) internal override {
        notes[origin] = body;
        if (body.length > 1) _dispatch(origin, 0, body[1:]);
    }
}

/// @notice A multisig module that is content with any metadata, or with that which it was once shown.
contract LaxIsm is IInterchainSecurityModule {
    bytes32 public content;

    function expect(bytes calldata metadata) external {
        content = keccak256(metadata);
    }

    function moduleType() external pure returns (uint8) {
        return 5;
    }

    function verify(bytes calldata metadata, bytes calldata) external view returns (bool) {
        return content == 0 ? metadata.length != 0 : keccak256(metadata) == content;
    }
}

contract InterchainTest is Test {
    using TypeCasts for address;

    Interchain internal interchain = new Interchain();
    EchoRouter[] internal routers;

    function setUp() public {
        for (uint32 domain = 1; domain <= 3; ++domain) {
            // The third chain's router trusts the module of the other kind.
            IInterchainSecurityModule module = domain == 3 ? interchain.merkleRootIsm() : interchain.messageIdIsm();
            routers.push(new EchoRouter(interchain.mailbox(domain), module));
        }
        for (uint32 a = 1; a <= 3; ++a) {
            for (uint32 b = 1; b <= 3; ++b) {
                if (a != b) routers[a - 1].enrollRemoteRouter(b, address(routers[b - 1]).toBytes32());
            }
        }
    }

    function _post(uint32 from, uint32 to, bytes memory note) internal returns (bytes32) {
        return routers[from - 1].post(to, note);
    }

    function _assertNote(uint32 at, uint32 from, bytes memory note) internal view {
        assertEq(routers[at - 1].notes(from), note);
    }

    function test_relay_takesTheOldest() public {
        bytes32 first = _post(1, 2, "a");
        _post(3, 2, "b");
        assertEq(interchain.relay(), first);
        _assertNote(2, 1, "a");
        _assertNote(2, 3, "");
        assertEq(interchain.pending().length, 1);
    }

    function test_relayAll_followsAnswers() public {
        _post(1, 2, "abc");
        _post(2, 3, "xy");
        assertEq(interchain.relayAll(), 5);
        assertEq(interchain.pending().length, 0);
        _assertNote(2, 1, "c");
        _assertNote(1, 2, "bc");
        _assertNote(3, 2, "xy");
        _assertNote(2, 3, "y");
    }

    /// @dev Proofs of trees of many leaves, delivered last first.
    function test_relay_inAnyOrder() public {
        for (uint256 i; i < 5; ++i) {
            _post(1, 3, abi.encodePacked(uint8(i)));
        }
        bytes32[] memory ids = interchain.pending();
        for (uint256 i = 5; i > 0; --i) {
            interchain.relay(ids[i - 1]);
        }
        _assertNote(3, 1, hex"00");
        assertEq(interchain.relayAll(), 0);
    }

    function test_relay_whenDeliveredBefore_reverts() public {
        bytes32 id = _post(1, 2, "a");
        interchain.relay(id);
        vm.expectRevert(abi.encodeWithSelector(IMailbox.AlreadyDelivered.selector, id));
        interchain.relay(id);
    }

    function test_relay_whenNothingIsPending_reverts() public {
        vm.expectRevert(Interchain.NothingToRelay.selector);
        interchain.relay();
    }

    function test_relay_whenNeverDispatched_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(Interchain.UnknownMessage.selector, bytes32("id")));
        interchain.relay("id");
    }

    function test_hold_isLateOrLost() public {
        bytes32 held = _post(1, 2, "a");
        interchain.hold(held);
        _post(1, 2, "b");
        assertEq(interchain.relayAll(), 1);
        _assertNote(2, 1, "b");
        interchain.relay(held);
        _assertNote(2, 1, "a");
    }

    function test_setFee_findsWhoDoesNotPay() public {
        interchain.setFee(5);
        assertEq(routers[0].quoteGasPayment(2), 5);
        vm.expectRevert(abi.encodeWithSelector(IPostDispatchHook.Underpaid.selector, 4, 5));
        routers[0].post{value: 4}(2, "a");
        routers[0].post{value: 5}(2, "a");
        assertEq(interchain.relayAll(), 1);
    }

    function test_relay_whenTheModuleIsUnknown_reverts() public {
        bytes32 id = _post(1, 2, "a");
        address module = address(interchain.messageIdIsm());
        vm.mockCall(module, abi.encodeCall(IInterchainSecurityModule.moduleType, ()), abi.encode(2));
        vm.expectRevert(abi.encodeWithSelector(Interchain.UnsupportedModule.selector, 2));
        interchain.relay(id);
        vm.clearMockedCalls();
        interchain.relay(id, interchain.metadata(id));
        _assertNote(2, 1, "a");
    }

    /* ---------------------------------------------------- forgeries ------------------------------------------------- */

    function test_assertRefusesForgeries_byMessageId() public {
        _post(1, 2, "before");
        interchain.assertRefusesForgeries(_post(1, 2, "a"));
        _assertNote(2, 1, "a");
    }

    function test_assertRefusesForgeries_byMerkleRoot() public {
        _post(1, 3, "before");
        interchain.assertRefusesForgeries(_post(1, 3, "a"));
        _assertNote(3, 1, "a");
    }

    /// @dev Each recipient lacks one check; the last lacks none.
    function test_assertRefusesForgeries_whenACheckIsMissing_reverts() public {
        IMailbox mailbox = interchain.mailbox(2);
        IInterchainSecurityModule none;
        _expectForged("no metadata", new CarelessRecipient(mailbox, 1, address(this), new NoopIsm()));
        _expectForged("sent by a stranger", new CarelessRecipient(mailbox, 1, address(0), none));
        _expectForged(
            "sent by the sender's address on another chain", new CarelessRecipient(mailbox, 0, address(this), none)
        );
        _expectForged(
            "handle called by a stranger", new CarelessRecipient(IMailbox(address(0)), 1, address(this), none)
        );
        interchain.assertRefusesForgeries(_sendTo(new CarelessRecipient(mailbox, 1, address(this), none)));
    }

    /// @dev Every recipient does what it should; each module looks at less.
    function test_assertRefusesForgeries_whenTheModuleIsLax_reverts() public {
        (address[] memory validators,) = IMultisigIsm(address(interchain.messageIdIsm())).validatorsAndThreshold("");
        IMailbox mailbox = interchain.mailbox(2);

        LaxIsm lax = new LaxIsm();
        _expectForged("signed by strangers", new CarelessRecipient(mailbox, 1, address(this), lax));

        address oneOfThree = new StaticMessageIdMultisigIsmFactory().deploy(validators, 1);
        _expectForged(
            "signed by too few", new CarelessRecipient(mailbox, 1, address(this), IInterchainSecurityModule(oneOfThree))
        );

        bytes32 id = _sendTo(new CarelessRecipient(mailbox, 1, address(this), lax));
        lax.expect(interchain.metadata(id));
        vm.expectRevert(
            abi.encodeWithSelector(
                Interchain.ForgeryAccepted.selector, "another body under the signatures of the message"
            )
        );
        interchain.assertRefusesForgeries(id);
    }

    function _sendTo(CarelessRecipient recipient) internal returns (bytes32) {
        return interchain.mailbox(1).dispatch(2, address(recipient).toBytes32(), "a");
    }

    function _expectForged(string memory forgery, CarelessRecipient recipient) internal {
        bytes32 id = _sendTo(recipient);
        vm.expectRevert(abi.encodeWithSelector(Interchain.ForgeryAccepted.selector, forgery));
        interchain.assertRefusesForgeries(id);
    }
}
