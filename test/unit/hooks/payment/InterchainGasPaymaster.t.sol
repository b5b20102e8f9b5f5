// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGasOracle, IStorageGasOracle} from "src/interfaces/IGasOracle.sol";
import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IInterchainGasPaymaster} from "src/interfaces/IInterchainGasPaymaster.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";

import {Reference} from "../../../kit/Reference.sol";
import {Shipped} from "../../../kit/Shipped.sol";
import {ReentrantCaller} from "../../../mocks/ReentrantCaller.sol";
import {RawAnswer} from "../../../mocks/RawAnswer.sol";
import {PaymasterTest} from "./PaymasterTest.sol";

/// @notice Payments in the native token.
contract InterchainGasPaymasterTest is PaymasterTest {
    event GasPayment(bytes32 indexed messageId, uint32 indexed destinationDomain, uint256 gasAmount, uint256 payment);

    function _expectPayment(bytes32 messageId, uint256 gas, uint256 payment) internal {
        vm.expectEmit(address(paymaster));
        emit GasPayment(messageId, DESTINATION, gas, payment);
    }

    function _pay(uint256 value, uint256 gas, address refundAddress) internal {
        vm.prank(alice);
        paymaster.payForGas{value: value}(ID, DESTINATION, gas, refundAddress);
    }

    function _messageTo(uint32 destination) internal view returns (bytes memory) {
        return Reference.message(0, ORIGIN, alice, destination, Reference.addr32(address(recipient)), "body");
    }

    /* ----------------------------------------------------- quotes --------------------------------------------------- */

    function test_constants() public view {
        assertEq(paymaster.hookType(), 4);
        assertEq(paymaster.NATIVE_TOKEN(), address(0));
        assertEq(paymaster.DEFAULT_GAS_LIMIT(), 50_000);
        assertEq(paymaster.deployedBlock(), block.number);
        assertEq(address(paymaster.mailbox()), address(originMailbox));
        assertEq(paymaster.PACKAGE_VERSION(), originMailbox.PACKAGE_VERSION());
    }

    function test_quoteGasPayment_takesTheGasAsItIs() public view {
        assertEq(paymaster.quoteGasPayment(DESTINATION, 100_000), _cost(100_000));
        assertEq(paymaster.quoteGasPayment(NATIVE, DESTINATION, 100_000), _cost(100_000));
        assertEq(paymaster.destinationGasLimit(DESTINATION, 100_000), 100_000 + OVERHEAD);
        assertEq(paymaster.quoteGasPayment(DESTINATION, 0), 0);
    }

    function test_quoteDispatch_addsTheOverhead() public view {
        bytes memory message = _messageTo(DESTINATION);
        assertEq(paymaster.quoteDispatch("", message), _cost(DEFAULT_GAS + OVERHEAD));
        assertEq(paymaster.quoteDispatch(_metadata(123_456, bob), message), _cost(123_456 + OVERHEAD));
        assertEq(paymaster.quoteDispatch(_metadata(0, bob), message), _cost(OVERHEAD));
        // A field that is not there in full is absent.
        bytes memory cut = abi.encodePacked(uint16(1), uint256(0), uint248(123_456));
        assertEq(paymaster.quoteDispatch(cut, message), _cost(DEFAULT_GAS + OVERHEAD));
    }

    function testFuzz_quote_isTheFormula(uint128 rate, uint128 gasPrice, uint256 gas, uint32 overhead) public {
        rate = uint128(bound(rate, 1, type(uint104).max));
        gasPrice = uint128(bound(gasPrice, 1, type(uint72).max));
        gas = bound(gas, 0, type(uint80).max - uint256(type(uint32).max));
        _setPrices(DESTINATION, rate, gasPrice);
        vm.prank(owner);
        paymaster.setDestinationGasOverhead(DESTINATION, overhead);

        uint256 all = gas + overhead;
        assertEq(paymaster.quoteGasPayment(DESTINATION, all), (all * rate * gasPrice) / SCALE);
        assertEq(paymaster.quoteDispatch(_metadata(gas, bob), _messageTo(DESTINATION)), (all * rate * gasPrice) / SCALE);
    }

    /// @dev Through another oracle all of 128 bits can be used; the product has 512.
    function testFuzz_quote_byAnotherOracle_isTheFormula(uint128 rate, uint128 gasPrice, uint256 gas) public {
        (rate, gasPrice) = (uint128(bound(rate, 1, type(uint128).max)), uint128(bound(gasPrice, 1, type(uint128).max)));
        IStorageGasOracle oracle = Shipped.storageGasOracle(owner, address(0));
        vm.prank(owner);
        oracle.setRemoteGasData(IStorageGasOracle.RemoteGasDataConfig(DESTINATION, rate, gasPrice));
        _serve(DESTINATION, oracle, OVERHEAD);

        // The product is high * 2^256 + low.
        uint256 price = uint256(rate) * gasPrice;
        uint256 high = mulmod(gas, price, type(uint256).max);
        uint256 low;
        unchecked {
            low = gas * price;
            high = high - low - (high < low ? 1 : 0);
        }
        if (high >= SCALE) {
            vm.expectRevert(_panic(0x11));
            paymaster.quoteGasPayment(DESTINATION, gas);
            return;
        }
        // Divided as in school, 64 bits at a time.
        uint256 quotient;
        for (uint256 i = 4; i > 0; --i) {
            high = (high << 64) | ((low >> (64 * (i - 1))) & type(uint64).max);
            quotient = (quotient << 64) | (high / SCALE);
            high %= SCALE;
        }
        assertEq(paymaster.quoteGasPayment(DESTINATION, gas), quotient);
    }

    function test_quote_hugeGas_revertsRatherThanOverflow() public {
        vm.expectRevert(_panic(0x11));
        paymaster.quoteGasPayment(DESTINATION, type(uint256).max);
        bytes memory message = _messageTo(DESTINATION);
        vm.expectRevert(_panic(0x11));
        paymaster.quoteDispatch(_metadata(type(uint256).max, bob), message);
        // With the overhead it would be 0 gas.
        vm.expectRevert(_panic(0x11));
        paymaster.quoteDispatch(_metadata(type(uint256).max - OVERHEAD + 1, bob), message);
        vm.expectRevert(_panic(0x11));
        paymaster.destinationGasLimit(DESTINATION, type(uint256).max);
    }

    function test_quote_ofADomainNotServed_revertsWithTheTextThatClientsLookFor() public {
        bytes memory message = _messageTo(77);
        vm.expectRevert(_notServed(77));
        paymaster.quoteGasPayment(77, 1);
        vm.expectRevert(_notServed(77));
        paymaster.quoteGasPayment(address(token), 77, 1);
        vm.expectRevert(_notServed(77));
        paymaster.quoteDispatch("", message);
        vm.expectRevert(_notServed(77));
        paymaster.postDispatch("", message);
        vm.expectRevert(_notServed(77));
        paymaster.payForGas(ID, 77, 1, alice);
        vm.expectRevert(_notServed(77));
        paymaster.getExchangeRateAndGasPrice(77);
        assertEq(paymaster.destinationGasLimit(77, 5), 5);
        assertEq(paymaster.destinationGasOverhead(77), 0);
    }

    function test_quote_withoutPrices_isNotServed() public {
        // Opened by the owner, but nobody has written prices yet.
        _serve(77, paymaster, 1);
        vm.expectRevert(_notServed(77));
        paymaster.quoteGasPayment(77, 1);
        // Written by the updater, but not opened by the owner.
        _setPrices(78, RATE, GAS_PRICE);
        vm.expectRevert(_notServed(78));
        paymaster.quoteGasPayment(78, 1);
    }

    function test_quote_byAnOracleThatAnswersZero_isNotServed() public {
        uint128[2][3] memory answers = [[uint128(0), 0], [uint128(1), 0], [uint128(0), 1]];
        for (uint256 i; i < answers.length; ++i) {
            bytes memory answer = abi.encode(answers[i][0], answers[i][1]);
            _serve(DESTINATION, IGasOracle(address(new RawAnswer(RawAnswer.Kind.Return, answer, 0))), 0);
            vm.expectRevert(_notServed(DESTINATION));
            paymaster.quoteGasPayment(DESTINATION, 1);
        }
    }

    /// @dev More than 128 bits are no price: the decoder refuses them.
    function test_quote_byAnOracleThatAnswersGarbage_reverts() public {
        bytes memory answer = abi.encode(uint256(1) << 128, uint256(1));
        _serve(DESTINATION, IGasOracle(address(new RawAnswer(RawAnswer.Kind.Return, answer, 0))), 0);
        vm.expectRevert(bytes(""));
        paymaster.quoteGasPayment(DESTINATION, 1);
        _serve(DESTINATION, IGasOracle(address(new RawAnswer(RawAnswer.Kind.WriteStorage, "", 0))), 0);
        vm.expectRevert(bytes(""));
        paymaster.quoteGasPayment(DESTINATION, 1);
    }

    /* ---------------------------------------------------- payForGas ------------------------------------------------- */

    function test_payForGas_exact_keepsAll() public {
        uint256 fee = _cost(100_000);
        uint256 before = alice.balance;
        _expectPayment(ID, 100_000, fee);
        _pay(fee, 100_000, bob);
        assertEq(address(paymaster).balance, fee);
        assertEq(alice.balance, before - fee);
        assertEq(bob.balance, 0);
    }

    function test_payForGas_tooMuch_refundsToTheRefundAddress() public {
        uint256 fee = _cost(100_000);
        _expectPayment(ID, 100_000, fee);
        _pay(fee + 1, 100_000, bob);
        assertEq(bob.balance, 1);
        assertEq(address(paymaster).balance, fee);
    }

    function test_payForGas_tooLittle_reverts() public {
        uint256 fee = _cost(100_000);
        vm.expectRevert(_underpaid(fee - 1, fee));
        _pay(fee - 1, 100_000, bob);
    }

    function test_payForGas_tooMuch_forNobody_reverts() public {
        uint256 fee = _cost(100_000);
        vm.expectRevert(_refundFailed(address(0), 1));
        _pay(fee + 1, 100_000, address(0));
        // Where nothing comes back it does not matter.
        _pay(fee, 100_000, address(0));
    }

    function test_payForGas_refundRefused_reverts() public {
        uint256 fee = _cost(100_000);
        address refuses = address(new RawAnswer(RawAnswer.Kind.Revert, "no", 0));
        vm.expectRevert(_refundFailed(refuses, 5));
        _pay(fee + 5, 100_000, refuses);
    }

    /// @dev A message id paid for twice was counted once elsewhere.
    function test_payForGas_twiceForOneMessage_countsTwice() public {
        uint256 fee = _cost(100_000);
        _expectPayment(ID, 100_000, fee);
        _pay(fee, 100_000, bob);
        _expectPayment(ID, 50_000, fee / 2);
        _pay(fee / 2, 50_000, bob);
        assertEq(address(paymaster).balance, fee + fee / 2);
    }

    function testFuzz_payForGas_conservesValue(uint256 gas, uint256 extra) public {
        gas = bound(gas, 0, 30_000_000);
        extra = bound(extra, 0, 10 ether);
        uint256 fee = paymaster.quoteGasPayment(DESTINATION, gas);
        _pay(fee + extra, gas, bob);
        assertEq(address(paymaster).balance, fee);
        assertEq(bob.balance, extra);
    }

    /* ---------------------------------------------------- dispatch -------------------------------------------------- */

    function test_dispatch_exact_keepsAll() public {
        uint256 fee = _cost(DEFAULT_GAS + OVERHEAD);
        uint256 before = alice.balance;
        _expectPayment(keccak256(_nextMessage(address(recipient), "body")), DEFAULT_GAS + OVERHEAD, fee);
        _dispatchWith(fee, "");
        assertEq(address(paymaster).balance, fee);
        assertEq(alice.balance, before - fee);
    }

    function test_dispatch_tooMuch_refundsToTheSender() public {
        uint256 fee = _cost(DEFAULT_GAS + OVERHEAD);
        uint256 before = alice.balance;
        _dispatchWith(fee + 1, "");
        assertEq(address(paymaster).balance, fee);
        assertEq(alice.balance, before - fee);
    }

    function test_dispatch_tooMuch_refundsToTheRefundAddress() public {
        uint256 fee = _cost(200_000 + OVERHEAD);
        _expectPayment(keccak256(_nextMessage(address(recipient), "body")), 200_000 + OVERHEAD, fee);
        _dispatchWith(fee + 1 ether, _metadata(200_000, bob));
        assertEq(address(paymaster).balance, fee);
        assertEq(bob.balance, 1 ether);
    }

    function test_dispatch_tooLittle_reverts() public {
        uint256 fee = _cost(DEFAULT_GAS + OVERHEAD);
        bytes32 to = Reference.addr32(address(recipient));
        vm.prank(alice);
        vm.expectRevert(_underpaid(fee - 1, fee));
        originMailbox.dispatch{value: fee - 1}(DESTINATION, to, "body");
        vm.prank(alice);
        vm.expectRevert(_underpaid(0, fee));
        originMailbox.dispatch(DESTINATION, to, "body");
    }

    function test_dispatch_mailboxQuoteIsTheFee() public {
        bytes memory metadata = _metadata(200_000, bob);
        vm.prank(alice);
        uint256 quote = originMailbox.quoteDispatch(
            DESTINATION, Reference.addr32(address(recipient)), "body", metadata, IPostDispatchHook(address(0))
        );
        _dispatchWith(quote, metadata);
        assertEq(address(paymaster).balance, quote);
        assertEq(bob.balance, 0);
    }

    function test_postDispatch_metadataOfAnotherVariant_reverts() public {
        bytes memory message = _messageTo(DESTINATION);
        vm.expectRevert(IPostDispatchHook.MetadataNotSupported.selector);
        paymaster.postDispatch(hex"0002", message);
        vm.expectRevert(IPostDispatchHook.MetadataNotSupported.selector);
        paymaster.quoteDispatch(hex"0002", message);
    }

    /// @dev Who pays for a made-up message has paid for nothing, with its own money.
    function test_postDispatch_byAnyone_paysWithTheCallersValue() public {
        bytes memory message = Reference.message(9, ORIGIN, bob, DESTINATION, Reference.addr32(alice), "made up");
        uint256 fee = _cost(DEFAULT_GAS + OVERHEAD);
        _expectPayment(keccak256(message), DEFAULT_GAS + OVERHEAD, fee);
        vm.prank(alice);
        paymaster.postDispatch{value: fee + 3}("", message);
        assertEq(bob.balance, 3);
    }

    /// @dev No oracle is asked twice in one dispatch: the Mailbox passes all on, and only `postDispatch` asks.
    function test_dispatch_asksAnotherOracleOnce() public {
        uint256 fee = _cost(DEFAULT_GAS + OVERHEAD);
        IStorageGasOracle oracle = Shipped.storageGasOracle(owner, address(0));
        vm.prank(owner);
        oracle.setRemoteGasData(IStorageGasOracle.RemoteGasDataConfig(DESTINATION, RATE, GAS_PRICE));
        _serve(DESTINATION, oracle, OVERHEAD);
        vm.expectCall(address(oracle), abi.encodeCall(oracle.getExchangeRateAndGasPrice, (DESTINATION)), 1);
        _dispatchWith(fee + 1, _metadata(DEFAULT_GAS, bob));
        assertEq(bob.balance, 1);
    }

    /// @dev A recipient without `handle` can not be delivered to: nobody makes the Mailbox call the paymaster with a message
    ///      other than the one that it dispatches.
    function test_process_toThePaymaster_reverts() public {
        IInterchainSecurityModule module = Shipped.noopIsm();
        vm.prank(owner);
        originMailbox.setDefaultIsm(module);
        bytes memory message =
            Reference.message(0, DESTINATION, attacker, ORIGIN, Reference.addr32(address(paymaster)), "");
        vm.expectRevert(bytes(""));
        originMailbox.process("", message);
    }

    /* ---------------------------------------------------- payout ---------------------------------------------------- */

    function test_claim_byAnyone_toTheBeneficiary() public {
        _pay(_cost(100_000), 100_000, bob);
        vm.prank(attacker);
        paymaster.claim();
        assertEq(beneficiary.balance, _cost(100_000));
        assertEq(address(paymaster).balance, 0);
        paymaster.claim(); // of nothing
    }

    function test_claim_refused_reverts() public {
        _pay(_cost(100_000), 100_000, bob);
        address refuses = address(new RawAnswer(RawAnswer.Kind.Revert, "no", 0));
        vm.prank(owner);
        paymaster.setBeneficiary(refuses);
        vm.expectRevert(abi.encodeWithSelector(IInterchainGasPaymaster.ClaimFailed.selector, refuses, _cost(100_000)));
        paymaster.claim();
    }

    /// @dev The beneficiary claims again from within: there is nothing left.
    function test_claim_reentered_paysOnce() public {
        ReentrantCaller caller = new ReentrantCaller();
        vm.prank(owner);
        paymaster.setBeneficiary(address(caller));
        _pay(_cost(100_000), 100_000, bob);
        caller.plan(address(paymaster), abi.encodeCall(paymaster.claim, ()));
        paymaster.claim();
        assertTrue(caller.succeeded());
        assertEq(address(caller).balance, _cost(100_000));
    }

    /// @dev Whoever gets a refund claims from within it: what was paid goes to the beneficiary, the refund stays a refund.
    function test_refund_reentered_takesNothingMore() public {
        ReentrantCaller caller = new ReentrantCaller();
        uint256 fee = _cost(100_000);
        _pay(fee, 100_000, bob); // somebody else's payment
        caller.plan(address(paymaster), abi.encodeCall(paymaster.claim, ()));
        _pay(fee + 7, 100_000, address(caller));
        assertTrue(caller.succeeded());
        assertEq(address(caller).balance, 7);
        assertEq(beneficiary.balance, 2 * fee);
        assertEq(address(paymaster).balance, 0);
    }

    /// @dev Nor by paying again from within, or by a dispatch whose refund comes here.
    function test_refund_reenteredWithADispatch_refundsEachItsOwn() public {
        ReentrantCaller caller = new ReentrantCaller();
        uint256 fee = _cost(DEFAULT_GAS + OVERHEAD);
        caller.plan(
            address(paymaster),
            abi.encodeWithSignature("payForGas(bytes32,uint32,uint256,address)", ID, DESTINATION, 0, bob)
        );
        _dispatchWith(fee + 9, _metadata(DEFAULT_GAS, address(caller)));
        assertTrue(caller.succeeded());
        assertEq(address(caller).balance, 9);
        assertEq(address(paymaster).balance, fee);
    }
}
