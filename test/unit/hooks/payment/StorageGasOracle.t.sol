// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Test} from "forge-std/Test.sol";

import {IStorageGasOracle} from "src/interfaces/IGasOracle.sol";

import {Shipped} from "../../../kit/Shipped.sol";

contract StorageGasOracleTest is Test {
    address internal owner = makeAddr("owner");
    address internal updater = makeAddr("updater");
    address internal attacker = makeAddr("attacker");
    IStorageGasOracle internal oracle;

    function setUp() public {
        oracle = Shipped.storageGasOracle(owner, updater);
    }

    function _config(uint32 domain, uint128 rate, uint128 gasPrice)
        internal
        pure
        returns (IStorageGasOracle.RemoteGasDataConfig memory)
    {
        return IStorageGasOracle.RemoteGasDataConfig(domain, rate, gasPrice);
    }

    function _notUpdater(address caller) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IStorageGasOracle.NotGasOracleUpdater.selector, caller);
    }

    function test_constructor() public {
        assertEq(Ownable2Step(address(oracle)).owner(), owner);
        assertEq(oracle.gasOracleUpdater(), updater);
        assertEq(oracle.domains().length, 0);
        vm.expectEmit();
        emit IStorageGasOracle.GasOracleUpdaterSet(address(0));
        oracle = Shipped.storageGasOracle(owner, address(0));
        // Nobody's key is the zero address.
        vm.prank(attacker);
        vm.expectRevert(_notUpdater(attacker));
        oracle.setRemoteGasData(_config(1, 1, 1));
    }

    function testFuzz_setRemoteGasData(uint32 domain, uint128 rate, uint128 gasPrice, bool byOwner) public {
        (rate, gasPrice) = (rate == 0 ? 1 : rate, gasPrice == 0 ? 1 : gasPrice);
        vm.expectEmit(address(oracle));
        emit IStorageGasOracle.RemoteGasDataSet(domain, rate, gasPrice);
        vm.prank(byOwner ? owner : updater);
        oracle.setRemoteGasData(_config(domain, rate, gasPrice));
        (uint128 storedRate, uint128 storedPrice) = oracle.getExchangeRateAndGasPrice(domain);
        assertEq(storedRate, rate);
        assertEq(storedPrice, gasPrice);
        (storedRate, storedPrice) = oracle.remoteGasData(domain);
        assertEq(storedRate, rate);
        assertEq(storedPrice, gasPrice);
        assertEq(oracle.domains().length, 1);
        assertEq(oracle.domains()[0], domain);
    }

    function test_setRemoteGasDataConfigs_several() public {
        IStorageGasOracle.RemoteGasDataConfig[] memory configs = new IStorageGasOracle.RemoteGasDataConfig[](3);
        configs[0] = _config(1, 2, 3);
        configs[1] = _config(4, 5, 6);
        configs[2] = _config(1, 7, 8); // the last one counts
        vm.prank(updater);
        oracle.setRemoteGasDataConfigs(configs);
        (uint128 rate, uint128 gasPrice) = oracle.remoteGasData(1);
        assertEq(rate, 7);
        assertEq(gasPrice, 8);
        uint32[] memory domains = oracle.domains();
        assertEq(domains.length, 2);
        assertEq(domains[0], 1);
        assertEq(domains[1], 4);
    }

    function test_unknownDomain_hasNoPrices() public view {
        (uint128 rate, uint128 gasPrice) = oracle.getExchangeRateAndGasPrice(1);
        assertEq(rate, 0);
        assertEq(gasPrice, 0);
    }

    function test_setRemoteGasData_zero_reverts() public {
        vm.startPrank(owner);
        vm.expectRevert(abi.encodeWithSelector(IStorageGasOracle.ZeroGasData.selector, 1));
        oracle.setRemoteGasData(_config(1, 0, 1));
        vm.expectRevert(abi.encodeWithSelector(IStorageGasOracle.ZeroGasData.selector, 1));
        oracle.setRemoteGasData(_config(1, 1, 0));
    }

    function test_byOthers_reverts() public {
        vm.startPrank(attacker);
        vm.expectRevert(_notUpdater(attacker));
        oracle.setRemoteGasData(_config(1, 1, 1));
        vm.expectRevert(_notUpdater(attacker));
        oracle.setRemoteGasDataConfigs(new IStorageGasOracle.RemoteGasDataConfig[](0));
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, attacker));
        oracle.setGasOracleUpdater(attacker);
        vm.stopPrank();
        vm.prank(updater);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, updater));
        oracle.setGasOracleUpdater(attacker);
    }

    function test_setGasOracleUpdater() public {
        vm.expectEmit(address(oracle));
        emit IStorageGasOracle.GasOracleUpdaterSet(address(0));
        vm.prank(owner);
        oracle.setGasOracleUpdater(address(0));
        vm.prank(updater);
        vm.expectRevert(_notUpdater(updater));
        oracle.setRemoteGasData(_config(1, 1, 1));
    }
}
