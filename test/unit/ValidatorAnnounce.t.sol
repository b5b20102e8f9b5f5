// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

import {IValidatorAnnounce} from "src/interfaces/IValidatorAnnounce.sol";

import {BaseTest} from "../kit/BaseTest.sol";
import {Reference} from "../kit/Reference.sol";
import {Shipped} from "../kit/Shipped.sol";

contract ValidatorAnnounceTest is BaseTest {
    string internal constant LOCATION = "s3://signatures/eu-central-1/validator-0";
    string internal constant OTHER_LOCATION = "file:///signatures/validator-0";

    IValidatorAnnounce internal announce;
    address internal validator;
    uint256 internal key;

    function setUp() public override {
        super.setUp();
        announce = Shipped.validatorAnnounce(originMailbox);
        (validator, key) = (validators[0], validatorKeys[0]);
    }

    function _hash(string memory location) internal view returns (bytes32) {
        return Reference.announcementHash(ORIGIN, address(originMailbox), location);
    }

    function _locationsOf(address one, address two) internal view returns (string[][] memory) {
        address[] memory both = new address[](2);
        (both[0], both[1]) = (one, two);
        return announce.getAnnouncedStorageLocations(both);
    }

    /* --------------------------------------------------- announcing ------------------------------------------------- */

    function test_announce_storesAndEmits() public {
        vm.expectEmit(address(announce));
        emit IValidatorAnnounce.ValidatorAnnouncement(validator, LOCATION);
        // Anyone may submit what the validator signed.
        vm.prank(relayer);
        assertTrue(announce.announce(validator, LOCATION, _sign(key, _hash(LOCATION))));

        assertEq(announce.getAnnouncedValidators().length, 1);
        assertEq(announce.getAnnouncedValidators()[0], validator);
        string[][] memory locations = _locationsOf(validator, bob);
        assertEq(locations[0].length, 1);
        assertEq(locations[0][0], LOCATION);
        assertEq(locations[1].length, 0);
    }

    function test_announce_manyLocations_keepTheirOrder() public {
        uint256 count = 20;
        for (uint256 i; i < count; ++i) {
            string memory location = string.concat(LOCATION, vm.toString(i));
            announce.announce(validator, location, _sign(key, _hash(location)));
        }
        string[] memory locations = _locationsOf(validator, bob)[0];
        assertEq(locations.length, count);
        for (uint256 i; i < count; ++i) {
            assertEq(locations[i], string.concat(LOCATION, vm.toString(i)));
        }
        assertEq(announce.getAnnouncedValidators().length, 1);
    }

    function test_announce_sameLocationByTwoValidators() public {
        announce.announce(validator, LOCATION, _sign(key, _hash(LOCATION)));
        announce.announce(validators[1], LOCATION, _sign(validatorKeys[1], _hash(LOCATION)));
        assertEq(announce.getAnnouncedValidators().length, 2);
        string[][] memory locations = _locationsOf(validators[1], validator);
        assertEq(locations[0][0], LOCATION);
        assertEq(locations[1][0], LOCATION);
    }

    function testFuzz_announce_anyLocation(string calldata location) public {
        assertEq(announce.getAnnouncementDigest(location), _hash(location));
        announce.announce(validator, location, _sign(key, _hash(location)));
        assertEq(_locationsOf(validator, bob)[0][0], location);
    }

    /* ----------------------------------------------------- refused -------------------------------------------------- */

    function test_announce_replay_reverts() public {
        announce.announce(validator, LOCATION, _sign(key, _hash(LOCATION)));
        announce.announce(validator, OTHER_LOCATION, _sign(key, _hash(OTHER_LOCATION)));
        // Attempt: the same again, to make an old location the newest or to fill the list.
        bytes memory signature = _sign(key, _hash(LOCATION));
        vm.expectRevert(abi.encodeWithSelector(IValidatorAnnounce.AlreadyAnnounced.selector, validator, LOCATION));
        announce.announce(validator, LOCATION, signature);
    }

    function test_announce_bySomeoneElse_reverts() public {
        // Attempt: announce a location of the attacker's in the validator's name.
        bytes memory signature = _sign(attackerKey, _hash(LOCATION));
        vm.expectRevert(abi.encodeWithSelector(IValidatorAnnounce.NotSignedByValidator.selector, validator));
        announce.announce(validator, LOCATION, signature);
        assertEq(announce.getAnnouncedValidators().length, 0);
    }

    function test_announce_signatureForAnotherLocation_reverts() public {
        _expectForeign(_hash(OTHER_LOCATION));
    }

    function test_announce_signatureForAnotherMailboxOrDomain_reverts() public {
        _expectForeign(Reference.announcementHash(ORIGIN, address(destinationMailbox), LOCATION));
        _expectForeign(Reference.announcementHash(DESTINATION, address(originMailbox), LOCATION));
    }

    function test_announce_signatureWithoutThePrefix_reverts() public {
        // Attempt: a raw hash, as a key may have signed for another purpose.
        bytes32 domainHash =
            keccak256(bytes.concat(bytes4(ORIGIN), Reference.addr32(address(originMailbox)), "HYPERLANE_ANNOUNCEMENT"));
        _expectForeign(keccak256(bytes.concat(domainHash, bytes(LOCATION))));
    }

    function test_announce_checkpointReplayed_reverts() public {
        // Attempt: a checkpoint's signature over (root, index, id), given as an announcement of those 68 bytes, by a tree
        // whose address is the Mailbox's. The two kinds differ in the domain hash.
        Reference.Checkpoint memory c = Reference.Checkpoint(
            ORIGIN, Reference.addr32(address(originMailbox)), keccak256("root"), 1, keccak256("id")
        );
        string memory location = string(bytes.concat(c.root, bytes4(c.index), c.messageId));
        bytes memory signature = _sign(key, Reference.checkpointHash(c));
        vm.expectRevert(abi.encodeWithSelector(IValidatorAnnounce.NotSignedByValidator.selector, validator));
        announce.announce(validator, location, signature);
    }

    function test_announce_highS_reverts() public {
        bytes memory signature = _malleated(key, _hash(LOCATION));
        (,, bytes32 s) = vm.sign(key, _hash(LOCATION));
        vm.expectRevert(
            abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, bytes32(CURVE_ORDER - uint256(s)))
        );
        announce.announce(validator, LOCATION, signature);
    }

    function testFuzz_announce_wrongV_reverts(uint8 v) public {
        vm.assume(v != 27 && v != 28);
        (, bytes32 r, bytes32 s) = vm.sign(key, _hash(LOCATION));
        vm.expectRevert(ECDSA.ECDSAInvalidSignature.selector);
        announce.announce(validator, LOCATION, abi.encodePacked(r, s, v));
    }

    function test_announce_zeroValidator_reverts() public {
        // Attempt: a signature from which nobody is recovered, for the validator that is nobody.
        vm.expectRevert(ECDSA.ECDSAInvalidSignature.selector);
        announce.announce(address(0), LOCATION, new bytes(65));
    }

    function testFuzz_announce_wrongLength_reverts(uint256 length) public {
        length = bound(length, 0, 200);
        vm.assume(length != 65);
        vm.expectRevert(abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureLength.selector, length));
        announce.announce(validator, LOCATION, new bytes(length));
    }

    function _expectForeign(bytes32 signedHash) internal {
        bytes memory signature = _sign(key, signedHash);
        vm.expectRevert(abi.encodeWithSelector(IValidatorAnnounce.NotSignedByValidator.selector, validator));
        announce.announce(validator, LOCATION, signature);
    }
}
