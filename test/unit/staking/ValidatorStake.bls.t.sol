// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBlsKeyRegistry} from "src/interfaces/IBlsKeyRegistry.sol";
import {IValidatorStake} from "src/interfaces/IValidatorStake.sol";
import {Bls12381} from "src/libraries/Bls12381.sol";

import {BlsReference} from "../../kit/BlsReference.sol";
import {Shipped} from "../../kit/Shipped.sol";
import {StakeTest} from "../../kit/StakeTest.sol";

/// @notice Which BLS key goes with a validator.
/// forge-config: default.evm_version = "prague"
contract ValidatorStakeBlsTest is StakeTest {
    IBlsKeyRegistry internal registry;

    function _registry() internal override returns (IBlsKeyRegistry) {
        registry = Shipped.blsKeyRegistry();
        return registry;
    }

    function _registerBls(uint256 blsSecret, uint256 secret) internal returns (bytes32 keyHash) {
        Bls12381.G2Point memory key = BlsReference.publicKey(blsSecret);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(secret, BlsReference.consentHash(key));
        Bls12381.G1Point memory proof = BlsReference.prove(blsSecret, vm.addr(secret));
        registry.register(vm.addr(secret), key, proof, abi.encodePacked(r, s, v));
        return BlsReference.keyHash(key);
    }

    function test_setBlsKey_countsAsLongAsItsValidatorsKeyDoes() public {
        address operator = _register(0, SELF_BOND);
        bytes32 keyHash = _registerBls(7, _secret(0, 0));
        vm.expectEmit(address(stake));
        emit IValidatorStake.BlsKeySet(operator, keyHash);
        vm.prank(operator);
        stake.setBlsKey(keyHash);
        assertEq(stake.validatorStatus(operator).blsKey, keyHash);
        _rotate(0, 1);
        assertEq(stake.validatorStatus(operator).blsKey, keyHash);
        _advance();
        assertEq(stake.validatorStatus(operator).blsKey, 0);
        vm.prank(operator);
        vm.expectRevert(abi.encodeWithSelector(IValidatorStake.NotItsBlsKey.selector, keyHash, _key(0, 1)));
        stake.setBlsKey(keyHash);
    }

    function test_setBlsKey_none_orNotOnesOwn() public {
        address operator = _register(0, SELF_BOND);
        bytes32 foreign = _registerBls(7, _secret(1, 0));
        vm.startPrank(operator);
        vm.expectRevert(abi.encodeWithSelector(IValidatorStake.NotItsBlsKey.selector, foreign, _key(0)));
        stake.setBlsKey(foreign);
        vm.expectRevert(abi.encodeWithSelector(IValidatorStake.NotItsBlsKey.selector, bytes32("none"), _key(0)));
        stake.setBlsKey(bytes32("none"));
        vm.stopPrank();
        bytes32 own = _registerBls(8, _secret(0, 0));
        vm.startPrank(operator);
        stake.setBlsKey(own);
        stake.setBlsKey(0);
        assertEq(stake.validatorStatus(operator).blsKey, 0);
    }

    function test_setBlsKey_withoutRegistry_reverts() public {
        stake = Shipped.validatorStake(mailbox, IBlsKeyRegistry(address(0)), _terms(), _slashingTerms());
        address operator = _register(0, SELF_BOND);
        vm.prank(operator);
        vm.expectRevert(abi.encodeWithSelector(IValidatorStake.NotItsBlsKey.selector, bytes32("key"), _key(0)));
        stake.setBlsKey("key");
        assertEq(address(stake.blsKeyRegistry()), address(0));
    }
}
