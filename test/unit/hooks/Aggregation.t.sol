// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAggregationHook, IStaticAggregationHookFactory} from "src/interfaces/IAggregationHook.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";
import {AddressSet} from "src/libraries/AddressSet.sol";

import {HookTest} from "../../kit/HookTest.sol";
import {Reference} from "../../kit/Reference.sol";
import {Shipped} from "../../kit/Shipped.sol";
import {FeeHook} from "../../mocks/FeeHook.sol";
import {RecordingHook} from "../../mocks/RecordingHook.sol";

contract AggregationHookTest is HookTest {
    IStaticAggregationHookFactory internal factory;

    function setUp() public override {
        super.setUp();
        factory = Shipped.aggregationHookFactory();
    }

    function _aggregation(IPostDispatchHook first, IPostDispatchHook second) internal returns (IPostDispatchHook) {
        return IPostDispatchHook(factory.deploy(_members(address(first), address(second))));
    }

    function _members(address first, address second) internal pure returns (address[] memory members) {
        members = new address[](2);
        (members[0], members[1]) = (first, second);
    }

    /* ---------------------------------------------------- factory --------------------------------------------------- */

    function test_deploy_keepsTheOrder_andIsFoundAgain() public {
        address[] memory members = _members(address(otherHook), address(feeHook));
        address predicted = factory.getAddress(members);
        assertEq(predicted.code.length, 0);
        address hook = factory.deploy(members);
        assertEq(hook, predicted);
        assertEq(factory.deploy(members), hook);
        assertEq(factory.deploy(members, 2), hook);
        assertEq(factory.getAddress(members, 2), hook);
        assertNotEq(factory.deploy(_members(address(feeHook), address(otherHook))), hook);
        assertEq(IAggregationHook(hook).hookType(), 2);
        assertEq(abi.encode(IAggregationHook(hook).hooks("")), abi.encode(members));
    }

    function test_deploy_whatCanNotBeCalled_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(AddressSet.InvalidThreshold.selector, 0, 0));
        factory.deploy(new address[](0));
        vm.expectRevert(abi.encodeWithSelector(AddressSet.DuplicateAddress.selector, address(feeHook)));
        factory.deploy(_members(address(feeHook), address(feeHook)));
        vm.expectRevert(AddressSet.ZeroAddress.selector);
        factory.deploy(_members(address(feeHook), address(0)));
        vm.expectRevert(abi.encodeWithSelector(IStaticAggregationHookFactory.NotAContract.selector, alice));
        factory.deploy(_members(address(feeHook), alice));
        vm.expectRevert(abi.encodeWithSelector(IStaticAggregationHookFactory.NotAContract.selector, alice));
        factory.getAddress(_members(address(feeHook), alice));
    }

    /// @dev All hooks of a set are called: a threshold that says otherwise is a misunderstanding.
    function test_deploy_thresholdBelowAll_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(AddressSet.InvalidThreshold.selector, 1, 2));
        factory.deploy(_members(address(feeHook), address(otherHook)), 1);
    }

    /// @dev What ends the implementation's code is no set: it must not be taken for one.
    function test_implementation_hasNoHooks() public {
        IAggregationHook implementation = IAggregationHook(factory.implementation());
        vm.expectRevert(IAggregationHook.NoHooks.selector);
        implementation.hooks("");
        vm.expectRevert(IAggregationHook.NoHooks.selector);
        implementation.postDispatch("", "");
        vm.expectRevert(IAggregationHook.NoHooks.selector);
        implementation.quoteDispatch("", "");
    }

    /* ----------------------------------------------------- value ---------------------------------------------------- */

    function test_postDispatch_exactly_paysEach() public {
        IPostDispatchHook hook = _aggregation(feeHook, otherHook);
        _send(hook, DESTINATION, "", FEE + OTHER_FEE);
        assertEq(address(feeHook).balance, FEE);
        assertEq(address(otherHook).balance, OTHER_FEE);
        assertEq(refundee.balance, 0);
    }

    /// @dev Refunds got lost in an aggregation of another system.
    function testFuzz_postDispatch_feesAndRefundAreTheValue(uint256 value) public {
        value = bound(value, FEE + OTHER_FEE, 100 ether);
        IPostDispatchHook hook = _aggregation(feeHook, _aggregation(new FeeHook(0), otherHook));
        _send(hook, DESTINATION, "", value);
        assertEq(address(feeHook).balance, FEE);
        assertEq(address(otherHook).balance, OTHER_FEE);
        assertEq(refundee.balance, value - FEE - OTHER_FEE);
    }

    /// @dev Nor is 1 wei too much a reason to revert where nothing is due.
    function test_postDispatch_oneWeiWhereNothingIsDue_refundsIt() public {
        FeeHook free = new FeeHook(0);
        FeeHook alsoFree = new FeeHook(0);
        _send(_aggregation(free, _aggregation(alsoFree, originTree)), DESTINATION, "", 1);
        assertEq(refundee.balance, 1);
        assertEq(free.calls() + alsoFree.calls(), 2);
    }

    function test_postDispatch_tooLittle_reverts() public {
        IPostDispatchHook hook = _aggregation(feeHook, otherHook);
        bytes32 to = Reference.addr32(address(recipient));
        vm.expectRevert(abi.encodeWithSelector(IPostDispatchHook.Underpaid.selector, FEE - 1, FEE));
        originMailbox.dispatch{value: FEE - 1}(DESTINATION, to, "", "", hook);
        vm.expectRevert(abi.encodeWithSelector(IPostDispatchHook.Underpaid.selector, OTHER_FEE - 1, OTHER_FEE));
        originMailbox.dispatch{value: FEE + OTHER_FEE - 1}(DESTINATION, to, "", "", hook);
        vm.expectRevert(abi.encodeWithSelector(IPostDispatchHook.Underpaid.selector, 0, FEE));
        originMailbox.dispatch(DESTINATION, to, "", "", hook);
    }

    /// @dev However deep it stands: only the price of what is not last is looked up before it is paid.
    function test_postDispatch_asksTheLastOracleOnce() public {
        IPostDispatchHook hook = _aggregation(new FeeHook(0), _aggregation(feeHook, otherHook));
        vm.expectCall(address(otherHook.oracle()), abi.encodeWithSignature("fee()"), 1);
        _send(hook, DESTINATION, "", FEE + OTHER_FEE + 1);
    }

    function test_postDispatch_withoutValue_asksForNoQuotes() public {
        FeeHook free = new FeeHook(0);
        FeeHook alsoFree = new FeeHook(0);
        IPostDispatchHook hook = _aggregation(free, alsoFree);
        vm.expectCall(address(free.oracle()), abi.encodeWithSignature("fee()"), 1);
        vm.expectCall(address(alsoFree.oracle()), abi.encodeWithSignature("fee()"), 1);
        _send(hook, DESTINATION, "", 0);
    }

    function test_postDispatch_passesMessageAndMetadataOn() public {
        RecordingHook recording = new RecordingHook(3);
        IPostDispatchHook hook = _aggregation(feeHook, recording);
        vm.mockCall(address(hook), abi.encodeWithSignature("latestDispatchedId()"), abi.encode(bytes32(0)));
        vm.mockCall(address(hook), abi.encodeWithSignature("merkleTreeHook()"), abi.encode(originTree));
        bytes memory message = _send(hook, DESTINATION, "body", FEE + 5);
        assertEq(recording.message(), message);
        assertEq(recording.metadata(), _refundTo(refundee));
        assertEq(recording.value(), 5);
    }

    function test_metadataOfAnotherLayout_reverts() public {
        IPostDispatchHook hook = _aggregation(feeHook, otherHook);
        vm.expectRevert(IPostDispatchHook.MetadataNotSupported.selector);
        hook.postDispatch(hex"0002", "");
        vm.expectRevert(IPostDispatchHook.MetadataNotSupported.selector);
        hook.quoteDispatch(hex"0002", "");
    }
}
