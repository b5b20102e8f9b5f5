// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAggregationIsm} from "src/interfaces/IAggregationIsm.sol";
import {IBatchInterchainSecurityModule} from "src/interfaces/IBatchInterchainSecurityModule.sol";
import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IDomainRoutes, IRoutingIsm} from "src/interfaces/IRoutingIsm.sol";
import {ValidatorSignatures} from "src/libraries/ValidatorSignatures.sol";

import {BatchReference} from "../../../kit/BatchReference.sol";
import {Shipped} from "../../../kit/Shipped.sol";
import {SignedTree} from "../../../kit/SignedTree.sol";
import {RawAnswer} from "../../../mocks/RawAnswer.sol";

/// @notice Batches through modules that leave them to other modules: routing and aggregation.
contract ComposedBatchTest is SignedTree {
    Proof internal proof;
    IBatchInterchainSecurityModule internal other;

    function setUp() public override {
        super.setUp();
        proof = _proof(10, 0x0b5);
        other = IBatchInterchainSecurityModule(Shipped.merkleRootMultisigIsmFactory().deploy(validators, 3));
    }

    function _batch(IInterchainSecurityModule module) internal pure returns (IBatchInterchainSecurityModule) {
        return IBatchInterchainSecurityModule(address(module));
    }

    function _routes(address module) internal pure returns (IDomainRoutes.DomainModule[] memory routes) {
        routes = new IDomainRoutes.DomainModule[](1);
        routes[0] = IDomainRoutes.DomainModule(ORIGIN, IInterchainSecurityModule(module));
    }

    function _aggregation(address first, address second, uint8 threshold)
        internal
        returns (IBatchInterchainSecurityModule)
    {
        return IBatchInterchainSecurityModule(aggregationFactory.deploy(_pair(first, second), threshold));
    }

    function _delivers(IBatchInterchainSecurityModule module, bytes memory metadata) internal {
        _trust(IInterchainSecurityModule(address(module)));
        bytes memory groups = BatchReference.group(proof.messages.length, 200_000, metadata);
        vm.prank(relayer);
        destinationMailbox.processBatch(groups, proof.messages);
        assertEq(recipient.received(), proof.messages.length);
    }

    /* ----------------------------------------------------- routing -------------------------------------------------- */

    function test_verifyBatch_routed_byDomain() public {
        _delivers(_batch(Shipped.domainRoutingIsm(owner, _routes(address(ism)))), _encode(proof));
    }

    function test_verifyBatch_routed_incrementally() public {
        _delivers(_batch(Shipped.incrementalDomainRoutingIsm(owner, _routes(address(ism)))), _encode(proof));
    }

    function test_verifyBatch_routed_toTheDefault() public {
        IDomainRoutes.DomainModule[] memory none = new IDomainRoutes.DomainModule[](0);
        _delivers(_batch(Shipped.fallbackRoutingIsm(destinationMailbox, owner, none)), _encode(proof));
    }

    function test_verifyBatch_routed_toAModuleThatRefuses_reverts() public {
        IBatchInterchainSecurityModule module = _batch(Shipped.domainRoutingIsm(owner, _routes(address(other))));
        vm.expectRevert(abi.encodeWithSelector(ValidatorSignatures.NotEnoughSignatures.selector, 2, 3));
        module.verifyBatch(_encode(proof), proof.messages);
    }

    function test_verifyBatch_routed_withoutARoute_reverts() public {
        IBatchInterchainSecurityModule module =
            _batch(Shipped.domainRoutingIsm(owner, new IDomainRoutes.DomainModule[](0)));
        vm.expectRevert(abi.encodeWithSelector(IDomainRoutes.NoRoute.selector, ORIGIN));
        module.verifyBatch(_encode(proof), proof.messages);
    }

    /// @dev Attempt: a large transfer among small ones, verified by the module that is for the small ones.
    function test_verifyBatch_routed_mixed_reverts() public {
        IBatchInterchainSecurityModule module =
            _batch(Shipped.amountRoutingIsm(ism, IInterchainSecurityModule(address(other)), 1000));
        bytes[] memory transfers = new bytes[](3);
        for (uint256 i; i < 3; ++i) {
            transfers[i] = _message(uint32(i), ORIGIN, abi.encode(bob, i == 2 ? 1000 : 999));
        }
        vm.expectRevert(abi.encodeWithSelector(IRoutingIsm.MixedRoutes.selector, address(ism), address(other)));
        module.verifyBatch(_encode(proof), transfers);
    }

    function test_verifyBatch_routed_byAmount() public {
        _delivers(_batch(Shipped.amountRoutingIsm(ism, ism, type(uint256).max)), _encode(proof));
    }

    /// @dev A module that knows nothing of batches.
    function test_verifyBatch_routed_toAModuleWithoutBatches_reverts() public {
        address noop = address(Shipped.noopIsm());
        IBatchInterchainSecurityModule module = _batch(Shipped.domainRoutingIsm(owner, _routes(noop)));
        vm.expectRevert(bytes(""));
        module.verifyBatch("", proof.messages);
    }

    /* --------------------------------------------------- aggregation ------------------------------------------------ */

    function test_verifyBatch_aggregated() public {
        other = IBatchInterchainSecurityModule(Shipped.merkleRootMultisigIsmFactory().deploy(validators, 1));
        bytes memory metadata = _bothMetadata(_encode(proof), _encode(proof));
        uint256 snapshot = vm.snapshotState();
        _delivers(_aggregation(address(ism), address(other), 2), metadata);
        vm.revertToState(snapshot);
        _delivers(_batch(Shipped.storageAggregationIsm(owner, _pair(address(ism), address(other)), 2)), metadata);
    }

    function test_verifyBatch_aggregated_whatIsNotNeeded_isNotAsked() public {
        address burns = address(new RawAnswer(RawAnswer.Kind.Loop, "", 0));
        IBatchInterchainSecurityModule module = _aggregation(address(ism), burns, 1);
        assertTrue(module.verifyBatch(_bothMetadata(_encode(proof), ""), proof.messages));
        // Nor is one that nothing is supplied for.
        module = _aggregation(burns, address(ism), 1);
        bytes memory one = _encode(proof);
        bytes memory table = abi.encodePacked(uint64(0), uint32(16), uint32(16 + one.length));
        assertTrue(module.verifyBatch(bytes.concat(table, one), proof.messages));
    }

    function test_verifyBatch_aggregated_oneTooFew_reverts() public {
        IBatchInterchainSecurityModule module = _aggregation(address(ism), address(other), 2);
        bytes memory one = _encode(proof);
        bytes memory table = abi.encodePacked(uint32(16), uint32(16 + one.length), uint64(0));
        vm.expectRevert(abi.encodeWithSelector(IAggregationIsm.NotEnoughModules.selector, 1, 2));
        module.verifyBatch(bytes.concat(table, one), proof.messages);
    }

    function test_verifyBatch_aggregated_oneThatRefuses_reverts() public {
        IBatchInterchainSecurityModule module = _aggregation(address(ism), address(other), 2);
        bytes memory metadata = _bothMetadata(_encode(proof), _encode(proof));
        vm.expectRevert(abi.encodeWithSelector(ValidatorSignatures.NotEnoughSignatures.selector, 2, 3));
        module.verifyBatch(metadata, proof.messages);

        address no = address(new RawAnswer(RawAnswer.Kind.Return, abi.encode(false), 0));
        module = _aggregation(address(ism), no, 2);
        vm.expectRevert(abi.encodeWithSelector(IAggregationIsm.RefusedByModule.selector, no));
        module.verifyBatch(metadata, proof.messages);
    }

    /// @dev Attempt: the bare implementation, which has no modules.
    function test_verifyBatch_aggregated_implementation_neverVerifies() public {
        IBatchInterchainSecurityModule bare = IBatchInterchainSecurityModule(aggregationFactory.implementation());
        vm.expectRevert(abi.encodeWithSelector(IAggregationIsm.NotEnoughModules.selector, 0, 0));
        bare.verifyBatch(_encode(proof), proof.messages);
    }
}
