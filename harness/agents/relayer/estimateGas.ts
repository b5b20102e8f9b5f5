import { type Address, type Hex, numberToHex } from "viem";
import type { ChainClient } from "../../chains/client.ts";
import { errorText, isRevert } from "./rpcError.ts";

/** A simulated transaction reverts. It does so again until its data or the chain's state changes. */
export class RevertError extends Error {
  override name = "RevertError";
}

export type Simulated = { from: Address; to: Address; data: Hex; limit: bigint };

/**
 * Simulates a transaction and says how much gas to give it: a tenth more than it needed, never above `limit`.
 * @throws RevertError when it reverts, also for want of gas; Error when the RPC fails. The message is the reason
 */
export async function estimateGas(client: ChainClient, { from, to, data, limit }: Simulated): Promise<bigint> {
  try {
    const params = { from, to, data, gas: numberToHex(limit) };
    const used = BigInt(await client.request({ method: "eth_estimateGas", params: [params] }));
    const withReserve = used + used / 10n;
    return withReserve < limit ? withReserve : limit;
  } catch (cause) {
    if (isRevert(cause)) throw new RevertError(`simulation with ${limit} gas: ${errorText(cause)}`, { cause });
    throw new Error(`simulation failed: ${errorText(cause)}`, { cause });
  }
}

/** As `estimateGas`, for transactions that need about the same gas if they are of the same `kind`. */
export type Estimate = (kind: string, transaction: Simulated) => Promise<bigint>;

/**
 * A node's estimate is a search of about ten executions. Once it has made one, the next of its kind are executed once, with
 * a little less than that gas, so that a reserve is left: what succeeds needs no search. What does not is estimated, which also tells why.
 */
export function createEstimate(client: ChainClient): Estimate {
  const known = new Map<string, Promise<bigint>>();

  return async (kind, transaction) => {
    const first = known.get(kind);
    if (first === undefined) {
      const estimate = estimateGas(client, transaction);
      known.set(kind, estimate);
      estimate.catch(() => known.delete(kind));
      return estimate;
    }
    const gas = await first.catch(() => undefined);
    if (gas !== undefined && gas <= transaction.limit && (await succeeds(client, transaction, gas - gas / 16n)))
      return gas;
    return estimateGas(client, transaction);
  };
}

async function succeeds(client: ChainClient, { from, to, data }: Simulated, gas: bigint): Promise<boolean> {
  const call = { from, to, data, gas: numberToHex(gas) };
  return client.request({ method: "eth_call", params: [call, "latest"] }).then(
    () => true,
    () => false,
  );
}
