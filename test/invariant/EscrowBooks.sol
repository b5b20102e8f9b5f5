// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDeliveryReceipts} from "src/interfaces/IDeliveryReceipts.sol";
import {IEscrowPaymaster} from "src/interfaces/IEscrowPaymaster.sol";
import {IMailbox} from "src/interfaces/IMailbox.sol";

import {Test} from "forge-std/Test.sol";

/// @notice What the escrow must hold and owe, by the rules alone: kept by the handler, compared with the chain.
abstract contract EscrowBooks is Test {
    enum Status {
        Open,
        Paid,
        Refunded
    }

    /// @dev A lock and what became of it.
    struct Book {
        bytes message;
        address refundAddress;
        address receiptIsm;
        bytes32 receiptSender;
        uint48 until;
        uint256 amount;
        Status status;
        address processor;
        address paidTo;
    }

    /// @dev A receipt that was sent, or is said to have been.
    struct Slip {
        bytes message;
        address module;
        uint32 domain;
        bytes32 sender;
        bytes32[] ids;
        address[] payees;
        bool brought;
    }

    struct World {
        IMailbox origin;
        IMailbox destination;
        IEscrowPaymaster escrow;
        IDeliveryReceipts receipts;
        address receiptIsm;
        address hostileIsm;
        address recipient;
        address[] accounts;
        uint256[] validatorKeys;
        uint256 attackerKey;
    }

    World internal _world;
    bytes32[] internal _ids;
    mapping(bytes32 id => Book) internal _books;
    Slip[] internal _slips;

    mapping(address account => uint256) public credits;
    mapping(address processor => address) public payees;
    mapping(address processor => mapping(address payee => bool)) public named;
    mapping(string name => uint256) public calls;

    /// @dev The rule of what a receipt opens.
    function _opens(Slip memory slip, uint256 index, uint32 destination) internal view returns (bool) {
        Book storage book = _books[slip.ids[index]];
        return book.message.length != 0 && book.status == Status.Open && book.receiptIsm == slip.module
            && book.receiptSender == slip.sender && slip.domain == destination && slip.payees[index] != address(0);
    }

    /// @dev What a receipt that is brought does.
    function _book(Slip memory slip, uint32 destination) internal {
        for (uint256 i; i < slip.ids.length; ++i) {
            if (!_opens(slip, i, destination)) {
                ++calls["skipped"];
                continue;
            }
            Book storage book = _books[slip.ids[i]];
            (book.status, book.paidTo) = (Status.Paid, slip.payees[i]);
            credits[slip.payees[i]] += book.amount;
            ++calls[block.timestamp > book.until ? "paid late" : "paid"];
        }
    }

    function payeeOf(address processor) public view returns (address) {
        return payees[processor] == address(0) ? processor : payees[processor];
    }

    /* --------------------------------------------------- comparisons ------------------------------------------------ */

    /// @notice Every open lock and every credit is there, and nothing else is held.
    function assertHeldIsOwed() public view {
        uint256 owed;
        for (uint256 i; i < _ids.length; ++i) {
            Book storage book = _books[_ids[i]];
            if (book.status == Status.Open) owed += book.amount;
        }
        for (uint256 i; i < _world.accounts.length; ++i) {
            owed += credits[_world.accounts[i]];
            assertEq(_world.escrow.credit(_world.accounts[i]), credits[_world.accounts[i]]);
        }
        assertEq(address(_world.escrow).balance, owed);
    }

    /// @notice A lock is open as it was made, or it is gone, paid or refunded once.
    function assertLocksAreOpenOrSettledOnce() public view {
        for (uint256 i; i < _ids.length; ++i) {
            Book storage book = _books[_ids[i]];
            IEscrowPaymaster.Lock memory lock = _world.escrow.lock(_ids[i]);
            bool open = book.status == Status.Open;
            assertEq(lock.amount, open ? book.amount : 0);
            assertEq(lock.escrowUntil, open ? book.until : 0);
            assertEq(lock.refundAddress, open ? book.refundAddress : address(0));
            assertEq(lock.receiptIsm, open ? book.receiptIsm : address(0));
            assertEq(lock.receiptSender, open ? book.receiptSender : bytes32(0));
        }
    }

    /// @notice Who chose an honest module and an honest sender of receipts pays for deliveries alone, and who delivered, or
    ///         whom that account named, gets it.
    function assertDeliverersArePaid() public view {
        for (uint256 i; i < _ids.length; ++i) {
            Book storage book = _books[_ids[i]];
            assertEq(_world.destination.processor(_ids[i]), book.processor);
            if (book.status != Status.Paid) continue;
            if (book.receiptIsm != _world.receiptIsm || book.receiptSender != _receiptSender()) continue;
            assertTrue(book.processor != address(0));
            assertTrue(book.paidTo == book.processor || named[book.processor][book.paidTo]);
        }
    }

    function _receiptSender() internal view returns (bytes32) {
        return bytes32(uint256(uint160(address(_world.receipts))));
    }
}
