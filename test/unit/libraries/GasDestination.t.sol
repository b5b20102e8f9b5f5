// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";

import {PackedDestination} from "src/libraries/GasDestination.sol";

/// @notice Each field, whatever the others are. What does not fit is in the paymaster's tests.
contract GasDestinationTest is Test {
    struct Fields {
        uint72 gasPrice;
        uint104 tokenExchangeRate;
        uint32 gasOverhead;
        uint40 quotesUntil;
        bool isOwnOracle;
    }

    function _pack(Fields memory f) internal pure returns (PackedDestination) {
        uint256 word = uint256(f.gasPrice) + uint256(f.tokenExchangeRate) * 2 ** 72 + uint256(f.gasOverhead) * 2 ** 176;
        word += uint256(f.quotesUntil) * 2 ** 208;
        if (f.isOwnOracle) word += 2 ** 248;
        return PackedDestination.wrap(word);
    }

    function _assertFields(PackedDestination packed, Fields memory f) internal pure {
        assertEq(packed.gasPrice(), f.gasPrice);
        assertEq(packed.tokenExchangeRate(), f.tokenExchangeRate);
        assertEq(packed.gasOverhead(), f.gasOverhead);
        assertEq(packed.quotesUntil(), f.quotesUntil);
        assertEq(packed.isOwnOracle(), f.isOwnOracle);
        assertEq(PackedDestination.unwrap(packed), PackedDestination.unwrap(_pack(f)));
    }

    function testFuzz_fields(Fields memory f) public pure {
        _assertFields(_pack(f), f);
    }

    function testFuzz_with_replacesThatFieldAlone(Fields memory f, Fields memory g) public pure {
        PackedDestination packed = _pack(f).withPrices(1, g.tokenExchangeRate, g.gasPrice);
        (f.tokenExchangeRate, f.gasPrice) = (g.tokenExchangeRate, g.gasPrice);
        _assertFields(packed, f);
        packed = packed.withGasOverhead(1, g.gasOverhead);
        f.gasOverhead = g.gasOverhead;
        _assertFields(packed, f);
        packed = packed.withQuotesUntil(g.quotesUntil);
        f.quotesUntil = g.quotesUntil;
        _assertFields(packed, f);
        packed = packed.withOwnOracle(g.isOwnOracle);
        _assertFields(packed, g);
    }

    function testFuzz_ownPrice_onlyIfThatIsAll(Fields memory f, uint40 time) public {
        vm.warp(time);
        bool isAll = f.isOwnOracle && time > f.quotesUntil;
        assertEq(_pack(f).ownPrice(), isAll ? uint256(f.gasPrice) * f.tokenExchangeRate : 0);
    }
}
