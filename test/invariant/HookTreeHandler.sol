// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainGasPaymaster} from "src/interfaces/IInterchainGasPaymaster.sol";
import {IPausableHook} from "src/interfaces/IPausableHook.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";
import {IProtocolFee} from "src/interfaces/IProtocolFee.sol";
import {IRateLimited} from "src/interfaces/IRateLimited.sol";
import {IRateLimitedHook} from "src/interfaces/IRateLimitedHook.sol";

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

    address[] internal _actors = [_limited, makeAddr("second"), makeAddr("third")];
    HostileRefundee internal _refundee = new HostileRefundee();

    uint256 public minted;
    /// @dev What payment hooks took, by the rule.
    uint256 public valueTaken;
    uint256 public tokensTaken;
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
            if (bytes4(reason) == IRateLimited.RateLimitExceeded.selector) ++calls["rate exceeded"];
            if (bytes4(reason) == IRateLimitedHook.AlreadyValidated.selector) ++calls["limited twice"];
            return;
        }
        assertEq(alice().balance - before, value - due.value);
        assertEq(tokens - _token.balanceOf(order.sender), due.tokens);
        tokensPaid[order.sender] += due.tokens;
        tokensTaken += due.tokens;
        valueTaken += due.value;
        ++calls[value == due.value ? "exact" : "surplus"];
        if (due.tokens != 0) ++calls["in token"];
        if (due.limited != 0) ++calls["rate-limited"];
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
        uint256[] memory dues = _plan(plan, order);
        uint256 due = _due(named, order).value;
        uint256 value = _payment(payment, due);
        (bool success,) = _pay(order.sender, address(_mailbox), value, _dispatchCall(named, order, address(_refundee)));
        if (!success) return;
        valueTaken += due;
        for (uint256 i; i < dues.length; ++i) {
            if ((_refundee.paid() >> i) % 2 == 0) continue;
            valueTaken += dues[i];
            ++calls["reentered"];
        }
        ++calls["hostile"];
    }

    /// @dev A message that nobody sent, of a victim that has approved its tokens to every paymaster.
    function postDispatch(uint256 seed, uint256 named, uint256 payment, bool inToken) external {
        named %= _nodes.length;
        Order memory order = _order(seed, inToken);
        uint256 due = _dueBelow(named, order, false).value;
        uint256 value = _payment(payment, due);
        bytes memory call = abi.encodeCall(IPostDispatchHook.postDispatch, (_metadata(order, alice()), _message(order)));
        address attacker = _actors[uint256(keccak256(abi.encode(seed))) % _actors.length];
        (bool success,) = _pay(attacker, address(_nodes[named].hook), value, call);
        if (!success) return;
        valueTaken += due;
        ++calls["postDispatch"];
    }

    function claim(uint256 seed) external {
        (bool success,) = _pay(address(this), address(_nodes[seed % _nodes.length].hook), 0, _claimCall(seed));
        if (success) ++calls["claim"];
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

    /// @dev Time passes too, so that the rate limit lets more through.
    function setPrices(uint256 seed, uint128 rate, uint128 gasPrice, uint256 fee, bool pause) external {
        vm.warp(block.timestamp + (seed % 30));
        _setPrices(_destinations[seed % SERVED], uint128(bound(rate, 1, 1e14)), uint128(bound(gasPrice, 1, 1e13)));
        vm.startPrank(_owner);
        for (uint256 i; i < _nodes.length; ++i) {
            if (_nodes[i].kind == Kind.Fee) IProtocolFee(address(_nodes[i].hook)).setProtocolFee(fee % (MAX_FEE + 1));
            if (_nodes[i].kind != Kind.Pausable) continue;
            IPausableHook hook = IPausableHook(address(_nodes[i].hook));
            if (hook.paused()) hook.unpause();
            else if (pause && seed % 4 == 0) hook.pause();
        }
        vm.stopPrank();
    }

    /* ----------------------------------------------------- books ---------------------------------------------------- */

    /// @notice Gets the refunds of honest senders.
    function alice() public pure returns (address) {
        return address(0xa11ce);
    }

    /// @notice How many hooks stand above one another, at most.
    function deepest() external view returns (uint256 depth) {
        for (uint256 i; i < _nodes.length; ++i) {
            if (_nodes[i].depth > depth) depth = _nodes[i].depth;
        }
    }

    /// @notice What the hooks that take payments hold and paid out; and what all else holds, which should hold nothing.
    function holdings() external view returns (uint256 value, uint256 tokens, uint256 strayValue, uint256 strayTokens) {
        (value, tokens) = (_beneficiary.balance, _token.balanceOf(_beneficiary));
        (strayValue, strayTokens) = (address(_mailbox).balance, _token.balanceOf(address(_mailbox)));
        for (uint256 i; i < _nodes.length; ++i) {
            if (!_isFirstOf(i)) continue;
            address hook = address(_nodes[i].hook);
            if (_nodes[i].kind == Kind.Fee || _nodes[i].kind == Kind.Paymaster) {
                (value, tokens) = (value + hook.balance, tokens + _token.balanceOf(hook));
            } else {
                (strayValue, strayTokens) = (strayValue + hook.balance, strayTokens + _token.balanceOf(hook));
            }
        }
    }

    /// @notice What senders, attackers and those who get refunds have; and how many tokens all senders paid, each by its own
    ///         dispatches alone.
    function leftovers() external view returns (uint256 value, uint256 tokens) {
        (value, tokens) = (alice().balance + address(_refundee).balance, 0);
        for (uint256 i; i < _actors.length; ++i) {
            assertEq(SUPPLY - _token.balanceOf(_actors[i]), tokensPaid[_actors[i]]);
            (value, tokens) = (value + _actors[i].balance, tokens + tokensPaid[_actors[i]]);
        }
    }

    /* ----------------------------------------------------- calls ---------------------------------------------------- */

    /// @dev Values that matter: nothing, a wei less than is due, just that, a wei more, more.
    function _payment(uint256 seed, uint256 due) internal pure returns (uint256) {
        if (seed % 6 == 0) return 0;
        if (seed % 6 == 1 && due != 0) return due - 1;
        if (seed % 6 == 2) return due + 1;
        if (seed % 6 == 3) return due + (seed % 1e18);
        return due;
    }

    /// @dev The value is new.
    function _pay(address from, address to, uint256 value, bytes memory call)
        internal
        returns (bool success, bytes memory reason)
    {
        minted += value;
        vm.deal(from, from.balance + value);
        vm.prank(from);
        (success, reason) = to.call{value: value}(call);
    }

    function _order(uint256 seed, bool inToken) internal view returns (Order memory) {
        return Order({
            sender: _actors[seed % _actors.length],
            destination: _destinations[(seed >> 8) % 16 == 0 ? 2 : (seed >> 16) % 2],
            recipient: (seed >> 24) % 2 == 0 ? TO : bytes32(uint256(TO) + 1),
            amount: THRESHOLD - 1 + ((seed >> 32) % 3),
            gas: (seed >> 40) % 1e6,
            feeToken: inToken ? address(_token) : address(0)
        });
    }

    function _body(Order memory order) internal pure returns (bytes memory) {
        return abi.encode(order.recipient, order.amount); // of a token transfer
    }

    function _metadata(Order memory order, address refundAddress) internal pure returns (bytes memory) {
        return abi.encodePacked(uint16(1), uint256(0), order.gas, refundAddress, order.feeToken);
    }

    function _message(Order memory order) internal view returns (bytes memory) {
        return Reference.message(
            _mailbox.nonce(), _mailbox.localDomain(), order.sender, order.destination, order.recipient, _body(order)
        );
    }

    function _dispatchCall(uint256 named, Order memory order, address refundAddress)
        internal
        view
        returns (bytes memory)
    {
        return abi.encodeWithSignature(
            "dispatch(uint32,bytes32,bytes,bytes,address)",
            order.destination,
            order.recipient,
            _body(order),
            _metadata(order, refundAddress),
            _nodes[named].hook
        );
    }

    function _claimCall(uint256 seed) internal view returns (bytes memory) {
        if (_nodes[seed % _nodes.length].kind == Kind.Fee) return abi.encodeCall(IProtocolFee.collectProtocolFees, ());
        if (seed % 2 == 0) return abi.encodeCall(IInterchainGasPaymaster.claim, ());
        return abi.encodeCall(IInterchainGasPaymaster.claimToken, (address(_token)));
    }

    /// @dev What the refund address does with its first refund: claims, gives the message that is under way to a hook once
    ///      more, dispatches another.
    function _plan(uint256 seed, Order memory order) internal returns (uint256[] memory dues) {
        HostileRefundee.Step[] memory steps = new HostileRefundee.Step[](3);
        dues = new uint256[](3);
        uint256 node = (seed >> 8) % _nodes.length;
        for (uint256 i; i < steps.length; ++i) {
            uint256 act = (seed >> (16 + 2 * i)) % 3;
            steps[i].target = act == 0 ? address(_mailbox) : address(_nodes[node].hook);
            steps[i].pays = act != 1;
            if (act == 0) {
                steps[i].call = _dispatchCall(node, order, address(_refundee));
                dues[i] = _due(node, order).value;
            }
            if (act == 1) steps[i].call = _claimCall(seed >> 8);
            if (act == 2) {
                bytes memory metadata = _metadata(order, address(_refundee));
                steps[i].call = abi.encodeCall(IPostDispatchHook.postDispatch, (metadata, _message(order)));
                dues[i] = _dueBelow(node, order, false).value;
            }
        }
        _refundee.plan(seed % 8 == 0, steps);
    }

    /// @dev Aggregations of the same members are one contract.
    function _isFirstOf(uint256 index) internal view returns (bool) {
        for (uint256 i; i < index; ++i) {
            if (_nodes[i].hook == _nodes[index].hook) return false;
        }
        return true;
    }
}
