import type { Hex } from "viem";
import type { ChainClient } from "../../../chains/client.ts";
import { errorText, isAnswer } from "../rpcError.ts";

/**
 * - `accepted`: the node has it
 * - `refused`: the node will not have it as it is; nothing of it remains there
 * - `unknown`: it may be in a pool or in a block; only the chain can tell
 */
export type BroadcastResult = { status: "accepted" | "refused" | "unknown"; reason?: string };

const HAS_IT = /already known|known transaction|already imported|already exists|already in (the )?(mem)?pool/i;

/** Only answers that leave no doubt: geth's, reth's, erigon's, nethermind's, besu's and anvil's. */
const REFUSES = [
  /insufficient (funds|balance)/i,
  /insufficient sender balance/i,
  /upfront cost exceeds/i,
  /underpriced/i,
  /intrinsic gas too low|intrinsic gas exceeds/i,
  /exceeds (the )?(block|configured|maximum|transaction|tx)? ?gas (limit|cap)/i,
  /gas limit (is )?too (high|low)/i,
  /oversized data|exceeds max(imum)? (tx )?size/i,
  /max(imum)? fee per gas less than|fee ?cap (is )?(below|less than)|lower than the (current )?block base ?fee/i,
  /tip.* (above|higher than) fee ?cap|priority fee per gas higher than max fee/i,
  /exceeds the configured cap/i,
  /txpool is full|pool is full|queue is full/i,
  /invalid (sender|chain ?id|signature)/i,
  /transaction type not supported|not supported for this chain/i,
];

/**
 * Gives signed transactions to the node, in one batch and in their order.
 * @returns what came of each; never throws
 */
export function broadcast(client: ChainClient, transactions: readonly Hex[]): Promise<BroadcastResult[]> {
  return Promise.all(
    transactions.map(async (raw): Promise<BroadcastResult> => {
      try {
        await client.request({ method: "eth_sendRawTransaction", params: [raw] }, { retryCount: 0 });
        return { status: "accepted" };
      } catch (error) {
        return readRefusal(error);
      }
    }),
  );
}

/** What a failed `eth_sendRawTransaction` means. */
export function readRefusal(error: unknown): BroadcastResult {
  const reason = errorText(error);
  if (!isAnswer(error)) return { status: "unknown", reason };
  if (HAS_IT.test(reason)) return { status: "accepted" };
  return { status: REFUSES.some((pattern) => pattern.test(reason)) ? "refused" : "unknown", reason };
}
