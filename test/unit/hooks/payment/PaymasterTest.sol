// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {IGasOracle, IStorageGasOracle} from "src/interfaces/IGasOracle.sol";
import {IInterchainGasPaymaster} from "src/interfaces/IInterchainGasPaymaster.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";

import {BaseTest} from "../../../kit/BaseTest.sol";
import {Reference} from "../../../kit/Reference.sol";
import {IOwnedGasPaymaster, Shipped} from "../../../kit/Shipped.sol";
import {PaymentToken} from "../../../mocks/PaymentToken.sol";

/// @notice A paymaster that is its own oracle for one destination, and the default hook of the origin's Mailbox.
abstract contract PaymasterTest is BaseTest {
    uint128 internal constant RATE = 25e9; // one there is worth 2.5 here
    uint128 internal constant GAS_PRICE = 7 gwei;
    uint32 internal constant OVERHEAD = 75_000;
    uint256 internal constant DEFAULT_GAS = 50_000;
    uint256 internal constant SCALE = 1e10;
    uint128 internal constant TOKEN_RATE = 3e6;
    address internal constant NATIVE = address(0);
    bytes32 internal constant ID = keccak256("some message");

    address internal beneficiary = makeAddr("beneficiary");
    address internal updater = makeAddr("updater");
    IOwnedGasPaymaster internal paymaster;
    IStorageGasOracle internal tokenOracle;
    PaymentToken internal token;

    function setUp() public virtual override {
        super.setUp();
        vm.warp(1_800_000_000);
        paymaster = Shipped.gasPaymaster(originMailbox, owner, beneficiary, updater);
        _serve(DESTINATION, paymaster, OVERHEAD);
        _setPrices(DESTINATION, RATE, GAS_PRICE);
        vm.prank(owner);
        originMailbox.setDefaultHook(paymaster);

        token = new PaymentToken();
        tokenOracle = Shipped.storageGasOracle(owner, address(0));
        vm.prank(owner);
        tokenOracle.setRemoteGasData(IStorageGasOracle.RemoteGasDataConfig(DESTINATION, TOKEN_RATE, GAS_PRICE));
        _takeToken(address(token), DESTINATION, tokenOracle);
        token.mint(alice, 1e30);
    }

    /* ----------------------------------------------------- owner ---------------------------------------------------- */

    function _serve(uint32 domain, IGasOracle oracle, uint96 overhead) internal {
        vm.prank(owner);
        paymaster.setDestinationGasConfigs(_params(domain, oracle, overhead));
    }

    function _setPrices(uint32 domain, uint128 rate, uint128 gasPrice) internal {
        vm.prank(updater);
        paymaster.setRemoteGasData(IStorageGasOracle.RemoteGasDataConfig(domain, rate, gasPrice));
    }

    function _takeToken(address feeToken, uint32 domain, IGasOracle oracle) internal {
        vm.prank(owner);
        paymaster.setTokenGasOracles(_tokenConfigs(feeToken, domain, oracle));
    }

    function _params(uint32 domain, IGasOracle oracle, uint96 overhead)
        internal
        pure
        returns (IInterchainGasPaymaster.GasParam[] memory params)
    {
        params = new IInterchainGasPaymaster.GasParam[](1);
        params[0] = IInterchainGasPaymaster.GasParam(domain, IInterchainGasPaymaster.DomainGasConfig(oracle, overhead));
    }

    function _tokenConfigs(address feeToken, uint32 domain, IGasOracle oracle)
        internal
        pure
        returns (IInterchainGasPaymaster.TokenGasOracleConfig[] memory configs)
    {
        configs = new IInterchainGasPaymaster.TokenGasOracleConfig[](1);
        configs[0] = IInterchainGasPaymaster.TokenGasOracleConfig(feeToken, domain, oracle);
    }

    /* ---------------------------------------------------- payers ---------------------------------------------------- */

    /// @dev By the definition, for amounts without overflow.
    function _cost(uint256 gas) internal pure returns (uint256) {
        return (gas * GAS_PRICE * RATE) / SCALE;
    }

    function _tokenCost(uint256 gas) internal pure returns (uint256) {
        return (gas * GAS_PRICE * TOKEN_RATE) / SCALE;
    }

    /// @dev Alice dispatches from the origin through the default hook.
    function _dispatchWith(uint256 value, bytes memory metadata) internal returns (bytes memory message) {
        message = _nextMessage(address(recipient), "body");
        vm.prank(alice);
        originMailbox.dispatch{value: value}(
            DESTINATION, Reference.addr32(address(recipient)), "body", metadata, IPostDispatchHook(address(0))
        );
    }

    function _metadata(uint256 gasLimit, address refundAddress) internal pure returns (bytes memory) {
        return abi.encodePacked(uint16(1), uint256(0), gasLimit, refundAddress);
    }

    function _tokenMetadata(uint256 gasLimit, address refundAddress, address feeToken)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encodePacked(_metadata(gasLimit, refundAddress), feeToken);
    }

    /* ---------------------------------------------------- errors ---------------------------------------------------- */

    function _notServed(uint32 domain) internal pure returns (bytes memory) {
        return abi.encodeWithSignature(
            "Error(string)", string.concat("Configured IGP doesn't support domain ", vm.toString(domain))
        );
    }

    function _underpaid(uint256 value, uint256 quote) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IPostDispatchHook.Underpaid.selector, value, quote);
    }

    function _refundFailed(address to, uint256 amount) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IPostDispatchHook.RefundFailed.selector, to, amount);
    }

    function _unauthorized(address caller) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, caller);
    }

    function _notUpdater(address caller) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IStorageGasOracle.NotGasOracleUpdater.selector, caller);
    }

    function _panic(uint256 code) internal pure returns (bytes memory) {
        return abi.encodeWithSignature("Panic(uint256)", code);
    }
}
