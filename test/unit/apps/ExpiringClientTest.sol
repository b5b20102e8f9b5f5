// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ExpiringClient} from "src/apps/ExpiringClient.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";

import {EscrowTest} from "../../kit/EscrowTest.sol";
import {Reference} from "../../kit/Reference.sol";
import {ExpiringVault} from "../../mocks/ExpiringVault.sol";

/// @notice A vault on the origin and its counterpart on the destination. Alice sends, Bob gets.
abstract contract ExpiringClientTest is EscrowTest {
    uint256 internal constant AMOUNT = 1 ether;
    uint256 internal constant STOCK = 10 ether;
    uint48 internal constant DEADLINE = START + 1 hours;

    ExpiringVault internal here;
    ExpiringVault internal there;
    /// @dev Of the origin and of the destination.
    IPostDispatchHook internal tree;
    IPostDispatchHook internal returnTree;

    function setUp() public virtual override {
        super.setUp();
        here = new ExpiringVault(originMailbox);
        there = new ExpiringVault(destinationMailbox);
        here.enroll(DESTINATION, Reference.addr32(address(there)));
        there.enroll(ORIGIN, Reference.addr32(address(here)));
        vm.deal(address(there), STOCK);
        tree = originMailbox.merkleTreeHook();
        returnTree = destinationMailbox.merkleTreeHook();
    }

    function _outgoing(uint48 deadline, IPostDispatchHook hook) internal view returns (ExpiringClient.Outgoing memory) {
        return ExpiringClient.Outgoing(DESTINATION, deadline, hook, Reference.addr32(address(there)), 0);
    }

    /// @dev Body of Alice's transfer to Bob, or of its receipt, by the definition.
    function _body(uint8 kind, uint48 deadline, uint64 counter) internal view returns (bytes memory) {
        return abi.encodePacked(kind, deadline, counter, abi.encode(alice, bob, AMOUNT));
    }

    function _commitment(uint32 domain, address account, bytes memory body) internal pure returns (bytes32) {
        bytes memory rest = new bytes(body.length - 1);
        for (uint256 i; i < rest.length; ++i) {
            rest[i] = body[i + 1];
        }
        return keccak256(abi.encodePacked(domain, Reference.addr32(account), rest));
    }

    /// @dev Alice sends AMOUNT to Bob.
    function _transfer(uint48 deadline) internal returns (bytes memory message) {
        return _transfer(deadline, AMOUNT, "", tree);
    }

    function _transfer(uint48 deadline, uint256 value, bytes memory metadata, IPostDispatchHook hook)
        internal
        returns (bytes memory message)
    {
        message = Reference.message(
            originMailbox.nonce(),
            ORIGIN,
            address(here),
            DESTINATION,
            Reference.addr32(address(there)),
            _body(1, deadline, here.sentCount())
        );
        vm.prank(alice);
        bytes32 id = here.transfer{value: value}(_outgoing(deadline, hook), bob, AMOUNT, metadata);
        assertEq(id, keccak256(message));
    }

    /// @dev The receipt that the destination's next dispatch makes for a message with this deadline and counter.
    function _nextReceipt(uint48 deadline, uint64 counter) internal view returns (bytes memory) {
        return _receiptBy(address(there), _body(2, deadline, counter));
    }

    function _receiptBy(address sender, bytes memory body) internal view returns (bytes memory) {
        return Reference.message(
            destinationMailbox.nonce(), DESTINATION, sender, ORIGIN, Reference.addr32(address(here)), body
        );
    }

    /// @dev Brings a message, or what is said to be one, from the destination to the origin.
    function _bringBack(bytes memory receipt) internal {
        originMailbox.process(_proof(receipt, _keys(0, 1)), receipt);
    }

    /// @dev A transfer that expires: delivered a second after its deadline.
    function _expired() internal returns (bytes memory message, bytes memory receipt) {
        message = _transfer(DEADLINE);
        vm.warp(DEADLINE + 1);
        receipt = _nextReceipt(DEADLINE, here.sentCount() - 1);
        _deliver(relayer, message);
    }
}
