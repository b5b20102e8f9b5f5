// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IFungibleRouter} from "src/interfaces/IFungibleRouter.sol";
import {IGasOracle, IStorageGasOracle} from "src/interfaces/IGasOracle.sol";
import {IInterchainGasPaymaster} from "src/interfaces/IInterchainGasPaymaster.sol";
import {ITokenFee} from "src/interfaces/ITokenFee.sol";
import {Quote} from "src/interfaces/ITokenRouter.sol";

import {Reference} from "../kit/Reference.sol";
import {IOwnedGasPaymaster, Shipped} from "../kit/Shipped.sol";
import {TokenTest} from "../kit/TokenTest.sol";

/// @notice Gas of whole transactions of token routes, whose senders pay for gas on the destination and keep some of the token;
///         accounts that get some have some.
/// forge-config: default.isolate = true
contract TokenGasTest is TokenTest {
    uint256 internal constant WARM_UP = 32;
    uint256 internal constant MEASURED = 32;
    uint256 internal constant AMOUNT = 123_456_789;

    function setUp() public override {
        super.setUp();
        IOwnedGasPaymaster paymaster = Shipped.gasPaymaster(originMailbox, owner, makeAddr("beneficiary"), address(0));
        IInterchainGasPaymaster.GasParam[] memory params = new IInterchainGasPaymaster.GasParam[](1);
        params[0] = IInterchainGasPaymaster.GasParam(
            DESTINATION, IInterchainGasPaymaster.DomainGasConfig(IGasOracle(address(paymaster)), 75_000)
        );
        vm.startPrank(owner);
        paymaster.setDestinationGasConfigs(params);
        paymaster.setRemoteGasData(IStorageGasOracle.RemoteGasDataConfig(DESTINATION, 1e10, 7 gwei));
        originMailbox.setDefaultHook(paymaster);
        vm.stopPrank();
        vm.deal(address(paymaster), 1 ether);
        vm.deal(address(this), 100 ether);
        for (uint256 i; i < WARM_UP; ++i) {
            originMailbox.dispatch(DESTINATION, bob32, "", "", originMailbox.merkleTreeHook());
        }
    }

    function test_synthetic() public {
        IFungibleRouter here = Shipped.hypERC20(1, 1, _config(originMailbox));
        _measure("synthetic", here);
        _measureDelivery("synthetic", here);
    }

    function test_synthetic_withFee() public {
        IFungibleRouter here = Shipped.hypERC20(1, 1, _config(originMailbox));
        ITokenFee fee = Shipped.linearFee(address(here), AMOUNT / 100, AMOUNT / 2, owner);
        vm.prank(owner);
        here.setFeeRecipient(fee);
        _measure("synthetic with a linear fee", here);
    }

    function test_collateral() public {
        IFungibleRouter here = _collateral(1, 1);
        _fund(address(this), address(here), 1e18);
        token.mint(address(here), 1e18);
        _measure("collateral", here);
        _measureDelivery("collateral", here);
    }

    function test_native() public {
        IFungibleRouter here = _native(1, 1);
        vm.deal(address(here), 1 ether);
        _measure("native", here);
        _measureDelivery("native", here);
    }

    function _measure(string memory kind, IFungibleRouter here) internal {
        vm.startPrank(owner);
        here.enrollRemoteRouter(DESTINATION, Reference.addr32(address(0xbeef)));
        here.setDestinationGas(DESTINATION, 68_000);
        here.enrollRemoteRouter(ORIGIN, Reference.addr32(address(here)));
        vm.stopPrank();
        _mint(here, address(this));
        _mint(here, address(0xfee));
        Quote[] memory quotes = here.quoteTransferRemote(DESTINATION, bob32, AMOUNT);
        uint256 value = quotes[0].amount + (quotes[1].token == address(0) ? quotes[1].amount : 0);
        here.transferRemote{value: value}(DESTINATION, bob32, AMOUNT);
        uint256 total;
        for (uint256 i; i < MEASURED; ++i) {
            here.transferRemote{value: value}(DESTINATION, bob32, AMOUNT);
            total += vm.lastCallGas().gasTotalUsed;
        }
        string memory what = string.concat("transferRemote, ", kind, ", gas payment, mean of 32");
        vm.snapshotValue("TokenRoutes", what, total / MEASURED);
    }

    /// @dev The module costs the same whatever it lets pass: a router that trusts its own chain hears from itself.
    function _measureDelivery(string memory kind, IFungibleRouter here) internal {
        _mint(here, bob);
        vm.prank(address(originMailbox));
        here.handle(ORIGIN, Reference.addr32(address(here)), abi.encode(bob32, AMOUNT));
        vm.snapshotValue("TokenRoutes", string.concat("handle, ", kind), vm.lastCallGas().gasTotalUsed);
    }

    function _mint(IFungibleRouter here, address account) internal {
        if (here.token() == address(token)) {
            token.mint(account, 1e18);
        } else if (here.token() == address(0)) {
            vm.deal(account, 100 ether);
        } else {
            vm.prank(address(originMailbox));
            here.handle(ORIGIN, Reference.addr32(address(here)), abi.encode(account, 1e18));
        }
    }
}
