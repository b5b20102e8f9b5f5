import { type Hash, hexToNumber, numberToHex } from "viem";
import type { ChainClient } from "../../../chains/client.ts";

export type Inclusion = {
  hash: Hash;
  block: number;
  blockHash: Hash;
  gasUsed: number;
  gasPrice: bigint;
  success: boolean;
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
    gasPrice: BigInt(receipt.effectiveGasPrice),
    success: receipt.status === "0x1",
  };
}

/** The hash of the canonical block of that number; undefined when there is none. */
export async function readBlockHash(client: ChainClient, block: number): Promise<Hash | undefined> {
  const found = await client.request({ method: "eth_getBlockByNumber", params: [numberToHex(block), false] });
  return found?.hash ?? undefined;
}
