// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "src/interfaces/IMailbox.sol";

import {BaseTest} from "../kit/BaseTest.sol";
import {DemandingRecipient} from "../mocks/DemandingRecipient.sol";
import {RawAnswer} from "../mocks/RawAnswer.sol";

/// @notice Which module guards a recipient, however hostile its answer or starved its call.
contract MailboxRecipientIsmTest is BaseTest {
    uint256 internal constant HUGE = 10 << 20;
    /// @dev The largest answer whose memory the promised gas pays for, about.
    uint256 internal constant LARGE = 150 << 10;
    /// @dev What `recipientIsm` may cost at most: the promised gas, and some for itself.
    uint256 internal constant MAX_COST = 120_000;
    uint256 internal constant AMPLE_GAS = 5_000_000;

    IInterchainSecurityModule internal own = IInterchainSecurityModule(makeAddr("own module"));

    function _answering(RawAnswer.Kind kind, bytes memory data, uint256 padding) internal returns (address) {
        return address(new RawAnswer(kind, data, padding));
    }

    function _assertModule(address account, IInterchainSecurityModule expected) internal view {
        uint256 gas = gasleft();
        assertEq(address(destinationMailbox.recipientIsm(account)), address(expected));
        assertLt(gas - gasleft(), MAX_COST);
    }

    /* ---------------------------------------------------- answers --------------------------------------------------- */

    function test_recipientIsm_isTheRecipientsAnswer() public {
        recipient.setInterchainSecurityModule(own);
        _assertModule(address(recipient), own);
        _assertModule(_answering(RawAnswer.Kind.Return, abi.encode(own), 0), own);
    }

    function testFuzz_recipientIsm_isAnyAddressThatIsAnswered(address module) public {
        vm.assume(module != address(0));
        _assertModule(_answering(RawAnswer.Kind.Return, abi.encode(module), 0), IInterchainSecurityModule(module));
    }

    function test_recipientIsm_longerAnswer_isReadFromItsFirstWord() public {
        _assertModule(_answering(RawAnswer.Kind.Return, abi.encode(own, own), 0), own);
        _assertModule(_answering(RawAnswer.Kind.Return, abi.encode(own), LARGE), own);
    }

    /* --------------------------------------------------- no answer -------------------------------------------------- */

    function test_recipientIsm_accountWithoutCode_isTheDefault() public {
        _assertModule(bob, ism);
        _assertModule(address(0), ism);
        // sha256 and identity answer any call: with no address, and with 4 bytes.
        _assertModule(address(2), ism);
        _assertModule(address(4), ism);
        // A contract without the function.
        _assertModule(address(originTree), ism);
        _assertModule(address(destinationMailbox), ism);
    }

    function test_recipientIsm_zero_isTheDefault() public view {
        _assertModule(address(recipient), ism);
    }

    function testFuzz_recipientIsm_shortAnswer_isTheDefault(uint256 length, address module) public {
        // Attempt: an address cut short, which would be one again if what is missing were taken for zeros.
        bytes memory answer = abi.encode(module);
        length = bound(length, 0, 31);
        assembly ("memory-safe") {
            mstore(answer, length)
        }
        _assertModule(_answering(RawAnswer.Kind.Return, answer, 0), ism);
    }

    function test_recipientIsm_shortAnswer_isTheDefault() public {
        _assertModule(_answering(RawAnswer.Kind.Return, "", 0), ism);
        _assertModule(_answering(RawAnswer.Kind.Return, hex"01", 0), ism);
        _assertModule(
            _answering(RawAnswer.Kind.Return, abi.encodePacked(bytes12(0), bytes19(keccak256("cut"))), 0), ism
        );
    }

    function testFuzz_recipientIsm_answerAboveAnAddress_isTheDefault(uint256 dirt, address module) public {
        uint256 answer = (bound(dirt, 1, type(uint96).max) << 160) | uint160(module);
        _assertModule(_answering(RawAnswer.Kind.Return, abi.encode(answer), 0), ism);
    }

    function test_recipientIsm_revert_isTheDefault() public {
        _assertModule(_answering(RawAnswer.Kind.Revert, "", 0), ism);
        // An address in the revert data is no answer.
        _assertModule(_answering(RawAnswer.Kind.Revert, abi.encode(own), 0), ism);
    }

    function test_recipientIsm_returnBomb_isTheDefaultAtBoundedCost() public {
        _assertModule(_answering(RawAnswer.Kind.Return, abi.encode(own), HUGE), ism);
        _assertModule(_answering(RawAnswer.Kind.Revert, abi.encode(own), HUGE), ism);
        _assertModule(_answering(RawAnswer.Kind.Revert, abi.encode(own), LARGE), ism);
    }

    function test_recipientIsm_burnsAllItsGas_isTheDefaultAtBoundedCost() public {
        _assertModule(_answering(RawAnswer.Kind.InvalidOpcode, "", 0), ism);
        _assertModule(_answering(RawAnswer.Kind.Loop, "", 0), ism);
    }

    function test_recipientIsm_writesStorage_isTheDefaultAtBoundedCost() public {
        _assertModule(_answering(RawAnswer.Kind.WriteStorage, "", 0), ism);
    }

    function test_process_hostileRecipients_areGuardedByTheDefault() public {
        // None of these can make its own answer pass for a module, and none can stop the relayer but by its own handle.
        address[3] memory hostile = [
            _answering(RawAnswer.Kind.Return, "", 1),
            _answering(RawAnswer.Kind.Return, abi.encode(type(uint256).max), 0),
            _answering(RawAnswer.Kind.Return, "", LARGE)
        ];
        for (uint256 i; i < hostile.length; ++i) {
            bytes memory message = _dispatch(hostile[i], "");
            destinationMailbox.process(_metadata(message), message);
            assertTrue(destinationMailbox.delivered(keccak256(message)));
        }
    }

    /* --------------------------------------------------- starvation ------------------------------------------------- */

    /// @dev The attack: a recipient trusts its own strict module; the default is lax. Whoever delivers gives just so little
    ///      gas that the recipient's answer fails, hoping that the lax default then verifies a forged message.
    function _lureOfDowngrade() internal returns (address target, bytes memory forged) {
        address lax = _answering(RawAnswer.Kind.Return, abi.encode(true), 0);
        own = IInterchainSecurityModule(_answering(RawAnswer.Kind.Return, abi.encode(false), 0));
        vm.prank(owner);
        destinationMailbox.setDefaultIsm(IInterchainSecurityModule(lax));
        target = makeAddr("demanding recipient");
        vm.etch(target, DemandingRecipient.code(address(own)));
        forged = _nextMessage(target, "forged");
    }

    function testFuzz_process_withAnyGas_neverDowngradesTheModule(uint256 gas) public {
        (, bytes memory forged) = _lureOfDowngrade();
        gas = bound(gas, 0, AMPLE_GAS);
        (bool delivered,) = address(destinationMailbox).call{gas: gas}(abi.encodeCall(IMailbox.process, ("", forged)));
        assertFalse(delivered);
    }

    function test_process_withLittleGas_neverDowngradesTheModule() public {
        (, bytes memory forged) = _lureOfDowngrade();
        bytes memory call = abi.encodeCall(IMailbox.process, ("", forged));
        bytes32 starved = keccak256(abi.encodeWithSelector(IMailbox.NotEnoughGas.selector));
        bytes32 refused = keccak256(abi.encodeWithSelector(IMailbox.NotVerified.selector, keccak256(forged), own));
        bool wasStarved;
        bool wasRefused;
        // Every limit around the one where the answer begins to have its gas.
        for (uint256 gas = 130_000; gas < 150_000; gas += 7) {
            (bool delivered, bytes memory reason) = address(destinationMailbox).call{gas: gas}(call);
            assertFalse(delivered);
            if (keccak256(reason) == starved) wasStarved = true;
            if (keccak256(reason) == refused) wasRefused = true;
        }
        assertTrue(wasStarved && wasRefused, "the loop must cross the limit");
    }

    /// @dev Every limit around the one where the answer begins to have its gas, each as a transaction of its own: what is
    ///      called first in a transaction costs most.
    function _assertOwnOrStarved(address target) internal {
        bytes memory call = abi.encodeCall(IMailbox.recipientIsm, (target));
        bytes memory starved = abi.encodeWithSelector(IMailbox.NotEnoughGas.selector);
        bool wasStarved;
        bool wasAnswered;
        for (uint256 gas = 100_000; gas < 120_000; gas += 5) {
            (bool success, bytes memory answer) = address(destinationMailbox).call{gas: gas}(call);
            assertEq(answer, success ? abi.encode(own) : starved);
            if (success) wasAnswered = true;
            else wasStarved = true;
        }
        assertTrue(wasAnswered && wasStarved, "the loop must cross the limit");
    }

    /// forge-config: default.isolate = true
    function test_recipientIsm_withLittleGas_isTheRecipientsOwnOrReverts() public {
        (address target,) = _lureOfDowngrade();
        _assertOwnOrStarved(target);
    }

    /// forge-config: default.isolate = true
    /// forge-config: default.evm_version = "prague"
    function test_recipientIsm_withLittleGas_delegatedRecipient_isItsOwnOrReverts() public {
        // Attempt: a recipient that is an account with delegated code (EIP-7702) takes a second cold account to call.
        (address target,) = _lureOfDowngrade();
        vm.signAndAttachDelegation(target, attackerKey);
        (bool called,) = attacker.call("");
        assertTrue(called);
        assertEq(attacker.code.length, 23);
        _assertOwnOrStarved(attacker);
    }
}
