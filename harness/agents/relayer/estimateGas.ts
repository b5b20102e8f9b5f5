import { type Address, type Hex, numberToHex } from "viem";
import type { ChainClient } from "../../chains/client.ts";
import { errorText, isRevert } from "./rpcError.ts";

/** A simulated transaction reverts. It does so again until its data or the chain's state changes. */
export class RevertError extends Error {
  override name = "RevertError";
}

/**
 * Simulates a transaction and says how much gas to give it: a tenth more than it needed, never above `limit`.
 * @throws RevertError when it reverts, also for want of gas; Error when the RPC fails. The message is the reason
 */
export async function estimateGas(
  client: ChainClient,
  transaction: { from: Address; to: Address; data: Hex; limit: bigint },
): Promise<bigint> {
  const { from, to, data, limit } = transaction;
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
