// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BaseTest} from "../kit/BaseTest.sol";
import {Shipped} from "../kit/Shipped.sol";

/// @notice What the suites test is what ships: the code of the deployed contracts is that of the artifacts of the production
/// build, although this file itself is compiled with other settings.
contract ShippedBytecodeTest is BaseTest {
    string internal constant EVM_VERSION = "cancun";
    uint256 internal constant OPTIMIZER_RUNS = 1_000_000;

    struct Range {
        uint256 length;
        uint256 start;
    }

    function test_mailboxAndTree() public view {
        _assertShipped(address(originMailbox), "Mailbox");
        _assertShipped(address(originTree), "MerkleTreeHook");
    }

    function test_validatorAnnounce() public {
        _assertShipped(address(Shipped.validatorAnnounce(originMailbox)), "ValidatorAnnounce");
    }

    function test_multisigModules() public {
        _assertShipped(address(messageIdFactory), "StaticMessageIdMultisigIsmFactory");
        _assertShipped(messageIdFactory.implementation(), "StaticMessageIdMultisigIsm");
        address merkleRootFactory = address(Shipped.merkleRootMultisigIsmFactory());
        _assertShipped(merkleRootFactory, "StaticMerkleRootMultisigIsmFactory");
        _assertShipped(Shipped.merkleRootMultisigIsmFactory().implementation(), "StaticMerkleRootMultisigIsm");
    }

    function test_optimisticModule() public {
        _assertShipped(address(Shipped.optimisticIsm(owner, ism, 1, validators, 1)), "OptimisticIsm");
    }

    function test_thisTest_isCompiledOtherwise() public view {
        assertFalse(vm.keyExistsJson(_artifact("ShippedBytecodeTest", "ShippedBytecode.t"), ".metadata.settings.viaIR"));
    }

    function _assertShipped(address deployed, string memory name) internal view {
        string memory artifact = _artifact(name, name);
        assertTrue(vm.parseJsonBool(artifact, ".metadata.settings.viaIR"));
        assertTrue(vm.parseJsonBool(artifact, ".metadata.settings.optimizer.enabled"));
        assertEq(vm.parseJsonUint(artifact, ".metadata.settings.optimizer.runs"), OPTIMIZER_RUNS);
        assertEq(vm.parseJsonString(artifact, ".metadata.settings.evmVersion"), EVM_VERSION);

        // Immutables are zeros in the artifact, values in the deployed code.
        bytes memory code = deployed.code;
        string memory references = ".deployedBytecode.immutableReferences";
        string[] memory immutables = vm.parseJsonKeys(artifact, references);
        for (uint256 i; i < immutables.length; ++i) {
            bytes memory encoded = vm.parseJson(artifact, string.concat(references, "['", immutables[i], "']"));
            Range[] memory ranges = abi.decode(encoded, (Range[]));
            for (uint256 j; j < ranges.length; ++j) {
                for (uint256 k; k < ranges[j].length; ++k) {
                    code[ranges[j].start + k] = 0;
                }
            }
        }
        assertEq(code, vm.parseJsonBytes(artifact, ".deployedBytecode.object"), name);
    }

    function _artifact(string memory name, string memory file) internal view returns (string memory) {
        return vm.readFile(string.concat(vm.projectRoot(), "/out/", file, ".sol/", name, ".json"));
    }
}
