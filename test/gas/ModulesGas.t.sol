// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IDomainRoutes} from "src/interfaces/IRoutingIsm.sol";
import {IStaticWeightedMultisigIsmFactory, IWeightedMultisigIsm} from "src/interfaces/IWeightedMultisigIsm.sol";

import {ModuleTest} from "../kit/ModuleTest.sol";
import {Reference} from "../kit/Reference.sol";
import {IOwnedMailbox, Shipped} from "../kit/Shipped.sol";

/// @notice Gas of whole deliveries through each kind of module, as in Gas.t.sol: a token message, to a recipient that does
///         nothing. Where a module needs one to prove anything, that is a 2-of-3 message-id multisig, of which the last two
///         sign.
/// forge-config: default.isolate = true
contract ModulesGasTest is ModuleTest {
    uint256 internal constant AMOUNT = 100 ether;

    address internal to;
    bytes internal message;

    function setUp() public override {
        super.setUp();
        to = makeAddr("recipient");
        vm.etch(to, hex"00"); // it stops: what is measured is the protocol alone
        message = Reference.message(1000, ORIGIN, alice, DESTINATION, Reference.addr32(to), abi.encode(bob, AMOUNT));
    }

    function test_process_weighted() public {
        _weighted("weighted message-id 2 of 3", Shipped.messageIdWeightedMultisigIsmFactory(), _messageId());
        _weighted(
            "weighted merkle-root 2 of 3",
            Shipped.merkleRootWeightedMultisigIsmFactory(),
            _merkleRootMetadata(message, _keys(1, 2))
        );
    }

    function test_process_storage() public {
        _measure("storage message-id 2 of 3", Shipped.storageMessageIdMultisigIsm(owner, validators, 2), _messageId());
        _measure(
            "storage merkle-root 2 of 3",
            Shipped.storageMerkleRootMultisigIsm(owner, validators, 2),
            _merkleRootMetadata(message, _keys(1, 2))
        );
    }

    function test_process_aggregation() public {
        address[] memory modules = new address[](3);
        bytes[] memory parts = new bytes[](3);
        bool[] memory supplied = new bool[](3);
        modules[0] = address(ism);
        for (uint256 i = 1; i < 3; ++i) {
            address[] memory set = new address[](3);
            uint256[] memory keys = new uint256[](2);
            for (uint256 j; j < 3; ++j) {
                set[j] = vm.addr(100 * i + j);
                if (j > 0) keys[j - 1] = 100 * i + j;
            }
            modules[i] = messageIdFactory.deploy(set, 2);
            parts[i] = _messageIdMetadata(message, keys);
            supplied[i] = true;
        }
        bytes memory metadata = Reference.aggregationMetadata(parts, supplied);
        _measure(
            "aggregation, 2 of 3 multisigs", IInterchainSecurityModule(aggregationFactory.deploy(modules, 2)), metadata
        );
        _measure("storage aggregation, 2 of 3 multisigs", Shipped.storageAggregationIsm(owner, modules, 2), metadata);
    }

    function test_process_routing() public {
        IDomainRoutes.DomainModule[] memory routes = new IDomainRoutes.DomainModule[](1);
        routes[0] = IDomainRoutes.DomainModule(ORIGIN, ism);
        _measure("domain routing to a multisig", Shipped.domainRoutingIsm(owner, routes), _messageId());
        _measure("amount routing to a multisig", Shipped.amountRoutingIsm(ism, ism, AMOUNT), _messageId());

        IOwnedMailbox mailbox = Shipped.mailbox(DESTINATION, owner, ism);
        vm.etch(to, _namesModule(Shipped.fallbackRoutingIsm(mailbox, owner, new IDomainRoutes.DomainModule[](0))));
        mailbox.process(_messageId(), message);
        vm.snapshotGasLastCall("Modules", "process, fallback routing to the default multisig");
    }

    function test_process_besideAMultisig() public {
        _measure("pausable and multisig", _both(Shipped.pausableIsm(owner, bob), ism), _bothMetadata("", _messageId()));

        IOwnedMailbox mailbox = Shipped.mailbox(DESTINATION, owner, ism);
        IInterchainSecurityModule limited = Shipped.rateLimitedIsm(mailbox, owner, 1000 * AMOUNT, 1 days, to);
        _deliver("rate limit and multisig", mailbox, _both(limited, ism), _bothMetadata("", _messageId()));
    }

    function test_process_trustedRelayer() public {
        IOwnedMailbox mailbox = Shipped.mailbox(DESTINATION, owner, ism);
        _deliver("trusted relayer", mailbox, Shipped.trustedRelayerIsm(mailbox, relayer), "");
    }

    function test_deploy() public {
        Shipped.messageIdWeightedMultisigIsmFactory().deploy(_infos(), 2);
        vm.snapshotGasLastCall("Modules", "deploy, weighted message-id 2 of 3");
        // Addresses that do not change with the code: a zero byte in one is cheaper to hand over.
        aggregationFactory.deploy(_pair(owner, relayer), 2);
        vm.snapshotGasLastCall("Modules", "deploy, aggregation 2 of 2");
    }

    /* ---------------------------------------------------- helpers --------------------------------------------------- */

    function _messageId() internal view returns (bytes memory) {
        return _messageIdMetadata(message, _keys(1, 2));
    }

    function _infos() internal view returns (IWeightedMultisigIsm.ValidatorInfo[] memory infos) {
        infos = new IWeightedMultisigIsm.ValidatorInfo[](3);
        for (uint256 i; i < 3; ++i) {
            infos[i] = IWeightedMultisigIsm.ValidatorInfo(validators[i], 1);
        }
    }

    function _weighted(string memory kind, IStaticWeightedMultisigIsmFactory factory, bytes memory metadata) internal {
        _measure(kind, IInterchainSecurityModule(factory.deploy(_infos(), 2)), metadata);
    }

    function _measure(string memory kind, IInterchainSecurityModule module, bytes memory metadata) internal {
        _deliver(kind, Shipped.mailbox(DESTINATION, owner, ism), module, metadata);
    }

    function _deliver(
        string memory kind,
        IOwnedMailbox mailbox,
        IInterchainSecurityModule module,
        bytes memory metadata
    ) internal {
        vm.prank(owner);
        mailbox.setDefaultIsm(module);
        vm.prank(relayer);
        mailbox.process(metadata, message);
        vm.snapshotGasLastCall("Modules", string.concat("process, ", kind));
    }

    /// @dev Code that answers every call with this module, and so names it.
    function _namesModule(IInterchainSecurityModule module) internal pure returns (bytes memory) {
        return bytes.concat(hex"73", bytes20(address(module)), hex"5f5260205ff3");
    }
}
