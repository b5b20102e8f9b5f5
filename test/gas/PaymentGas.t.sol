// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGasOracle, IStorageGasOracle} from "src/interfaces/IGasOracle.sol";
import {IInterchainGasPaymaster} from "src/interfaces/IInterchainGasPaymaster.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";

import {BaseTest} from "../kit/BaseTest.sol";
import {Reference} from "../kit/Reference.sol";
import {IOwnedGasPaymaster, Shipped} from "../kit/Shipped.sol";

/// @notice Gas of whole transactions that pay for something, as in Gas.t.sol.
/// forge-config: default.isolate = true
contract PaymentGasTest is BaseTest {
    uint256 internal constant WARM_UP = 32;
    uint256 internal constant MEASURED = 32;
    uint128 internal constant RATE = 1e10;
    uint128 internal constant GAS_PRICE = 7 gwei;
    uint96 internal constant OVERHEAD = 75_000;
    bytes32 internal constant ID = hex"9b1be83a77e5c2b4f9d21c0e5a4de1b0c3f7a8d99e8b7c6d5e4f3a2b1c0d9e8f";
    bytes internal constant BODY = hex"6b1be83a77e5c2b4f9d21c0e5a4de1b0c3f7a8d99e8b7c6d5e4f3a2b1c0d9e8f";

    IOwnedGasPaymaster internal paymaster;
    address internal beneficiary = makeAddr("beneficiary");

    function setUp() public override {
        super.setUp();
        paymaster = Shipped.gasPaymaster(originMailbox, owner, beneficiary, address(0));
        _serve(paymaster);
        vm.prank(owner);
        paymaster.setRemoteGasData(IStorageGasOracle.RemoteGasDataConfig(DESTINATION, RATE, GAS_PRICE));
        vm.deal(address(paymaster), 1 ether); // earlier payments
        vm.deal(address(this), 100 ether);
    }

    function _serve(IGasOracle oracle) internal {
        IInterchainGasPaymaster.GasParam[] memory params = new IInterchainGasPaymaster.GasParam[](1);
        params[0] =
            IInterchainGasPaymaster.GasParam(DESTINATION, IInterchainGasPaymaster.DomainGasConfig(oracle, OVERHEAD));
        vm.prank(owner);
        paymaster.setDestinationGasConfigs(params);
    }

    function test_payForGas() public {
        uint256 fee = paymaster.quoteGasPayment(DESTINATION, 125_000);
        paymaster.payForGas{value: fee}(ID, DESTINATION, 125_000, alice);
        vm.snapshotGasLastCall("InterchainGasPaymaster", "payForGas, exact");
        paymaster.payForGas{value: fee + 1}(ID, DESTINATION, 125_000, alice);
        vm.snapshotGasLastCall("InterchainGasPaymaster", "payForGas, 1 wei too much");
    }

    function test_payForGas_byAnotherOracle() public {
        IStorageGasOracle oracle = Shipped.storageGasOracle(owner, address(0));
        vm.prank(owner);
        oracle.setRemoteGasData(IStorageGasOracle.RemoteGasDataConfig(DESTINATION, RATE, GAS_PRICE));
        _serve(oracle);
        uint256 fee = paymaster.quoteGasPayment(DESTINATION, 125_000);
        paymaster.payForGas{value: fee}(ID, DESTINATION, 125_000, alice);
        vm.snapshotGasLastCall("InterchainGasPaymaster", "payForGas, exact, by another oracle");
    }

    function test_dispatch_withPayment() public {
        vm.prank(owner);
        originMailbox.setDefaultHook(paymaster);
        uint256 fee = paymaster.quoteGasPayment(DESTINATION, 50_000 + OVERHEAD);
        vm.snapshotValue("InterchainGasPaymaster", "dispatch + payment, exact, mean of 32", _meanDispatch(fee));
    }

    function test_dispatch_withProtocolFee() public {
        IPostDispatchHook hook = Shipped.protocolFee(1 ether, 0, beneficiary, owner);
        vm.prank(owner);
        originMailbox.setRequiredHook(hook);
        vm.snapshotValue("ProtocolFee", "dispatch + protocol fee at 0, mean of 32", _meanDispatch(0));
    }

    function test_setRemoteGasDataConfigs() public {
        IStorageGasOracle.RemoteGasDataConfig[] memory configs = new IStorageGasOracle.RemoteGasDataConfig[](10);
        for (uint32 i; i < 10; ++i) {
            configs[i] = IStorageGasOracle.RemoteGasDataConfig(i, RATE, GAS_PRICE);
        }
        vm.startPrank(owner);
        paymaster.setRemoteGasDataConfigs(configs);
        paymaster.setRemoteGasDataConfigs(configs);
        vm.snapshotGasLastCall("InterchainGasPaymaster", "setRemoteGasDataConfigs, 10 domains");
    }

    function _meanDispatch(uint256 value) internal returns (uint256) {
        uint256 total;
        for (uint256 i; i < WARM_UP + MEASURED; ++i) {
            originMailbox.dispatch{value: value}(DESTINATION, Reference.addr32(address(recipient)), BODY);
            if (i >= WARM_UP) total += vm.lastCallGas().gasTotalUsed;
        }
        return total / MEASURED;
    }
}
