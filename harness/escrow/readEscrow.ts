import { type Address, type Hash, isAddressEqual } from "viem";
import { mayBeTooLarge } from "../agents/originIndexChain.ts";
import { readLock } from "../agents/relayer/escrow/inspectLock.ts";
import type { ChainConfig } from "../chains/chainConfig.ts";
import type { ChainClient } from "../chains/client.ts";
import { escrowPaymasterAbi } from "../contracts/abi.ts";

/** What an escrow holds, or has held, for a message. */
export type EscrowState =
  | { state: "none" }
  | {
      state: "open";
      amount: bigint;
      /** Seconds since 1970: from the next one on it can be refunded. */
      escrowUntil: number;
      hasEnded: boolean;
      receiptIsm: Address;
      refundAddress: Address;
    }
  | { state: "paid" | "refunded"; amount: bigint; to: Address; block: bigint; tx: Hash };

type Settled = Extract<EscrowState, { state: "paid" | "refunded" }>;

const SMALLEST_RANGE = 100n;

/** The state of a message's payment at the newest block. @throws viem's errors when the node does not answer */
export async function readEscrow(
  { chain, client, escrow }: { chain: ChainConfig; client: ChainClient; escrow: Address },
  id: Hash,
): Promise<EscrowState> {
  const { number, timestamp } = await client.getBlock();
  const { amount, escrowUntil, receiptIsm, refundAddress } = await readLock(client, escrow, id, Number(number));
  if (escrowUntil !== 0) {
    // A chain that makes no blocks does not tell the time.
    const time = Math.max(Number(timestamp), Math.floor(Date.now() / 1_000));
    return { state: "open", amount, escrowUntil, hasEnded: time > escrowUntil, receiptIsm, refundAddress };
  }
  return (await findSettled(BigInt(chain.fromBlock), number)) ?? { state: "none" };

  /** Asks for all blocks at once, the id being indexed; of a node that refuses so many, for halves. */
  async function findSettled(fromBlock: bigint, toBlock: bigint): Promise<Settled | undefined> {
    if (fromBlock > toBlock) return undefined;
    try {
      const filter = { address: escrow, abi: escrowPaymasterAbi, args: { messageId: id }, fromBlock, toBlock } as const;
      const [paid, refunded] = await Promise.all([
        client.getContractEvents({ ...filter, eventName: "Paid", strict: true }),
        client.getContractEvents({ ...filter, eventName: "Refunded", strict: true }),
      ]);
      for (const log of [...paid, ...refunded]) {
        const { removed, address, args, blockNumber: block, transactionHash: tx } = log;
        if (removed || !isAddressEqual(address, escrow) || args.messageId.toLowerCase() !== id) continue;
        const to = "payee" in args ? args.payee : args.refundAddress;
        return { state: "payee" in args ? "paid" : "refunded", amount: args.amount, to, block, tx };
      }
      return undefined;
    } catch (error) {
      if (toBlock - fromBlock < SMALLEST_RANGE || !mayBeTooLarge(error)) throw error;
      const middle = (fromBlock + toBlock) / 2n;
      return (await findSettled(middle + 1n, toBlock)) ?? findSettled(fromBlock, middle);
    }
  }
}

/** In one sentence. */
export function describeEscrow(found: EscrowState): string {
  switch (found.state) {
    case "none":
      return "the escrow has never held anything for it";
    case "open": {
      const until = new Date(found.escrowUntil * 1_000).toISOString();
      const lock = found.hasEnded
        ? `were locked until ${until}: they can be refunded`
        : `are locked until ${until}, then refundable`;
      const module = `receipts are verified by ${found.receiptIsm.toLowerCase()}`;
      return `${found.amount} wei ${lock} to ${found.refundAddress.toLowerCase()}; ${module}`;
    }
    case "paid":
      return `${found.amount} wei were paid to ${found.to.toLowerCase()} in block ${found.block}, transaction ${found.tx}`;
    case "refunded":
      return `${found.amount} wei were refunded to ${found.to.toLowerCase()} in block ${found.block}, transaction ${found.tx}`;
  }
}
