// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IWeightedMultisigIsm} from "src/interfaces/IWeightedMultisigIsm.sol";

import {BaseTest} from "./BaseTest.sol";
import {Reference} from "./Reference.sol";
import {IOwnedStakedMultisigIsm, Shipped} from "./Shipped.sol";

/// @notice A staked module on the destination, whose origin is BaseTest's: messages are really dispatched there, signed with
///         real keys, and delivered by the destination's Mailbox. In the name of the origin's stake contract an account
///         dispatches the sets.
abstract contract StakedIsmTest is BaseTest {
    uint256 internal constant START = 1_800_000_000;
    uint48 internal constant LIFETIME = 7 days;
    uint48 internal constant DELAY = 2 days;
    uint64 internal constant FIRST_ID = 10;

    struct Member {
        uint256 key;
        uint96 weight;
    }

    IOwnedStakedMultisigIsm internal module;
    address internal stakeContract = makeAddr("stake");

    /// @dev The first set: keys 1, 2, 3 of weight 100 each.
    Member[] internal first;

    function setUp() public virtual override {
        super.setUp();
        vm.warp(START);
        module = Shipped.stakedMultisigIsm(destinationMailbox, owner, LIFETIME, DELAY);
        recipient.setInterchainSecurityModule(module);
        for (uint256 i = 1; i <= 3; ++i) {
            first.push(Member(i, 100));
        }
    }

    /// @dev The owner proposes the first set, and it is applied as soon as it can be: it lives until START + LIFETIME.
    function _bootstrap() internal {
        _propose(ORIGIN, stakeContract, FIRST_ID, first);
        skip(DELAY);
        module.applyProposal(ORIGIN);
    }

    function _propose(uint32 origin, address stake, uint64 setId, Member[] memory members) internal {
        vm.prank(owner);
        module.proposeSet(origin, Reference.addr32(stake), setId, _infos(members));
    }

    /* ----------------------------------------------------- sets ----------------------------------------------------- */

    function _members(uint256 firstKey, uint256 count, uint96 weight) internal pure returns (Member[] memory members) {
        members = new Member[](count);
        for (uint256 i; i < count; ++i) {
            members[i] = Member(firstKey + i, weight);
        }
    }

    function _infos(Member[] memory members) internal pure returns (IWeightedMultisigIsm.ValidatorInfo[] memory infos) {
        infos = new IWeightedMultisigIsm.ValidatorInfo[](members.length);
        for (uint256 i; i < members.length; ++i) {
            infos[i] = IWeightedMultisigIsm.ValidatorInfo(vm.addr(members[i].key), members[i].weight);
        }
    }

    function _body(uint64 setId, uint256 issuedAt, Member[] memory members) internal pure returns (bytes memory body) {
        body = abi.encodePacked(uint8(1), setId, uint48(issuedAt));
        for (uint256 i; i < members.length; ++i) {
            body = bytes.concat(body, bytes12(members[i].weight), bytes20(vm.addr(members[i].key)));
        }
    }

    function _assertSet(uint64 setId, uint256 issuedAt, Member[] memory members) internal view {
        assertEq(module.setOf(ORIGIN).setId, setId);
        assertEq(module.setOf(ORIGIN).issuedAt, issuedAt);
        assertEq(module.setOf(ORIGIN).expiresAt, issuedAt + LIFETIME);
        assertEq(abi.encode(module.setOf(ORIGIN).members), abi.encode(_infos(members)));
    }

    /* --------------------------------------------------- messages --------------------------------------------------- */

    /// @dev `sender` really dispatches.
    function _send(address sender, address to, bytes memory body) internal returns (bytes memory message) {
        message = Reference.message(originMailbox.nonce(), ORIGIN, sender, DESTINATION, Reference.addr32(to), body);
        vm.prank(sender);
        originMailbox.dispatch(DESTINATION, Reference.addr32(to), body);
    }

    function _sendSet(uint64 setId, uint256 issuedAt, Member[] memory members) internal returns (bytes memory) {
        return _send(stakeContract, address(module), _body(setId, issuedAt, members));
    }

    /// @dev Metadata with signatures of these keys, in this order, over the checkpoint of the message just dispatched.
    function _signedBy(bytes memory message, uint256[] memory keys) internal view returns (bytes memory) {
        Reference.Checkpoint memory c = _latestCheckpoint(message);
        return bytes.concat(Reference.messageIdMetadata(c), _signatures(Reference.checkpointHash(c), keys));
    }

    /// @dev By the first `count` of these.
    function _signedBy(bytes memory message, Member[] memory members, uint256 count)
        internal
        view
        returns (bytes memory)
    {
        uint256[] memory keys = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            keys[i] = members[i].key;
        }
        return _signedBy(message, keys);
    }

    /// @dev By all of these.
    function _signedBy(bytes memory message, Member[] memory members) internal view returns (bytes memory) {
        return _signedBy(message, members, members.length);
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
}
