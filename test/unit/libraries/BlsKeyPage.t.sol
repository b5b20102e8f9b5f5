// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";

import {Bls12381} from "src/libraries/Bls12381.sol";
import {BlsKeyPage} from "src/libraries/BlsKeyPage.sol";

import {BlsReference} from "../../kit/BlsReference.sol";

/// @dev The library as of another contract, so that a revert can be expected.
contract BlsKeyPageLibrary {
    function sum(Bls12381.G2Point memory start, uint256[] memory pages, uint256 selected)
        external
        view
        returns (Bls12381.G2Point memory)
    {
        return BlsKeyPage.sum(start, pages, selected);
    }
}

/// forge-config: default.evm_version = "prague"
/// forge-config: default.fuzz.runs = 64
contract BlsKeyPageTest is Test {
    using BlsKeyPage for bytes;

    BlsKeyPageLibrary internal library_ = new BlsKeyPageLibrary();

    /// @dev Three, with 256 keys.
    uint256[] internal pages;

    function setUp() public {
        pages = _pages(256);
    }

    function _same(Bls12381.G2Point memory a, Bls12381.G2Point memory b) internal pure {
        assertEq(abi.encode(a), abi.encode(b));
    }

    function testFuzz_sum_isItsPlainForm(uint256 selected, uint256 start) public {
        Bls12381.G2Point memory total = BlsReference.publicKey(bound(start, 0, BlsReference.ORDER - 1));
        Bls12381.G2Point memory sum = library_.sum(total, pages, selected);
        for (uint256 i; i < 256; ++i) {
            if ((selected >> i) & 1 == 0) continue;
            bytes memory page = address(uint160(pages[i / BlsKeyPage.CAPACITY])).code;
            total = BlsReference.add(total, page.keyAt(i % BlsKeyPage.CAPACITY));
        }
        _same(sum, total);
    }

    function test_sum_eachPositionAlone() public {
        Bls12381.G2Point memory infinity;
        for (uint256 i; i < 256; ++i) {
            _same(library_.sum(infinity, pages, 1 << i), BlsReference.publicKey(i + 1));
        }
        _same(library_.sum(infinity, pages, 0), infinity);
    }

    function test_sum_throughInfinity() public {
        Bls12381.G2Point memory start = BlsReference.publicKey(BlsReference.ORDER - 3);
        assertTrue(Bls12381.isInfinity(library_.sum(start, pages, 3)));
        _same(library_.sum(start, pages, 7), BlsReference.publicKey(3));
    }

    function test_sum_pointOffTheCurve_reverts() public {
        Bls12381.G2Point memory point = BlsReference.publicKey(5);
        point.y1Low = bytes32(uint256(point.y1Low) ^ 1);
        uint256[] memory bad = new uint256[](1);
        bytes memory page = BlsKeyPage.empty(2);
        page.write(0, point, address(1));
        page.write(1, BlsReference.publicKey(6), address(2));
        bad[0] = uint160(_etch("bad page", page));
        Bls12381.G2Point memory start = BlsReference.publicKey(7);
        vm.expectRevert(abi.encodeWithSelector(Bls12381.PrecompileFailed.selector, 0x0d));
        library_.sum{gas: 1_000_000}(start, bad, 3);
    }

    function testFuzz_page_holdsWhatIsWritten(uint8 count, bytes32 seed) public pure {
        bytes memory page = BlsKeyPage.empty(count);
        assertEq(page.count(), count);
        bytes memory plain;
        for (uint256 i; i < count; ++i) {
            (Bls12381.G2Point memory key, address validator) = _entry(seed, i);
            page.write(i, key, validator);
            plain = abi.encodePacked(plain, abi.encode(key), validator);
        }
        assertEq(page, plain);
        for (uint256 i; i < count; ++i) {
            (Bls12381.G2Point memory key, address validator) = _entry(seed, i);
            _same(page.keyAt(i), key);
            assertEq(page.validatorAt(i), validator);
        }
    }

    function _entry(bytes32 seed, uint256 i) internal pure returns (Bls12381.G2Point memory key, address validator) {
        bytes32[8] memory words;
        for (uint256 j; j < 8; ++j) {
            words[j] = keccak256(abi.encode(seed, i, j));
        }
        return
            (
                abi.decode(abi.encode(words), (Bls12381.G2Point)),
                address(uint160(uint256(keccak256(abi.encode(seed, i)))))
            );
    }

    /// @dev Keys of the secrets 1, 2, 3, ...
    function _pages(uint256 count) internal returns (uint256[] memory made) {
        made = new uint256[]((count + BlsKeyPage.CAPACITY - 1) / BlsKeyPage.CAPACITY);
        for (uint256 p; p < made.length; ++p) {
            uint256 first = p * BlsKeyPage.CAPACITY;
            uint256 size = count - first < BlsKeyPage.CAPACITY ? count - first : BlsKeyPage.CAPACITY;
            bytes memory page = BlsKeyPage.empty(size);
            for (uint256 i; i < size; ++i) {
                page.write(i, BlsReference.publicKey(first + i + 1), address(uint160(first + i + 1)));
            }
            made[p] = uint160(_etch(string.concat("page ", vm.toString(p)), page));
        }
    }

    function _etch(string memory name, bytes memory code) internal returns (address account) {
        account = makeAddr(name);
        vm.etch(account, code);
    }
}

/// @notice On a chain without the precompiles nothing adds up.
contract BlsKeyPageWithoutPrecompilesTest is Test {
    function test_sum_reverts() public {
        BlsKeyPageLibrary library_ = new BlsKeyPageLibrary();
        Bls12381.G2Point memory start;
        vm.expectRevert(abi.encodeWithSelector(Bls12381.PrecompileFailed.selector, 0x0d));
        library_.sum(start, new uint256[](1), 3);
    }
}
