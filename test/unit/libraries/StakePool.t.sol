// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Test} from "forge-std/Test.sol";

import {StakePool} from "src/libraries/StakePool.sol";

contract StakePoolTest is Test {
    using StakePool for StakePool.Pool;

    uint256 internal constant WHOLE = 1e18;
    uint256 internal constant MAX_AMOUNT = 1e27;
    uint256 internal constant ACCOUNTS = 4;
    uint256 internal constant STEPS = 24;

    StakePool.Pool internal pool;
    mapping(uint256 account => uint256) internal shares;

    /// @dev The reference: what everybody has by the definition, in 1e18ths of a token, no shares. Account ACCOUNTS is the
    ///      one who holds the virtual token.
    mapping(uint256 account => uint256) internal fair;

    function _enter(uint256 account, uint256 amount) internal returns (uint256 got) {
        got = pool.enter(amount);
        shares[account] += got;
    }

    function _leave(uint256 account, uint256 some) internal returns (uint256 amount) {
        amount = pool.leave(some);
        shares[account] -= some;
    }

    function _worth(uint256 account) internal view returns (uint256) {
        return pool.worth(shares[account]);
    }

    /* ------------------------------------------------------ exact --------------------------------------------------- */

    function test_enter_leave_exactWhileNothingWasCutOrGiven() public {
        _enter(0, 7 ether);
        _enter(1, 3);
        assertEq(pool.shares, (7 ether + 3) * 1e6);
        assertEq(_worth(0), 7 ether);
        assertEq(_worth(1), 3);
        assertEq(_leave(0, shares[0]), 7 ether);
        assertEq(_leave(1, shares[1]), 3);
        assertEq(pool.tokens, 0);
        assertEq(pool.shares, 0);
    }

    function test_cut_roundsUp_andIsExactWhereItCanBe() public {
        _enter(0, 1000);
        assertEq(pool.cut(0.1e18), 100);
        assertEq(pool.cut(1), 1);
        assertEq(pool.tokens, 899);
        assertEq(pool.cut(0), 0);
        assertEq(pool.cut(WHOLE), 899);
        assertEq(pool.tokens, 0);
        assertEq(_worth(0), 0);
        assertEq(pool.cut(WHOLE), 0);
    }

    function test_worth_ofNoShares() public view {
        assertEq(pool.worth(0), 0);
    }

    function testFuzz_enter_leave_neverGivesMoreThanWasPutIn(
        uint256 before,
        uint256 share,
        uint256 gift,
        uint256 amount
    ) public {
        _enter(0, bound(before, 0, MAX_AMOUNT));
        pool.cut(bound(share, 0, WHOLE));
        pool.tokens += bound(gift, 0, MAX_AMOUNT);
        uint256 others = _worth(0);
        amount = bound(amount, 0, MAX_AMOUNT);
        _enter(1, amount);
        assertGe(_worth(0), others);
        assertLe(_worth(1), amount);
        assertLe(_leave(1, shares[1]), amount);
        assertGe(_worth(0), others);
    }

    /// @dev Who leaves in pieces gets no more than who leaves at once.
    function testFuzz_leave_inPieces(uint256 amount, uint256 gift, uint256 first) public {
        amount = bound(amount, 1, MAX_AMOUNT);
        _enter(0, amount);
        _enter(1, amount);
        pool.tokens += bound(gift, 0, MAX_AMOUNT);
        uint256 whole = _worth(1);
        first = bound(first, 0, shares[1]);
        uint256 pieces = _leave(1, first);
        pieces += _leave(1, shares[1]);
        assertLe(pieces, whole);
    }

    function testFuzz_leave_all_leavesNothingOwed(uint256[ACCOUNTS] memory amounts, uint256 share, uint256 gift)
        public
    {
        uint256 in_;
        for (uint256 i; i < ACCOUNTS; ++i) {
            in_ += bound(amounts[i], 0, MAX_AMOUNT);
            _enter(i, bound(amounts[i], 0, MAX_AMOUNT));
        }
        in_ -= pool.cut(bound(share, 0, WHOLE));
        gift = bound(gift, 0, MAX_AMOUNT);
        pool.tokens += gift;
        uint256 out;
        for (uint256 i; i < ACCOUNTS; ++i) {
            out += _leave(i, shares[i]);
        }
        assertEq(pool.shares, 0);
        assertEq(out + pool.tokens, in_ + gift);
    }

    /* ----------------------------------------------------- attacks -------------------------------------------------- */

    /// @dev The first depositor holds one share, or none, and gives the pool so much that the victim's stake is worth less
    ///      than a share, or little more. What the victim loses costs the attacker a million times as much.
    function testFuzz_inflation_costsAMillionTimesWhatItTakes(uint256 seed, uint256 gift, uint256 amount) public {
        uint256 attackers = _enter(0, bound(seed, 1, 1 ether));
        _leave(0, attackers - bound(seed, 0, 1));
        gift = bound(gift, 1, MAX_AMOUNT);
        pool.tokens += gift;
        amount = bound(amount, 1, MAX_AMOUNT);
        uint256 cost = gift - _worth(0);

        _enter(1, amount);
        uint256 lost = amount - _worth(1);
        assertLe(lost, gift / 1e6 + 2);
        assertLe(_worth(0), gift - cost + lost);
        assertGe(cost + 2, gift - gift / 1e6);
    }

    /// @dev Rounding in small steps instead of a gift: enter and leave a thousand times.
    function test_inflation_byRounding() public {
        _enter(0, 1);
        pool.tokens += 1;
        for (uint256 i; i < 1000; ++i) {
            uint256 got = _enter(2, pool.tokens + (i % 7));
            _leave(2, got);
        }
        assertLe(pool.tokens, 2 + 1000);
        _enter(1, 1 ether);
        assertGe(_worth(1), 1 ether - 1);
    }

    /// @dev All was cut but for what is owed by nobody. Who comes after owes the former holders nothing, to the unit.
    function testFuzz_enter_afterAllWasCut(uint256 before, uint256 amount) public {
        _enter(0, bound(before, 1, MAX_AMOUNT));
        pool.cut(WHOLE);
        amount = bound(amount, 1, MAX_AMOUNT);
        _enter(1, amount);
        assertGe(_worth(1) + 1, amount);
        assertLe(_worth(0), 1);
    }

    /* ---------------------------------------------------- reference ------------------------------------------------- */

    function testFuzz_pool_isTheReference(uint256[STEPS] memory kinds, uint256[STEPS] memory amounts) public {
        fair[ACCOUNTS] = WHOLE;
        _step(0, 0, 1 ether);
        for (uint256 i; i < STEPS; ++i) {
            _step(kinds[i] % 5, (kinds[i] >> 8) % ACCOUNTS, amounts[i]);
            for (uint256 j; j < ACCOUNTS; ++j) {
                assertApproxEqAbs(_worth(j), fair[j] / WHOLE, 2 + 2 * i, "not what the definition says");
            }
        }
    }

    function _step(uint256 kind, uint256 account, uint256 amount) internal {
        if (kind < 2) {
            amount = bound(amount, 1, 1e24);
            _enter(account, amount);
            fair[account] += amount * WHOLE;
        } else if (kind == 2) {
            uint256 some = bound(amount, 0, shares[account]);
            if (some == 0) return;
            fair[account] -= Math.mulDiv(fair[account], some, shares[account]);
            _leave(account, some);
        } else if (kind == 3) {
            uint256 before = pool.tokens + 1;
            _scale(before, before - pool.cut(bound(amount, 0, 0.3e18)));
        } else {
            uint256 before = pool.tokens + 1;
            pool.tokens += amount % before;
            _scale(before, pool.tokens + 1);
        }
    }

    function _scale(uint256 from, uint256 to) internal {
        for (uint256 i; i <= ACCOUNTS; ++i) {
            fair[i] = Math.mulDiv(fair[i], to, from);
        }
    }
}
