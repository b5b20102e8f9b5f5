import { type Address, type Hex, numberToHex } from "viem";
import type { ChainClient } from "../../chains/client.ts";
import { errorText, isRevert } from "./rpcError.ts";

/**
 * Simulates a transaction and says how much gas to give it: a tenth more than it needed, never above `limit`.
 * @throws Error whose message is the reason when it reverts or needs more than `limit`, or the RPC fails
 */
export async function estimateGas(
  client: ChainClient,
  transaction: { from: Address; to: Address; data: Hex; limit: bigint },
): Promise<bigint> {
  const { from, to, data, limit } = transaction;
  try {
    const params = { from, to, data, gas: numberToHex(limit) };
    const used = BigInt(await client.request({ method: "eth_estimateGas", params: [params] }));
    if (used > limit) throw new Error(`it needs ${used} gas, ${limit} are allowed`);
    const withReserve = used + used / 10n;
    return withReserve < limit ? withReserve : limit;
  } catch (cause) {
    const what = isRevert(cause) ? "simulation" : "simulation failed:";
    throw new Error(`${what} ${errorText(cause)}`, { cause });
  }
}
