// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBlsKeyRegistry} from "src/interfaces/IBlsKeyRegistry.sol";
import {IMailbox} from "src/interfaces/IMailbox.sol";
import {ISlasher} from "src/interfaces/ISlasher.sol";
import {ISlashingTerms} from "src/interfaces/ISlashingTerms.sol";
import {IStakeTerms} from "src/interfaces/IStakeTerms.sol";

import {IVersionedValidatorStake, Shipped} from "../../kit/Shipped.sol";
import {StakeTest} from "../../kit/StakeTest.sol";

/// @notice Each inequality among the constants is asserted by the deployment itself: at the edge it goes through, one step past
///         the edge it does not.
contract StakeTermsTest is StakeTest {
    IStakeTerms.Terms internal t;
    ISlashingTerms.Terms internal slashing;

    function setUp() public override {
        super.setUp();
        (t, slashing) = (_terms(), _slashingTerms());
    }

    function _deploy() internal returns (IVersionedValidatorStake) {
        return Shipped.validatorStake(mailbox, IBlsKeyRegistry(address(0)), t, slashing);
    }

    /// @dev In a call of its own, for expectRevert.
    function deploy(IMailbox forMailbox, IStakeTerms.Terms calldata terms) external {
        Shipped.validatorStake(forMailbox, IBlsKeyRegistry(address(0)), terms, slashing);
    }

    function _refused(bytes memory reason) internal {
        vm.expectRevert(reason);
        this.deploy(mailbox, t);
    }

    function test_terms_areWhatWasGiven() public {
        t.asset = address(token);
        IVersionedValidatorStake deployed = _deploy();
        assertEq(abi.encode(deployed.terms()), abi.encode(t));
        assertEq(deployed.holdEpochs(), HOLD);
        assertEq(address(deployed.mailbox()), address(mailbox));
        assertEq(deployed.epoch(), 0);
        assertEq(deployed.epochStart(), block.timestamp);
        assertEq(deployed.PACKAGE_VERSION(), "0.1.0");
        ISlasher slasher = deployed.slasher();
        assertEq(abi.encode(slasher.terms()), abi.encode(slashing));
        assertEq(address(slasher.stake()), address(deployed));
        assertEq(address(slasher.merkleTreeHook()), address(mailbox.merkleTreeHook()));
        assertGt(address(slasher.proofs()).code.length, 0);
    }

    function test_mailbox_withoutCode_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IMailbox.NotAContract.selector, alice));
        this.deploy(IMailbox(alice), t);
    }

    /// @dev A transfer of a token that is not there "succeeds": whoever asks would be credited.
    function test_asset_withoutCode_reverts() public {
        t.asset = alice;
        _refused(abi.encodeWithSelector(IStakeTerms.AssetNotAContract.selector, alice));
    }

    function test_epochLength() public {
        t.epochLength = 0;
        _refused(abi.encodeWithSelector(IStakeTerms.EpochLengthOutOfBounds.selector, 0, 30 days));
        (t.epochLength, t.setLifetime, t.jailTime) = (30 days, 31 days, 30 days);
        _deploy();
        t.epochLength += 1;
        _refused(abi.encodeWithSelector(IStakeTerms.EpochLengthOutOfBounds.selector, 30 days + 1, 30 days));
    }

    function test_unbondingEpochs() public {
        t.unbondingEpochs = 64;
        _deploy();
        t.unbondingEpochs = 65;
        _refused(abi.encodeWithSelector(IStakeTerms.UnbondingEpochsOutOfBounds.selector, 65, 64));
        t.unbondingEpochs = 0;
        _refused(abi.encodeWithSelector(IStakeTerms.UnbondingEpochsOutOfBounds.selector, 0, 64));
    }

    /// @dev Stake outlives every use of the set that it vouched for, and the proof of what was signed on the last day.
    function test_unbonding_outlivesSetAndFraudWindow() public {
        t.fraudWindow = uint32(UNBONDING * EPOCH - t.setLifetime - 1);
        _deploy();
        t.fraudWindow += 1;
        _refused(abi.encodeWithSelector(IStakeTerms.UnbondingTooShort.selector, UNBONDING * EPOCH, UNBONDING * EPOCH));
        (t.fraudWindow, t.setLifetime) = (type(uint32).max, type(uint32).max);
        uint256 needed = 2 * uint256(type(uint32).max);
        _refused(abi.encodeWithSelector(IStakeTerms.UnbondingTooShort.selector, UNBONDING * EPOCH, needed));
    }

    function test_setLifetime_outlivesAnEpoch() public {
        t.setLifetime = uint32(EPOCH) + 1;
        _deploy();
        t.setLifetime = uint32(EPOCH);
        _refused(abi.encodeWithSelector(IStakeTerms.SetLifetimeTooShort.selector, EPOCH, EPOCH));
    }

    function test_challengeWindow_isShorterThanTheFraudWindow() public {
        t.challengeWindow = t.fraudWindow - 1;
        assertEq(_deploy().holdEpochs(), 6 + 2);
        t.challengeWindow = t.fraudWindow;
        _refused(abi.encodeWithSelector(IStakeTerms.ChallengeWindowTooLong.selector, t.fraudWindow, t.fraudWindow));
    }

    /// @dev Stake that a challenge still needs must not be let go.
    function test_challengeWindow_isNotShorterThanTheSlashers() public {
        (slashing.prematureWindow, slashing.livenessWindow) = (t.challengeWindow, t.challengeWindow);
        _deploy();
        slashing.prematureWindow += 1;
        _tooShort();
        (slashing.prematureWindow, slashing.livenessWindow) = (1, t.challengeWindow + 1);
        _tooShort();
    }

    function _tooShort() internal {
        _refused(
            abi.encodeWithSelector(
                IStakeTerms.ChallengeWindowTooShort.selector, t.challengeWindow, t.challengeWindow + 1
            )
        );
    }

    /// @dev What the slasher refuses of its own constants is refused with the whole.
    function test_slashingTerms_areChecked() public {
        slashing.livenessBond = 0;
        _refused(abi.encodeWithSelector(ISlashingTerms.NoBond.selector));
    }

    function test_jailTime_isAnEpochAtLeast() public {
        t.jailTime = uint32(EPOCH);
        _deploy();
        t.jailTime -= 1;
        _refused(abi.encodeWithSelector(IStakeTerms.JailTimeTooShort.selector, EPOCH - 1, EPOCH));
    }

    /// @dev Who is caught can report itself before others do: it must still lose.
    function test_reporterShare_isHalfAtMost() public {
        t.reporterShare = 0.5e18;
        _deploy();
        t.reporterShare += 1;
        _refused(abi.encodeWithSelector(IStakeTerms.ReporterShareTooLarge.selector, 0.5e18 + 1, 0.5e18));
    }

    function test_minSelfBond() public {
        t.minSelfBond = 1e6;
        _deploy();
        t.minSelfBond = 1e6 - 1;
        _refused(abi.encodeWithSelector(IStakeTerms.MinSelfBondTooSmall.selector, 1e6 - 1, 1e6));
        t.minSelfBond = type(uint96).max / 4;
        _deploy();
        t.minSelfBond += 1;
        _refused(abi.encodeWithSelector(IStakeTerms.MinSelfBondTooLarge.selector, t.minSelfBond, 4));
    }

    function test_setSizes() public {
        (t.minActive, t.maxActive, t.maxCandidates) = (64, 64, 128);
        _deploy();
        _sizesRefused(65, 65, 128);
        _sizesRefused(1, 64, 129);
        _sizesRefused(0, 1, 2);
        _sizesRefused(2, 1, 3);
        _sizesRefused(1, 2, 2);
        (t.minActive, t.maxActive, t.maxCandidates) = (1, 1, 2);
        _deploy();
    }

    function _sizesRefused(uint8 minActive, uint8 maxActive, uint8 maxCandidates) internal {
        (t.minActive, t.maxActive, t.maxCandidates) = (minActive, maxActive, maxCandidates);
        _refused(abi.encodeWithSelector(IStakeTerms.SetSizesOutOfBounds.selector, minActive, maxActive, maxCandidates));
    }

    /// @dev Stake is gone, at the earliest, `setLifetime` and `fraudWindow` after the last moment at which a set that it
    ///      vouched for could be sent, whatever the constants that a deployment accepts.
    function testFuzz_terms_whatIsAccepted_keepsStakeLongEnough(
        uint32 epochLength,
        uint32 setLifetime,
        uint32 fraudWindow,
        uint16 unbondingEpochs
    ) public {
        t.epochLength = uint32(bound(epochLength, 1, 30 days));
        t.unbondingEpochs = uint16(bound(unbondingEpochs, 1, 64));
        t.setLifetime = uint32(bound(setLifetime, 1, uint256(t.epochLength) * t.unbondingEpochs));
        t.fraudWindow = uint32(bound(fraudWindow, 1, uint256(t.epochLength) * t.unbondingEpochs));
        t.jailTime = t.epochLength;
        t.challengeWindow = t.fraudWindow - 1;
        (slashing.prematureWindow, slashing.livenessWindow) = (1, 1);
        try this.deploy(mailbox, t) {}
        catch {
            return;
        }
        stake = _deploy();
        address operator = _register(0, SELF_BOND);
        vm.warp(stake.epochStart() + t.epochLength);
        stake.advanceEpoch();
        (, uint48 releaseEpoch) = _unbondAll(operator, operator);
        vm.warp(stake.epochStart() + t.epochLength);
        uint256 lastUse = block.timestamp + t.setLifetime;
        while (stake.epoch() < releaseEpoch) {
            vm.warp(stake.epochStart() + t.epochLength);
            stake.advanceEpoch();
        }
        assertGt(block.timestamp, lastUse + t.fraudWindow);
        assertEq(_withdraw(operator, operator, releaseEpoch), SELF_BOND);
    }
}
