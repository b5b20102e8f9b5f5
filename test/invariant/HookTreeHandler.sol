// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Vm} from "forge-std/Vm.sol";

import {IInterchainGasPaymaster} from "src/interfaces/IInterchainGasPaymaster.sol";
import {IPausableHook} from "src/interfaces/IPausableHook.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";
import {IProtocolFee} from "src/interfaces/IProtocolFee.sol";

import {HookTrees} from "../kit/HookTrees.sol";
import {Reference} from "../kit/Reference.sol";
import {IOwnedMailbox} from "../kit/Shipped.sol";
import {HostileRefundee} from "../mocks/HostileRefundee.sol";

/// @notice Senders dispatch through trees of hooks, pay nothing, too little, exactly, or too much, in wei or tokens; refund
///         addresses turn on them, attackers call hooks on their own, the owner changes prices and hooks. The books are what
///         the payment hooks tell in their events, and what everyone had at first.
contract HookTreeHandler is HookTrees {
    uint256 internal constant MAX_NODES = 40;
    uint256 internal constant SUPPLY = 1e40;

    address[] internal _actors = [makeAddr("first"), makeAddr("second"), makeAddr("third")];
    HostileRefundee internal _refundee = new HostileRefundee();

    uint256 public minted;
    /// @dev By the events, less what was claimed.
    mapping(address hook => uint256) public valueHeld;
    mapping(address hook => uint256) public tokensHeld;
    mapping(address actor => uint256) public tokensPaid;
    mapping(string name => uint256) public calls;

    constructor(IOwnedMailbox mailbox) HookTrees(mailbox) {
        for (uint256 i; i < _actors.length; ++i) {
            _token.mint(_actors[i], SUPPLY);
            for (uint256 j; j < _nodes.length; ++j) {
                vm.prank(_actors[i]);
                _token.approve(address(_nodes[j].hook), type(uint256).max);
            }
        }
    }

    /* ---------------------------------------------------- senders --------------------------------------------------- */

    /// @dev The rule says what comes of it, to the wei.
    function dispatch(uint256 seed, uint256 named, uint256 payment, bool inToken) external {
        named %= _nodes.length;
        Order memory order = _order(seed, inToken);
        Due memory due = _due(named, order);
        (uint256 value, bytes memory call) = (_payment(payment, due.value), _dispatchCall(named, order, alice()));
        uint256 before = alice().balance;
        uint256 tokens = _token.balanceOf(order.sender);
        uint256 sent = order.sender.balance;
        (bool success, bytes memory reason) = _pay(order.sender, address(_mailbox), value, call);

        assertEq(success, !due.refused && value >= due.value);
        if (!success) {
            assertEq(order.sender.balance, sent + value);
            if (!due.refused) assertEq(bytes4(reason), IPostDispatchHook.Underpaid.selector);
            ++calls[due.refused ? "refused" : "underpaid"];
            return;
        }
        assertEq(alice().balance - before, value - due.value);
        assertEq(tokens - _token.balanceOf(order.sender), due.tokens);
        tokensPaid[order.sender] += due.tokens;
        ++calls[value == due.value ? "exact" : "surplus"];
        if (due.tokens != 0) ++calls["in token"];
    }

    function quote(uint256 seed, uint256 named, bool inToken) external {
        named %= _nodes.length;
        Order memory order = _order(seed, inToken);
        Due memory due = _due(named, order);
        // What is not to be paid here in tokens is refused when it is paid, and quoted as nothing.
        if (due.refused) return;
        vm.prank(order.sender);
        uint256 quoted = _mailbox.quoteDispatch(
            order.destination, order.recipient, _body(order), _metadata(order, alice()), _nodes[named].hook
        );
        assertEq(quoted, due.value);
        ++calls["quote"];
    }

    /* --------------------------------------------------- attackers -------------------------------------------------- */

    /// @dev The refund address refuses, dispatches with what it gets, claims, or calls hooks of the tree with the message that
    ///      is being dispatched. Whatever comes of it: the books are right.
    function dispatchToHostile(uint256 seed, uint256 named, uint256 payment, uint256 plan) external {
        named %= _nodes.length;
        Order memory order = _order(seed, false);
        _plan(plan, order);
        uint256 value = _payment(payment, _due(named, order).value);
        (bool success,) =
            _pay(order.sender, address(_mailbox), value, _dispatchCall(named, order, address(_refundee)));
        if (success) ++calls["hostile"];
    }

    /// @dev A message that nobody sent, of a victim that has approved its tokens to every paymaster.
    function postDispatch(uint256 seed, uint256 named, uint256 payment, bool inToken) external {
        named %= _nodes.length;
        Order memory order = _order(seed, inToken);
        uint256 value = _payment(payment, _dueBelow(named, order, false).value);
        bytes memory call =
            abi.encodeCall(IPostDispatchHook.postDispatch, (_metadata(order, alice()), _message(order)));
        address attacker = _actors[uint256(keccak256(abi.encode(seed))) % _actors.length];
        (bool success,) = _pay(attacker, address(_nodes[named].hook), value, call);
        if (success) ++calls["postDispatch"];
    }

    function claim(uint256 seed) external {
        _claim(seed % _nodes.length);
    }

    /* ----------------------------------------------------- owner ---------------------------------------------------- */

    function grow(uint256 kind, uint256[3] calldata below, bool three) external {
        if (_nodes.length == MAX_NODES) return;
        uint256[] memory chosen = new uint256[](three ? 3 : 2);
        for (uint256 i; i < chosen.length; ++i) {
            chosen[i] = below[i];
        }
        _grow(kind, chosen);
        ++calls["grow"];
    }

    function setHooks(uint256 required, uint256 default_) external {
        _setHooks(required % _nodes.length, default_ % _nodes.length);
    }

    function setPrices(uint256 seed, uint128 rate, uint128 gasPrice, uint256 fee, bool pause) external {
        _setPrices(_destinations[seed % SERVED], uint128(bound(rate, 1, 1e14)), uint128(bound(gasPrice, 1, 1e13)));
        vm.startPrank(_owner);
        for (uint256 i; i < _nodes.length; ++i) {
            if (_nodes[i].kind == Kind.Fee) IProtocolFee(address(_nodes[i].hook)).setProtocolFee(fee % (MAX_FEE + i));
            if (_nodes[i].kind != Kind.Pausable) continue;
            IPausableHook hook = IPausableHook(address(_nodes[i].hook));
            if (hook.paused()) hook.unpause();
            else if (pause && seed % 4 == 0) hook.pause();
        }
        vm.stopPrank();
    }

    /* ----------------------------------------------------- books ---------------------------------------------------- */

    /// @notice Gets the refunds of honest senders.
    function alice() public returns (address) {
        return makeAddr("alice");
    }

    function nodes() external view returns (Node[] memory) {
        return _nodes;
    }

    /// @notice All wei that anyone has who could have some, and all tokens.
    function everything() external returns (uint256 value, uint256 tokens) {
        address[5] memory others = [alice(), address(_refundee), _beneficiary, address(_mailbox), address(0)];
        for (uint256 i; i < others.length; ++i) {
            (value, tokens) = (value + others[i].balance, tokens + _token.balanceOf(others[i]));
        }
        for (uint256 i; i < _actors.length; ++i) {
            (value, tokens) = (value + _actors[i].balance, tokens + _token.balanceOf(_actors[i]));
        }
        for (uint256 i; i < _nodes.length; ++i) {
            address hook = address(_nodes[i].hook);
            if (!_isFirstOf(i)) continue;
            (value, tokens) = (value + hook.balance, tokens + _token.balanceOf(hook));
        }
    }
}
