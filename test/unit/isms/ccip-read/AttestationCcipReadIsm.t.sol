// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {IAttestationCcipReadIsm, IAttestationGateway, ICcipReadIsm} from "src/interfaces/ICcipReadIsm.sol";

import {BaseTest} from "../../../kit/BaseTest.sol";
import {Reference} from "../../../kit/Reference.sol";
import {Shipped} from "../../../kit/Shipped.sol";

contract AttestationCcipReadIsmTest is BaseTest {
    IAttestationCcipReadIsm internal module;
    address internal attester;
    uint256 internal attesterKey;
    string[] internal urls;
    bytes internal message;

    function setUp() public override {
        super.setUp();
        (attester, attesterKey) = makeAddrAndKey("attester");
        urls.push("https://one.example/{sender}/{data}");
        urls.push("https://two.example");
        module = Shipped.attestationCcipReadIsm(owner, urls, attester);
        recipient.setInterchainSecurityModule(module);
        message = _dispatch(address(recipient), "body");
    }

    function _attestationHash(bytes memory attested) internal pure returns (bytes32) {
        return Reference.ethSigned(keccak256(bytes.concat("CAUSEWAY_ATTESTATION", keccak256(attested))));
    }

    function _notAttester(uint256 key, bytes32 signed, bytes memory presented) internal pure returns (bytes memory) {
        address seeming = _recovered(key, signed, _attestationHash(presented));
        return abi.encodeWithSelector(IAttestationCcipReadIsm.NotAttester.selector, seeming);
    }

    function test_process_withTheAttestersSignature_delivers() public {
        destinationMailbox.process(_sign(attesterKey, _attestationHash(message)), message);
        assertEq(recipient.lastData(), "body");
    }

    function test_verify_signedByAnother_reverts() public {
        bytes32 hash = _attestationHash(message);
        vm.expectRevert(abi.encodeWithSelector(IAttestationCcipReadIsm.NotAttester.selector, attacker));
        module.verify(_sign(attackerKey, hash), message);
    }

    function test_verify_attestationOfAnotherMessage_reverts() public {
        // Attempt: an attestation that is public, for a message of one's own.
        bytes32 hash = _attestationHash(message);
        bytes memory other = bytes.concat(message, hex"00");
        bytes memory reason = _notAttester(attesterKey, hash, other);
        vm.expectRevert(reason);
        module.verify(_sign(attesterKey, hash), other);
    }

    function test_verify_signatureOfTheBareId_reverts() public {
        // Attempt: have the attester sign the 32 bytes of an id elsewhere, as a text or as a checkpoint.
        bytes32 hash = Reference.ethSigned(keccak256(message));
        bytes memory reason = _notAttester(attesterKey, hash, message);
        vm.expectRevert(reason);
        module.verify(_sign(attesterKey, hash), message);
    }

    function test_verify_malleatedSignature_reverts() public {
        bytes memory malleated = _malleated(attesterKey, _attestationHash(message));
        (, bytes32 s) = abi.decode(malleated, (bytes32, bytes32));
        vm.expectRevert(abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, s));
        module.verify(malleated, message);
    }

    function testFuzz_verify_anyBytes_reverts(bytes calldata metadata) public {
        // It can not hit the signature by chance; and no length is taken but 65.
        (bool success,) = address(module).call(abi.encodeCall(module.verify, (metadata, message)));
        assertFalse(success);
    }

    function test_verify_emptyMetadata_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureLength.selector, 0));
        module.verify("", message);
    }

    function test_getOffchainVerifyInfo_tellsWhatToAskWhere() public {
        bytes memory expected = abi.encodeWithSelector(
            ICcipReadIsm.OffchainLookup.selector,
            address(module),
            urls,
            abi.encodeCall(IAttestationGateway.attest, (message)),
            module.verify.selector,
            message
        );
        vm.expectRevert(expected);
        module.getOffchainVerifyInfo(message);
    }

    function test_moduleType() public view {
        assertEq(module.moduleType(), 7);
    }

    function test_constructor_zeroAttester_reverts() public {
        vm.expectRevert(IAttestationCcipReadIsm.ZeroAttester.selector);
        Shipped.attestationCcipReadIsm(owner, urls, address(0));
    }

    function test_setUrls_byTheOwner() public {
        string[] memory others = new string[](1);
        others[0] = "https://three.example";
        vm.expectEmit(address(module));
        emit ICcipReadIsm.UrlsChanged(others);
        vm.prank(owner);
        module.setUrls(others);
        assertEq(module.urls(), others);
    }

    function test_setUrls_byAnother_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, attacker));
        vm.prank(attacker);
        module.setUrls(urls);
    }
}
