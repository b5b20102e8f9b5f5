import { type Hash, hexToNumber, isHex, numberToHex, type RpcLog } from "viem";
import type { ChainClient } from "../../../chains/client.ts";

export type Inclusion = {
  hash: Hash;
  block: number;
  blockHash: Hash;
  gasUsed: number;
  /** Wei, with what a rollup charges for its data. */
  cost: bigint;
  success: boolean;
  logs: readonly RpcLog[];
};

/** Where a transaction is included; undefined when the node knows no block that it is in. */
export async function readInclusion(client: ChainClient, hash: Hash): Promise<Inclusion | undefined> {
  const receipt = await client.request({ method: "eth_getTransactionReceipt", params: [hash] });
  if (receipt?.blockNumber == null || receipt.blockHash == null) return undefined;
  return {
    hash,
    block: hexToNumber(receipt.blockNumber),
    blockHash: receipt.blockHash,
    gasUsed: hexToNumber(receipt.gasUsed),
    cost: BigInt(receipt.gasUsed) * BigInt(receipt.effectiveGasPrice ?? 0) + dataFee(receipt),
    success: receipt.status === "0x1",
    logs: receipt.logs ?? [],
  };
}

/** The hash of the canonical block of that number; undefined when there is none. */
export async function readBlockHash(client: ChainClient, block: number): Promise<Hash | undefined> {
  const found = await client.request({ method: "eth_getBlockByNumber", params: [numberToHex(block), false] });
  return found?.hash ?? undefined;
}

/** What a rollup charges beside its gas: OP Stack chains tell it in a field of their own. */
function dataFee(receipt: object): bigint {
  const fee = "l1Fee" in receipt ? receipt.l1Fee : undefined;
  return isHex(fee) ? BigInt(fee) : 0n;
}
