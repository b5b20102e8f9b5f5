import type { Address } from "viem";
import type { ChainClient } from "../../chains/client.ts";
import { treeAt } from "../originIndexChain.ts";
import type { ChainView } from "./followChain.ts";

/** The newest block by one node, final or not. */
export type Head = {
  number: bigint;
  /** Seconds since 1970. */
  timestamp: number;
  /** Leaves of the tree there. */
  count: number;
};

/** The newest block of each node. @throws viem's errors when one of them does not answer */
export function readHeads(views: readonly ChainView[], merkleTreeHook: Address): Promise<Head[]> {
  return Promise.all(views.map(({ client }) => readHead(client, merkleTreeHook)));
}

async function readHead(client: ChainClient, merkleTreeHook: Address): Promise<Head> {
  const { number, timestamp } = await client.getBlock({ blockTag: "latest" });
  const { count } = await treeAt(client, merkleTreeHook, number);
  return { number, timestamp: Number(timestamp), count };
}
