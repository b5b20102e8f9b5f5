// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";

import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "src/interfaces/IMailbox.sol";
import {IOptimisticIsm} from "src/interfaces/IOptimisticIsm.sol";

import {IOwnedOptimisticIsm} from "../kit/Shipped.sol";

/// @notice Does what relayers, watchers, outsiders and the owner may do, and keeps its own books of it. What the books say
///         must fail is expected to fail, for the reason that they say.
contract OptimisticHandler is Test {
    uint256 internal constant MAX_STEP = 40 minutes;

    struct World {
        IOwnedOptimisticIsm module;
        IMailbox mailbox;
        IInterchainSecurityModule[] submodules;
        address owner;
        address[] accounts;
        uint256 watchers;
        uint256 threshold;
    }

    /// @dev What is known of a message in one round.
    struct Book {
        uint256 preVerifiedAt;
        uint256 flags;
    }

    World internal _world;
    uint256 internal immutable _window;
    bytes[] internal _messages;
    bytes[] internal _metadata;

    uint256 public round = 1;
    uint256 public submoduleFlags;
    uint256 public threshold;
    mapping(uint256 round => mapping(bytes32 id => Book)) internal _books;
    mapping(uint256 round => mapping(address account => bool)) public enrolled;
    mapping(uint256 round => mapping(bytes32 what => mapping(address account => bool))) public flagged;
    mapping(bytes32 id => bool) public delivered;
    mapping(string name => uint256) public calls;

    constructor(World memory world, bytes[] memory messages_, bytes[] memory metadata) {
        _world = world;
        (_messages, _metadata) = (messages_, metadata);
        _window = world.module.fraudWindow();
        threshold = world.threshold;
        for (uint256 i; i < world.watchers; ++i) {
            enrolled[round][world.accounts[i]] = true;
        }
    }

    /* ----------------------------------------------------- books ---------------------------------------------------- */

    function messages() external view returns (bytes[] memory) {
        return _messages;
    }

    function accounts() external view returns (address[] memory) {
        return _world.accounts;
    }

    function book(bytes32 id) public view returns (Book memory) {
        return _books[round][id];
    }

    /// @notice The rule, from the books alone.
    function mayDeliver(bytes32 id) public view returns (bool) {
        Book memory known = book(id);
        return known.preVerifiedAt != 0 && block.timestamp >= known.preVerifiedAt + _window && known.flags < threshold
            && submoduleFlags < threshold;
    }

    /* ----------------------------------------------------- anyone --------------------------------------------------- */

    function pass(uint256 time) external {
        ++calls["pass"];
        vm.warp(block.timestamp + bound(time, 0, MAX_STEP));
    }

    /// @dev To the very second where a window closes, or one before it.
    function passToEdge(uint256 seed, bool before) external {
        uint256 edge = book(keccak256(_message(seed))).preVerifiedAt + _window - (before ? 1 : 0);
        if (edge <= block.timestamp || edge == _window) return;
        ++calls["passToEdge"];
        vm.warp(edge);
    }

    function preVerify(uint256 seed) external {
        bytes memory message = _message(seed);
        bytes32 id = keccak256(message);
        Book storage known = _books[round][id];
        if (submoduleFlags >= threshold) {
            ++calls["preVerify refused"];
            vm.expectRevert(
                abi.encodeWithSelector(
                    IOptimisticIsm.FlaggedSubmodule.selector, _world.module.submodule(), submoduleFlags
                )
            );
        } else if (known.preVerifiedAt != 0) {
            ++calls["preVerify again"];
            uint256 until = known.preVerifiedAt + _window;
            vm.expectRevert(abi.encodeWithSelector(IOptimisticIsm.AlreadyPreVerified.selector, id, until));
        } else {
            ++calls["preVerify"];
            known.preVerifiedAt = block.timestamp;
        }
        _world.module.preVerify(_metadata[seed % _metadata.length], message);
    }

    function deliver(uint256 seed) external {
        bytes memory message = _message(seed);
        bytes32 id = keccak256(message);
        if (delivered[id]) return;
        bool expected = mayDeliver(id);
        ++calls[expected ? "deliver" : "deliver refused"];
        try _world.mailbox.process("", message) {
            assertTrue(expected);
            delivered[id] = true;
        } catch {
            assertFalse(expected);
        }
    }

    /* ---------------------------------------------------- watchers -------------------------------------------------- */

    /// @dev By any account, watcher or not.
    function flagMessage(uint256 accountSeed, uint256 seed) external {
        address account = _account(accountSeed);
        bytes32 id = keccak256(_message(seed));
        Book storage known = _books[round][id];
        uint256 until = known.preVerifiedAt + _window;
        if (!isWatcher(account)) {
            ++calls["flagMessage by an outsider"];
            vm.expectRevert(abi.encodeWithSelector(IOptimisticIsm.NotAWatcher.selector, account));
        } else if (known.preVerifiedAt == 0) {
            vm.expectRevert(abi.encodeWithSelector(IOptimisticIsm.NotPreVerified.selector, id));
        } else if (block.timestamp >= until) {
            ++calls["flagMessage too late"];
            vm.expectRevert(abi.encodeWithSelector(IOptimisticIsm.WindowClosed.selector, until));
        } else if (flagged[round][id][account]) {
            ++calls["flagMessage again"];
            vm.expectRevert(abi.encodeWithSelector(IOptimisticIsm.AlreadyFlagged.selector, account));
        } else {
            ++calls["flagMessage"];
            flagged[round][id][account] = true;
            ++known.flags;
        }
        vm.prank(account);
        _world.module.flagMessage(id);
    }

    /// @dev By any account, watcher or not; seldom, else nothing would ever be delivered.
    function flagSubmodule(uint256 accountSeed, uint8 luck) external {
        if (luck % 4 != 0) return;
        address account = _account(accountSeed);
        if (!isWatcher(account)) {
            ++calls["flagSubmodule by an outsider"];
            vm.expectRevert(abi.encodeWithSelector(IOptimisticIsm.NotAWatcher.selector, account));
        } else if (flagged[round][0][account]) {
            ++calls["flagSubmodule again"];
            vm.expectRevert(abi.encodeWithSelector(IOptimisticIsm.AlreadyFlagged.selector, account));
        } else {
            ++calls["flagSubmodule"];
            flagged[round][0][account] = true;
            ++submoduleFlags;
        }
        vm.prank(account);
        _world.module.flagSubmodule();
    }

    function isWatcher(address account) public view returns (bool) {
        return enrolled[round][account];
    }

    /* ----------------------------------------------------- owner ---------------------------------------------------- */

    /// @dev Seldom, as all that the owner does: else no round would last as long as a window.
    function setWatchers(uint256 firstSeed, uint256 count, uint256 newThreshold, uint8 luck) external {
        if (luck % 4 != 0) return;
        ++calls["setWatchers"];
        count = bound(count, 1, _world.accounts.length);
        threshold = bound(newThreshold, 1, count);
        _startRound();
        address[] memory set = new address[](count);
        for (uint256 i; i < count; ++i) {
            set[i] = _world.accounts[((firstSeed % 1000) + i) % _world.accounts.length];
            enrolled[round][set[i]] = true;
        }
        vm.prank(_world.owner);
        _world.module.setWatchers(set, uint8(threshold));
    }

    function setSubmodule(uint256 seed, uint8 luck) external {
        if (luck % 4 != 0) return;
        ++calls["setSubmodule"];
        _startRound();
        for (uint256 i; i < _world.accounts.length; ++i) {
            enrolled[round][_world.accounts[i]] = enrolled[round - 1][_world.accounts[i]];
        }
        vm.prank(_world.owner);
        _world.module.setSubmodule(_world.submodules[seed % _world.submodules.length]);
    }

    function _startRound() internal {
        ++round;
        submoduleFlags = 0;
    }

    function _message(uint256 seed) internal view returns (bytes memory) {
        return _messages[seed % _messages.length];
    }

    function _account(uint256 seed) internal view returns (address) {
        return _world.accounts[seed % _world.accounts.length];
    }
}
