/**
 * The nonces to use next, lowest first.
 *
 * Lowest first is what closes gaps: should a transaction of ours vanish from the middle, the next one takes its nonce and all
 * that waited behind it can go in. A nonce below `pending` that is not ours is held by a transaction that we know nothing of (a
 * lost database, somebody else with our key): it is left alone, unless the account is stalled and it may be what stalls it.
 *
 * @param mined transactions of the account that are in blocks: its next nonce
 * @param pending the same with the node's pool, always at least `mined`
 * @param taken nonces of our transactions that are not settled
 */
export function* freeNonces(parameters: {
  mined: number;
  pending: number;
  taken: ReadonlySet<number>;
  stalled: boolean;
}): Generator<number, never> {
  const { mined, pending, taken, stalled } = parameters;
  for (let nonce = mined; ; nonce++) {
    const foreign = nonce < pending && !stalled;
    if (!taken.has(nonce) && !foreign) yield nonce;
  }
}
