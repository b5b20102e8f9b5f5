// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrowPaymaster} from "src/interfaces/IEscrowPaymaster.sol";
import {IMailbox} from "src/interfaces/IMailbox.sol";
import {IMerkleTreeHook} from "src/interfaces/IMerkleTreeHook.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";

import {Reference} from "../kit/Reference.sol";
import {FlatPaymaster} from "../mocks/FlatPaymaster.sol";
import {EscrowBooks} from "./EscrowBooks.sol";

/// @notice Does what payers, relayers and attackers may do on two chains. What an action does is final, but for those that
///         happen within a reorganisation: that one chain takes back all of it, and whatever else was done or signed
///         meanwhile rests on what was final.
contract EscrowHandler is EscrowBooks {
    uint32 internal constant ORIGIN = 1000;
    uint32 internal constant DESTINATION = 2000;
    uint256 internal constant GAS_LIMIT = 80_000;
    uint256 internal constant MAX_MESSAGES = 12;

    address internal immutable _attacker;

    constructor(World memory world) {
        _world = world;
        _attacker = vm.addr(world.attackerKey);
    }

    /* ------------------------------------------------------- time --------------------------------------------------- */

    function pass(uint256 time) public {
        ++calls["pass"];
        vm.warp(block.timestamp + bound(time, 0, 3 hours));
    }

    /// @dev To the last second of a lock, or the one after it.
    function passToEdge(uint256 seed, bool after_) public {
        if (_ids.length == 0) return;
        uint256 edge = uint256(_books[_id(seed)].until) + (after_ ? 1 : 0);
        if (edge <= block.timestamp) return;
        ++calls["passToEdge"];
        vm.warp(edge);
    }

    /* ------------------------------------------------------ payers -------------------------------------------------- */

    /// @dev The choice: mostly the honest module and sender; each may be the attacker's.
    function dispatch(uint256 payerSeed, uint256 choice, uint64 price, uint64 excess, uint256 duration) public {
        if (_ids.length == MAX_MESSAGES) return;
        Book memory book;
        book.refundAddress = _account(payerSeed);
        book.receiptIsm = choice % 4 == 1 ? _world.hostileIsm : _world.receiptIsm;
        book.receiptSender = choice % 4 == 2 ? Reference.addr32(_attacker) : _receiptSender();
        book.until = uint48(block.timestamp + bound(duration, 1, 1 days));
        book.amount = GAS_LIMIT * price;
        FlatPaymaster(address(_world.escrow.gasPaymaster())).setPrice(price);
        bytes memory body = abi.encode(_world.origin.nonce());
        bytes32 to = Reference.addr32(_world.recipient);
        book.message = Reference.message(_world.origin.nonce(), ORIGIN, address(this), DESTINATION, to, body);
        bytes32 id = keccak256(book.message);
        uint256 before = book.refundAddress.balance;

        vm.deal(address(this), book.amount + excess);
        _world.origin.dispatch{value: book.amount + excess}(DESTINATION, to, body, _hookMetadata(book), _world.escrow);
        assertEq(book.refundAddress.balance, before + excess);
        vm.expectRevert(abi.encodeWithSelector(IEscrowPaymaster.AlreadyLocked.selector, id));
        _world.escrow.postDispatch(_hookMetadata(book), book.message);
        _books[id] = book;
        _ids.push(id);
        ++calls["dispatch"];
    }

    function topUp(uint256 seed, uint64 amount) public {
        if (_ids.length == 0) return;
        bytes32 id = _id(seed);
        Book storage book = _books[id];
        vm.deal(address(this), amount);
        if (book.status != Status.Open) {
            ++calls["topUp of no lock"];
            vm.expectRevert(abi.encodeWithSelector(IEscrowPaymaster.NoLock.selector, id));
        } else if (block.timestamp > book.until) {
            ++calls["topUp too late"];
            vm.expectRevert(abi.encodeWithSelector(IEscrowPaymaster.EscrowEnded.selector, id, book.until));
        } else {
            ++calls["topUp"];
            book.amount += amount;
        }
        _world.escrow.topUp{value: amount}(id);
    }

    /// @dev Of up to three messages; the same one may be among them twice.
    function refund(uint256 seed, uint256 count) public {
        if (_ids.length == 0) return;
        bytes32[] memory ids = new bytes32[](bound(count, 1, 3));
        for (uint256 i; i < ids.length; ++i) {
            ids[i] = _id(seed / (i + 1));
            Book storage book = _books[ids[i]];
            if (book.status == Status.Open && block.timestamp <= book.until) {
                ++calls["refund too early"];
                vm.expectRevert(abi.encodeWithSelector(IEscrowPaymaster.EscrowNotEnded.selector, ids[i], book.until));
                _world.escrow.refund(_single(ids[i]));
                return;
            }
        }
        _world.escrow.refund(ids);
        for (uint256 i; i < ids.length; ++i) {
            Book storage book = _books[ids[i]];
            if (book.status != Status.Open) {
                ++calls["refund of what is settled"];
                continue;
            }
            ++calls["refund"];
            book.status = Status.Refunded;
            credits[book.refundAddress] += book.amount;
        }
    }

    function withdraw(uint256 seed) public {
        address account = _account(seed);
        uint256 credit = credits[account];
        uint256 before = account.balance;
        if (credit == 0) {
            ++calls["withdraw nothing"];
            vm.expectRevert(abi.encodeWithSelector(IEscrowPaymaster.NoCredit.selector, account));
            _world.escrow.withdraw(account);
            return;
        }
        ++calls["withdraw"];
        credits[account] = 0;
        assertEq(_world.escrow.withdraw(account), credit);
        assertEq(account.balance, before + credit);
    }

    /* ----------------------------------------------------- relayers ------------------------------------------------- */

    function deliver(uint256 seed, uint256 relayerSeed) public {
        if (_ids.length == 0) return;
        bytes32 id = _id(seed);
        Book storage book = _books[id];
        bytes memory proof = _proof(_world.origin, ORIGIN, id, 2);
        if (book.processor != address(0)) {
            ++calls["deliver again"];
            vm.expectRevert(abi.encodeWithSelector(IMailbox.AlreadyDelivered.selector, id));
        } else {
            ++calls["deliver"];
            book.processor = _account(relayerSeed);
        }
        vm.prank(_account(relayerSeed));
        _world.destination.process(proof, book.message);
    }

    function setPayee(uint256 relayerSeed, uint256 payeeSeed) public {
        ++calls["setPayee"];
        (address processor, address payee) = (_account(relayerSeed), _account(payeeSeed));
        payees[processor] = payee;
        named[processor][payee] = true;
        vm.prank(processor);
        _world.receipts.setPayee(payee);
    }

    /// @dev Of those among up to four messages that are delivered, whatever module they chose; the receipt names one of the
    ///      two.
    function sendReceipt(uint256 seed, uint256 choice) public {
        if (_ids.length == 0) return;
        Slip memory slip = _blank(seed);
        uint256 count;
        for (uint256 i; i < slip.ids.length; ++i) {
            address processor = _books[slip.ids[i]].processor;
            if (processor == address(0)) continue;
            (slip.ids[count], slip.payees[count]) = (slip.ids[i], payeeOf(processor));
            ++count;
        }
        if (count == 0) return;
        ++calls["sendReceipt"];
        (bytes32[] memory ids, address[] memory payees_) = (slip.ids, slip.payees);
        assembly ("memory-safe") {
            mstore(ids, count)
            mstore(payees_, count)
        }
        slip.module = choice % 4 == 0 ? _world.hostileIsm : _world.receiptIsm;
        _write(slip, _world.destination.nonce());
        bytes32 to = Reference.addr32(address(_world.escrow));
        bytes32 id = _world.receipts.sendReceipts(ORIGIN, to, slip.module, slip.ids, "", _tree(_world.destination));
        assertEq(id, keccak256(slip.message));
        _slips.push(slip);
    }

    function bring(uint256 seed) public {
        if (_slips.length == 0) return;
        Slip storage slip = _slips[seed % _slips.length];
        bytes32 id = keccak256(slip.message);
        bytes memory proof = _proofFor(slip);
        if (slip.brought) {
            ++calls["bring again"];
            vm.expectRevert(abi.encodeWithSelector(IMailbox.AlreadyDelivered.selector, id));
            _world.origin.process(proof, slip.message);
            return;
        }
        ++calls["bring"];
        slip.brought = true;
        _book(slip, DESTINATION);
        _world.origin.process(proof, slip.message);
    }

    /* ----------------------------------------------------- attackers ------------------------------------------------ */

    /// @dev A receipt that was never sent, for any messages, to pay the attacker.
    function forge(uint256 seed, uint256 kind, uint32 nonce) public {
        if (_ids.length == 0) return;
        Slip memory slip = _blank(seed);
        for (uint256 i; i < slip.ids.length; ++i) {
            slip.payees[i] = _attacker;
        }
        kind %= 4;
        // Vouched for by the attacker's module; sent by the attacker; from another chain; or one signature short.
        slip.module = kind == 0 ? _world.hostileIsm : _world.receiptIsm;
        if (kind == 1) slip.sender = Reference.addr32(_attacker);
        if (kind == 2) slip.domain = 3000;
        _write(slip, 1_000_000 + (nonce % 1_000_000));
        bytes32 id = keccak256(slip.message);
        if (_world.origin.delivered(id)) return;
        bytes memory proof = kind == 3 ? _proof(_world.destination, DESTINATION, id, 2) : _proofFor(slip);
        ++calls[string.concat("forge ", vm.toString(kind))];
        if (kind == 3) vm.expectRevert(abi.encodeWithSignature("NotEnoughSignatures(uint256,uint256)", 2, 3));
        else _book(slip, DESTINATION);
        vm.prank(_attacker);
        _world.origin.process(proof, slip.message);
    }

    /// @dev A lock for a message of earlier, with other terms.
    function lockAgain(uint256 seed) public {
        if (_ids.length == 0) return;
        bytes32 id = _id(seed);
        Book memory book = _books[id];
        if (_world.origin.latestDispatchedId() == id) return; // refused for another reason: see dispatch
        book.receiptIsm = _world.hostileIsm;
        ++calls["lockAgain"];
        vm.expectRevert(abi.encodeWithSelector(IEscrowPaymaster.NotDispatching.selector, id));
        _world.escrow.postDispatch(_hookMetadata(book), book.message);
    }

    /* -------------------------------------------------- reorganisations --------------------------------------------- */

    /// @dev The origin does some of this, and then it never did.
    function reorgOrigin(uint256[6] memory seeds) external {
        uint256 snapshot = vm.snapshotState();
        for (uint256 i; i < seeds.length; ++i) {
            (uint256 action, uint256 seed) = (seeds[i] % 8, seeds[i] / 8);
            if (action == 0) dispatch(seed, seed / 3, uint64(seed), uint64(seed / 5), seed / 7);
            else if (action == 1) topUp(seed, uint64(seed / 3));
            else if (action == 2) refund(seed, seed / 3);
            else if (action == 3) withdraw(seed);
            else if (action == 4) forge(seed, seed / 3, uint32(seed / 5));
            else if (action == 5) passToEdge(seed, seed % 2 == 0);
            else bring(seed);
        }
        _takeBack(snapshot);
        ++calls["reorgOrigin"];
    }

    /// @dev The destination does some of this, and then it never did. Nobody signed what it sent.
    function reorgDestination(uint256[6] memory seeds) external {
        uint256 snapshot = vm.snapshotState();
        for (uint256 i; i < seeds.length; ++i) {
            (uint256 action, uint256 seed) = (seeds[i] % 4, seeds[i] / 4);
            if (action == 0) setPayee(seed, seed / 3);
            else if (action == 1) sendReceipt(seed, seed / 3);
            else deliver(seed, seed / 3);
        }
        _takeBack(snapshot);
        ++calls["reorgDestination"];
    }

    function _takeBack(uint256 snapshot) internal {
        assertHeldIsOwed();
        assertLocksAreOpenOrSettledOnce();
        assertDeliverersArePaid();
        assertTrue(vm.revertToStateAndDelete(snapshot));
    }

    /* ------------------------------------------------------ helpers ------------------------------------------------- */

    receive() external payable {}

    function idAt(uint256 index) external view returns (bytes32) {
        return _ids[index];
    }

    function _hookMetadata(Book memory book) internal pure returns (bytes memory) {
        return abi.encodePacked(
            uint16(1),
            uint256(0),
            GAS_LIMIT,
            book.refundAddress,
            address(0),
            uint48(0),
            book.until,
            book.receiptIsm,
            book.receiptSender
        );
    }

    /// @dev A receipt of up to four messages as the honest destination would send it, without module and payees.
    function _blank(uint256 seed) internal view returns (Slip memory slip) {
        uint256 count = 1 + ((seed / 7) % 4);
        slip.ids = new bytes32[](count);
        slip.payees = new address[](count);
        for (uint256 i; i < count; ++i) {
            slip.ids[i] = _id(seed / (i + 1));
        }
        (slip.domain, slip.sender) = (DESTINATION, _receiptSender());
    }

    function _write(Slip memory slip, uint32 nonce) internal view {
        bytes memory body = abi.encodePacked(uint8(1), slip.module);
        for (uint256 i; i < slip.ids.length; ++i) {
            body = bytes.concat(body, slip.ids[i], bytes20(slip.payees[i]));
        }
        address sender = address(uint160(uint256(slip.sender)));
        bytes32 to = Reference.addr32(address(_world.escrow));
        slip.message = Reference.message(nonce, slip.domain, sender, ORIGIN, to, body);
    }

    function _proofFor(Slip memory slip) internal view returns (bytes memory) {
        bytes32 id = keccak256(slip.message);
        if (slip.module != _world.hostileIsm) return _proof(_world.destination, slip.domain, id, 3);
        (bytes memory metadata, bytes32 hash) = _checkpoint(_world.destination, slip.domain, id);
        return bytes.concat(metadata, _sign(_world.attackerKey, hash));
    }

    /// @dev Real signatures of the first validators over a checkpoint of this chain's tree.
    function _proof(IMailbox mailbox, uint32 domain, bytes32 id, uint256 count)
        internal
        view
        returns (bytes memory proof)
    {
        bytes32 hash;
        (proof, hash) = _checkpoint(mailbox, domain, id);
        for (uint256 i; i < count; ++i) {
            proof = bytes.concat(proof, _sign(_world.validatorKeys[i], hash));
        }
    }

    function _checkpoint(IMailbox mailbox, uint32 domain, bytes32 id) internal view returns (bytes memory, bytes32) {
        IMerkleTreeHook tree = mailbox.merkleTreeHook();
        bytes32 root = tree.root();
        Reference.Checkpoint memory c =
            Reference.Checkpoint(domain, Reference.addr32(address(tree)), root, tree.count(), id);
        return (Reference.messageIdMetadata(c), Reference.checkpointHash(c));
    }

    function _sign(uint256 key, bytes32 hash) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, hash);
        return abi.encodePacked(r, s, v);
    }

    function _tree(IMailbox mailbox) internal view returns (IPostDispatchHook) {
        return mailbox.merkleTreeHook();
    }

    function _id(uint256 seed) internal view returns (bytes32) {
        return _ids[seed % _ids.length];
    }

    function _account(uint256 seed) internal view returns (address) {
        return _world.accounts[seed % _world.accounts.length];
    }

    function _single(bytes32 id) internal pure returns (bytes32[] memory ids) {
        ids = new bytes32[](1);
        ids[0] = id;
    }
}
