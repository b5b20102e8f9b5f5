// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBlsMultisigIsm} from "src/interfaces/IBlsMultisigIsm.sol";
import {Bls12381} from "src/libraries/Bls12381.sol";

import {BlsReference} from "../kit/BlsReference.sol";
import {BlsTest} from "../kit/BlsTest.sol";
import {Reference} from "../kit/Reference.sol";
import {Shipped} from "../kit/Shipped.sol";

/// @notice Gas of a call of `verify` alone, module and pages cold, and of the transactions that make a set of 256.
/// forge-config: default.evm_version = "prague"
contract BlsGasTest is BlsTest {
    uint256 internal constant ALL_SIGN_GOAL = 130_000;
    uint256 internal constant MOST_SIGN_GOAL = 160_000;
    uint256 internal constant NON_SIGNERS = 26;
    uint256 internal constant THRESHOLD_OF_256 = 171;

    IBlsMultisigIsm internal module;
    bytes internal message;

    function setUp() public override {
        super.setUp();
        module = _deployModule(256, THRESHOLD_OF_256);
        message = Reference.message(INDEX, ORIGIN, alice, DESTINATION, Reference.addr32(address(recipient)), "body");
    }

    function _validatorCount() internal pure override returns (uint256) {
        return 256;
    }

    function test_verify_256of256() public {
        _measure("verify, 256 of 256", type(uint256).max, ALL_SIGN_GOAL);
    }

    function test_verify_230of256() public {
        _measure("verify, 230 of 256", _allBut(NON_SIGNERS), MOST_SIGN_GOAL);
    }

    function test_verify_171of256() public {
        _measure("verify, 171 of 256", _allBut(85), type(uint256).max);
    }

    function test_register() public {
        BlsValidator memory newcomer = BlsValidator(vm.addr(1), 1, 12_345);
        Bls12381.G2Point memory key = BlsReference.publicKey(newcomer.secret);
        Bls12381.G1Point memory proof = BlsReference.prove(newcomer.secret, newcomer.account);
        bytes memory consent = _sign(newcomer.ecdsaKey, BlsReference.consentHash(key));
        uint256 before = gasleft();
        registry.register(newcomer.account, key, proof, consent);
        vm.snapshotValue("BlsMultisigIsm", "register a key", before - gasleft());
    }

    function test_makeASet() public {
        uint256 capacity = blsFactory.PAGE_CAPACITY();
        blsFactory = Shipped.blsMultisigIsmFactory(registry);
        address[] memory pages = new address[](3);
        for (uint256 i; i < 3; ++i) {
            Bls12381.G2Point[] memory keys = _blsKeys(i * capacity, i < 2 ? capacity : 256 - 2 * capacity);
            uint256 start = gasleft();
            pages[i] = blsFactory.writePage(keys);
            if (i == 0) vm.snapshotValue("BlsMultisigIsm", "write a page of 89 keys", start - gasleft());
        }
        uint256 before = gasleft();
        blsFactory.deploy(pages, THRESHOLD_OF_256);
        vm.snapshotValue("BlsMultisigIsm", "deploy a module of 256", before - gasleft());
    }

    /// @dev Non-signers at even distances, over all pages.
    function _allBut(uint256 count) internal pure returns (uint256 signers) {
        signers = type(uint256).max;
        for (uint256 i; i < count; ++i) {
            signers ^= 1 << ((i * 256) / count + 1);
        }
    }

    function _measure(string memory name, uint256 signers, uint256 goal) internal {
        bytes memory metadata = _signed(_checkpoint(message), signers);
        bytes memory call = abi.encodeCall(module.verify, (metadata, message));
        address target = address(module);
        uint256 before = gasleft();
        (bool verified, bytes memory output) = target.staticcall(call);
        uint256 used = before - gasleft();
        assertTrue(verified && abi.decode(output, (bool)));
        vm.snapshotValue("BlsMultisigIsm", name, used);
        assertLe(used, goal);
    }
}
