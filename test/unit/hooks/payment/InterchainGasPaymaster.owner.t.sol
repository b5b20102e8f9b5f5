// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {IGasOracle, IStorageGasOracle} from "src/interfaces/IGasOracle.sol";
import {IInterchainGasPaymaster} from "src/interfaces/IInterchainGasPaymaster.sol";

import {Shipped} from "../../../kit/Shipped.sol";
import {PaymasterTest} from "./PaymasterTest.sol";

/// @notice What the owner may do, what the updater may, and what nobody else may.
contract InterchainGasPaymasterOwnerTest is PaymasterTest {
    function _notAContract(address account) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IInterchainGasPaymaster.NotAContract.selector, account);
    }

    function test_constructor() public {
        vm.expectEmit();
        emit IStorageGasOracle.GasOracleUpdaterSet(updater);
        vm.expectEmit();
        emit IInterchainGasPaymaster.BeneficiarySet(beneficiary);
        paymaster = Shipped.gasPaymaster(originMailbox, owner, beneficiary, updater);
        assertEq(paymaster.owner(), owner);
        assertEq(paymaster.beneficiary(), beneficiary);
        assertEq(paymaster.gasOracleUpdater(), updater);
        assertEq(paymaster.domains().length, 0);
        assertEq(paymaster.quoteSigners().length, 0);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableInvalidOwner.selector, address(0)));
        Shipped.gasPaymaster(originMailbox, address(0), beneficiary, updater);
        vm.expectRevert(IInterchainGasPaymaster.ZeroBeneficiary.selector);
        Shipped.gasPaymaster(originMailbox, owner, address(0), updater);
    }

    /* ------------------------------------------------------ powers -------------------------------------------------- */

    function test_ownersFunctions_byOthers_revert() public {
        address[3] memory others = [attacker, updater, beneficiary];
        for (uint256 i; i < others.length; ++i) {
            vm.startPrank(others[i]);
            vm.expectRevert(_unauthorized(others[i]));
            paymaster.setDestinationGasConfigs(_params(DESTINATION, paymaster, 1));
            vm.expectRevert(_unauthorized(others[i]));
            paymaster.setDestinationGasOverhead(DESTINATION, 1);
            vm.expectRevert(_unauthorized(others[i]));
            paymaster.setTokenGasOracles(_tokenConfigs(address(token), DESTINATION, tokenOracle));
            vm.expectRevert(_unauthorized(others[i]));
            paymaster.setBeneficiary(others[i]);
            vm.expectRevert(_unauthorized(others[i]));
            paymaster.setGasOracleUpdater(others[i]);
            vm.expectRevert(_unauthorized(others[i]));
            paymaster.addQuoteSigner(others[i]);
            vm.expectRevert(_unauthorized(others[i]));
            paymaster.removeQuoteSigner(others[i]);
            vm.stopPrank();
        }
    }

    function test_prices_byUpdaterAndOwner_andNobodyElse() public {
        IStorageGasOracle.RemoteGasDataConfig[] memory configs = new IStorageGasOracle.RemoteGasDataConfig[](2);
        configs[0] = IStorageGasOracle.RemoteGasDataConfig(DESTINATION, 3, 4);
        configs[1] = IStorageGasOracle.RemoteGasDataConfig(77, 5, 6);
        address[2] memory allowed = [updater, owner];
        for (uint256 i; i < allowed.length; ++i) {
            _setPrices(DESTINATION, RATE, GAS_PRICE);
            vm.startPrank(allowed[i]);
            vm.expectEmit(address(paymaster));
            emit IStorageGasOracle.RemoteGasDataSet(DESTINATION, 3, 4);
            vm.expectEmit(address(paymaster));
            emit IStorageGasOracle.RemoteGasDataSet(77, 5, 6);
            paymaster.setRemoteGasDataConfigs(configs);
            _assertPrices(DESTINATION, 3, 4);
            _assertPrices(77, 5, 6);
            vm.expectEmit(address(paymaster));
            emit IStorageGasOracle.RemoteGasDataSet(DESTINATION, 1, 2);
            paymaster.setRemoteGasData(IStorageGasOracle.RemoteGasDataConfig(DESTINATION, 1, 2));
            _assertPrices(DESTINATION, 1, 2);
            vm.stopPrank();
        }
        address[3] memory others = [attacker, beneficiary, address(0)];
        for (uint256 i; i < others.length; ++i) {
            vm.startPrank(others[i]);
            vm.expectRevert(_notUpdater(others[i]));
            paymaster.setRemoteGasDataConfigs(configs);
            vm.expectRevert(_notUpdater(others[i]));
            paymaster.setRemoteGasData(configs[0]);
            vm.stopPrank();
        }
    }

    function _assertPrices(uint32 domain, uint128 rate, uint128 gasPrice) internal view {
        (uint128 storedRate, uint128 storedPrice) = paymaster.remoteGasData(domain);
        assertEq(storedRate, rate);
        assertEq(storedPrice, gasPrice);
    }

    function test_setGasOracleUpdater_theOldOneLosesItsPower() public {
        vm.expectEmit(address(paymaster));
        emit IStorageGasOracle.GasOracleUpdaterSet(bob);
        vm.prank(owner);
        paymaster.setGasOracleUpdater(bob);
        vm.prank(updater);
        vm.expectRevert(_notUpdater(updater));
        paymaster.setRemoteGasData(IStorageGasOracle.RemoteGasDataConfig(DESTINATION, 1, 1));
        vm.prank(bob);
        paymaster.setRemoteGasData(IStorageGasOracle.RemoteGasDataConfig(DESTINATION, 1, 1));
        _assertPrices(DESTINATION, 1, 1);
    }

    /// @dev The updater is a hot key: it prices, but neither opens a destination nor changes where prices come from.
    function test_updater_doesNotOpenADestination() public {
        _setPrices(77, RATE, GAS_PRICE);
        assertEq(paymaster.domains().length, 1);
        vm.expectRevert(_notServed(77));
        paymaster.quoteGasPayment(77, 1);
        _serve(DESTINATION, tokenOracle, OVERHEAD);
        _setPrices(DESTINATION, 1, 1);
        assertEq(paymaster.quoteGasPayment(DESTINATION, 100_000), _tokenCost(100_000));
    }

    function test_setBeneficiary() public {
        vm.expectEmit(address(paymaster));
        emit IInterchainGasPaymaster.BeneficiarySet(bob);
        vm.prank(owner);
        paymaster.setBeneficiary(bob);
        assertEq(paymaster.beneficiary(), bob);
        vm.prank(owner);
        vm.expectRevert(IInterchainGasPaymaster.ZeroBeneficiary.selector);
        paymaster.setBeneficiary(address(0));
    }

    function test_ownership_goesOverInTwoSteps_orEnds() public {
        vm.prank(owner);
        paymaster.transferOwnership(bob);
        vm.prank(bob);
        vm.expectRevert(_unauthorized(bob));
        paymaster.setBeneficiary(bob);
        vm.prank(bob);
        paymaster.acceptOwnership();
        vm.prank(bob);
        paymaster.setBeneficiary(bob);
        vm.prank(bob);
        paymaster.renounceOwnership();
        assertEq(paymaster.owner(), address(0));
        _setPrices(DESTINATION, 1, 1); // the updater still can
        vm.prank(bob);
        vm.expectRevert(_unauthorized(bob));
        paymaster.setBeneficiary(bob);
    }

    /* ------------------------------------------------------ prices -------------------------------------------------- */

    function test_setRemoteGasData_zero_reverts() public {
        uint128[2][3] memory zeros = [[uint128(0), 0], [uint128(1), 0], [uint128(0), 1]];
        for (uint256 i; i < zeros.length; ++i) {
            vm.prank(updater);
            vm.expectRevert(abi.encodeWithSelector(IStorageGasOracle.ZeroGasData.selector, DESTINATION));
            paymaster.setRemoteGasData(IStorageGasOracle.RemoteGasDataConfig(DESTINATION, zeros[i][0], zeros[i][1]));
        }
    }

    function test_setRemoteGasData_theLargestThatFits() public {
        _setPrices(DESTINATION, type(uint104).max, type(uint72).max);
        _assertPrices(DESTINATION, type(uint104).max, type(uint72).max);
        assertEq(paymaster.destinationGasOverhead(DESTINATION), OVERHEAD);
        assertEq(
            paymaster.quoteGasPayment(DESTINATION, 100_000),
            (uint256(100_000) * type(uint104).max * type(uint72).max) / SCALE
        );
        uint128[2][2] memory tooLarge = [[uint128(1) << 104, 1], [uint128(1), 1 << 72]];
        for (uint256 i; i < tooLarge.length; ++i) {
            vm.prank(updater);
            vm.expectRevert(
                abi.encodeWithSelector(
                    IInterchainGasPaymaster.GasDataTooLarge.selector, DESTINATION, tooLarge[i][0], tooLarge[i][1]
                )
            );
            paymaster.setRemoteGasData(
                IStorageGasOracle.RemoteGasDataConfig(DESTINATION, tooLarge[i][0], tooLarge[i][1])
            );
        }
    }

    function test_setDestinationGasOverhead() public {
        vm.expectEmit(address(paymaster));
        emit IInterchainGasPaymaster.DestinationGasOverheadSet(DESTINATION, type(uint32).max);
        vm.prank(owner);
        paymaster.setDestinationGasOverhead(DESTINATION, type(uint32).max);
        assertEq(paymaster.destinationGasOverhead(DESTINATION), type(uint32).max);
        assertEq(paymaster.destinationGasLimit(DESTINATION, 1), uint256(type(uint32).max) + 1);
        _assertPrices(DESTINATION, RATE, GAS_PRICE);
        assertEq(paymaster.quoteGasPayment(DESTINATION, 100_000), _cost(100_000));
        vm.prank(owner);
        vm.expectRevert(
            abi.encodeWithSelector(
                IInterchainGasPaymaster.GasOverheadTooLarge.selector, DESTINATION, uint256(type(uint32).max) + 1
            )
        );
        paymaster.setDestinationGasOverhead(DESTINATION, uint256(type(uint32).max) + 1);
    }

    /* --------------------------------------------------- destinations ----------------------------------------------- */

    function test_setDestinationGasConfigs_withThePaymasterItself() public view {
        (IGasOracle oracle, uint96 overhead) = paymaster.destinationGasConfigs(DESTINATION);
        assertEq(address(oracle), address(paymaster));
        assertEq(overhead, OVERHEAD);
        assertEq(address(paymaster.tokenGasOracles(NATIVE, DESTINATION)), address(paymaster));
        (uint128 rate, uint128 gasPrice) = paymaster.getExchangeRateAndGasPrice(DESTINATION);
        assertEq(rate, RATE);
        assertEq(gasPrice, GAS_PRICE);
        uint32[] memory domains = paymaster.domains();
        assertEq(domains.length, 1);
        assertEq(domains[0], DESTINATION);
    }

    function test_setDestinationGasConfigs_withAnotherOracle_andBack() public {
        vm.expectEmit(address(paymaster));
        emit IInterchainGasPaymaster.DestinationGasConfigSet(DESTINATION, address(tokenOracle), 5);
        _serve(DESTINATION, tokenOracle, 5);
        (IGasOracle oracle, uint96 overhead) = paymaster.destinationGasConfigs(DESTINATION);
        assertEq(address(oracle), address(tokenOracle));
        assertEq(overhead, 5);
        (uint128 rate,) = paymaster.getExchangeRateAndGasPrice(DESTINATION);
        assertEq(rate, TOKEN_RATE);
        _assertPrices(DESTINATION, RATE, GAS_PRICE); // those written here are kept

        _serve(DESTINATION, paymaster, 6);
        (oracle, overhead) = paymaster.destinationGasConfigs(DESTINATION);
        assertEq(address(oracle), address(paymaster));
        assertEq(overhead, 6);
        assertEq(paymaster.quoteGasPayment(DESTINATION, 100_000), _cost(100_000));
        assertEq(paymaster.domains().length, 1);
    }

    function test_setDestinationGasConfigs_withNone_endsTheService() public {
        IGasOracle[2] memory before = [IGasOracle(paymaster), tokenOracle];
        for (uint256 i; i < before.length; ++i) {
            _serve(DESTINATION, before[i], OVERHEAD);
            vm.expectEmit(address(paymaster));
            emit IInterchainGasPaymaster.DestinationGasConfigSet(DESTINATION, address(0), 9);
            _serve(DESTINATION, IGasOracle(address(0)), 9);
            (IGasOracle oracle, uint96 overhead) = paymaster.destinationGasConfigs(DESTINATION);
            assertEq(address(oracle), address(0));
            assertEq(overhead, 9);
            assertEq(paymaster.domains().length, 0);
            vm.expectRevert(_notServed(DESTINATION));
            paymaster.quoteGasPayment(DESTINATION, 1);
        }
    }

    function test_setDestinationGasConfigs_several() public {
        IInterchainGasPaymaster.GasParam[] memory params = new IInterchainGasPaymaster.GasParam[](2);
        params[0] = _params(1, paymaster, 10)[0];
        params[1] = _params(2, tokenOracle, 20)[0];
        vm.prank(owner);
        paymaster.setDestinationGasConfigs(params);
        assertEq(paymaster.domains().length, 3);
        assertEq(paymaster.destinationGasOverhead(1), 10);
        assertEq(paymaster.destinationGasOverhead(2), 20);
    }

    function test_setDestinationGasConfigs_refusals() public {
        vm.startPrank(owner);
        vm.expectRevert(_notAContract(alice));
        paymaster.setDestinationGasConfigs(_params(DESTINATION, IGasOracle(alice), 0));
        vm.expectRevert(
            abi.encodeWithSelector(IInterchainGasPaymaster.GasOverheadTooLarge.selector, DESTINATION, type(uint96).max)
        );
        paymaster.setDestinationGasConfigs(_params(DESTINATION, paymaster, type(uint96).max));
    }

    /* ------------------------------------------------------ tokens -------------------------------------------------- */

    function test_setTokenGasOracles() public {
        assertEq(address(paymaster.tokenGasOracles(address(token), DESTINATION)), address(tokenOracle));
        assertEq(address(paymaster.tokenGasOracles(address(token), 77)), address(0));
        vm.expectEmit(address(paymaster));
        emit IInterchainGasPaymaster.TokenGasOracleSet(address(token), DESTINATION, address(0));
        _takeToken(address(token), DESTINATION, IGasOracle(address(0)));
        assertEq(address(paymaster.tokenGasOracles(address(token), DESTINATION)), address(0));
        vm.expectRevert(
            abi.encodeWithSelector(IInterchainGasPaymaster.TokenNotAccepted.selector, address(token), DESTINATION)
        );
        paymaster.quoteGasPayment(address(token), DESTINATION, 1);
    }

    function test_setTokenGasOracles_refusals() public {
        vm.startPrank(owner);
        vm.expectRevert(_notAContract(alice));
        paymaster.setTokenGasOracles(_tokenConfigs(alice, DESTINATION, tokenOracle));
        vm.expectRevert(_notAContract(address(0)));
        paymaster.setTokenGasOracles(_tokenConfigs(address(0), DESTINATION, tokenOracle));
        vm.expectRevert(_notAContract(alice));
        paymaster.setTokenGasOracles(_tokenConfigs(address(token), DESTINATION, IGasOracle(alice)));
    }
}
