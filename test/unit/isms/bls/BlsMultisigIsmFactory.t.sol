// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBlsMultisigIsm} from "src/interfaces/IBlsMultisigIsm.sol";
import {IBlsMultisigIsmFactory} from "src/interfaces/IBlsMultisigIsmFactory.sol";
import {Bls12381} from "src/libraries/Bls12381.sol";

import {BlsReference} from "../../../kit/BlsReference.sol";
import {BlsTest} from "../../../kit/BlsTest.sol";
import {Shipped} from "../../../kit/Shipped.sol";

/// forge-config: default.evm_version = "prague"
contract BlsMultisigIsmFactoryTest is BlsTest {
    uint256 internal constant CAPACITY = 89;

    function _validatorCount() internal pure override returns (uint256) {
        return 3 * CAPACITY;
    }

    function _page(uint256 first, uint256 count) internal returns (address) {
        return blsFactory.writePage(_blsKeys(first, count));
    }

    function _pages(address a) internal pure returns (address[] memory pages) {
        pages = new address[](1);
        pages[0] = a;
    }

    function _pages(address a, address b) internal pure returns (address[] memory pages) {
        pages = new address[](2);
        (pages[0], pages[1]) = (a, b);
    }

    function _pages(address a, address b, address c) internal pure returns (address[] memory pages) {
        pages = new address[](3);
        (pages[0], pages[1], pages[2]) = (a, b, c);
    }

    /* --------------------------------------------------------- made ------------------------------------------------- */

    function test_writePage_comesToItsAddress_once() public {
        Bls12381.G2Point[] memory keys = _blsKeys(0, 5);
        address announced = blsFactory.pageAddress(keys);
        assertEq(announced.code.length, 0);
        assertFalse(blsFactory.isPage(announced));
        assertEq(blsFactory.writePage(keys), announced);
        assertTrue(blsFactory.isPage(announced));
        bytes32 code = announced.codehash;
        vm.prank(attacker);
        assertEq(blsFactory.writePage(keys), announced);
        assertEq(announced.codehash, code);
        assertEq(blsFactory.PAGE_CAPACITY(), CAPACITY);
    }

    function test_writePage_cannotBeRun() public {
        address page = _page(0, 3);
        assertEq(uint8(page.code[0]), 0);
        (bool success, bytes memory output) = page.call{gas: 10_000}("");
        assertTrue(success);
        assertEq(output.length, 0);
    }

    function test_deploy_comesToItsAddress_once() public {
        address[] memory pages = _pages(_page(0, 4));
        address announced = blsFactory.getAddress(pages, 3);
        assertEq(announced.code.length, 0);
        vm.prank(attacker);
        assertEq(blsFactory.deploy(pages, 3), announced);
        bytes32 code = announced.codehash;
        assertEq(blsFactory.deploy(pages, 3), announced);
        assertEq(announced.codehash, code);
        _assertHolds(IBlsMultisigIsm(announced), 4, 3);
        assertTrue(blsFactory.deploy(pages, 2) != announced);
    }

    function test_deploy_256_overThreePages() public {
        _assertHolds(_deployModule(256, 256), 256, 256);
    }

    function test_deploy_pageBoundaries() public {
        _assertHolds(_deployModule(1, 1), 1, 1);
        _assertHolds(_deployModule(CAPACITY, 7), CAPACITY, 7);
        _assertHolds(_deployModule(CAPACITY + 1, 7), CAPACITY + 1, 7);
        _assertHolds(_deployModule(2 * CAPACITY, 7), 2 * CAPACITY, 7);
    }

    function test_implementation_neverVerifies() public {
        IBlsMultisigIsm implementation = IBlsMultisigIsm(blsFactory.implementation());
        assertEq(implementation.moduleType(), 129);
        assertEq(address(blsFactory.registry()), address(registry));
        vm.expectRevert(IBlsMultisigIsm.NoValidators.selector);
        implementation.verify(new bytes(196), "");
        vm.expectRevert(IBlsMultisigIsm.NoValidators.selector);
        implementation.threshold();
        vm.expectRevert(IBlsMultisigIsm.NoValidators.selector);
        implementation.validators();
        vm.expectRevert(IBlsMultisigIsm.NoValidators.selector);
        implementation.keys();
    }

    function _assertHolds(IBlsMultisigIsm module, uint256 count, uint256 threshold) internal view {
        assertEq(module.threshold(), threshold);
        address[] memory held = module.validators();
        assertEq(held.length, count);
        for (uint256 i; i < count; ++i) {
            assertEq(held[i], blsValidators[i].account);
        }
        assertEq(abi.encode(module.keys()), abi.encode(_blsKeys(0, count)));
    }

    /* ------------------------------------------------------- refused ------------------------------------------------ */

    function _assertPageRefused(Bls12381.G2Point[] memory keys, bytes memory reason) internal {
        vm.expectRevert(reason);
        blsFactory.writePage(keys);
        vm.expectRevert(reason);
        blsFactory.pageAddress(keys);
    }

    function _assertRefused(address[] memory pages, uint256 threshold, bytes memory reason) internal {
        vm.expectRevert(reason);
        blsFactory.deploy(pages, threshold);
        vm.expectRevert(reason);
        blsFactory.getAddress(pages, threshold);
    }

    function _notAscending(address previous, address validator) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IBlsMultisigIsmFactory.NotAscending.selector, previous, validator);
    }

    function test_writePage_keyNotRegistered_reverts() public {
        // Attempt: a rogue key past the registry.
        Bls12381.G2Point[] memory keys = _blsKeys(0, 3);
        keys[1] = BlsReference.publicKey(666);
        _assertPageRefused(
            keys,
            abi.encodeWithSelector(IBlsMultisigIsmFactory.KeyNotRegistered.selector, BlsReference.keyHash(keys[1]))
        );
    }

    function test_writePage_length_reverts() public {
        bytes4 selector = IBlsMultisigIsmFactory.InvalidPageLength.selector;
        _assertPageRefused(_blsKeys(0, 0), abi.encodeWithSelector(selector, 0));
        _assertPageRefused(_blsKeys(0, CAPACITY + 1), abi.encodeWithSelector(selector, CAPACITY + 1));
    }

    function test_writePage_sameKeyTwice_reverts() public {
        // Attempt: one validator that counts twice.
        Bls12381.G2Point[] memory keys = _blsKeys(0, 3);
        keys[2] = keys[1];
        _assertPageRefused(keys, _notAscending(blsValidators[1].account, blsValidators[1].account));
    }

    function test_writePage_twoKeysOfAValidator_reverts() public {
        // Attempt: the same with two keys.
        _register(BlsValidator(blsValidators[1].account, blsValidators[1].ecdsaKey, 424_242));
        Bls12381.G2Point[] memory keys = _blsKeys(0, 3);
        keys[2] = BlsReference.publicKey(424_242);
        _assertPageRefused(keys, _notAscending(blsValidators[1].account, blsValidators[1].account));
    }

    function test_writePage_order_reverts() public {
        Bls12381.G2Point[] memory keys = _blsKeys(0, 3);
        (keys[0], keys[1]) = (keys[1], keys[0]);
        _assertPageRefused(keys, _notAscending(blsValidators[1].account, blsValidators[0].account));
    }

    function test_deploy_validatorOnTwoPages_reverts() public {
        address full = _page(0, CAPACITY);
        address last = blsValidators[CAPACITY - 1].account;
        _assertRefused(_pages(full, full), 1, _notAscending(last, blsValidators[0].account));
        address overlapping = _page(CAPACITY - 1, 2);
        _assertRefused(_pages(full, overlapping), 1, _notAscending(last, last));
        _assertRefused(
            _pages(_page(CAPACITY, CAPACITY), full),
            1,
            _notAscending(blsValidators[2 * CAPACITY - 1].account, blsValidators[0].account)
        );
    }

    function test_deploy_pageThatIsNotFull_reverts() public {
        // Attempt: shift positions, so that bits stand for other validators than whose keys are read.
        address page = _page(0, CAPACITY - 1);
        _assertRefused(
            _pages(page, _page(CAPACITY, 2)),
            1,
            abi.encodeWithSelector(IBlsMultisigIsmFactory.PageNotFull.selector, page)
        );
    }

    function test_deploy_pageOfSomebodyElse_reverts() public {
        // Attempt: a page with keys that no registry has seen, by hand or by another factory.
        address page = _page(0, 3);
        address copy = makeAddr("copy");
        vm.etch(copy, page.code);
        address module = blsFactory.deploy(_pages(page), 2);
        address foreign = Shipped.blsMultisigIsmFactory(registry).writePage(_blsKeys(0, 3));
        address[4] memory unknown = [copy, foreign, makeAddr("nothing there"), module];
        for (uint256 i; i < unknown.length; ++i) {
            _assertRefused(
                _pages(unknown[i]), 1, abi.encodeWithSelector(IBlsMultisigIsmFactory.UnknownPage.selector, unknown[i])
            );
        }
    }

    function test_deploy_thresholdOutOfRange_reverts() public {
        bytes4 selector = IBlsMultisigIsmFactory.InvalidThreshold.selector;
        address[] memory pages = _pages(_page(0, 4));
        _assertRefused(pages, 0, abi.encodeWithSelector(selector, 0, 4));
        _assertRefused(pages, 5, abi.encodeWithSelector(selector, 5, 4));
        _assertRefused(pages, type(uint256).max, abi.encodeWithSelector(selector, type(uint256).max, 4));
        _assertRefused(new address[](0), 0, abi.encodeWithSelector(selector, 0, 0));
        _assertRefused(new address[](0), 1, abi.encodeWithSelector(selector, 1, 0));
    }

    function test_deploy_257Validators_reverts() public {
        // The 257th would have no bit.
        address[] memory pages =
            _pages(_page(0, CAPACITY), _page(CAPACITY, CAPACITY), _page(2 * CAPACITY, 257 - 2 * CAPACITY));
        _assertRefused(pages, 1, abi.encodeWithSelector(IBlsMultisigIsmFactory.InvalidThreshold.selector, 1, 257));
    }
}
