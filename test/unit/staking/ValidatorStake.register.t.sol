// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

import {IStakeAccounts} from "src/interfaces/IStakeAccounts.sol";
import {IValidatorStake} from "src/interfaces/IValidatorStake.sol";

import {StakeTest} from "../../kit/StakeTest.sol";

/// @notice Who is a validator, with which keys, for which commission.
contract ValidatorStakeRegisterTest is StakeTest {
    function _expectRegisterReverts(address operator, address key, bytes memory proof, bytes memory reason) internal {
        vm.deal(operator, SELF_BOND);
        vm.prank(operator);
        vm.expectRevert(reason);
        stake.register{value: SELF_BOND}(key, proof, 0, SELF_BOND);
    }

    /* ---------------------------------------------------- register -------------------------------------------------- */

    function test_register() public {
        address operator = _operator(0);
        bytes memory proof = _proof(_secret(0, 0), operator);
        vm.deal(operator, SELF_BOND);
        vm.expectEmit(address(stake));
        emit IValidatorStake.ValidatorRegistered(operator, _key(0), 500);
        vm.expectEmit(address(stake));
        emit IStakeAccounts.Delegated(operator, operator, SELF_BOND, SELF_BOND * 1e6);
        vm.expectEmit(address(stake));
        emit IValidatorStake.CandidateJoined(operator);
        vm.prank(operator);
        stake.register{value: SELF_BOND}(_key(0), proof, 500, SELF_BOND);

        IValidatorStake.ValidatorStatus memory status = stake.validatorStatus(operator);
        assertEq(status.key, _key(0));
        assertEq(status.nextKey, address(0));
        assertEq(status.blsKey, 0);
        assertEq(status.commission, 500);
        assertEq(status.nextCommission, 500);
        assertEq(status.jailedUntil, 0);
        assertEq(status.exitEpoch, FOREVER);
        assertTrue(status.isCandidate);
        assertFalse(status.isActive);
        assertEq(stake.validatorOf(_key(0)), operator);
        assertEq(stake.candidates().length, 1);
        assertEq(stake.candidates()[0], operator);
        assertEq(_tokensOf(operator, operator), SELF_BOND);
    }

    function test_keyProofDigest_isTheDefinition() public view {
        bytes32 digest =
            keccak256(abi.encode(keccak256("CAUSEWAY_VALIDATOR_KEY"), block.chainid, address(stake), alice, bob));
        assertEq(stake.keyProofDigest(alice, bob), digest);
    }

    function test_register_twice_reverts() public {
        address operator = _register(0, SELF_BOND);
        bytes memory proof = _proof(_secret(0, 1), operator);
        _expectRegisterReverts(
            operator, _key(0, 1), proof, abi.encodeWithSelector(IValidatorStake.AlreadyRegistered.selector, operator)
        );
    }

    function test_register_selfBondTooSmall_reverts() public {
        bytes memory proof = _proof(_secret(0, 0), alice);
        vm.deal(alice, SELF_BOND);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IValidatorStake.SelfBondTooSmall.selector, SELF_BOND - 1, SELF_BOND));
        stake.register{value: SELF_BOND - 1}(_key(0), proof, 0, SELF_BOND - 1);
    }

    function test_register_commissionAboveAll_reverts() public {
        bytes memory proof = _proof(_secret(0, 0), alice);
        vm.deal(alice, SELF_BOND);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IValidatorStake.CommissionTooLarge.selector, 10_001));
        stake.register{value: SELF_BOND}(_key(0), proof, 10_001, SELF_BOND);
    }

    /// @dev Somebody else's key: its owner would be refused, and its signatures would be slashed from, or shielded by, a
    ///      stranger's stake.
    function test_register_somebodyElsesKey_reverts() public {
        address hers = _key(0);
        // A proof that she made for herself, seen in the pool of transactions.
        bytes memory proof = _proof(_secret(0, 0), alice);
        address signer = _recoveredBy(_secret(0, 0), alice, bob, hers);
        _expectRegisterReverts(
            bob, hers, proof, abi.encodeWithSelector(IValidatorStake.NotTheKey.selector, signer, hers)
        );
        // A proof by his own key, over the digest that names hers.
        proof = _sign(_secret(1, 0), stake.keyProofDigest(bob, hers));
        _expectRegisterReverts(
            bob, hers, proof, abi.encodeWithSelector(IValidatorStake.NotTheKey.selector, _key(1), hers)
        );
        _register(0, SELF_BOND);
    }

    /// @dev Whom the proof for `from` seems to be by, held against the digest for `operator`.
    function _recoveredBy(uint256 secret, address from, address operator, address key) internal view returns (address) {
        (bytes memory proof, bytes32 digest) = (_proof(secret, from), stake.keyProofDigest(operator, key));
        return ECDSA.recover(keccak256(bytes.concat("\x19Ethereum Signed Message:\n32", digest)), proof);
    }

    /// @dev The proof names the chain and the contract: one for another deployment is none here.
    function test_register_proofForAnotherContractOrChain_reverts() public {
        bytes32 elsewhere =
            keccak256(abi.encode(keccak256("CAUSEWAY_VALIDATOR_KEY"), block.chainid, address(mailbox), alice, _key(0)));
        _expectForeignProof(elsewhere);
        elsewhere = keccak256(
            abi.encode(keccak256("CAUSEWAY_VALIDATOR_KEY"), block.chainid + 1, address(stake), alice, _key(0))
        );
        _expectForeignProof(elsewhere);
        elsewhere = keccak256(abi.encode(keccak256("CAUSEWAY_BLS_KEY"), block.chainid, address(stake), alice, _key(0)));
        _expectForeignProof(elsewhere);
    }

    function _expectForeignProof(bytes32 digest) internal {
        bytes memory proof = _sign(_secret(0, 0), digest);
        bytes32 hash = keccak256(bytes.concat("\x19Ethereum Signed Message:\n32", stake.keyProofDigest(alice, _key(0))));
        address signer = ECDSA.recover(hash, proof);
        assertTrue(signer != _key(0));
        _expectRegisterReverts(
            alice, _key(0), proof, abi.encodeWithSelector(IValidatorStake.NotTheKey.selector, signer, _key(0))
        );
    }

    function test_register_malformedProof_reverts() public {
        _expectRegisterReverts(
            alice, _key(0), hex"1234", abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureLength.selector, 2)
        );
        _expectRegisterReverts(
            alice, address(0), new bytes(65), abi.encodeWithSelector(ECDSA.ECDSAInvalidSignature.selector)
        );
    }

    /// @dev For ever: not even the same operator, not after a rotation, not after it left.
    function test_register_keyInUse_reverts() public {
        address first = _register(0, SELF_BOND);
        bytes memory proof = _proof(_secret(0, 0), bob);
        bytes memory reason = abi.encodeWithSelector(IValidatorStake.KeyInUse.selector, _key(0), first);
        _expectRegisterReverts(bob, _key(0), proof, reason);
        _rotate(0, 1);
        _unbondAll(first, first);
        _advance(20);
        assertEq(stake.validatorOf(_key(0)), address(0));
        _expectRegisterReverts(bob, _key(0), proof, reason);
        proof = _proof(_secret(0, 0), first);
        vm.prank(first);
        vm.expectRevert(reason);
        stake.rotateKey(_key(0), proof);
    }

    function test_unknownValidator_reverts() public {
        bytes memory reason = abi.encodeWithSelector(IStakeAccounts.UnknownValidator.selector, alice);
        bytes memory proof = _proof(_secret(0, 0), alice);
        vm.startPrank(alice);
        vm.expectRevert(reason);
        stake.rejoin();
        vm.expectRevert(reason);
        stake.rotateKey(_key(0), proof);
        vm.expectRevert(reason);
        stake.setBlsKey(bytes32(0));
        vm.expectRevert(reason);
        stake.setCommission(1);
        vm.expectRevert(reason);
        stake.validatorStatus(alice);
        (bool active, uint32 fromIndex) = stake.activation(alice);
        assertFalse(active);
        assertEq(fromIndex, 0);
        assertEq(stake.validatorOf(address(0)), address(0));
    }

    /* ---------------------------------------------------- rotation -------------------------------------------------- */

    function test_rotateKey_countsFromTheNextEpoch_theOldOneAnswersUntilItsStakeIsGone() public {
        address operator = _register(0, SELF_BOND);
        _advance();
        bytes memory proof = _proof(_secret(0, 1), operator);
        uint48 exitEpoch = 1 + 1 + UNBONDING;
        vm.expectEmit(address(stake));
        emit IValidatorStake.KeyRotated(operator, _key(0), _key(0, 1), 2, exitEpoch);
        vm.prank(operator);
        stake.rotateKey(_key(0, 1), proof);

        assertEq(stake.validators()[0], _key(0));
        assertEq(stake.validatorStatus(operator).nextKey, _key(0, 1));
        assertEq(stake.validatorOf(_key(0, 1)), operator); // it could sign already
        _advance();
        assertEq(stake.validators()[0], _key(0, 1));
        assertEq(stake.validatorStatus(operator).key, _key(0, 1));
        assertEq(stake.validatorStatus(operator).nextKey, address(0));
        while (stake.epoch() < exitEpoch - 1) _advance();
        assertEq(stake.validatorOf(_key(0)), operator);
        _advance();
        assertEq(stake.validatorOf(_key(0)), address(0));
        assertEq(stake.validatorOf(_key(0, 1)), operator);
    }

    function test_rotateKey_twiceInAnEpoch_reverts() public {
        address operator = _register(0, SELF_BOND);
        _rotate(0, 1);
        bytes memory proof = _proof(_secret(0, 2), operator);
        vm.prank(operator);
        vm.expectRevert(abi.encodeWithSelector(IValidatorStake.RotationPending.selector, operator, 1));
        stake.rotateKey(_key(0, 2), proof);
        _advance();
        _rotate(0, 2);
        assertEq(stake.validatorStatus(operator).key, _key(0, 1));
        assertEq(stake.validatorStatus(operator).nextKey, _key(0, 2));
    }

    function test_rotateKey_toSomebodyElsesKey_reverts() public {
        address operator = _register(0, SELF_BOND);
        _register(1, SELF_BOND);
        bytes memory proof = _proof(_secret(1, 0), operator);
        vm.startPrank(operator);
        vm.expectRevert(abi.encodeWithSelector(IValidatorStake.KeyInUse.selector, _key(1), _operator(1)));
        stake.rotateKey(_key(1), proof);
        vm.expectRevert(abi.encodeWithSelector(IValidatorStake.KeyInUse.selector, _key(0), operator));
        stake.rotateKey(_key(0), proof);
        proof = _sign(_secret(5, 0), stake.keyProofDigest(operator, _key(2)));
        vm.expectRevert(abi.encodeWithSelector(IValidatorStake.NotTheKey.selector, _key(5), _key(2)));
        stake.rotateKey(_key(2), proof);
    }

    /// @dev Rotating does not get rid of what the old key signed, however often it is done.
    function test_rotateKey_toEscape() public {
        address operator = _register(0, SELF_BOND);
        _advance();
        for (uint256 n = 1; n <= UNBONDING; ++n) {
            _rotate(0, n);
            _advance();
            assertEq(stake.validatorOf(_key(0)), operator);
        }
        assertEq(_slash(stake.validatorOf(_key(0)), WHOLE, true), SELF_BOND);
    }

    /// @dev Delegators who forgot to leave answer for the operator's keys no longer than its own stake could: it can not
    ///      stay slashable by rotating again and again, to burn what is not its own.
    function test_rotateKey_afterLeaving_doesNotKeepTheKeysSlashable() public {
        address operator = _register(0, SELF_BOND);
        _delegate(alice, operator, 50 ether);
        _advance();
        _unbondAll(operator, operator);
        _advance();
        uint48 exitEpoch = stake.validatorStatus(operator).exitEpoch;
        assertEq(exitEpoch, 2 + UNBONDING);
        for (uint256 n = 1; stake.epoch() < exitEpoch; ++n) {
            assertEq(stake.validatorOf(_key(0)), n <= UNBONDING + 1 ? operator : address(0));
            _rotate(0, n);
            _advance();
        }
        for (uint256 n; n <= UNBONDING; ++n) {
            assertEq(stake.validatorOf(_key(0, n)), address(0));
        }
    }

    /* --------------------------------------------------- commission ------------------------------------------------- */

    /// @dev Raised just before a reward: who does not agree has had the time to leave with all.
    function test_setCommission_moreHoldsAfterTheUnbondingTime() public {
        address operator = _register(0, SELF_BOND, 1000);
        _advance();
        uint48 fromEpoch = 1 + 1 + UNBONDING;
        vm.expectEmit(address(stake));
        emit IValidatorStake.CommissionSet(operator, 10_000, fromEpoch);
        vm.prank(operator);
        stake.setCommission(10_000);
        while (stake.epoch() < fromEpoch - 1) _advance();
        IValidatorStake.ValidatorStatus memory status = stake.validatorStatus(operator);
        assertEq(status.commission, 1000);
        assertEq(status.nextCommission, 10_000);
        assertEq(status.commissionEpoch, fromEpoch);
        _reward(operator, 10 ether);
        assertEq(stake.creditOf(operator), 1 ether);
        _advance();
        assertEq(stake.validatorStatus(operator).commission, 10_000);
        _reward(operator, 10 ether);
        assertEq(stake.creditOf(operator), 11 ether);
    }

    function test_setCommission_lessHoldsAtOnce_andEndsARaise() public {
        address operator = _register(0, SELF_BOND, 1000);
        vm.startPrank(operator);
        stake.setCommission(5000);
        vm.expectEmit(address(stake));
        emit IValidatorStake.CommissionSet(operator, 500, 0);
        stake.setCommission(500);
        vm.stopPrank();
        assertEq(stake.validatorStatus(operator).commission, 500);
        _advance(20);
        assertEq(stake.validatorStatus(operator).commission, 500);
    }

    /// @dev A raise that was announced long ago is no pretext for a larger one.
    function test_setCommission_anotherRaise_waitsAgain() public {
        address operator = _register(0, SELF_BOND, 1000);
        vm.prank(operator);
        stake.setCommission(2000);
        _advance(UNBONDING);
        vm.prank(operator);
        stake.setCommission(10_000);
        _advance(UNBONDING);
        assertEq(stake.validatorStatus(operator).commission, 1000);
        _advance();
        assertEq(stake.validatorStatus(operator).commission, 10_000);
        vm.prank(operator);
        vm.expectRevert(abi.encodeWithSelector(IValidatorStake.CommissionTooLarge.selector, 10_001));
        stake.setCommission(10_001);
    }
}
