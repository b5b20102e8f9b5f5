// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IGasOracle} from "src/interfaces/IGasOracle.sol";
import {IInterchainGasPaymaster} from "src/interfaces/IInterchainGasPaymaster.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";
import {ExactPull} from "src/libraries/ExactPull.sol";

import {Reference} from "../../../kit/Reference.sol";
import {PaymentToken, SilentToken} from "../../../mocks/PaymentToken.sol";
import {ReentrantCaller} from "../../../mocks/ReentrantCaller.sol";
import {PaymasterTest} from "./PaymasterTest.sol";

/// @notice Payments in tokens. Alice holds some and has approved all of them to the paymaster for ever, as people do.
contract InterchainGasPaymasterTokensTest is PaymasterTest {
    event GasPayment(bytes32 indexed messageId, uint32 indexed destinationDomain, uint256 gasAmount, uint256 payment);
    event TokenGasPayment(bytes32 indexed messageId, address indexed feeToken, uint256 payment);

    function setUp() public override {
        super.setUp();
        vm.prank(alice);
        token.approve(address(paymaster), type(uint256).max);
    }

    function _expectPayment(bytes32 messageId, uint256 gas, uint256 payment) internal {
        vm.expectEmit(address(paymaster));
        emit GasPayment(messageId, DESTINATION, gas, 0);
        vm.expectEmit(address(paymaster));
        emit TokenGasPayment(messageId, address(token), payment);
    }

    function _payInToken(uint256 gas) internal {
        vm.prank(alice);
        paymaster.payForGas(address(token), ID, DESTINATION, gas);
    }

    function _aliceMetadata() internal view returns (bytes memory) {
        return _tokenMetadata(DEFAULT_GAS, bob, address(token));
    }

    function _notFromMailbox(address caller) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IInterchainGasPaymaster.TokenPaymentNotFromMailbox.selector, caller);
    }

    function _notAccepted(address feeToken, uint32 domain) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IInterchainGasPaymaster.TokenNotAccepted.selector, feeToken, domain);
    }

    /* ---------------------------------------------------- payForGas ------------------------------------------------- */

    function test_payForGas_pullsFromTheCaller() public {
        uint256 fee = _tokenCost(100_000);
        assertEq(paymaster.quoteGasPayment(address(token), DESTINATION, 100_000), fee);
        uint256 before = token.balanceOf(alice);
        _expectPayment(ID, 100_000, fee);
        _payInToken(100_000);
        assertEq(token.balanceOf(alice), before - fee);
        assertEq(token.balanceOf(address(paymaster)), fee);
    }

    function test_payForGas_byAnotherAccount_doesNotTouchAlice() public {
        uint256 fee = _tokenCost(100_000);
        vm.prank(attacker);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(paymaster), 0, fee)
        );
        paymaster.payForGas(address(token), ID, DESTINATION, 100_000);
    }

    function test_payForGas_nothing_touchesNoToken() public {
        vm.expectCall(address(token), abi.encodePacked(token.transferFrom.selector), 0);
        _payInToken(0);
    }

    function test_payForGas_theNativeTokenAsToken_reverts() public {
        vm.prank(alice);
        vm.expectRevert(_notAccepted(NATIVE, DESTINATION));
        paymaster.payForGas(NATIVE, ID, DESTINATION, 100_000);
    }

    function test_payForGas_aTokenNotAccepted_reverts() public {
        PaymentToken other = new PaymentToken();
        vm.expectRevert(_notAccepted(address(other), DESTINATION));
        paymaster.payForGas(address(other), ID, DESTINATION, 1);
        vm.expectRevert(_notAccepted(address(other), DESTINATION));
        paymaster.quoteGasPayment(address(other), DESTINATION, 1);
        // Accepted for another destination only.
        _serve(77, paymaster, 0);
        vm.expectRevert(_notAccepted(address(token), 77));
        paymaster.payForGas(address(token), ID, 77, 1);
    }

    function test_payForGas_whereTheDestinationIsServedNoMore_reverts() public {
        _serve(DESTINATION, IGasOracle(address(0)), 0);
        vm.expectRevert(_notServed(DESTINATION));
        paymaster.payForGas(address(token), ID, DESTINATION, 1);
    }

    function test_payForGas_whereTheOracleHasNoPrices_reverts() public {
        _serve(77, paymaster, 0);
        _takeToken(address(token), 77, tokenOracle);
        vm.expectRevert(_notServed(77));
        paymaster.payForGas(address(token), ID, 77, 1);
    }

    /// @dev Its prices are those of the native token, also where the destination's come from elsewhere.
    function test_quoteGasPayment_withThePaymasterAsOracleOfAToken() public {
        _takeToken(address(token), DESTINATION, paymaster);
        assertEq(paymaster.quoteGasPayment(address(token), DESTINATION, 100_000), _cost(100_000));
        _serve(DESTINATION, tokenOracle, 0);
        assertEq(paymaster.quoteGasPayment(address(token), DESTINATION, 100_000), _cost(100_000));
        assertEq(paymaster.quoteGasPayment(DESTINATION, 100_000), _tokenCost(100_000));
    }

    /* ---------------------------------------------------- dispatch -------------------------------------------------- */

    function test_dispatch_pullsFromTheSender() public {
        uint256 fee = _tokenCost(DEFAULT_GAS + OVERHEAD);
        uint256 before = token.balanceOf(alice);
        _expectPayment(keccak256(_nextMessage(address(recipient), "body")), DEFAULT_GAS + OVERHEAD, fee);
        _dispatchWith(0, _aliceMetadata());
        assertEq(token.balanceOf(alice), before - fee);
        assertEq(token.balanceOf(address(paymaster)), fee);
    }

    /// @dev What is due in a token was added to what is due in wei elsewhere.
    function test_quoteDispatch_withAToken_isZeroWei() public {
        assertEq(paymaster.quoteDispatch(_aliceMetadata(), _nextMessage(address(recipient), "body")), 0);
        vm.prank(alice);
        assertEq(
            originMailbox.quoteDispatch(
                DESTINATION,
                Reference.addr32(address(recipient)),
                "body",
                _aliceMetadata(),
                IPostDispatchHook(address(0))
            ),
            0
        );
    }

    function test_dispatch_valueWithATokenPayment_isRefundedInFull() public {
        uint256 before = alice.balance;
        _dispatchWith(1 ether, _aliceMetadata());
        assertEq(bob.balance, 1 ether);
        assertEq(alice.balance, before - 1 ether);
        assertEq(address(paymaster).balance, 0);
        assertEq(token.balanceOf(address(paymaster)), _tokenCost(DEFAULT_GAS + OVERHEAD));
    }

    function testFuzz_dispatch_conservesBoth(uint256 gas, uint256 value) public {
        gas = bound(gas, 0, 30_000_000);
        value = bound(value, 0, 10 ether);
        uint256 before = token.balanceOf(alice);
        _dispatchWith(value, _tokenMetadata(gas, bob, address(token)));
        assertEq(bob.balance, value);
        assertEq(token.balanceOf(address(paymaster)), _tokenCost(gas + OVERHEAD));
        assertEq(token.balanceOf(alice) + token.balanceOf(address(paymaster)), before);
    }

    function test_dispatch_aTokenNotAccepted_reverts() public {
        PaymentToken other = new PaymentToken();
        bytes memory metadata = _tokenMetadata(DEFAULT_GAS, bob, address(other));
        bytes32 to = Reference.addr32(address(recipient));
        vm.prank(alice);
        vm.expectRevert(_notAccepted(address(other), DESTINATION));
        originMailbox.dispatch(DESTINATION, to, "body", metadata, IPostDispatchHook(address(0)));
    }

    /* ------------------------------------------------ approvals of others ------------------------------------------- */

    /// @dev The attacker makes up a message of Alice's that names her token: elsewhere the paymaster spent her approval.
    function test_postDispatch_madeUpMessageOfAVictim_reverts() public {
        bytes memory message = Reference.message(7, ORIGIN, alice, DESTINATION, Reference.addr32(attacker), "made up");
        bytes memory metadata = _aliceMetadata();
        vm.prank(attacker);
        vm.expectRevert(_notFromMailbox(attacker));
        paymaster.postDispatch(metadata, message);
        assertEq(token.balanceOf(address(paymaster)), 0);
    }

    /// @dev Alice pays in wei. Later in her transaction, while the Mailbox still calls her message the last one, the attacker
    ///      shows it with metadata of its own, that has her pay a huge amount of gas in tokens too.
    function test_postDispatch_genuineMessageWithMadeUpMetadata_reverts() public {
        bytes memory message = _dispatchWith(_cost(DEFAULT_GAS + OVERHEAD), "");
        assertEq(originMailbox.latestDispatchedId(), keccak256(message));
        bytes memory metadata = _tokenMetadata(1e15, attacker, address(token));
        vm.prank(attacker);
        vm.expectRevert(_notFromMailbox(attacker));
        paymaster.postDispatch(metadata, message);
        assertEq(token.balanceOf(address(paymaster)), 0);
    }

    /// @dev The same from a hook that Alice named, as one of an aggregation could: it is called by the Mailbox, the paymaster
    ///      is not.
    function test_postDispatch_byAHostileHookOfTheDispatch_reverts() public {
        ReentrantCaller hook = new ReentrantCaller();
        bytes memory message = _nextMessage(address(recipient), "body");
        bytes memory metadata = _tokenMetadata(1e15, attacker, address(token));
        hook.plan(address(paymaster), abi.encodeCall(paymaster.postDispatch, (metadata, message)));
        vm.prank(alice);
        originMailbox.dispatch(
            DESTINATION, Reference.addr32(address(recipient)), "body", "", IPostDispatchHook(address(hook))
        );
        assertFalse(hook.succeeded());
        assertEq(hook.returned(), _notFromMailbox(address(hook)));
        assertEq(token.balanceOf(address(paymaster)), 0);
    }

    /// @dev The attacker dispatches itself, with Alice's token: the sender pays, which is the attacker.
    function test_dispatch_byTheAttacker_spendsOnlyTheAttackersApproval() public {
        uint256 fee = _tokenCost(DEFAULT_GAS + OVERHEAD);
        bytes memory metadata = _tokenMetadata(DEFAULT_GAS, alice, address(token));
        bytes32 to = Reference.addr32(alice);
        vm.prank(attacker);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(paymaster), 0, fee)
        );
        originMailbox.dispatch(DESTINATION, to, "", metadata, IPostDispatchHook(address(0)));
    }

    /// @dev Another Mailbox, which the attacker may have written, is nobody.
    function test_postDispatch_byAnotherMailbox_reverts() public {
        bytes memory metadata = _aliceMetadata();
        vm.prank(alice);
        vm.expectRevert(_notFromMailbox(address(destinationMailbox)));
        destinationMailbox.dispatch(DESTINATION, 0, "", metadata, paymaster);
    }

    /* ------------------------------------------------- strange tokens ----------------------------------------------- */

    function test_payForGas_tokenThatKeepsAPart_reverts() public {
        uint256 fee = _tokenCost(100_000);
        token.setKept(1);
        vm.expectRevert(abi.encodeWithSelector(ExactPull.TokenUnderpaid.selector, address(token), fee - fee / 100, fee));
        _payInToken(100_000);
    }

    function test_payForGas_tokenThatSaysItMovedButDidNot_reverts() public {
        uint256 fee = _tokenCost(100_000);
        token.setLie(PaymentToken.Lie.MovesNothing);
        vm.expectRevert(abi.encodeWithSelector(ExactPull.TokenUnderpaid.selector, address(token), 0, fee));
        _payInToken(100_000);
    }

    function test_payForGas_tokenThatReturnsFalse_reverts() public {
        token.setLie(PaymentToken.Lie.ReturnsFalse);
        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(token)));
        _payInToken(100_000);
    }

    function test_tokenThatReturnsNothing_works() public {
        SilentToken silent = new SilentToken();
        silent.mint(alice, 1e30);
        vm.prank(alice);
        silent.approve(address(paymaster), type(uint256).max);
        _takeToken(address(silent), DESTINATION, tokenOracle);
        uint256 fee = _tokenCost(100_000);
        vm.prank(alice);
        paymaster.payForGas(address(silent), ID, DESTINATION, 100_000);
        assertEq(silent.balanceOf(address(paymaster)), fee);
        paymaster.claimToken(address(silent));
        assertEq(silent.balanceOf(beneficiary), fee);
    }

    function test_payForGas_tokenWhoseCodeIsGone_reverts() public {
        vm.etch(address(token), "");
        vm.expectRevert(bytes(""));
        _payInToken(100_000);
    }

    /* --------------------------------------------------- reentrance ------------------------------------------------- */

    /// @dev A token that moves nothing has the payer pay once from within: one transfer for two payments.
    function test_payForGas_nestedInAPayment_reverts() public {
        token.mint(address(token), 1e30);
        vm.prank(address(token));
        token.approve(address(paymaster), type(uint256).max);
        token.plan(
            address(paymaster),
            abi.encodeWithSignature(
                "payForGas(address,bytes32,uint32,uint256)", address(token), ID, DESTINATION, 100_000
            )
        );
        _payInToken(100_000);
        assertFalse(token.callSucceeded());
        assertEq(
            token.returned(), abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector)
        );
        assertEq(token.balanceOf(address(paymaster)), _tokenCost(100_000));
    }

    function test_claimToken_nestedInAPayment_reverts() public {
        _payInToken(100_000);
        token.plan(address(paymaster), abi.encodeCall(paymaster.claimToken, (address(token))));
        _payInToken(100_000);
        assertFalse(token.callSucceeded());
        assertEq(
            token.returned(), abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector)
        );
        assertEq(token.balanceOf(address(paymaster)), 2 * _tokenCost(100_000));
    }

    /// @dev Wei to be refunded lie in the paymaster while the token is called. If they are claimed meanwhile the refund
    ///      fails, and all with it.
    function test_claim_nestedInATokenPayment_reverts() public {
        token.plan(address(paymaster), abi.encodeCall(paymaster.claim, ()));
        bytes memory metadata = _aliceMetadata();
        bytes32 to = Reference.addr32(address(recipient));
        vm.prank(alice);
        vm.expectRevert(_refundFailed(bob, 1 ether));
        originMailbox.dispatch{value: 1 ether}(DESTINATION, to, "body", metadata, IPostDispatchHook(address(0)));
    }

    /* ---------------------------------------------------- payout ---------------------------------------------------- */

    function test_claimToken_byAnyone_toTheBeneficiary() public {
        _payInToken(100_000);
        vm.prank(attacker);
        paymaster.claimToken(address(token));
        assertEq(token.balanceOf(beneficiary), _tokenCost(100_000));
        assertEq(token.balanceOf(address(paymaster)), 0);
    }
}
