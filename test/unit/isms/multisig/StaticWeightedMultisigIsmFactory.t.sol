// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStaticWeightedMultisigIsmFactory, IWeightedMultisigIsm} from "src/interfaces/IWeightedMultisigIsm.sol";
import {AddressSet} from "src/libraries/AddressSet.sol";

import {BaseTest} from "../../../kit/BaseTest.sol";
import {Shipped} from "../../../kit/Shipped.sol";

contract StaticWeightedMultisigIsmFactoryTest is BaseTest {
    uint96 internal constant MAX_WEIGHT = type(uint96).max;

    IStaticWeightedMultisigIsmFactory internal factory;

    function setUp() public override {
        super.setUp();
        factory = Shipped.messageIdWeightedMultisigIsmFactory();
    }

    /// @dev Validator i weighs i + 1.
    function _set(uint256 count) internal pure returns (IWeightedMultisigIsm.ValidatorInfo[] memory set) {
        set = new IWeightedMultisigIsm.ValidatorInfo[](count);
        for (uint256 i; i < count; ++i) {
            set[i] =
                IWeightedMultisigIsm.ValidatorInfo(address(uint160(uint256(keccak256(abi.encode(i))))), uint96(i + 1));
        }
    }

    function _assertHolds(address module, IWeightedMultisigIsm.ValidatorInfo[] memory set, uint96 threshold)
        internal
        view
    {
        (IWeightedMultisigIsm.ValidatorInfo[] memory held, uint96 heldThreshold) =
            IWeightedMultisigIsm(module).validatorsAndThresholdWeight("");
        assertEq(abi.encode(held), abi.encode(set));
        assertEq(heldThreshold, threshold);
    }

    /* ---------------------------------------------------- deploying ------------------------------------------------- */

    function test_deploy_comesToTheAddressThatWasAnnounced_onceAndForAll() public {
        address announced = factory.getAddress(_set(4), 7);
        assertEq(announced.code.length, 0);
        vm.deal(announced, 1); // attempt: value there beforehand
        assertEq(factory.deploy(_set(4), 7), announced);
        _assertHolds(announced, _set(4), 7);
        vm.prank(attacker);
        assertEq(factory.deploy(_set(4), 7), announced);
        vm.prank(attacker);
        assertEq(factory.getAddress(_set(4), 7), announced);
    }

    function test_deploy_otherOrderWeightThresholdOrKind_isAnotherModule() public {
        IWeightedMultisigIsm.ValidatorInfo[] memory other = _set(3);
        address module = factory.deploy(other, 2);
        assertTrue(module != factory.deploy(other, 3));
        assertTrue(module != Shipped.merkleRootWeightedMultisigIsmFactory().deploy(other, 2));
        other[1].weight += 1;
        assertTrue(module != factory.deploy(other, 2));
        other = _set(3);
        (other[0], other[1]) = (other[1], other[0]);
        assertTrue(module != factory.deploy(other, 2));
        _assertHolds(module, _set(3), 2);
    }

    function testFuzz_deploy_anySet(uint8 count, uint96 threshold, uint96 first) public {
        IWeightedMultisigIsm.ValidatorInfo[] memory set = _set(1 + (count % 40));
        set[0].weight = first;
        uint256 total = (set.length * (set.length + 1)) / 2 - 1 + uint256(first);
        vm.assume(total > 0);
        threshold = uint96(bound(threshold, 1, total < MAX_WEIGHT ? total : MAX_WEIGHT));
        _assertHolds(factory.deploy(set, threshold), set, threshold);
    }

    function test_constructor_kindsHaveTheirImplementation() public {
        assertEq(IWeightedMultisigIsm(factory.implementation()).moduleType(), 10);
        address merkleRoot = Shipped.merkleRootWeightedMultisigIsmFactory().implementation();
        assertEq(IWeightedMultisigIsm(merkleRoot).moduleType(), 9);
    }

    /* ----------------------------------------------------- refused -------------------------------------------------- */

    function test_deploy_thresholdOutOfRange_reverts() public {
        _assertRefused(_set(3), 0, _invalidWeight(0, 6));
        _assertRefused(_set(3), 7, _invalidWeight(7, 6));
        _assertRefused(_set(3), MAX_WEIGHT, _invalidWeight(MAX_WEIGHT, 6));
        assertTrue(factory.deploy(_set(3), 6) != address(0));
    }

    function test_deploy_allWithoutWeight_reverts() public {
        IWeightedMultisigIsm.ValidatorInfo[] memory set = _set(2);
        (set[0].weight, set[1].weight) = (0, 0);
        _assertRefused(set, 0, _invalidWeight(0, 0));
        _assertRefused(set, 1, _invalidWeight(1, 0));
    }

    function test_deploy_noneOrMoreThan255_reverts() public {
        _assertRefused(_set(0), 0, abi.encodeWithSelector(AddressSet.InvalidThreshold.selector, 1, 0));
        _assertRefused(_set(0), 1, abi.encodeWithSelector(AddressSet.InvalidThreshold.selector, 1, 0));
        _assertRefused(_set(256), 1, abi.encodeWithSelector(AddressSet.InvalidThreshold.selector, 1, 256));
    }

    function testFuzz_deploy_duplicateOrZeroAnywhere_reverts(uint256 count, uint256 first, uint256 second) public {
        // Attempt: one key that counts with two weights, and the address that ecrecover gives for signatures that are none.
        count = bound(count, 2, 20);
        first = bound(first, 0, count - 2);
        second = bound(second, first + 1, count - 1);
        IWeightedMultisigIsm.ValidatorInfo[] memory set = _set(count);
        set[second].signingAddress = set[first].signingAddress;
        _assertRefused(set, 1, abi.encodeWithSelector(AddressSet.DuplicateAddress.selector, set[first].signingAddress));
        set[second].signingAddress = address(0);
        _assertRefused(set, 1, abi.encodeWithSelector(AddressSet.ZeroAddress.selector));
    }

    function test_deploy_wordsThatAreNoAddressOrWeight_revert() public {
        // Attempt: bits that would run over into the other half of the word that the module keeps.
        uint256 validator = uint160(validators[0]);
        _assertNotDecoded(validator | (1 << 160), 1);
        _assertNotDecoded(validator, 1 | (1 << 96));
        (bool success,) = address(factory).call(_call(validator, 1));
        assertTrue(success);
    }

    function _assertNotDecoded(uint256 validator, uint256 weight) internal {
        (bool success,) = address(factory).call(_call(validator, weight));
        assertFalse(success);
    }

    function _call(uint256 validator, uint256 weight) internal view returns (bytes memory) {
        return abi.encodePacked(factory.deploy.selector, abi.encode(64, 1, 1, validator, weight));
    }

    function _invalidWeight(uint256 threshold, uint256 weight) internal pure returns (bytes memory) {
        return
            abi.encodeWithSelector(IStaticWeightedMultisigIsmFactory.InvalidThresholdWeight.selector, threshold, weight);
    }

    function _assertRefused(IWeightedMultisigIsm.ValidatorInfo[] memory set, uint96 threshold, bytes memory reason)
        internal
    {
        vm.expectRevert(reason);
        factory.deploy(set, threshold);
        vm.expectRevert(reason);
        factory.getAddress(set, threshold);
    }
}
