// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";

import {IMailbox} from "src/interfaces/IMailbox.sol";
import {IMultisigIsm} from "src/interfaces/IMultisigIsm.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";
import {ValidatorSignatures} from "src/libraries/ValidatorSignatures.sol";

import {Reference} from "../kit/Reference.sol";
import {IOwnedMailbox} from "../kit/Shipped.sol";
import {CountingRecipient} from "../mocks/CountingRecipient.sol";
import {RecordingHook} from "../mocks/RecordingHook.sol";

/// @notice Does what senders, relayers, attackers and the owner may do, and keeps its own books of it.
contract ProtocolHandler is Test {
    uint256 internal constant MAX_VALUE = 1 ether;
    uint256 internal constant QUORUM = 2;
    uint256 internal constant MAX_FEE = 1 gwei;

    struct World {
        IOwnedMailbox origin;
        IOwnedMailbox destination;
        IMultisigIsm ism;
        CountingRecipient recipient;
        address owner;
        uint256[] validatorKeys;
    }

    World internal _world;
    address[] internal _actors = [makeAddr("first"), makeAddr("second"), makeAddr("third"), makeAddr("fourth")];
    RecordingHook[] internal _hooks;

    /// @dev The books: each dispatched message with the checkpoint that an honest validator signs for it.
    bytes[] internal _messages;
    bytes32[] internal _ids;
    Reference.Checkpoint[] internal _checkpoints;
    mapping(bytes32 id => bool) public hasQuorum;
    mapping(string name => uint256) public calls;
    uint256 public paid;

    constructor(World memory world) {
        _world = world;
        _hooks.push(new RecordingHook(0));
        _hooks.push(new RecordingHook(MAX_FEE));
    }

    function ids() external view returns (bytes32[] memory) {
        return _ids;
    }

    function hookBalances() external view returns (uint256 sum) {
        for (uint256 i; i < _hooks.length; ++i) {
            sum += address(_hooks[i]).balance;
        }
    }

    modifier counted(string memory name) {
        ++calls[name];
        _;
    }

    /* ---------------------------------------------------- senders --------------------------------------------------- */

    function dispatch(uint256 actorSeed, uint256 overload, uint256 surplus, uint256 hookSeed)
        external
        counted("dispatch")
    {
        address actor = _actor(actorSeed);
        IPostDispatchHook hook = _hook(hookSeed);
        bytes memory body = abi.encode(_messages.length);
        bytes32 to = Reference.addr32(address(_world.recipient));
        uint32 domain = _world.destination.localDomain();
        bytes memory message =
            Reference.message(_world.origin.nonce(), _world.origin.localDomain(), actor, domain, to, body);

        overload %= 3;
        if (overload != 2) hook = IPostDispatchHook(address(0));
        bytes memory metadata = overload == 0 ? bytes("") : _refundTo(actor);
        vm.startPrank(actor);
        uint256 value = _world.origin.quoteDispatch(domain, to, body, metadata, hook) + _bound(surplus, 0, MAX_VALUE);
        vm.deal(actor, value);
        bytes32 id;
        if (overload == 0) id = _world.origin.dispatch{value: value}(domain, to, body);
        else if (overload == 1) id = _world.origin.dispatch{value: value}(domain, to, body, metadata);
        else id = _world.origin.dispatch{value: value}(domain, to, body, metadata, hook);
        vm.stopPrank();
        paid += value - actor.balance;

        assertEq(id, keccak256(message));
        (bytes32 root, uint32 index) = _world.origin.merkleTreeHook().latestCheckpoint();
        bytes32 tree = Reference.addr32(address(_world.origin.merkleTreeHook()));
        _messages.push(message);
        _ids.push(id);
        _checkpoints.push(Reference.Checkpoint(_world.origin.localDomain(), tree, root, index, id));
    }

    /// @dev A dispatch that its hook refuses leaves no trace.
    function dispatchUnderpaid(uint256 actorSeed) external counted("dispatchUnderpaid") {
        IOwnedMailbox origin = _world.origin;
        uint32 domain = _world.destination.localDomain();
        uint256 required = address(origin.requiredHook()) == address(_hooks[1]) ? MAX_FEE : 0;
        vm.deal(_actor(actorSeed), required);
        vm.prank(_actor(actorSeed));
        vm.expectRevert(abi.encodeWithSelector(IPostDispatchHook.Underpaid.selector, 0, MAX_FEE));
        origin.dispatch{value: required}(domain, 0, "", "", _hooks[1]);
    }

    function setHooks(uint256 requiredSeed, uint256 defaultSeed) external counted("setHooks") {
        vm.startPrank(_world.owner);
        _world.origin.setRequiredHook(_hook(requiredSeed));
        _world.origin.setDefaultHook(_hook(defaultSeed));
        vm.stopPrank();
    }

    /* ---------------------------------------------------- relayers -------------------------------------------------- */

    /// @dev An honest delivery of any message not delivered yet, by any quorum.
    function process(uint256 actorSeed, uint256 messageSeed, uint256 absent, uint256 value) external {
        if (_messages.length == 0) return;
        uint256 i = messageSeed % _messages.length;
        if (hasQuorum[_ids[i]]) return _replay(i);

        ++calls["process"];
        hasQuorum[_ids[i]] = true;
        value = _bound(value, 0, MAX_VALUE);
        vm.deal(_actor(actorSeed), value);
        bytes memory metadata = _quorumMetadata(_checkpoints[i], absent % 3);
        vm.prank(_actor(actorSeed));
        _world.destination.process{value: value}(metadata, _messages[i]);
        assertEq(_world.destination.processor(_ids[i]), _actor(actorSeed));
    }

    /* ---------------------------------------------------- attackers ------------------------------------------------- */

    /// @dev k - 1 genuine signatures, the rest by a key that is no validator's, or the same signature again.
    function processWithoutQuorum(uint256 messageSeed, uint256 validatorSeed, uint256 fill) external {
        if (_messages.length == 0) return;
        uint256 i = messageSeed % _messages.length;
        if (hasQuorum[_ids[i]]) return;

        ++calls["processWithoutQuorum"];
        Reference.Checkpoint memory checkpoint = _checkpoints[i];
        uint256 key = _world.validatorKeys[validatorSeed % 3];
        bytes memory metadata = bytes.concat(Reference.messageIdMetadata(checkpoint), _sign(key, checkpoint));
        if (fill % 3 == 0) {
            vm.expectRevert(abi.encodeWithSelector(ValidatorSignatures.NotEnoughSignatures.selector, 1, QUORUM));
        } else {
            uint256 filler = fill % 3 == 1 ? key : _bound(fill, 1, type(uint128).max);
            metadata = bytes.concat(metadata, _sign(filler, checkpoint));
            vm.expectRevert(abi.encodeWithSelector(ValidatorSignatures.NotAValidator.selector, 1, vm.addr(filler)));
        }
        _world.destination.process(metadata, _messages[i]);
    }

    /// @dev A message that nobody dispatched, under the newest genuine checkpoint and its genuine signatures.
    function processForged(uint256 number, uint32 nonce) external {
        if (_messages.length == 0) return;
        ++calls["processForged"];
        Reference.Checkpoint memory checkpoint = _checkpoints[_checkpoints.length - 1];
        bytes memory message = Reference.message(
            nonce,
            _world.origin.localDomain(),
            _actor(number),
            _world.destination.localDomain(),
            Reference.addr32(address(_world.recipient)),
            abi.encode(_bound(number, 1 << 128, type(uint256).max))
        );
        bytes memory metadata = _quorumMetadata(checkpoint, 2);
        checkpoint.messageId = keccak256(message);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_world.validatorKeys[0], _genuineHash());
        address seeming = ecrecover(Reference.checkpointHash(checkpoint), v, r, s);
        vm.expectRevert(abi.encodeWithSelector(ValidatorSignatures.NotAValidator.selector, 0, seeming));
        _world.destination.process(metadata, message);
    }

    function _replay(uint256 i) internal counted("replay") {
        bytes memory metadata = _quorumMetadata(_checkpoints[i], 0);
        vm.expectRevert(abi.encodeWithSelector(IMailbox.AlreadyDelivered.selector, _ids[i]));
        _world.destination.process(metadata, _messages[i]);
    }

    /* ---------------------------------------------------- helpers --------------------------------------------------- */

    function _genuineHash() internal view returns (bytes32) {
        return Reference.checkpointHash(_checkpoints[_checkpoints.length - 1]);
    }

    /// @dev Real signatures of all validators but one.
    function _quorumMetadata(Reference.Checkpoint memory checkpoint, uint256 absent)
        internal
        view
        returns (bytes memory metadata)
    {
        metadata = Reference.messageIdMetadata(checkpoint);
        for (uint256 i; i < 3; ++i) {
            if (i != absent) metadata = bytes.concat(metadata, _sign(_world.validatorKeys[i], checkpoint));
        }
    }

    function _sign(uint256 key, Reference.Checkpoint memory checkpoint) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, Reference.checkpointHash(checkpoint));
        return abi.encodePacked(r, s, v);
    }

    function _actor(uint256 seed) internal view returns (address) {
        return _actors[seed % _actors.length];
    }

    /// @dev The tree or one of the hooks.
    function _hook(uint256 seed) internal view returns (IPostDispatchHook) {
        uint256 choice = seed % (_hooks.length + 1);
        if (choice == _hooks.length) return _world.origin.merkleTreeHook();
        return _hooks[choice];
    }

    function _refundTo(address account) internal pure returns (bytes memory) {
        return abi.encodePacked(uint16(1), uint256(0), uint256(50_000), account);
    }
}
