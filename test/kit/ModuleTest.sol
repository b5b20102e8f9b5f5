// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IStaticAddressSetFactory} from "src/interfaces/IStaticAddressSetFactory.sol";

import {BaseTest} from "./BaseTest.sol";
import {Reference} from "./Reference.sol";
import {Shipped} from "./Shipped.sol";

/// @notice For modules that are made of modules, or stand beside one in an aggregation. `ism` is the real multisig among
///         them.
abstract contract ModuleTest is BaseTest {
    IStaticAddressSetFactory internal aggregationFactory;

    function setUp() public virtual override {
        super.setUp();
        aggregationFactory = Shipped.aggregationIsmFactory();
    }

    /// @dev An aggregation of all of these.
    function _both(IInterchainSecurityModule first, IInterchainSecurityModule second)
        internal
        returns (IInterchainSecurityModule)
    {
        return IInterchainSecurityModule(aggregationFactory.deploy(_pair(address(first), address(second)), 2));
    }

    function _pair(address first, address second) internal pure returns (address[] memory pair) {
        pair = new address[](2);
        (pair[0], pair[1]) = (first, second);
    }

    /// @dev Metadata of an aggregation that supplies both.
    function _bothMetadata(bytes memory first, bytes memory second) internal pure returns (bytes memory) {
        bytes[] memory parts = new bytes[](2);
        bool[] memory supplied = new bool[](2);
        (parts[0], parts[1]) = (first, second);
        (supplied[0], supplied[1]) = (true, true);
        return Reference.aggregationMetadata(parts, supplied);
    }

    /// @dev The recipient trusts this module from now on.
    function _trust(IInterchainSecurityModule module) internal {
        recipient.setInterchainSecurityModule(module);
    }

    function _process(bytes memory metadata, bytes memory message) internal {
        vm.prank(relayer);
        destinationMailbox.process(metadata, message);
    }

    function _expectRefused(bytes memory metadata, bytes memory message, bytes memory reason) internal {
        vm.prank(relayer);
        vm.expectRevert(reason);
        destinationMailbox.process(metadata, message);
    }

    /// @dev Message-id metadata for any message, signed with these keys.
    function _messageIdMetadata(bytes memory message, uint256[] memory keys) internal view returns (bytes memory) {
        Reference.Checkpoint memory c = _checkpointOf(message);
        return bytes.concat(Reference.messageIdMetadata(c), _signatures(Reference.checkpointHash(c), keys));
    }

    /// @dev Merkle-root metadata for any message, as if it were the only one in its tree, signed with these keys.
    function _merkleRootMetadata(bytes memory message, uint256[] memory keys) internal view returns (bytes memory) {
        bytes32[33] memory zeros = Reference.zeros();
        bytes32[32] memory proof;
        Reference.Checkpoint memory c = _checkpointOf(message);
        c.root = c.messageId;
        for (uint256 level; level < 32; ++level) {
            proof[level] = zeros[level];
            c.root = Reference.hash(c.root, zeros[level]);
        }
        return bytes.concat(Reference.merkleRootMetadata(c, 0, proof), _signatures(Reference.checkpointHash(c), keys));
    }

    /// @dev Of the message's own origin, whatever that is, under some root.
    function _checkpointOf(bytes memory message) internal view returns (Reference.Checkpoint memory c) {
        uint32 domain;
        assembly ("memory-safe") {
            domain := and(mload(add(message, 9)), 0xffffffff)
        }
        c = Reference.Checkpoint(
            domain, Reference.addr32(address(originTree)), keccak256("root"), 0, keccak256(message)
        );
    }

    /// @dev A message of this nonce and origin to the recipient.
    function _message(uint32 nonce, uint32 origin, bytes memory body) internal view returns (bytes memory) {
        return Reference.message(nonce, origin, alice, DESTINATION, Reference.addr32(address(recipient)), body);
    }
}
