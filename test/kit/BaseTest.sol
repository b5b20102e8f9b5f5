// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";

import {IMerkleTreeHook} from "src/interfaces/IMerkleTreeHook.sol";
import {IMultisigIsm} from "src/interfaces/IMultisigIsm.sol";

import {TestRecipient} from "../mocks/TestRecipient.sol";
import {Reference} from "./Reference.sol";
import {IStaticAddressSetFactory} from "src/interfaces/IStaticAddressSetFactory.sol";
import {IOwnedMailbox, Shipped} from "./Shipped.sol";

/// @notice Two Mailboxes, as of two chains, guarded by the same real 2-of-3 message-id multisig module.
abstract contract BaseTest is Test {
    uint32 internal constant ORIGIN = 1000;
    uint32 internal constant DESTINATION = 2000;
    uint256 internal constant VALIDATORS = 3;
    uint8 internal constant THRESHOLD = 2;

    /// @dev Order of the secp256k1 curve: (r, order - s, flipped v) is the same signature written in a second way.
    uint256 internal constant CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    address internal owner = makeAddr("owner");
    address internal alice = makeAddr("alice");
    address internal bob = makeAddr("bob");
    address internal relayer = makeAddr("relayer");
    address internal attacker;
    uint256 internal attackerKey;

    /// @dev The set in its order, which is neither that of the addresses nor that of the keys.
    address[] internal validators;
    uint256[] internal validatorKeys;

    IStaticAddressSetFactory internal messageIdFactory;
    IMultisigIsm internal ism;
    IOwnedMailbox internal originMailbox;
    IOwnedMailbox internal destinationMailbox;
    IMerkleTreeHook internal originTree;
    TestRecipient internal recipient;

    function setUp() public virtual {
        (attacker, attackerKey) = makeAddrAndKey("attacker");
        for (uint256 i; i < VALIDATORS; ++i) {
            (address validator, uint256 key) = makeAddrAndKey(string.concat("validator ", vm.toString(i)));
            validators.push(validator);
            validatorKeys.push(key);
        }
        messageIdFactory = Shipped.messageIdMultisigIsmFactory();
        ism = IMultisigIsm(messageIdFactory.deploy(validators, THRESHOLD));
        originMailbox = Shipped.mailbox(ORIGIN, owner, ism);
        destinationMailbox = Shipped.mailbox(DESTINATION, owner, ism);
        originTree = originMailbox.merkleTreeHook();
        recipient = new TestRecipient();
        vm.deal(alice, 100 ether);
        vm.deal(relayer, 100 ether);
    }

    /* ---------------------------------------------------- messages -------------------------------------------------- */

    /// @dev The message that Alice's next dispatch from the origin makes.
    function _nextMessage(address to, bytes memory body) internal view returns (bytes memory) {
        return Reference.message(originMailbox.nonce(), ORIGIN, alice, DESTINATION, Reference.addr32(to), body);
    }

    /// @dev Alice dispatches from the origin.
    function _dispatch(address to, bytes memory body) internal returns (bytes memory message) {
        message = _nextMessage(to, body);
        vm.prank(alice);
        originMailbox.dispatch(DESTINATION, Reference.addr32(to), body);
    }

    /// @dev The checkpoint that an honest validator signs for the message just dispatched.
    function _latestCheckpoint(bytes memory message) internal view returns (Reference.Checkpoint memory) {
        (bytes32 root, uint32 index) = originTree.latestCheckpoint();
        return Reference.Checkpoint({
            origin: ORIGIN,
            tree: Reference.addr32(address(originTree)),
            root: root,
            index: index,
            messageId: keccak256(message)
        });
    }

    /// @dev Metadata for `ism` with a real quorum over the message just dispatched.
    function _metadata(bytes memory message) internal view returns (bytes memory) {
        Reference.Checkpoint memory checkpoint = _latestCheckpoint(message);
        return bytes.concat(
            Reference.messageIdMetadata(checkpoint), _signatures(Reference.checkpointHash(checkpoint), _keys(0, 1))
        );
    }

    /* --------------------------------------------------- signatures ------------------------------------------------- */

    function _sign(uint256 key, bytes32 hash) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, hash);
        return abi.encodePacked(r, s, v);
    }

    function _signatures(bytes32 hash, uint256[] memory keys) internal pure returns (bytes memory all) {
        for (uint256 i; i < keys.length; ++i) {
            all = bytes.concat(all, _sign(keys[i], hash));
        }
    }

    /// @dev The same signature with s in the upper half of the curve, as ecrecover would take it too.
    function _malleated(uint256 key, bytes32 hash) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, hash);
        return abi.encodePacked(r, CURVE_ORDER - uint256(s), v == 27 ? uint8(28) : uint8(27));
    }

    /// @dev Whose signature `key` makes over `signedHash` seems to be to one who holds it against `hash`.
    function _recovered(uint256 key, bytes32 signedHash, bytes32 hash) internal pure returns (address) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, signedHash);
        return ecrecover(hash, v, r, s);
    }

    /// @dev The keys of the validators at these positions of the set.
    function _keys(uint256 first, uint256 second) internal view returns (uint256[] memory keys) {
        keys = new uint256[](2);
        (keys[0], keys[1]) = (validatorKeys[first], validatorKeys[second]);
    }
}
