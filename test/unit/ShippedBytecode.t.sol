// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainAccountRouter} from "src/interfaces/IInterchainAccountRouter.sol";
import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";
import {IDomainRoutingHook, IRecipientRoutingHook} from "src/interfaces/IRoutingHook.sol";
import {IDomainRoutes} from "src/interfaces/IRoutingIsm.sol";
import {IStaticAddressSetFactory} from "src/interfaces/IStaticAddressSetFactory.sol";

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

    function test_composedModules() public {
        IStaticAddressSetFactory aggregationFactory = Shipped.aggregationIsmFactory();
        _assertShipped(address(aggregationFactory), "StaticAggregationIsmFactory");
        _assertShipped(aggregationFactory.implementation(), "StaticAggregationIsm");
        _assertShipped(
            Shipped.messageIdWeightedMultisigIsmFactory().implementation(), "StaticMessageIdWeightedMultisigIsm"
        );
        _assertShipped(
            Shipped.merkleRootWeightedMultisigIsmFactory().implementation(), "StaticMerkleRootWeightedMultisigIsm"
        );
        IDomainRoutes.DomainModule[] memory none = new IDomainRoutes.DomainModule[](0);
        address routing =
            Shipped.domainRoutingIsmFactory().deploy(owner, new uint32[](0), new IInterchainSecurityModule[](0));
        _assertShipped(routing, "DomainRoutingIsm");
        _assertShipped(address(Shipped.fallbackRoutingIsm(originMailbox, owner, none)), "DefaultFallbackRoutingIsm");
    }

    function test_paymentHooks() public {
        address oracle = address(Shipped.storageGasOracle(owner, bob));
        _assertShipped(oracle, "StorageGasOracle");
        _assertShipped(address(Shipped.gasPaymaster(originMailbox, owner, bob, bob)), "InterchainGasPaymaster");
        _assertShipped(address(Shipped.protocolFee(1, 1, bob, owner)), "ProtocolFee");
    }

    function test_composingHooks() public {
        IStaticAddressSetFactory factory = Shipped.aggregationHookFactory();
        _assertShipped(address(factory), "StaticAggregationHookFactory");
        _assertShipped(factory.implementation(), "StaticAggregationHook");
        IDomainRoutingHook.HookConfig[] memory none = new IDomainRoutingHook.HookConfig[](0);
        IRecipientRoutingHook.RecipientHook[] memory nobody = new IRecipientRoutingHook.RecipientHook[](0);
        _assertShipped(address(Shipped.domainRoutingHook(owner, none)), "DomainRoutingHook");
        _assertShipped(address(Shipped.fallbackRoutingHook(owner, none, originTree)), "FallbackDomainRoutingHook");
        _assertShipped(address(Shipped.recipientRoutingHook(owner, nobody, originTree)), "RecipientRoutingHook");
        _assertShipped(address(Shipped.amountRoutingHook(originTree, originTree, 1)), "AmountRoutingHook");
        _assertShipped(address(Shipped.defaultHook(originMailbox)), "DefaultHook");
    }

    function test_limitingHooks() public {
        _assertShipped(address(Shipped.pausableHook(owner, bob)), "PausableHook");
        _assertShipped(address(Shipped.rateLimitedHook(originMailbox, owner, 1, 1, alice)), "RateLimitedHook");
    }

    function test_accountsAndQueries() public {
        IPostDispatchHook noHook = IPostDispatchHook(address(0));
        IInterchainAccountRouter accounts = Shipped.accountRouter(originMailbox, noHook, owner, 50_000, new string[](1));
        _assertShipped(address(accounts), "InterchainAccountRouter");
        _assertShipped(accounts.implementation(), "InterchainAccount");
        _assertShipped(address(accounts.CCIP_READ_ISM()), "CommitmentReadIsm");
        _assertShipped(
            address(Shipped.queryRouter(originMailbox, noHook, IInterchainSecurityModule(address(0)), owner, 300_000)),
            "InterchainQueryRouter"
        );
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
        string[] memory immutables =
            vm.keyExistsJson(artifact, references) ? vm.parseJsonKeys(artifact, references) : new string[](0);
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
