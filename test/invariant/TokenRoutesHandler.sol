// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IFungibleRouter} from "src/interfaces/IFungibleRouter.sol";
import {IMailbox} from "src/interfaces/IMailbox.sol";
import {IRouter} from "src/interfaces/IRouter.sol";
import {ITokenFee} from "src/interfaces/ITokenFee.sol";
import {ValidatorSignatures} from "src/libraries/ValidatorSignatures.sol";

import {Reference} from "../kit/Reference.sol";
import {Payee} from "../mocks/Payee.sol";
import {TokenRoutesWorld} from "./TokenRoutesWorld.sol";

/// @notice Users send anything over random routes, relayers deliver in any order, starve payments or fail, recipients refuse,
///         anyone claims or donates, owners set fees and close directions.
contract TokenRoutesHandler is TokenRoutesWorld {
    /// @dev Gas that any delivery has enough of.
    uint256 internal constant PLENTY = 3_000_000;

    uint256 public sends;
    uint256 public deliveries;
    uint256 public starved;
    uint256 public deferred;
    uint256 public claims;

    constructor() {
        setUp();
    }

    /* ---------------------------------------------------- actions --------------------------------------------------- */

    function transfer(uint256 seed, uint256 route, uint256 from, uint256 to, uint256 who, uint256 amount) external {
        _build(seed);
        Transfer memory sent;
        sent.route = route % ROUTES;
        sent.from = from % DOMAINS;
        sent.to = (sent.from + 1 + (to % (DOMAINS - 1))) % DOMAINS;
        sent.recipient = _recipient(_node(sent.route, sent.to), who >> 8);
        _send(sent, _users[who % _users.length], amount);
    }

    function _send(Transfer memory sent, address user, uint256 amount) internal {
        Node storage here = _node(sent.route, sent.from);
        uint32 destination = _node(sent.route, sent.to).domain;
        uint256 most = _isSupplied(here) ? here.router.balanceOf(user) : 10 * FACTOR * FACTOR;
        if (most == 0 || here.router.routers(destination) == 0) return;
        amount = bound(amount, 1, most);
        sent.amount = (amount * here.weight) / FACTOR;
        uint256 cost = here.router.quoteTransferRemote(destination, sent.recipient, amount)[1].amount;
        if (sent.amount == 0) {
            vm.expectRevert(abi.encodeWithSelector(IFungibleRouter.AmountTooSmall.selector, amount));
            vm.prank(user);
            here.router.transferRemote(destination, sent.recipient, amount);
            return;
        }
        if (_isSupplied(here) && cost > most) return; // it has the amount, but not the fee

        sent.message = _next(sent);
        if (here.kind == Kind.Native) vm.deal(user, cost);
        uint256 before = here.router.balanceOf(user);
        vm.prank(user);
        bytes32 id =
            here.router.transferRemote{value: here.kind == Kind.Native ? cost : 0}(destination, sent.recipient, amount);
        assertEq(id, keccak256(sent.message));
        assertEq(before - here.router.balanceOf(user), cost);
        here.fees += cost - (sent.amount * FACTOR) / here.weight;
        _inFlight.push(sent);
        ++sends;
    }

    function _next(Transfer memory sent) internal view returns (bytes memory) {
        Node storage there = _node(sent.route, sent.to);
        return Reference.message(
            _mailboxes[sent.from].nonce(),
            _mailboxes[sent.from].localDomain(),
            address(_node(sent.route, sent.from).router),
            there.domain,
            Reference.addr32(address(there.router)),
            abi.encode(sent.recipient, sent.amount)
        );
    }

    /// @dev Any message in flight, with any amount of gas; perhaps its origin is not obeyed at the time.
    function deliver(uint256 which, uint256 gas, bool honest) external {
        if (_inFlight.length == 0) return;
        which %= _inFlight.length;
        Transfer memory sent = _inFlight[which];
        Node storage from = _node(sent.route, sent.from);
        bytes memory metadata =
            _signed(sent.message, sent.from, validatorKeys[0], honest ? validatorKeys[1] : attackerKey);
        bool obeyed = _node(sent.route, sent.to).router.routers(from.domain) != 0;
        if (honest && obeyed) {
            gas = gas % 4 == 0 ? bound(gas, 50_000, 800_000) : PLENTY;
            if (!_receive(sent, metadata, gas)) return;
            _inFlight[which] = _inFlight[_inFlight.length - 1];
            _inFlight.pop();
            return;
        }
        bytes memory reason = honest
            ? abi.encodeWithSelector(IRouter.NotTheRouter.selector, from.domain, Reference.addr32(address(from.router)))
            : abi.encodeWithSelector(ValidatorSignatures.NotAValidator.selector, 1, attacker);
        vm.expectRevert(reason);
        _mailboxes[sent.to].process(metadata, sent.message);
    }

    function _receive(Transfer memory sent, bytes memory metadata, uint256 gas) internal returns (bool delivered) {
        Node storage there = _node(sent.route, sent.to);
        uint256 before = _balance(there, sent.recipient);
        uint256 owed = there.router.claimable(sent.recipient);
        bytes memory process = abi.encodeCall(IMailbox.process, (metadata, sent.message));
        (delivered,) = address(_mailboxes[sent.to]).call{gas: gas}(process);
        if (!delivered) {
            assertLt(gas, PLENTY);
            ++starved;
            return false;
        }
        if (there.router.claimable(sent.recipient) != owed) ++deferred;
        _paid[there.router][sent.recipient] += _balance(there, sent.recipient) - before;
        _received[there.router][sent.recipient] += sent.amount;
        _done.push(sent);
        ++deliveries;
    }

    function replay(uint256 which) external {
        if (_done.length == 0) return;
        Transfer memory sent = _done[which % _done.length];
        bytes memory metadata = _signed(sent.message, sent.from, validatorKeys[0], validatorKeys[1]);
        vm.expectRevert(abi.encodeWithSelector(IMailbox.AlreadyDelivered.selector, keccak256(sent.message)));
        _mailboxes[sent.to].process(metadata, sent.message);
    }

    /// @dev Anyone, for anyone, to any user. Those who may and can be paid are.
    function claim(uint256 seed, uint256 route, uint256 domain, uint256 who, uint256 caller, bool toItself) external {
        _build(seed);
        Node storage node = _node(route % ROUTES, domain % DOMAINS);
        bytes32 recipient = _recipient(node, who);
        address itself = who % 7 < 5 ? address(uint160(uint256(recipient))) : address(0);
        address to = itself != address(0) && toItself ? itself : _users[caller % 3];
        caller = (caller >> 8) % 3;
        address by = caller == 0 ? owner : caller == 1 && itself != address(0) ? itself : attacker;
        bool may = to == itself || by == itself || (by == owner && itself == address(0));
        _claim(node, recipient, to, by, may);
    }

    function _claim(Node storage node, bytes32 recipient, address to, address by, bool may) internal {
        uint256 amount = node.router.claimable(recipient);
        uint256 before = node.router.balanceOf(to);
        vm.prank(by);
        (bool success,) = address(node.router).call(abi.encodeCall(IFungibleRouter.claim, (recipient, to)));
        if (!success) return;

        assertTrue(may && amount != 0);
        assertEq(node.router.claimable(recipient), 0);
        assertEq(node.router.balanceOf(to) - before, amount);
        _paid[node.router][recipient] += amount;
        ++claims;
    }

    function donate(uint256 seed, uint256 route, uint256 domain, uint256 amount) external {
        _build(seed);
        Node storage node = _node(route % ROUTES, domain % DOMAINS);
        amount = bound(amount, 1, 10 * FACTOR * FACTOR);
        if (_isSupplied(node)) return;
        if (node.kind == Kind.Native) vm.deal(node.vault, node.vault.balance + amount);
        else token.mint(node.vault, amount);
        node.donated += amount;
    }

    function setMood(uint256 who, uint256 mood) external {
        uint256 demand = 1000 * (mood % 600);
        if (mood % 3 == 0) _payees[who % 2].set(Payee.Mode.Takes);
        else if (mood % 3 == 1) _payees[who % 2].set(Payee.Mode.Refuses);
        else _payees[who % 2].setDemand(demand);
    }

    function freeze(uint256 who, bool frozen) external {
        token.freeze(address(_payees[who % 2]), frozen);
    }

    /// @dev An xERC20 lets a router mint nothing, or anything, for a while.
    function limit(uint256 seed, uint256 route, uint256 domain, bool limited) external {
        _build(seed);
        Node storage node = _node(route % ROUTES, domain % DOMAINS);
        if (address(node.limited) != address(0)) _setLimit(node, limited ? 0 : type(uint256).max);
    }

    function setFee(uint256 seed, uint256 route, uint256 domain, bool charged) external {
        _build(seed);
        Node storage node = _node(route % ROUTES, domain % DOMAINS);
        vm.prank(owner);
        node.router.setFeeRecipient(charged ? node.fee : ITokenFee(address(0)));
    }

    function close(uint256 seed, uint256 route, uint256 from, uint256 to) external {
        _build(seed);
        (route, from, to) = (route % ROUTES, from % DOMAINS, to % DOMAINS);
        if (from == to) return;
        Node storage here = _node(route, from);
        Node storage there = _node(route, to);
        if (here.router.routers(there.domain) == 0) {
            _enroll(here, there);
            return;
        }
        vm.prank(owner);
        here.router.unenrollRemoteRouter(there.domain);
    }

    /* ----------------------------------------------------- checks --------------------------------------------------- */

    /// @dev Locked, less what was given, is supplied, in flight, waiting or dust; of every route. Fees are where they belong.
    function check() external view {
        if (!_built) return;
        for (uint256 r; r < ROUTES; ++r) {
            int256 locked;
            uint256 owed;
            for (uint256 i; i < _inFlight.length; ++i) {
                if (_inFlight[i].route == r) owed += _inFlight[i].amount * FACTOR;
            }
            for (uint256 d; d < DOMAINS; ++d) {
                Node storage node = _node(r, d);
                owed += _checkRecipients(node);
                assertEq(node.router.balanceOf(address(node.fee)), node.fees);
                if (_isSupplied(node)) {
                    owed += node.token.totalSupply() * node.weight;
                } else {
                    uint256 held = node.router.balanceOf(node.vault);
                    if (node.kind == Kind.XERC20Lockbox) assertEq(node.limited.totalSupply(), 0);
                    locked += (int256(held) - int256(node.donated)) * int256(node.weight);
                }
            }
            assertEq(locked, int256(owed));
        }
    }

    /// @dev What each recipient was sent, it was paid, or waits for it, which is the sum.
    function _checkRecipients(Node storage node) internal view returns (uint256 owed) {
        for (uint256 i; i < 7; ++i) {
            bytes32 recipient = _recipient(node, i);
            // Only where the token's unit is the coarser one is there dust.
            uint256 waits = node.router.claimable(recipient) * node.weight;
            if (node.weight > FACTOR) waits += node.router.dust(recipient) * FACTOR;
            assertEq(_received[node.router][recipient] * FACTOR, _paid[node.router][recipient] * node.weight + waits);
            owed += waits;
        }
    }

    /// @dev What an account has of a token; a recipient that is none has nothing.
    function _balance(Node storage node, bytes32 recipient) internal view returns (uint256) {
        bool exists = uint256(recipient) >> 160 == 0 && recipient != Reference.addr32(address(node.router));
        return exists ? node.router.balanceOf(address(uint160(uint256(recipient)))) : 0;
    }
}
