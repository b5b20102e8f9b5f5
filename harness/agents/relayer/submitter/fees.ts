import type { ChainClient } from "../../../chains/client.ts";

/** EIP-1559 fees in wei per gas. */
export type Fees = { maxFeePerGas: bigint; maxPriorityFeePerGas: bigint };

/** The chain asks for more than the configured limit. A retry helps once its fees have fallen or the limit is raised. */
export class FeeLimitError extends Error {
  override name = "FeeLimitError";
}

/**
 * Fees that get a transaction in soon: room for the next block's base fee to double, and the tip that the node suggests, within
 * `limit`.
 * @param limit most wei per gas that may be offered
 * @throws FeeLimitError when the base fee alone is above the limit
 */
export async function marketFees(client: ChainClient, limit: bigint): Promise<Fees> {
  const [history, suggestedTip] = await Promise.all([
    client.request({ method: "eth_feeHistory", params: ["0x1", "latest", []] }),
    client.request({ method: "eth_maxPriorityFeePerGas" }),
  ]);
  const next = history?.baseFeePerGas?.at(-1);
  if (next === undefined) {
    throw new Error("the chain tells no base fee: only chains with EIP-1559 fees can be delivered to");
  }
  const [baseFee, tip] = [BigInt(next), BigInt(suggestedTip)];
  if (baseFee > limit) {
    throw new FeeLimitError(
      `the chain's base fee is ${baseFee} wei per gas, above the limit of ${limit}: wait, or raise maxFeePerGas`,
    );
  }
  return withinLimit({ maxFeePerGas: 2n * baseFee + tip, maxPriorityFeePerGas: tip }, limit);
}

/**
 * Fees for replacing a transaction of the same nonce: the market's, and at least an eighth above the old ones, since nodes
 * refuse less.
 * @returns undefined when `limit` leaves no room for that
 */
export function replacementFees(old: Fees, market: Fees, limit: bigint): Fees | undefined {
  const fees = {
    maxFeePerGas: larger(market.maxFeePerGas, raised(old.maxFeePerGas)),
    maxPriorityFeePerGas: larger(market.maxPriorityFeePerGas, raised(old.maxPriorityFeePerGas)),
  };
  const capped = withinLimit(fees, limit);
  const enough =
    capped.maxFeePerGas >= raised(old.maxFeePerGas) && capped.maxPriorityFeePerGas >= raised(old.maxPriorityFeePerGas);
  return enough ? capped : undefined;
}

function raised(fee: bigint): bigint {
  return fee + fee / 8n + 1n;
}

/** The larger of two amounts; `Math.max` takes no bigint. */
export function larger(a: bigint, b: bigint): bigint {
  if (a > b) return a;
  return b;
}

function withinLimit(fees: Fees, limit: bigint): Fees {
  const maxFeePerGas = smaller(fees.maxFeePerGas, limit);
  return { maxFeePerGas, maxPriorityFeePerGas: smaller(fees.maxPriorityFeePerGas, maxFeePerGas) };
}

function smaller(a: bigint, b: bigint): bigint {
  if (a < b) return a;
  return b;
}
