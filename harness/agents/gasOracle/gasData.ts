/** What a paymaster or a storage gas oracle knows of a destination; zeros if nothing. */
export type GasData = { tokenExchangeRate: bigint; gasPrice: bigint };

const MILLION = 1_000_000n;

/** Whether one of both is off by more than that fraction of what is known. */
export function hasMoved(known: GasData, now: GasData, threshold: number): boolean {
  const parts = BigInt(Math.round(threshold * Number(MILLION)));
  const moved = (from: bigint, to: bigint) => {
    const distance = to > from ? to - from : from - to;
    return distance * MILLION > from * parts;
  };
  return moved(known.tokenExchangeRate, now.tokenExchangeRate) || moved(known.gasPrice, now.gasPrice);
}
