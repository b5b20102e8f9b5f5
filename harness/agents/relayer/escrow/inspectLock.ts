import type { Address, Hash } from "viem";
import type { ChainConfig } from "../../../chains/chainConfig.ts";
import type { ChainClient } from "../../../chains/client.ts";
import { escrowPaymasterAbi } from "../../../contracts/abi.ts";
import { ethCall } from "../ethCall.ts";
import type { Locked } from "./locks.ts";
import type { LockTrust } from "./lockTrust.ts";

/** What the escrow of a chain holds for a message now; `escrowUntil` 0 when it holds nothing (any more). */
export function readLock(client: ChainClient, escrow: Address, id: Hash, block?: number) {
  return ethCall(client, { address: escrow, abi: escrowPaymasterAbi, functionName: "lock", args: [id], block });
}

/** What is locked for a message at the newest block of its origin. @throws what the RPC throws */
export async function inspectLock(
  { chain, client }: { chain: ChainConfig; client: ChainClient },
  id: Hash,
  trust: LockTrust,
  block?: number,
): Promise<Locked | undefined> {
  if (chain.escrowPaymaster === undefined) return undefined;
  const { amount, escrowUntil, destination, receiptIsm, receiptSender } = await readLock(
    client,
    chain.escrowPaymaster,
    id,
    block,
  );
  if (escrowUntil === 0) return undefined;
  const refused = trust({ origin: chain.domain, destination, receiptIsm, receiptSender });
  return { amount, escrowUntil, refused };
}

/** The time by which the chain's locks end, in seconds: its own, or ours if its newest block is old. */
export async function timeOn(client: ChainClient, now: number): Promise<number> {
  return Math.max(Number((await client.getBlock()).timestamp), Math.floor(now / 1_000));
}
