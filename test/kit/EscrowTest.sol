// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDeliveryReceipts} from "src/interfaces/IDeliveryReceipts.sol";
import {IEscrowPaymaster} from "src/interfaces/IEscrowPaymaster.sol";
import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IMerkleTreeHook} from "src/interfaces/IMerkleTreeHook.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";

import {FlatPaymaster} from "../mocks/FlatPaymaster.sol";
import {BaseTest} from "./BaseTest.sol";
import {Reference} from "./Reference.sol";
import {IOwnedMailbox, Shipped} from "./Shipped.sol";

/// @notice Pay on delivery from the origin to the destination. Receipts are guarded by all three validators, messages by
///         two.
abstract contract EscrowTest is BaseTest {
    uint256 internal constant PRICE = 3 gwei;
    uint256 internal constant GAS_LIMIT = 80_000;
    uint256 internal constant QUOTE = PRICE * GAS_LIMIT;
    uint48 internal constant START = 1_800_000_000;
    uint48 internal constant UNTIL = START + 1 days;

    /// @dev What a payer says in the hook metadata.
    struct Terms {
        address refundAddress;
        uint48 deadline;
        uint48 escrowUntil;
        address receiptIsm;
        bytes32 receiptSender;
    }

    FlatPaymaster internal paymaster;
    IEscrowPaymaster internal escrow;
    IDeliveryReceipts internal receipts;
    IInterchainSecurityModule internal receiptIsm;
    IInterchainSecurityModule internal hostileIsm;
    address internal refundee = makeAddr("refundee");

    function setUp() public virtual override {
        super.setUp();
        vm.warp(START);
        paymaster = new FlatPaymaster(PRICE);
        escrow = Shipped.escrowPaymaster(originMailbox, paymaster);
        receipts = Shipped.deliveryReceipts(destinationMailbox);
        receiptIsm = IInterchainSecurityModule(messageIdFactory.deploy(validators, 3));
        address[] memory alone = new address[](1);
        alone[0] = attacker;
        hostileIsm = IInterchainSecurityModule(messageIdFactory.deploy(alone, 1));
    }

    /* ----------------------------------------------------- locking -------------------------------------------------- */

    function _terms() internal view returns (Terms memory) {
        return Terms(refundee, 0, UNTIL, address(receiptIsm), Reference.addr32(address(receipts)));
    }

    function _metadataOf(Terms memory terms) internal pure returns (bytes memory) {
        return abi.encodePacked(
            uint16(1),
            uint256(0),
            GAS_LIMIT,
            terms.refundAddress,
            address(0),
            terms.deadline,
            terms.escrowUntil,
            terms.receiptIsm,
            terms.receiptSender
        );
    }

    /// @dev Alice dispatches a message with the escrow as its hook.
    function _lock(Terms memory terms, uint256 value) internal returns (bytes memory message) {
        return _lockBy(escrow, _metadataOf(terms), value);
    }

    function _lock() internal returns (bytes memory message) {
        return _lock(_terms(), QUOTE);
    }

    function _lockBy(IPostDispatchHook hook, bytes memory metadata, uint256 value)
        internal
        returns (bytes memory message)
    {
        bytes memory body = abi.encode(originMailbox.nonce());
        message = _nextMessage(address(recipient), body);
        vm.prank(alice);
        originMailbox.dispatch{value: value}(DESTINATION, Reference.addr32(address(recipient)), body, metadata, hook);
    }

    function _amount(bytes32 id) internal view returns (uint256) {
        return escrow.lock(id).amount;
    }

    function _isOpen(bytes32 id) internal view returns (bool) {
        return escrow.lock(id).escrowUntil != 0;
    }

    /* ---------------------------------------------------- delivering ------------------------------------------------ */

    function _deliver(address processor, bytes memory message) internal {
        bytes memory metadata = _proof(message, _keys(0, 1));
        vm.prank(processor);
        destinationMailbox.process(metadata, message);
    }

    /// @dev Locked by Alice and delivered by the relayer.
    function _delivered() internal returns (bytes32 id) {
        bytes memory message = _lock();
        _deliver(relayer, message);
        return keccak256(message);
    }

    /// @dev Message-id metadata for a message that is the latest of its origin, or as if it were.
    function _proof(bytes memory message, uint256[] memory keys) internal view returns (bytes memory) {
        uint32 domain;
        assembly ("memory-safe") {
            domain := and(mload(add(message, 9)), 0xffffffff)
        }
        IOwnedMailbox mailbox = domain == ORIGIN ? originMailbox : destinationMailbox;
        IMerkleTreeHook tree = mailbox.merkleTreeHook();
        (bytes32 root, uint32 index) = (keccak256("root"), 0);
        if (tree.count() != 0) (root, index) = tree.latestCheckpoint();
        Reference.Checkpoint memory checkpoint =
            Reference.Checkpoint(domain, Reference.addr32(address(tree)), root, index, keccak256(message));
        return
            bytes.concat(
                Reference.messageIdMetadata(checkpoint), _signatures(Reference.checkpointHash(checkpoint), keys)
            );
    }

    /* ----------------------------------------------------- receipts ------------------------------------------------- */

    /// @dev The body of a receipt with one payee for all, by the definition.
    function _receiptBody(IInterchainSecurityModule module, bytes32[] memory ids, address payee)
        internal
        pure
        returns (bytes memory body)
    {
        body = abi.encodePacked(uint8(1), module);
        for (uint256 i; i < ids.length; ++i) {
            body = bytes.concat(body, ids[i], bytes20(payee));
        }
    }

    /// @dev Anyone has the destination send a receipt.
    function _sendReceipt(IInterchainSecurityModule module, bytes32[] memory ids)
        internal
        returns (bytes memory message)
    {
        uint32 nonce = destinationMailbox.nonce();
        address[] memory payees = new address[](ids.length);
        bytes memory body = abi.encodePacked(uint8(1), module);
        for (uint256 i; i < ids.length; ++i) {
            payees[i] = receipts.payeeOf(destinationMailbox.processor(ids[i]));
            body = bytes.concat(body, ids[i], bytes20(payees[i]));
        }
        message = _fromDestination(nonce, address(receipts), body);
        bytes32 id = receipts.sendReceipts(
            ORIGIN, Reference.addr32(address(escrow)), address(module), ids, "", destinationMailbox.merkleTreeHook()
        );
        assertEq(id, keccak256(message));
    }

    /// @dev A receipt that somebody else than the receipts contract sends.
    function _forgeReceipt(address sender, bytes memory body) internal returns (bytes memory message) {
        message = _fromDestination(destinationMailbox.nonce(), sender, body);
        vm.prank(sender);
        destinationMailbox.dispatch(ORIGIN, Reference.addr32(address(escrow)), body);
    }

    function _fromDestination(uint32 nonce, address sender, bytes memory body) internal view returns (bytes memory) {
        return Reference.message(nonce, DESTINATION, sender, ORIGIN, Reference.addr32(address(escrow)), body);
    }

    /// @dev Anyone brings it to the escrow, signed by all validators.
    function _bring(bytes memory receipt) internal {
        originMailbox.process(_proof(receipt, _keys(0, 1, 2)), receipt);
    }

    /// @dev A receipt for these, sent and brought.
    function _claim(bytes32[] memory ids) internal {
        _bring(_sendReceipt(receiptIsm, ids));
    }

    function _claim(bytes32 id) internal {
        _claim(_ids(id));
    }

    function _refund(bytes32 id) internal {
        escrow.refund(_ids(id));
    }

    function _keys(uint256 i, uint256 j, uint256 k) internal view returns (uint256[] memory keys) {
        keys = new uint256[](3);
        (keys[0], keys[1], keys[2]) = (validatorKeys[i], validatorKeys[j], validatorKeys[k]);
    }

    function _ids(bytes32 id) internal pure returns (bytes32[] memory ids) {
        ids = new bytes32[](1);
        ids[0] = id;
    }

    function _ids(bytes32 first, bytes32 second) internal pure returns (bytes32[] memory ids) {
        ids = new bytes32[](2);
        (ids[0], ids[1]) = (first, second);
    }

    function _ids(bytes32 first, bytes32 second, bytes32 third) internal pure returns (bytes32[] memory ids) {
        ids = new bytes32[](3);
        (ids[0], ids[1], ids[2]) = (first, second, third);
    }
}
