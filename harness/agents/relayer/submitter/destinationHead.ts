import { type Address, hexToNumber, numberToHex } from "viem";
import type { ChainConfig } from "../../../chains/chainConfig.ts";
import type { ChainClient } from "../../../chains/client.ts";

/** How far a destination is. */
export type DestinationHead = {
  latest: number;
  /** The last block that counts as final by the configured finality. */
  final: number;
};

/** Reads how far the chain is. @throws Error when it does not say, or knows no block of the configured finality */
export async function readHead(client: ChainClient, { name, finality }: ChainConfig): Promise<DestinationHead> {
  const latest = hexToNumber(await client.request({ method: "eth_blockNumber" }));
  if (typeof finality === "object") return { latest, final: Math.max(0, latest - finality.blocks) };
  const block = await client.request({ method: "eth_getBlockByNumber", params: [finality, false] });
  if (block?.number == null) throw new Error(`${name} knows no ${finality} block: configure another finality`);
  return { latest, final: hexToNumber(block.number) };
}

/** The account's next nonce as of a block, or with what the node's pool holds. */
export async function readNonce(
  client: ChainClient,
  account: Address,
  at: number | "latest" | "pending",
): Promise<number> {
  const block = typeof at === "number" ? numberToHex(at) : at;
  return hexToNumber(await client.request({ method: "eth_getTransactionCount", params: [account, block] }));
}
