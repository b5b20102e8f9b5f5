// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMultisigIsm} from "src/interfaces/IMultisigIsm.sol";
import {IStaticWeightedMultisigIsmFactory, IWeightedMultisigIsm} from "src/interfaces/IWeightedMultisigIsm.sol";
import {ValidatorSignatures} from "src/libraries/ValidatorSignatures.sol";

import {ImplementationTest} from "./ImplementationTest.sol";

/// @notice What holds for multisigs with a fixed set in which validators count by their weight.
abstract contract WeightedSetTest is ImplementationTest {
    uint96 internal constant MAX_WEIGHT = type(uint96).max;

    IStaticWeightedMultisigIsmFactory internal factory;

    function setUp() public virtual override {
        factory = _newFactory();
        super.setUp();
    }

    function _newFactory() internal virtual returns (IStaticWeightedMultisigIsmFactory);

    /// @dev Each weighs 1: what holds for sets without weights holds here too.
    function _deploy(address[] memory set, uint8 threshold) internal virtual override returns (IMultisigIsm) {
        IWeightedMultisigIsm.ValidatorInfo[] memory infos = new IWeightedMultisigIsm.ValidatorInfo[](set.length);
        for (uint256 i; i < set.length; ++i) {
            infos[i] = IWeightedMultisigIsm.ValidatorInfo(set[i], 1);
        }
        return IMultisigIsm(factory.deploy(infos, threshold));
    }

    function _held() internal view virtual override returns (address[] memory set, uint256 threshold) {
        IWeightedMultisigIsm.ValidatorInfo[] memory infos;
        (infos, threshold) = _weighted().validatorsAndThresholdWeight(message);
        set = new address[](infos.length);
        for (uint256 i; i < infos.length; ++i) {
            set[i] = infos[i].signingAddress;
            assertEq(infos[i].weight, 1);
        }
    }

    function _notEnough(uint256 count) internal pure virtual override returns (bytes memory) {
        if (count == 0) return abi.encodeWithSelector(ValidatorSignatures.NotEnoughSignatures.selector, 0, 1);
        return _tooLight(count, THRESHOLD);
    }

    function _tooLight(uint256 weight, uint256 threshold) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(ValidatorSignatures.NotEnoughWeight.selector, weight, threshold);
    }

    function _implementation() internal view override returns (IMultisigIsm) {
        return IMultisigIsm(factory.implementation());
    }

    function _weighted() internal view returns (IWeightedMultisigIsm) {
        return IWeightedMultisigIsm(address(module));
    }

    /// @dev From here on the module is one of these weights.
    function _weigh(uint96 first, uint96 second, uint96 third, uint96 threshold) internal {
        IWeightedMultisigIsm.ValidatorInfo[] memory infos = new IWeightedMultisigIsm.ValidatorInfo[](3);
        infos[0] = IWeightedMultisigIsm.ValidatorInfo(validators[0], first);
        infos[1] = IWeightedMultisigIsm.ValidatorInfo(validators[1], second);
        infos[2] = IWeightedMultisigIsm.ValidatorInfo(validators[2], third);
        module = IMultisigIsm(factory.deploy(infos, threshold));
    }

    /* ------------------------------------------------------ weights ------------------------------------------------- */

    function test_TOTAL_WEIGHT_isAllInUnitsOfShares() public view {
        assertEq(_weighted().TOTAL_WEIGHT(), 1e10);
    }

    function test_validatorsAndThresholdWeight_areThoseGiven() public {
        _weigh(5, MAX_WEIGHT, 0, 6);
        (IWeightedMultisigIsm.ValidatorInfo[] memory infos, uint96 threshold) =
            _weighted().validatorsAndThresholdWeight("");
        assertEq(threshold, 6);
        assertEq(infos.length, 3);
        for (uint256 i; i < 3; ++i) {
            assertEq(infos[i].signingAddress, validators[i]);
        }
        assertEq(infos[0].weight, 5);
        assertEq(infos[1].weight, MAX_WEIGHT);
        assertEq(infos[2].weight, 0);
    }

    function test_verify_atTheThreshold_andOneBelow() public {
        _weigh(5, 3, 2, 5);
        _assertVerifies(_signature(0));
        _assertVerifies(bytes.concat(_signature(1), _signature(2)));
        _assertRefused(_signature(1), _tooLight(3, 5));
        _assertRefused(_signature(2), _tooLight(2, 5));

        _weigh(5, 3, 2, 6);
        _assertRefused(_signature(0), _tooLight(5, 6));
        _assertRefused(bytes.concat(_signature(1), _signature(2)), _tooLight(5, 6));
        _assertVerifies(bytes.concat(_signature(0), _signature(2)));

        _weigh(5, 3, 2, 10);
        _assertRefused(bytes.concat(_signature(0), _signature(1)), _tooLight(8, 10));
        _assertVerifies(bytes.concat(_signature(0), _signature(1), _signature(2)));
    }

    function test_verify_oneWhoWeighsEnough_spoiledByNothingBehind() public {
        _weigh(5, 3, 2, 5);
        _assertVerifies(bytes.concat(_signature(0), _sign(attackerKey, _hash())));
        _assertVerifies(bytes.concat(_signature(0), _signature(0)));
        _assertVerifies(bytes.concat(_signature(0), new bytes(6500)));
        _assertRefused(bytes.concat(_sign(attackerKey, _hash()), _signature(0)), _notAValidator(0, attacker));
    }

    function test_verify_heavyOneCountsOnce() public {
        // Attempt: one who weighs almost enough signs twice, also in the second form of the signature.
        _weigh(5, 3, 2, 6);
        _assertRefused(bytes.concat(_signature(0), _signature(0)), _notAValidator(1, validators[0]));
        (bool success,) = address(module)
            .call(
                abi.encodeCall(
                    module.verify,
                    (bytes.concat(_head(checkpoint), _signature(0), _malleated(validatorKeys[0], _hash())), message)
                )
            );
        assertFalse(success);
        _assertRefused(bytes.concat(_signature(2), _signature(0)), _notAValidator(1, validators[0]));
    }

    function test_verify_zeroWeight_addsNothing() public {
        _weigh(0, 1, 1, 2);
        _assertRefused(_signature(0), _tooLight(0, 2));
        _assertRefused(bytes.concat(_signature(0), _signature(1)), _tooLight(1, 2));
        _assertRefused(bytes.concat(_signature(0), _signature(0)), _notAValidator(1, validators[0]));
        _assertVerifies(bytes.concat(_signature(1), _signature(2)));
        _assertVerifies(bytes.concat(_signature(0), _signature(1), _signature(2)));
    }

    function test_verify_sumAboveUint96_doesNotWrap() public {
        _weigh(MAX_WEIGHT, MAX_WEIGHT, MAX_WEIGHT, MAX_WEIGHT);
        _assertVerifies(_signature(2));
        _weigh(MAX_WEIGHT - 1, MAX_WEIGHT - 1, 1, MAX_WEIGHT);
        _assertRefused(_signature(0), _tooLight(MAX_WEIGHT - 1, MAX_WEIGHT));
        _assertVerifies(bytes.concat(_signature(0), _signature(1)));
        _assertVerifies(bytes.concat(_signature(1), _signature(2)));
    }

    function test_verify_255OfTheHeaviest() public {
        IWeightedMultisigIsm.ValidatorInfo[] memory infos = new IWeightedMultisigIsm.ValidatorInfo[](255);
        bytes memory signatures;
        for (uint256 i; i < 255; ++i) {
            infos[i] = IWeightedMultisigIsm.ValidatorInfo(vm.addr(i + 1), MAX_WEIGHT);
        }
        module = IMultisigIsm(factory.deploy(infos, MAX_WEIGHT));
        _assertVerifies(_sign(255, _hash()));

        // All of them are needed: 254 that weigh as much as fits together, and one that weighs 1.
        for (uint256 i; i < 255; ++i) {
            infos[i].weight = i == 254 ? 1 : MAX_WEIGHT / 254;
            signatures = bytes.concat(signatures, _sign(i + 1, _hash()));
        }
        uint96 all = 254 * (MAX_WEIGHT / 254) + 1;
        module = IMultisigIsm(factory.deploy(infos, all));
        _assertVerifies(signatures);
        assembly ("memory-safe") {
            mstore(signatures, sub(mload(signatures), 65))
        }
        _assertRefused(signatures, _tooLight(all - 1, all));
    }

    /// @dev Against the definition: those who signed, in order, until they weigh enough.
    // solhint-disable-next-line code-complexity
    function testFuzz_verify_ifAndOnlyIfTheyWeighEnough(uint96[5] memory weights, uint96 threshold, uint256 seed)
        public
    {
        IWeightedMultisigIsm.ValidatorInfo[] memory infos = new IWeightedMultisigIsm.ValidatorInfo[](5);
        uint256 total;
        for (uint256 i; i < 5; ++i) {
            // Weights of every magnitude, and zero.
            weights[i] = weights[i] >> (uint256(keccak256(abi.encode(seed, "size", i))) % 97);
            infos[i] = IWeightedMultisigIsm.ValidatorInfo(vm.addr(i + 1), weights[i]);
            total += weights[i];
        }
        vm.assume(total > 0);
        threshold = uint96(bound(threshold, 1, total < MAX_WEIGHT ? total : MAX_WEIGHT));
        module = IMultisigIsm(factory.deploy(infos, threshold));

        bytes memory signatures;
        bytes memory reason;
        uint256 weight;
        uint256 next;
        uint256 count = uint256(keccak256(abi.encode(seed, "count"))) % 7;
        for (uint256 i; i < count; ++i) {
            // Mostly a later one than the last, as an honest relayer has them; position 5 is a stranger.
            uint256 position = uint256(keccak256(abi.encode(seed, i))) % 6;
            if (position < next && seed % 4 != 0) position = next;
            if (position > 5) break;
            signatures = bytes.concat(signatures, _sign(position + 1, _hash()));
            if (weight >= threshold || reason.length > 0) continue;
            if (position < next || position == 5) reason = _notAValidator(i, vm.addr(position + 1));
            else weight += weights[position];
            next = position + 1;
        }
        if (weight >= threshold) return _assertVerifies(signatures);
        if (signatures.length == 0) reason = _notEnough(0);
        else if (reason.length == 0) reason = _tooLight(weight, threshold);
        _assertRefused(signatures, reason);
    }
}
