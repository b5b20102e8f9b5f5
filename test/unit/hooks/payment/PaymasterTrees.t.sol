// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStorageGasOracle} from "src/interfaces/IGasOracle.sol";
import {IInterchainGasPaymaster} from "src/interfaces/IInterchainGasPaymaster.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";
import {IProtocolFee} from "src/interfaces/IProtocolFee.sol";
import {IDomainRoutingHook, IRecipientRoutingHook} from "src/interfaces/IRoutingHook.sol";

import {Reference} from "../../../kit/Reference.sol";
import {Shipped} from "../../../kit/Shipped.sol";
import {HostileRefundee} from "../../../mocks/HostileRefundee.sol";
import {PaymasterTest} from "./PaymasterTest.sol";

/// @notice The paymaster at the end of a tree of other hooks, all as they ship: a fee first, then every kind of
///         routing, then an aggregation whose last hook it is. What went wrong elsewhere, tried here.
contract PaymasterTreesTest is PaymasterTest {
    uint256 internal constant FEE = 11;

    IStorageGasOracle internal oracle;
    IProtocolFee internal protocolFee;
    IPostDispatchHook internal tree;

    function setUp() public override {
        super.setUp();
        oracle = Shipped.storageGasOracle(owner, address(0));
        vm.prank(owner);
        oracle.setRemoteGasData(IStorageGasOracle.RemoteGasDataConfig(DESTINATION, RATE, GAS_PRICE));
        _serve(DESTINATION, oracle, OVERHEAD);
        protocolFee = Shipped.protocolFee(1 ether, FEE, beneficiary, owner);
        tree = _aggregation(protocolFee, _routed(_aggregation(_free(), paymaster)));
        vm.prank(owner);
        originMailbox.setDefaultHook(tree);
        vm.prank(alice);
        token.approve(address(paymaster), type(uint256).max);
    }

    function _aggregation(IPostDispatchHook first, IPostDispatchHook last) internal returns (IPostDispatchHook) {
        address[] memory members = new address[](2);
        (members[0], members[1]) = (address(first), address(last));
        return IPostDispatchHook(Shipped.aggregationHookFactory().deploy(members));
    }

    function _free() internal returns (IPostDispatchHook) {
        return _aggregation(Shipped.pausableHook(owner, owner), originMailbox.merkleTreeHook());
    }

    /// @dev By amount, then by recipient, then by domain twice.
    function _routed(IPostDispatchHook hook) internal returns (IPostDispatchHook) {
        IDomainRoutingHook.HookConfig[] memory configs = new IDomainRoutingHook.HookConfig[](1);
        configs[0] = IDomainRoutingHook.HookConfig(DESTINATION, hook);
        configs[0].hook = Shipped.domainRoutingHook(owner, configs);
        hook = Shipped.fallbackRoutingHook(owner, configs, originMailbox.merkleTreeHook());
        IRecipientRoutingHook.RecipientHook[] memory recipients = new IRecipientRoutingHook.RecipientHook[](0);
        hook = Shipped.recipientRoutingHook(owner, recipients, hook);
        return Shipped.amountRoutingHook(originMailbox.merkleTreeHook(), hook, 100);
    }

    function _body() internal view returns (bytes memory) {
        return abi.encode(Reference.addr32(bob), 100); // of a token transfer
    }

    function _dispatchBy(address sender, uint256 value, bytes memory metadata) internal {
        bytes32 to = Reference.addr32(address(recipient));
        vm.prank(sender);
        originMailbox.dispatch{value: value}(DESTINATION, to, _body(), metadata, IPostDispatchHook(address(0)));
    }

    function _quoted(bytes memory metadata) internal view returns (uint256) {
        bytes32 to = Reference.addr32(address(recipient));
        return originMailbox.quoteDispatch(DESTINATION, to, _body(), metadata, IPostDispatchHook(address(0)));
    }

    function _notFromMailbox(address caller) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IInterchainGasPaymaster.TokenPaymentNotFromMailbox.selector, caller);
    }

    /* ---------------------------------------------------- oracles --------------------------------------------------- */

    /// @dev A quote at each level asked every oracle once a level elsewhere.
    function test_dispatch_asksTheOracleOnce() public {
        bytes memory call = abi.encodeCall(oracle.getExchangeRateAndGasPrice, (DESTINATION));
        uint256 due = FEE + _cost(DEFAULT_GAS + OVERHEAD);
        vm.expectCall(address(oracle), call, 1);
        _dispatchBy(alice, due + 1, _metadata(DEFAULT_GAS, bob));
        assertEq(bob.balance, 1);
    }

    /// @dev Nothing is asked to be paid where no value came, but by the hook that then refuses.
    function test_dispatch_withoutValue_asksTheOracleOnce() public {
        vm.prank(owner);
        protocolFee.setProtocolFee(0);
        vm.expectCall(address(oracle), abi.encodeCall(oracle.getExchangeRateAndGasPrice, (DESTINATION)), 1);
        bytes32 to = Reference.addr32(address(recipient));
        vm.expectRevert(_underpaid(0, _cost(DEFAULT_GAS + OVERHEAD)));
        originMailbox.dispatch(DESTINATION, to, _body(), "", IPostDispatchHook(address(0)));
    }

    /* ----------------------------------------------------- value ---------------------------------------------------- */

    /// @dev What an aggregation had left over stayed in it elsewhere.
    function testFuzz_dispatch_feesAndRefundAreTheValue(uint256 gas, uint256 extra) public {
        gas = bound(gas, 0, 30_000_000);
        extra = bound(extra, 0, 10 ether);
        uint256 fee = _cost(gas + OVERHEAD);
        assertEq(_quoted(_metadata(gas, bob)), FEE + fee);
        vm.deal(alice, FEE + fee + extra);
        _dispatchBy(alice, FEE + fee + extra, _metadata(gas, bob));
        assertEq(address(protocolFee).balance, FEE);
        assertEq(address(paymaster).balance, fee);
        assertEq(bob.balance, extra);
        assertEq(alice.balance + address(tree).balance + address(originMailbox).balance, 0);
    }

    function test_dispatch_aWeiTooLittle_reverts() public {
        uint256 fee = _cost(DEFAULT_GAS + OVERHEAD);
        bytes32 to = Reference.addr32(address(recipient));
        vm.expectRevert(_underpaid(fee - 1, fee));
        originMailbox.dispatch{value: FEE + fee - 1}(DESTINATION, to, _body(), "", IPostDispatchHook(address(0)));
    }

    /// @dev 1 wei was refused elsewhere by hooks that ask for nothing.
    function test_dispatch_aWeiWhereNothingIsDue_comesBack() public {
        IPostDispatchHook free = _routed(_free());
        vm.prank(alice);
        originMailbox.dispatch{value: 1}(
            DESTINATION, Reference.addr32(address(recipient)), _body(), _metadata(0, bob), free
        );
        assertEq(bob.balance, 1);
        assertEq(address(free).balance, 0);
    }

    /// @dev While it gets its refund, the refund address has all fees paid out, and then calls the tree once more with
    ///      the message that is under way. It gets what is its own.
    function test_refund_reentered_takesNothingMore() public {
        uint256 fee = _cost(DEFAULT_GAS + OVERHEAD);
        HostileRefundee refundee = new HostileRefundee();
        bytes memory metadata = _metadata(DEFAULT_GAS, address(refundee));
        bytes memory message = _nextMessage(address(recipient), _body());
        HostileRefundee.Step[] memory steps = new HostileRefundee.Step[](3);
        steps[0] = HostileRefundee.Step(address(paymaster), abi.encodeCall(paymaster.claim, ()), false);
        steps[1] =
            HostileRefundee.Step(address(protocolFee), abi.encodeCall(protocolFee.collectProtocolFees, ()), false);
        steps[2] = HostileRefundee.Step(address(tree), abi.encodeCall(tree.postDispatch, (metadata, message)), true);
        refundee.plan(false, steps);
        _dispatchBy(alice, 3 * (FEE + fee), metadata);
        assertEq(refundee.paid(), 4); // the third, which paid all fees once more
        assertEq(beneficiary.balance, FEE + fee);
        assertEq(address(protocolFee).balance, FEE);
        assertEq(address(paymaster).balance, fee);
        assertEq(address(refundee).balance, FEE + fee);
    }

    /* ----------------------------------------------------- tokens --------------------------------------------------- */

    /// @dev The price in a token was added to that in wei elsewhere, in the sum of an aggregation.
    function test_quoteDispatch_withAToken_isTheNativeFeeAlone() public view {
        assertEq(_quoted(_tokenMetadata(DEFAULT_GAS, bob, address(token))), FEE);
    }

    /// @dev The attacker gives hooks before the paymaster a message that Alice never sent, and metadata that names her
    ///      token and a lot of gas.
    function test_postDispatch_madeUpMessageOfAVictim_reverts() public {
        IPostDispatchHook aggregation = _aggregation(protocolFee, paymaster);
        bytes memory message = Reference.message(7, ORIGIN, alice, DESTINATION, Reference.addr32(attacker), _body());
        bytes memory metadata = _tokenMetadata(1e15, attacker, address(token));
        vm.deal(attacker, FEE);
        vm.prank(attacker);
        vm.expectRevert(_notFromMailbox(address(aggregation)));
        aggregation.postDispatch{value: FEE}(metadata, message);
        assertEq(token.balanceOf(address(paymaster)), 0);
    }

    /// @dev Not even her own message: a hook between could have changed the metadata. Behind others the paymaster takes wei.
    function test_dispatch_inATokenBehindOthers_reverts() public {
        IPostDispatchHook aggregation = _aggregation(protocolFee, paymaster);
        bytes memory metadata = _tokenMetadata(DEFAULT_GAS, bob, address(token));
        bytes32 to = Reference.addr32(address(recipient));
        vm.prank(alice);
        vm.expectRevert(_notFromMailbox(address(aggregation)));
        originMailbox.dispatch{value: FEE}(DESTINATION, to, _body(), metadata, aggregation);
    }

    /// @dev As the hook that the Mailbox requires it takes tokens, whatever the tree does that is called besides.
    function test_dispatch_inATokenAsRequiredHook_pullsOnce() public {
        vm.prank(owner);
        originMailbox.setRequiredHook(paymaster);
        uint256 before = token.balanceOf(alice);
        bytes memory metadata = _tokenMetadata(DEFAULT_GAS, bob, address(token));
        vm.prank(alice);
        originMailbox.dispatch{value: FEE + 1}(
            DESTINATION, Reference.addr32(address(recipient)), _body(), metadata, protocolFee
        );
        assertEq(before - token.balanceOf(alice), _tokenCost(DEFAULT_GAS + OVERHEAD));
        assertEq(bob.balance, 1);
    }

    /* ----------------------------------------------------- counts --------------------------------------------------- */

    /// @dev A payment for an id that was paid for already overwrote the first elsewhere. Here each is told, and kept.
    function test_postDispatch_theSameMessageTwice_countsTwice() public {
        IPostDispatchHook twice = _aggregation(_aggregation(protocolFee, paymaster), paymaster);
        uint256 fee = _cost(DEFAULT_GAS + OVERHEAD);
        bytes32 id = keccak256(_nextMessage(address(recipient), _body()));
        for (uint256 i; i < 2; ++i) {
            vm.expectEmit(address(paymaster));
            emit IInterchainGasPaymaster.GasPayment(id, DESTINATION, DEFAULT_GAS + OVERHEAD, fee);
        }
        vm.prank(alice);
        originMailbox.dispatch{value: FEE + 2 * fee + 1}(
            DESTINATION, Reference.addr32(address(recipient)), _body(), _metadata(DEFAULT_GAS, bob), twice
        );
        assertEq(address(paymaster).balance, 2 * fee);
        assertEq(bob.balance, 1);
    }
}
