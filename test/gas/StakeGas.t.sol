// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStakeTerms} from "src/interfaces/IStakeTerms.sol";

import {StakeTest} from "../kit/StakeTest.sol";

/// @notice Gas of staking, at the largest sizes that a deployment accepts: 128 candidates, 64 of them in the set, 64 epochs of
///         unbonding and a challenge window almost as long. Whole transactions, as in Gas.t.sol.
/// forge-config: default.isolate = true
contract StakeGasTest is StakeTest {
    uint256 internal constant CANDIDATES = 128;
    uint256 internal constant BLOCK = 30_000_000;

    function _terms() internal view override returns (IStakeTerms.Terms memory terms) {
        terms = super._terms();
        (terms.unbondingEpochs, terms.fraudWindow, terms.challengeWindow) = (64, 60 days, 59 days);
        (terms.minActive, terms.maxActive, terms.maxCandidates) = (1, 64, uint8(CANDIDATES));
    }

    function _snapshot(string memory row) internal {
        vm.snapshotGasLastCall("ValidatorStake", row);
        assertLt(vm.lastCallGas().gasTotalUsed, BLOCK / 4, "far below a block");
    }

    function test_accounts() public {
        _register(0, SELF_BOND);
        _snapshot("register");
        _delegate(alice, _operator(0), 1 ether);
        _snapshot("delegate");
        _reward(_operator(0), 1 ether);
        _snapshot("addReward");
        (, uint48 releaseEpoch) = _unbondAll(alice, _operator(0));
        _snapshot("unbond");
        _rotate(0, 1);
        _snapshot("rotateKey");
        _advance(releaseEpoch);
        _withdraw(alice, _operator(0), releaseEpoch);
        _snapshot("withdraw");
    }

    function test_register_evicting() public {
        _fill();
        _register(CANDIDATES, SELF_BOND + 1000);
        _snapshot("register, in the place of the smallest of 128 candidates");
    }

    /// @dev Each candidate in its turn has more stake than those before, which is the most work for the ranking: they are
    ///      looked at from the last one to the first.
    function test_advanceEpoch() public {
        _fill();
        _advance();
        _snapshot("advanceEpoch, 64 of 128, all of them new");
        _advance();
        _snapshot("advanceEpoch, 64 of 128, as before");
        for (uint256 i; i < 64; ++i) {
            _delegate(alice, _operator(CANDIDATES - 1 - i), 1 ether + i);
        }
        _advance();
        _snapshot("advanceEpoch, 64 of 128, all of them others");
        for (uint256 i; i < CANDIDATES; ++i) {
            _unbondAll(_operator(i), _operator(i));
        }
        _advance();
        _snapshot("advanceEpoch, all 128 leave");
    }

    /// @dev Of equal steps, so that whoever registered last has least.
    function _fill() internal {
        for (uint256 i; i < CANDIDATES; ++i) {
            _register(i, SELF_BOND + CANDIDATES - i);
        }
    }

    function test_slash() public {
        for (uint256 i; i < 64; ++i) {
            _register(i, 2 * SELF_BOND);
        }
        _advance();
        _slash(_operator(1), 0.5e18, true);
        _snapshot("slash, nothing unbonds, out of a set of 64");

        // Each epoch somebody and the operator leave a little, and a challenge is never resolved.
        address validator = _operator(0);
        _delegate(alice, validator, 100 ether);
        for (uint256 i; i < 64 + stake.holdEpochs(); ++i) {
            vm.prank(alice);
            stake.unbond(validator, (1 ether * 1e6) / 2);
            vm.prank(validator);
            stake.unbond(validator, (1 ether * 1e6) / 2);
            if (i == 64) _freeze(validator);
            _advance();
        }
        _slash(validator, 0.5e18, true);
        _snapshot("slash, 126 pools of unbonding stake, half of them held back");
    }

    function test_pushSet() public {
        for (uint256 i; i < 64; ++i) {
            _register(i, SELF_BOND);
        }
        _advance();
        stake.pushSet(DESTINATION, bytes32(uint256(1)), "");
        _snapshot("pushSet, 64 validators");
    }
}
