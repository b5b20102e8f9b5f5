// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";

import {ExpiringClient} from "src/apps/ExpiringClient.sol";
import {IExpiringClient} from "src/interfaces/IExpiringClient.sol";
import {IMailbox} from "src/interfaces/IMailbox.sol";
import {IMerkleTreeHook} from "src/interfaces/IMerkleTreeHook.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";

import {Reference} from "../kit/Reference.sol";
import {IOwnedMailbox} from "../kit/Shipped.sol";
import {ExpiringVault} from "../mocks/ExpiringVault.sol";

/// @notice Does what senders, relayers, attackers and the destination's owner may do to transfers that may expire, and
///         keeps its own books of it. Reorganisations as in EscrowHandler.
contract ExpiryHandler is Test {
    uint32 internal constant ORIGIN = 1000;
    uint32 internal constant DESTINATION = 2000;
    uint256 internal constant FEE = 1000;
    uint256 internal constant MAX_TRANSFERS = 12;

    enum Status {
        Sent,
        Handled,
        Expired,
        Refunded
    }

    struct Transfer {
        bytes message;
        /// Of the body, what comes after the kind.
        bytes rest;
        address from;
        address to;
        uint256 amount;
        uint48 deadline;
        Status status;
    }

    struct Slip {
        bytes message;
        uint256 counter;
        bool brought;
    }

    struct World {
        IOwnedMailbox origin;
        IOwnedMailbox destination;
        ExpiringVault here;
        ExpiringVault there;
        address owner;
        IPostDispatchHook costlyHook;
        address[] accounts;
        uint256[] validatorKeys;
        address attacker;
    }

    World internal _world;
    uint256 internal immutable _stock;
    Transfer[] internal _transfers;
    Slip[] internal _slips;
    bool internal _costs;

    mapping(address account => uint256) internal _released;
    mapping(address account => uint256) internal _givenBack;
    mapping(string name => uint256) public calls;

    constructor(World memory world) {
        _world = world;
        _stock = address(world.there).balance;
    }

    /* ----------------------------------------------------- origin --------------------------------------------------- */

    function pass(uint256 time) public {
        ++calls["pass"];
        vm.warp(block.timestamp + bound(time, 0, 30 minutes));
    }

    /// @dev To the last second of a transfer, or the one after it.
    function passToEdge(uint256 seed, bool after_) public {
        if (_transfers.length == 0) return;
        uint256 edge = uint256(_transfers[seed % _transfers.length].deadline) + (after_ ? 1 : 0);
        if (edge <= block.timestamp) return;
        ++calls["passToEdge"];
        vm.warp(edge);
    }

    function transfer(uint256 fromSeed, uint256 toSeed, uint96 amount, uint256 duration) public {
        if (_transfers.length == MAX_TRANSFERS) return;
        ++calls["transfer"];
        Transfer memory t;
        (t.from, t.to, t.amount) = (_account(fromSeed), _account(toSeed), bound(amount, 1, 2 ether));
        t.deadline = duration % 5 == 0 ? 0 : uint48(block.timestamp + bound(duration, 1, 2 hours));
        t.rest = abi.encodePacked(t.deadline, uint64(_transfers.length), abi.encode(t.from, t.to, t.amount));
        bytes32 to = Reference.addr32(address(_world.there));
        bytes memory body = bytes.concat(hex"01", t.rest);
        t.message = Reference.message(_world.origin.nonce(), ORIGIN, address(_world.here), DESTINATION, to, body);
        ExpiringClient.Outgoing memory outgoing =
            ExpiringClient.Outgoing(DESTINATION, t.deadline, _world.origin.merkleTreeHook(), to, 0);
        vm.deal(t.from, t.from.balance + t.amount);
        vm.prank(t.from);
        assertEq(_world.here.transfer{value: t.amount}(outgoing, t.to, t.amount, ""), keccak256(t.message));
        _transfers.push(t);
    }

    /// @dev Brings a receipt to the origin.
    function bring(uint256 seed) public {
        if (_slips.length == 0) return;
        Slip storage slip = _slips[seed % _slips.length];
        Transfer storage t = _transfers[slip.counter];
        bytes memory proof = _proof(_world.destination, DESTINATION, slip.message, 2);
        if (slip.brought) {
            ++calls["bring again"];
            vm.expectRevert(abi.encodeWithSelector(IMailbox.AlreadyDelivered.selector, keccak256(slip.message)));
        } else if (t.status == Status.Refunded) {
            ++calls["bring a second"];
            vm.expectRevert(abi.encodeWithSelector(IExpiringClient.NotOutstanding.selector, slip.counter));
        } else {
            ++calls["bring"];
            (slip.brought, t.status) = (true, Status.Refunded);
            _givenBack[t.from] += t.amount;
        }
        _world.origin.process(proof, slip.message);
    }

    /* --------------------------------------------------- destination ------------------------------------------------ */

    function deliver(uint256 seed) public {
        if (_transfers.length == 0) return;
        uint256 counter = seed % _transfers.length;
        Transfer storage t = _transfers[counter];
        bytes memory proof = _proof(_world.origin, ORIGIN, t.message, 2);
        if (t.status != Status.Sent) {
            ++calls["deliver again"];
            vm.expectRevert(abi.encodeWithSelector(IMailbox.AlreadyDelivered.selector, keccak256(t.message)));
        } else if (t.deadline != 0 && block.timestamp > t.deadline) {
            ++calls[_costs ? "expire without receipt" : "expire"];
            t.status = Status.Expired;
            if (!_costs) _expectReceipt(counter);
        } else if (address(_world.there).balance < t.amount) {
            ++calls["deliver in vain"];
            vm.expectRevert(abi.encodeWithSelector(ExpiringVault.NotReleased.selector, t.to));
        } else {
            ++calls["deliver"];
            t.status = Status.Handled;
            _released[t.to] += t.amount;
        }
        _world.destination.process(proof, t.message);
    }

    function resend(uint256 seed, bool pays) public {
        if (_transfers.length == 0) return;
        uint256 counter = seed % _transfers.length;
        Transfer storage t = _transfers[counter];
        bytes32 sender = Reference.addr32(address(_world.here));
        IPostDispatchHook tree = _world.destination.merkleTreeHook();
        vm.deal(address(this), FEE);
        if (t.status == Status.Sent || t.status == Status.Handled) {
            ++calls["resend of what has not expired"];
            bytes32 key = keccak256(abi.encodePacked(ORIGIN, sender, t.rest));
            vm.expectRevert(abi.encodeWithSelector(IExpiringClient.NotExpired.selector, key));
        } else if (_costs && !pays) {
            ++calls["resend for nothing"];
            vm.expectRevert(abi.encodeWithSelector(IPostDispatchHook.Underpaid.selector, 0, FEE));
        } else {
            ++calls["resend"];
            _expectReceipt(counter);
        }
        _world.there.resendReceipt{value: _costs && pays ? FEE : 0}(
            ORIGIN, sender, bytes.concat(hex"01", t.rest), "", tree
        );
    }

    /// @dev The destination's owner sets a required hook that costs, or none.
    function setCosts(bool costs) public {
        ++calls["setCosts"];
        _costs = costs;
        IPostDispatchHook tree = _world.destination.merkleTreeHook();
        vm.prank(_world.owner);
        _world.destination.setRequiredHook(costs ? _world.costlyHook : tree);
    }

    /* ----------------------------------------------------- attackers ------------------------------------------------ */

    /// @dev A receipt that nobody sent: from the attacker, from another chain, or short of a signature; or a message of the
    ///      attacker's to the destination, that it would have handled or expire.
    function forge(uint256 seed, uint256 kind, uint32 nonce) public {
        if (_transfers.length == 0) return;
        kind %= 4;
        ++calls[string.concat("forge ", vm.toString(kind))];
        bytes memory body =
            bytes.concat(kind == 3 ? bytes1(0x01) : bytes1(0x02), _transfers[seed % _transfers.length].rest);
        (uint32 from, uint32 to) = kind == 3 ? (ORIGIN, DESTINATION) : (kind == 1 ? 3000 : DESTINATION, ORIGIN);
        address sender = kind == 1 || kind == 2 ? address(_world.there) : _world.attacker;
        address recipient = kind == 3 ? address(_world.there) : address(_world.here);
        bytes memory message =
            Reference.message(1_000_000 + (nonce % 1_000_000), from, sender, to, Reference.addr32(recipient), body);
        bytes memory proof = _proof(kind == 3 ? _world.origin : _world.destination, from, message, kind == 2 ? 1 : 2);
        if (kind == 2) {
            vm.expectRevert(abi.encodeWithSignature("NotEnoughSignatures(uint256,uint256)", 1, 2));
        } else {
            vm.expectRevert(
                abi.encodeWithSelector(IExpiringClient.NotACounterpart.selector, from, Reference.addr32(sender))
            );
        }
        (kind == 3 ? _world.destination : _world.origin).process(proof, message);
    }

    /* -------------------------------------------------- reorganisations --------------------------------------------- */

    function reorgOrigin(uint256[6] memory seeds) external {
        uint256 snapshot = vm.snapshotState();
        for (uint256 i; i < seeds.length; ++i) {
            (uint256 action, uint256 seed) = (seeds[i] % 4, seeds[i] / 4);
            if (action == 0) transfer(seed, seed / 3, uint96(seed), seed / 7);
            else if (action == 1) forge(seed, seed % 3, uint32(seed / 3));
            else bring(seed);
        }
        _takeBack(snapshot);
        ++calls["reorgOrigin"];
    }

    function reorgDestination(uint256[6] memory seeds) external {
        uint256 snapshot = vm.snapshotState();
        for (uint256 i; i < seeds.length; ++i) {
            (uint256 action, uint256 seed) = (seeds[i] % 5, seeds[i] / 5);
            if (action == 0) setCosts(seed % 2 == 0);
            else if (action == 1) passToEdge(seed, seed % 2 == 0);
            else if (action == 2) resend(seed, seed % 2 == 0);
            else deliver(seed);
        }
        _takeBack(snapshot);
        ++calls["reorgDestination"];
    }

    function _takeBack(uint256 snapshot) internal {
        assertHandledOrRefunded();
        assertValueIsConserved();
        assertTrue(vm.revertToStateAndDelete(snapshot));
    }

    /* --------------------------------------------------- comparisons ------------------------------------------------ */

    /// @notice A message is handled, or has a tombstone, or neither; what is refunded has a tombstone.
    function assertHandledOrRefunded() public view {
        for (uint64 i; i < _transfers.length; ++i) {
            Transfer storage t = _transfers[i];
            bytes32 key = keccak256(abi.encodePacked(ORIGIN, Reference.addr32(address(_world.here)), t.rest));
            bool handled = t.status == Status.Handled;
            bool expired = t.status == Status.Expired || t.status == Status.Refunded;
            assertEq(_world.there.expired(key), expired);
            assertEq(_world.destination.delivered(keccak256(t.message)), handled || expired);
            key = keccak256(abi.encodePacked(DESTINATION, Reference.addr32(address(_world.there)), t.rest));
            if (t.deadline == 0 || t.status == Status.Refunded) key = 0;
            assertEq(_world.here.outstanding(i), key);
        }
    }

    /// @notice What was locked is locked, given back, or released on the other side out of what was there.
    function assertValueIsConserved() public view {
        uint256 locked;
        uint256 released;
        for (uint256 i; i < _transfers.length; ++i) {
            Transfer storage t = _transfers[i];
            if (t.status != Status.Refunded) locked += t.amount;
            if (t.status == Status.Handled) released += t.amount;
        }
        assertEq(address(_world.here).balance, locked);
        assertEq(address(_world.there).balance, _stock - released);
        for (uint256 i; i < _world.accounts.length; ++i) {
            address account = _world.accounts[i];
            assertEq(account.balance, _released[account] + _givenBack[account]);
        }
    }

    /* ------------------------------------------------------ helpers ------------------------------------------------- */

    receive() external payable {}

    /// @dev The next dispatch of the destination is the receipt for this transfer.
    function _expectReceipt(uint256 counter) internal {
        bytes memory message = Reference.message(
            _world.destination.nonce(),
            DESTINATION,
            address(_world.there),
            ORIGIN,
            Reference.addr32(address(_world.here)),
            bytes.concat(hex"02", _transfers[counter].rest)
        );
        vm.expectEmit(address(_world.destination));
        emit IMailbox.DispatchId(keccak256(message));
        _slips.push(Slip(message, counter, false));
    }

    function _proof(IMailbox mailbox, uint32 domain, bytes memory message, uint256 count)
        internal
        view
        returns (bytes memory proof)
    {
        IMerkleTreeHook tree = mailbox.merkleTreeHook();
        Reference.Checkpoint memory c = Reference.Checkpoint(
            domain, Reference.addr32(address(tree)), tree.root(), tree.count(), keccak256(message)
        );
        proof = Reference.messageIdMetadata(c);
        for (uint256 i; i < count; ++i) {
            (uint8 v, bytes32 r, bytes32 s) = vm.sign(_world.validatorKeys[i], Reference.checkpointHash(c));
            proof = bytes.concat(proof, abi.encodePacked(r, s, v));
        }
    }

    function _account(uint256 seed) internal view returns (address) {
        return _world.accounts[seed % _world.accounts.length];
    }
}
