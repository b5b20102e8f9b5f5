// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

import {IMultisigIsm, IStorageMultisigIsm} from "src/interfaces/IMultisigIsm.sol";
import {AddressSet} from "src/libraries/AddressSet.sol";
import {ValidatorSignatures} from "src/libraries/ValidatorSignatures.sol";

import {MultisigIsmTest} from "./MultisigIsmTest.sol";

/// @notice What holds for multisigs with a set that an owner may change.
abstract contract StorageSetTest is MultisigIsmTest {
    function _deployFor(address moduleOwner, address[] memory set, uint8 threshold)
        internal
        virtual
        returns (IStorageMultisigIsm);

    function _deploy(address[] memory set, uint8 threshold) internal virtual override returns (IMultisigIsm) {
        return _deployFor(owner, set, threshold);
    }

    function _held() internal view virtual override returns (address[] memory, uint256) {
        return module.validatorsAndThreshold(message);
    }

    function _notEnough(uint256 count) internal pure virtual override returns (bytes memory) {
        return abi.encodeWithSelector(ValidatorSignatures.NotEnoughSignatures.selector, count, THRESHOLD);
    }

    function _storage() internal view returns (IStorageMultisigIsm) {
        return IStorageMultisigIsm(address(module));
    }

    function _ownable() internal view returns (Ownable2Step) {
        return Ownable2Step(address(module));
    }

    function _attackersSet() internal view returns (address[] memory set) {
        set = new address[](1);
        set[0] = attacker;
    }

    function _assertHeld(address[] memory expected, uint256 expectedThreshold) internal view {
        (address[] memory set, uint256 threshold) = _held();
        assertEq(set, expected);
        assertEq(threshold, expectedThreshold);
    }

    /* ----------------------------------------------------- the set -------------------------------------------------- */

    function test_getters_areTheSet() public {
        for (uint256 i; i < VALIDATORS; ++i) {
            assertEq(_storage().validators(i), validators[i]);
        }
        assertEq(_storage().threshold(), THRESHOLD);
        IStorageMultisigIsm sut = _storage();
        vm.expectRevert(bytes(""));
        sut.validators(VALIDATORS);
    }

    function test_constructor_emitsTheSet() public {
        vm.expectEmit();
        emit IStorageMultisigIsm.ValidatorsAndThresholdSet(validators, THRESHOLD);
        _deploy(validators, THRESHOLD);
    }

    function test_constructor_ownerZero_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableInvalidOwner.selector, address(0)));
        _deployFor(address(0), validators, THRESHOLD);
    }

    function test_setValidatorsAndThreshold_replacesTheSet() public {
        // A shorter one, in which nothing of the longer one may be left.
        vm.expectEmit(address(module));
        emit IStorageMultisigIsm.ValidatorsAndThresholdSet(_attackersSet(), 1);
        vm.prank(owner);
        _storage().setValidatorsAndThreshold(_attackersSet(), 1);
        _assertHeld(_attackersSet(), 1);
        _assertRefused(bytes.concat(_signature(0), _signature(1)), _notAValidator(0, validators[0]));

        vm.prank(owner);
        _storage().setValidatorsAndThreshold(validators, 3);
        _assertHeld(validators, 3);
    }

    function test_setValidatorsAndThreshold_takesEffectForMessagesInFlight() public {
        recipient.setInterchainSecurityModule(module);
        bytes memory metadata = bytes.concat(_head(checkpoint), _signature(0), _signature(1));
        assertTrue(module.verify(metadata, message));
        vm.prank(owner);
        _storage().setValidatorsAndThreshold(_attackersSet(), 1);

        vm.expectRevert(_notAValidator(0, validators[0]));
        destinationMailbox.process(metadata, message);
        destinationMailbox.process(bytes.concat(_head(checkpoint), _sign(attackerKey, _hash())), message);
        assertEq(recipient.received(), 1);
    }

    function test_setValidatorsAndThreshold_raisedThreshold_takesEffectForMessagesInFlight() public {
        vm.prank(owner);
        _storage().setValidatorsAndThreshold(validators, 3);
        bytes memory metadata = bytes.concat(_head(checkpoint), _signature(0), _signature(1));
        vm.expectRevert(abi.encodeWithSelector(ValidatorSignatures.NotEnoughSignatures.selector, 2, 3));
        module.verify(metadata, message);
        _assertVerifies(bytes.concat(_signature(0), _signature(1), _signature(2)));
    }

    function test_invalidSets_areRefused_byConstructorAndSetter() public {
        address[] memory set = new address[](0);
        _assertSetRefused(set, 0, _invalidThreshold(0, 0));
        _assertSetRefused(set, 1, _invalidThreshold(1, 0));
        _assertSetRefused(validators, 0, _invalidThreshold(0, 3));
        _assertSetRefused(validators, 4, _invalidThreshold(4, 3));
        set = new address[](256);
        for (uint160 i; i < 256; ++i) {
            set[i] = address(i + 1);
        }
        _assertSetRefused(set, 1, _invalidThreshold(1, 256));
        set = validators;
        set[2] = address(0);
        _assertSetRefused(set, 1, abi.encodeWithSelector(AddressSet.ZeroAddress.selector));
        set[2] = set[0];
        _assertSetRefused(set, 2, abi.encodeWithSelector(AddressSet.DuplicateAddress.selector, set[0]));
    }

    function _invalidThreshold(uint256 threshold, uint256 count) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(AddressSet.InvalidThreshold.selector, threshold, count);
    }

    function _assertSetRefused(address[] memory set, uint8 threshold, bytes memory reason) internal {
        vm.expectRevert(reason);
        _deploy(set, threshold);
        vm.prank(owner);
        vm.expectRevert(reason);
        _storage().setValidatorsAndThreshold(set, threshold);
        _assertHeld(validators, THRESHOLD);
    }

    /* ----------------------------------------------------- the owner ------------------------------------------------ */

    function test_setValidatorsAndThreshold_whenNotOwner_reverts() public {
        // Attempt: anyone, a validator, the Mailbox's owner of another module, who was named to be the next owner.
        address[4] memory strangers = [attacker, validators[0], address(destinationMailbox), bob];
        vm.prank(owner);
        _ownable().transferOwnership(bob);
        for (uint256 i; i < strangers.length; ++i) {
            _assertNoPower(strangers[i]);
        }
        _assertHeld(validators, THRESHOLD);
    }

    function test_ownership_goesOverInTwoSteps() public {
        vm.prank(owner);
        _ownable().transferOwnership(bob);
        assertEq(_ownable().owner(), owner);
        assertEq(_ownable().pendingOwner(), bob);
        vm.prank(bob);
        _ownable().acceptOwnership();
        assertEq(_ownable().owner(), bob);
        _assertNoPower(owner);
        vm.prank(bob);
        _storage().setValidatorsAndThreshold(_attackersSet(), 1);
        _assertHeld(_attackersSet(), 1);
    }

    function test_renounceOwnership_leavesTheSetForEver() public {
        vm.prank(owner);
        _ownable().renounceOwnership();
        _assertNoPower(owner);
        _assertHeld(validators, THRESHOLD);
        _assertVerifies(bytes.concat(_signature(0), _signature(2)));
    }

    function _assertNoPower(address caller) internal {
        IStorageMultisigIsm sut = _storage();
        vm.prank(caller);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, caller));
        sut.setValidatorsAndThreshold(_attackersSet(), 1);
    }

    function test_nothingIsLeftToInitialize() public {
        // Attempt (Wormhole 2022): the ecosystem's initialiser.
        (bool success, bytes memory data) = address(module)
            .call(abi.encodeWithSignature("initialize(address,address[],uint8)", attacker, _attackersSet(), 1));
        assertFalse(success);
        assertEq(data.length, 0);
    }

    function test_verify_doesNotDependOnTheSetOfAnotherModule() public {
        // Attempt: the attacker's own module of the same code.
        IMultisigIsm other = _deployFor(attacker, _attackersSet(), 1);
        bytes memory metadata = bytes.concat(_head(checkpoint), _sign(attackerKey, _hash()));
        assertTrue(other.verify(metadata, message));
        vm.expectRevert(_notEnough(1));
        module.verify(metadata, message);
    }
}
