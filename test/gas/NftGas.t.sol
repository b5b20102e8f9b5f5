// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

import {INonFungibleRouter} from "src/interfaces/INonFungibleRouter.sol";

import {NftTest} from "../kit/NftTest.sol";
import {Reference} from "../kit/Reference.sol";
import {Shipped} from "../kit/Shipped.sol";

/// @notice Gas of whole transactions of routes of collections, without gas payment; accounts that get one have another.
/// forge-config: default.isolate = true
contract NftGasTest is NftTest {
    uint256 internal constant WARM_UP = 32;
    uint256 internal constant MEASURED = 32;

    /// @dev 68 bytes, as a file's address of IPFS.
    string internal constant LONG = "ipfs://bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi/1";

    function setUp() public override {
        super.setUp();
        for (uint256 i; i < WARM_UP; ++i) {
            originMailbox.dispatch(DESTINATION, bob32, "");
        }
    }

    function test_synthetic() public {
        _measure("synthetic", Shipped.hypERC721(false, _config(originMailbox)));
    }

    function test_synthetic_withUri() public {
        _measure("synthetic with URI", Shipped.hypERC721(true, _config(originMailbox)));
    }

    function test_collateral() public {
        _measure("collateral", Shipped.hypERC721Collateral(false, collection, _config(originMailbox)));
    }

    function test_collateral_withUri() public {
        _measure("collateral with URI", Shipped.hypERC721Collateral(true, collection, _config(originMailbox)));
    }

    /// @dev The module costs the same whatever it lets pass: a router that trusts its own chain hears from itself.
    function _measure(string memory kind, INonFungibleRouter router) internal {
        vm.startPrank(owner);
        router.enrollRemoteRouter(DESTINATION, Reference.addr32(address(0xbeef)));
        router.enrollRemoteRouter(ORIGIN, Reference.addr32(address(router)));
        vm.stopPrank();
        IERC721(router.token()).setApprovalForAll(address(router), true);
        for (uint256 id; id < MEASURED + 2; ++id) {
            if (router.token() == address(collection)) collection.mint(address(this), id, LONG);
            else _give(router, Reference.addr32(address(this)), id);
        }
        router.transferRemote(DESTINATION, bob32, 0);
        uint256 total;
        for (uint256 id = 1; id <= MEASURED; ++id) {
            router.transferRemote(DESTINATION, bob32, id);
            total += vm.lastCallGas().gasTotalUsed;
        }
        vm.snapshotValue("NftRoutes", string.concat("transferRemote, ", kind, ", mean of 32"), total / MEASURED);
        _give(router, bob32, 0);
        // One that was locked, or one that was never there.
        _give(router, bob32, router.token() == address(collection) ? 1 : 1000);
        vm.snapshotValue("NftRoutes", string.concat("handle, ", kind), vm.lastCallGas().gasTotalUsed);
    }

    function _give(INonFungibleRouter router, bytes32 to, uint256 id) internal {
        vm.prank(address(originMailbox));
        router.handle(ORIGIN, Reference.addr32(address(router)), abi.encodePacked(to, id, LONG));
    }
}
