// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {IStakedMultisigIsm} from "src/interfaces/IStakedMultisigIsm.sol";
import {IWeightedMultisigIsm} from "src/interfaces/IWeightedMultisigIsm.sol";
import {AddressSet} from "src/libraries/AddressSet.sol";

import {Reference} from "../../../kit/Reference.sol";
import {Shipped} from "../../../kit/Shipped.sol";
import {StakedIsmTest} from "../../../kit/StakedIsmTest.sol";

/// @notice What the owner can do, and when: name the first set of an origin, and one when a set has expired.
contract StakedOwnerTest is StakedIsmTest {
    Member[] internal other;

    function setUp() public override {
        super.setUp();
        for (uint256 i; i < 3; ++i) {
            other.push(Member(50 + i, 1));
        }
    }

    function _expectProposalRefused(Member[] memory members, bytes memory reason) internal {
        IWeightedMultisigIsm.ValidatorInfo[] memory infos = _infos(members);
        vm.prank(owner);
        vm.expectRevert(reason);
        module.proposeSet(ORIGIN, Reference.addr32(stakeContract), FIRST_ID, infos);
    }

    function _alive(uint256 until) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IStakedMultisigIsm.SetAlive.selector, ORIGIN, until);
    }

    /* ---------------------------------------------------- creation -------------------------------------------------- */

    function test_constructor_times() public {
        Shipped.stakedMultisigIsm(destinationMailbox, owner, 2, 1);
        Shipped.stakedMultisigIsm(destinationMailbox, owner, 365 days, 365 days - 1);
        uint48[2][4] memory refused =
            [[uint48(7 days), 0], [uint48(7 days), 7 days], [uint48(365 days + 1), 1], [uint48(0), 0]];
        for (uint256 i; i < refused.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    IStakedMultisigIsm.TimesOutOfBounds.selector, refused[i][0], refused[i][1], 365 days
                )
            );
            this.create(refused[i][0], refused[i][1]);
        }
        assertEq(module.MAX_SET_LIFETIME(), 365 days);
    }

    function create(uint48 lifetime, uint48 delay) external {
        Shipped.stakedMultisigIsm(destinationMailbox, owner, lifetime, delay);
    }

    /* ---------------------------------------------------- bootstrap ------------------------------------------------- */

    function test_bootstrap() public {
        vm.expectEmit();
        emit IStakedMultisigIsm.SetProposed(ORIGIN, Reference.addr32(stakeContract), FIRST_ID, START + DELAY);
        _propose(ORIGIN, stakeContract, FIRST_ID, first);
        assertEq(module.setOf(ORIGIN).stake, 0);
        assertEq(module.domains().length, 0);
        assertEq(module.proposalOf(ORIGIN).stake, Reference.addr32(stakeContract));
        assertEq(module.proposalOf(ORIGIN).setId, FIRST_ID);
        assertEq(module.proposalOf(ORIGIN).issuedAt, START);
        assertEq(abi.encode(module.proposalOf(ORIGIN).members), abi.encode(_infos(first)));

        skip(DELAY - 1);
        vm.expectRevert(abi.encodeWithSelector(IStakedMultisigIsm.TooEarly.selector, START + DELAY));
        module.applyProposal(ORIGIN);
        skip(1);
        vm.expectEmit();
        emit IStakedMultisigIsm.ProposalApplied(ORIGIN, Reference.addr32(stakeContract));
        vm.expectEmit();
        emit IStakedMultisigIsm.SetAccepted(ORIGIN, FIRST_ID, START, 3, 201);
        vm.prank(alice); // anyone
        module.applyProposal(ORIGIN);
        _assertSet(FIRST_ID, START, first);
        assertEq(module.proposalOf(ORIGIN).stake, 0);

        vm.expectRevert(abi.encodeWithSelector(IStakedMultisigIsm.NoProposal.selector, ORIGIN));
        module.applyProposal(ORIGIN);
    }

    /// @dev What is not in force verifies nothing.
    function test_proposal_verifiesNothing() public {
        _propose(ORIGIN, stakeContract, FIRST_ID, first);
        skip(DELAY);
        bytes memory message = _send(alice, address(recipient), "x");
        (, uint96 threshold) = module.validatorsAndThresholdWeight(message);
        assertEq(threshold, 0);
    }

    function test_proposeSet_notTheOwner_reverts() public {
        IWeightedMultisigIsm.ValidatorInfo[] memory infos = _infos(first);
        vm.startPrank(attacker);
        bytes memory reason = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, attacker);
        vm.expectRevert(reason);
        module.proposeSet(ORIGIN, Reference.addr32(stakeContract), FIRST_ID, infos);
        vm.expectRevert(reason);
        module.cancelProposal(ORIGIN);
    }

    function test_proposeSet_noStake_reverts() public {
        IWeightedMultisigIsm.ValidatorInfo[] memory infos = _infos(first);
        vm.prank(owner);
        vm.expectRevert(IStakedMultisigIsm.NoStake.selector);
        module.proposeSet(ORIGIN, 0, FIRST_ID, infos);
    }

    function test_proposeSet_invalidSet_reverts() public {
        _expectProposalRefused(new Member[](0), abi.encodeWithSelector(AddressSet.InvalidThreshold.selector, 1, 0));
        Member[] memory members = _members(1, 3, 1);
        members[1].weight = 0;
        _expectProposalRefused(members, abi.encodeWithSelector(IStakedMultisigIsm.ZeroWeight.selector, vm.addr(2)));
        members = _members(1, 3, 1);
        members[2].key = 1;
        _expectProposalRefused(members, abi.encodeWithSelector(AddressSet.DuplicateAddress.selector, vm.addr(1)));
        members = _members(1, 3, type(uint96).max);
        _expectProposalRefused(
            members, abi.encodeWithSelector(IStakedMultisigIsm.TooMuchWeight.selector, 3 * uint256(type(uint96).max))
        );
    }

    /// @dev A proposal replaced begins its delay again: what was seen for two days is what comes in force.
    function test_proposeSet_again_beginsTheDelayAgain() public {
        _propose(ORIGIN, stakeContract, FIRST_ID, first);
        skip(DELAY - 1);
        _propose(ORIGIN, attacker, FIRST_ID, other);
        skip(1);
        vm.expectRevert(abi.encodeWithSelector(IStakedMultisigIsm.TooEarly.selector, START + 2 * DELAY - 1));
        module.applyProposal(ORIGIN);
    }

    function test_cancelProposal() public {
        _propose(ORIGIN, stakeContract, FIRST_ID, first);
        skip(DELAY);
        vm.expectEmit();
        emit IStakedMultisigIsm.ProposalCancelled(ORIGIN);
        vm.prank(owner);
        module.cancelProposal(ORIGIN);
        bytes memory none = abi.encodeWithSelector(IStakedMultisigIsm.NoProposal.selector, ORIGIN);
        vm.expectRevert(none);
        module.applyProposal(ORIGIN);
        vm.prank(owner);
        vm.expectRevert(none);
        module.cancelProposal(ORIGIN);
    }

    /// @dev A proposal that was forgotten names validators that may have left long ago.
    function test_applyProposal_tooLate_reverts() public {
        _propose(ORIGIN, stakeContract, FIRST_ID, first);
        vm.warp(START + LIFETIME);
        vm.expectRevert(abi.encodeWithSelector(IStakedMultisigIsm.SetExpired.selector, ORIGIN, START + LIFETIME));
        module.applyProposal(ORIGIN);
        vm.warp(START + LIFETIME - 1);
        module.applyProposal(ORIGIN);
    }

    /* --------------------------------------------------- a set alive ------------------------------------------------ */

    /// @dev A hostile owner, or a stolen key: to a set that is alive it can do nothing, up to its last second.
    function test_proposeSet_whileTheSetIsAlive_reverts() public {
        _bootstrap();
        _expectProposalRefused(other, _alive(START + LIFETIME));
        vm.warp(START + LIFETIME - 1);
        _expectProposalRefused(other, _alive(START + LIFETIME));
        skip(1);
        _propose(ORIGIN, stakeContract, FIRST_ID, other);
    }

    /// @dev The owner keeps a proposal in its pocket, made before the first set came in force.
    function test_applyProposal_ofBeforeTheSet_isGone() public {
        _propose(ORIGIN, stakeContract, FIRST_ID, other);
        _propose(ORIGIN, stakeContract, FIRST_ID, first);
        skip(DELAY);
        module.applyProposal(ORIGIN);
        vm.expectRevert(abi.encodeWithSelector(IStakedMultisigIsm.NoProposal.selector, ORIGIN));
        module.applyProposal(ORIGIN);
        _assertSet(FIRST_ID, START, first);
    }

    /// @dev Sets of other origins are each their own.
    function test_proposeSet_forAnotherOrigin_touchesNoneOther() public {
        _bootstrap();
        _propose(ORIGIN + 1, alice, 1, other);
        skip(DELAY);
        module.applyProposal(ORIGIN + 1);
        _assertSet(FIRST_ID, START, first);
        assertEq(module.domains().length, 2);
    }

    /* ---------------------------------------------------- recovery -------------------------------------------------- */

    /// @dev Nobody pushed a set in time. In the end there is a new one, and perhaps a new stake contract.
    function test_recovery() public {
        _bootstrap();
        vm.warp(START + LIFETIME);
        _propose(ORIGIN, alice, 1, other);
        bytes memory message = _send(bob, address(recipient), "stuck");
        skip(DELAY - 1);
        _expectRefused(
            _signedBy(message, first),
            message,
            abi.encodeWithSelector(IStakedMultisigIsm.SetExpired.selector, ORIGIN, START + LIFETIME)
        );
        vm.expectRevert(abi.encodeWithSelector(IStakedMultisigIsm.TooEarly.selector, START + LIFETIME + DELAY));
        module.applyProposal(ORIGIN);
        skip(1);
        module.applyProposal(ORIGIN);
        _process(_signedBy(message, other), message);
        _assertSet(1, START + LIFETIME, other); // from here on the numbers are the new stake contract's
        assertEq(module.setOf(ORIGIN).stake, Reference.addr32(alice));
        assertEq(module.domains().length, 1);
        _expectProposalRefused(first, _alive(START + 2 * LIFETIME));

        message = _send(alice, address(module), _body(2, block.timestamp, first));
        _process(_signedBy(message, other), message);
        _assertSet(2, block.timestamp, first);
    }

    /// @dev Without an owner it is over when a set expires.
    function test_recovery_afterRenouncing_isImpossible() public {
        _bootstrap();
        vm.prank(owner);
        module.renounceOwnership();
        vm.warp(START + LIFETIME);
        IWeightedMultisigIsm.ValidatorInfo[] memory infos = _infos(first);
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, owner));
        module.proposeSet(ORIGIN, Reference.addr32(stakeContract), FIRST_ID, infos);
    }

    function test_transferOwnership_takesTwoSteps() public {
        vm.prank(owner);
        module.transferOwnership(alice);
        assertEq(module.owner(), owner);
        vm.prank(alice);
        module.acceptOwnership();
        assertEq(module.owner(), alice);
    }
}
