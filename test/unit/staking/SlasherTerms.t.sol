// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IFraudEvidence} from "src/interfaces/IFraudEvidence.sol";
import {ISlashingTerms} from "src/interfaces/ISlashingTerms.sol";

import {SlasherTest} from "../../kit/SlasherTest.sol";

contract SlasherTermsTest is SlasherTest {
    function _expectRefused(ISlashingTerms.Terms memory terms, bytes memory reason) internal {
        vm.expectRevert(reason);
        this.create(terms);
    }

    function create(ISlashingTerms.Terms memory terms) external {
        _newSlasher(terms);
    }

    function test_constructor() public view {
        assertEq(address(slasher.stake()), address(stake));
        assertEq(address(slasher.proofs()), address(proofs));
        assertEq(address(slasher.merkleTreeHook()), address(originTree));
        assertEq(keccak256(abi.encode(slasher.terms())), keccak256(abi.encode(_terms())));
    }

    function test_shareOf() public view {
        ISlashingTerms.Terms memory terms = _terms();
        assertEq(slasher.shareOf(IFraudEvidence.Kind.Equivocation), terms.equivocationShare);
        assertEq(slasher.shareOf(IFraudEvidence.Kind.MessageId), terms.messageIdShare);
        assertEq(slasher.shareOf(IFraudEvidence.Kind.Root), terms.rootShare);
        assertEq(slasher.shareOf(IFraudEvidence.Kind.Premature), terms.prematureShare);
        assertEq(slasher.shareOf(IFraudEvidence.Kind.ForeignTree), terms.foreignTreeShare);
    }

    function test_challengeWindow_isTheLongerOne() public {
        assertEq(slasher.challengeWindow(), PREMATURE_WINDOW);
        ISlashingTerms.Terms memory terms = _terms();
        terms.livenessWindow = PREMATURE_WINDOW + 1;
        assertEq(_newSlasher(terms).challengeWindow(), PREMATURE_WINDOW + 1);
    }

    function test_constructor_shares() public {
        for (uint256 kind; kind < 6; ++kind) {
            _expectRefused(
                _withShare(kind, 0), abi.encodeWithSelector(ISlashingTerms.ShareOutOfBounds.selector, 0, 1e18)
            );
            _expectRefused(
                _withShare(kind, 1e18 + 1),
                abi.encodeWithSelector(ISlashingTerms.ShareOutOfBounds.selector, 1e18 + 1, 1e18)
            );
            if (kind < 5) _newSlasher(_withShare(kind, 1e18));
        }
    }

    /// @dev Else a validator that does not know its index could be better off signing anything.
    function test_constructor_silenceCostsLessThanAnyFraud() public {
        for (uint256 kind; kind < 5; ++kind) {
            ISlashingTerms.Terms memory terms = _withShare(kind, 1e17);
            terms.silenceShare = 1e17 - 1;
            _newSlasher(terms);
            terms.silenceShare = 1e17;
            _expectRefused(terms, abi.encodeWithSelector(ISlashingTerms.SilenceCostsTooMuch.selector, 1e17, 1e17));
        }
    }

    function test_constructor_windows() public {
        for (uint256 i; i < 3; ++i) {
            _newSlasher(_withWindow(i, 1));
            _newSlasher(_withWindow(i, 30 days));
            _expectRefused(
                _withWindow(i, 0), abi.encodeWithSelector(ISlashingTerms.WindowOutOfBounds.selector, 0, 30 days)
            );
            _expectRefused(
                _withWindow(i, 30 days + 1),
                abi.encodeWithSelector(ISlashingTerms.WindowOutOfBounds.selector, 30 days + 1, 30 days)
            );
        }
    }

    function test_constructor_bond() public {
        ISlashingTerms.Terms memory terms = _terms();
        terms.livenessBond = 0;
        _expectRefused(terms, abi.encodeWithSelector(ISlashingTerms.NoBond.selector));
    }

    function _withShare(uint256 kind, uint64 share) internal pure returns (ISlashingTerms.Terms memory terms) {
        terms = _terms();
        if (kind == 0) terms.equivocationShare = share;
        if (kind == 1) terms.messageIdShare = share;
        if (kind == 2) terms.rootShare = share;
        if (kind == 3) terms.prematureShare = share;
        if (kind == 4) terms.foreignTreeShare = share;
        if (kind == 5) terms.silenceShare = share;
    }

    function _withWindow(uint256 which, uint32 window) internal pure returns (ISlashingTerms.Terms memory terms) {
        terms = _terms();
        if (which == 0) terms.prematureWindow = window;
        if (which == 1) terms.livenessWindow = window;
        if (which == 2) terms.finalAfter = window;
    }
}
