const VIRTUAL_SHARES = 1_000_000n;
const VIRTUAL_TOKENS = 1n;

/**
 * The fewest shares that are worth an amount, as the contract rounds: down, for who leaves (src/libraries/StakePool.sol).
 * @returns at most `held`
 */
export function sharesFor(parameters: {
  amount: bigint;
  held: bigint;
  pool: { tokens: bigint; shares: bigint };
}): bigint {
  const { amount, held, pool } = parameters;
  const [tokens, shares] = [pool.tokens + VIRTUAL_TOKENS, pool.shares + VIRTUAL_SHARES];
  const needed = (amount * shares + tokens - 1n) / tokens;
  return needed < held ? needed : held;
}
