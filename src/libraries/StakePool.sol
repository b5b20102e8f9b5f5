// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title StakePool
/// @notice Tokens that belong to many by shares.
/// @dev There are always VIRTUAL_SHARES more shares, and one token more, than were paid in: a new pool starts at that price,
///      one that holds nothing any more returns to it, and whoever raises the price of a share raises that of the virtual
///      ones as well, a million times what it could make others lose by rounding. Everything is rounded down for whom it
///      is computed, and what is cut is rounded up.
library StakePool {
    struct Pool {
        uint256 tokens;
        uint256 shares;
    }

    uint256 internal constant VIRTUAL_SHARES = 1e6;
    uint256 internal constant VIRTUAL_TOKENS = 1;

    /// @notice All, as a share.
    uint256 internal constant WHOLE = 1e18;

    /// @notice Puts `amount` tokens in, for shares.
    function enter(Pool storage pool, uint256 amount) internal returns (uint256 newShares) {
        newShares = Math.mulDiv(amount, pool.shares + VIRTUAL_SHARES, pool.tokens + VIRTUAL_TOKENS);
        pool.shares += newShares;
        pool.tokens += amount;
    }

    /// @notice Takes out what `oldShares` are worth.
    function leave(Pool storage pool, uint256 oldShares) internal returns (uint256 amount) {
        amount = worth(pool, oldShares);
        pool.shares -= oldShares;
        pool.tokens -= amount;
    }

    /// @notice Takes a share (in 1e18ths) of all tokens away.
    function cut(Pool storage pool, uint256 share) internal returns (uint256 amount) {
        uint256 tokens = pool.tokens;
        amount = Math.mulDiv(tokens, share, WHOLE, Math.Rounding.Ceil);
        pool.tokens = tokens - amount;
    }

    /// @notice The tokens that `someShares` stand for.
    function worth(Pool storage pool, uint256 someShares) internal view returns (uint256) {
        return Math.mulDiv(someShares, pool.tokens + VIRTUAL_TOKENS, pool.shares + VIRTUAL_SHARES);
    }
}
