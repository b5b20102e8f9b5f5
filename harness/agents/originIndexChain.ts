import {
  BaseError,
  BlockNotFoundError,
  ContractFunctionZeroDataError,
  type Hash,
  type Hex,
  HttpRequestError,
  TimeoutError,
} from "viem";
import type { ChainConfig, Finality } from "../chains/chainConfig.ts";
import type { ChainClient } from "../chains/client.ts";
import { mailboxAbi, merkleTreeHookAbi } from "../contracts/abi.ts";
import { EMPTY_ROOT } from "../protocol/merkleTree.ts";
import { WrongChainError } from "./originIndexErrors.ts";

export type BlockRef = { number: bigint; hash: Hash };

/** The newest block that is final by the configured measure; the first block while there is none. */
export async function confirmedBlock(client: ChainClient, finality: Finality): Promise<BlockRef> {
  if (typeof finality === "string") return await client.getBlock({ blockTag: finality });
  const latest = await client.getBlockNumber();
  const depth = BigInt(finality.blocks);
  return await client.getBlock({ blockNumber: latest > depth ? latest - depth : 0n });
}

/** The hash of the block with that number now, undefined when the chain is not that long. */
export async function blockHash(client: ChainClient, blockNumber: bigint): Promise<Hash | undefined> {
  try {
    return (await client.getBlock({ blockNumber })).hash;
  } catch (error) {
    if (error instanceof BlockNotFoundError) return undefined;
    throw error;
  }
}

/** Makes sure that the Mailbox and its tree are there and are of the configured domain. @throws WrongChainError */
export async function assertContracts(client: ChainClient, chain: ChainConfig): Promise<void> {
  const tree = await client.getCode({ address: chain.merkleTreeHook });
  const mailbox = await client.getCode({ address: chain.mailbox });
  if (tree === undefined || mailbox === undefined) {
    const address = mailbox === undefined ? `Mailbox at ${chain.mailbox}` : `tree at ${chain.merkleTreeHook}`;
    throw new WrongChainError(`there is no ${address} on ${chain.name}: correct the address or the rpcUrl`);
  }
  const domain = await client.readContract({ address: chain.mailbox, abi: mailboxAbi, functionName: "localDomain" });
  if (domain !== chain.domain) {
    throw new WrongChainError(
      `the Mailbox ${chain.mailbox} is of domain ${domain}, but ${chain.name} is configured as ${chain.domain}`,
    );
  }
}

/** The chain's own tree as it was after that very block, whatever else has its number: empty when it was not yet deployed then. */
export async function treeAt(
  client: ChainClient,
  merkleTreeHook: `0x${string}`,
  blockHash: Hash,
): Promise<{ count: number; root: Hex }> {
  const contract = { address: merkleTreeHook, abi: merkleTreeHookAbi, blockHash } as const;
  try {
    const [count, root] = await Promise.all([
      client.readContract({ ...contract, functionName: "count" }),
      client.readContract({ ...contract, functionName: "root" }),
    ]);
    return { count, root };
  } catch (error) {
    const noAnswer =
      error instanceof BaseError && error.walk((cause) => cause instanceof ContractFunctionZeroDataError);
    const absent = noAnswer && (await client.getCode({ address: merkleTreeHook, blockHash })) === undefined;
    if (absent) return { count: 0, root: EMPTY_ROOT };
    throw error;
  }
}

/** Whether a node that refused a range of blocks might answer for a smaller one. */
export function mayBeTooLarge(error: unknown): boolean {
  if (!(error instanceof BaseError)) return false;
  const http = error.walk((cause) => cause instanceof HttpRequestError);
  if (!(http instanceof HttpRequestError)) return true;
  const unreachable = http.status === undefined;
  const tooManyRequests = http.status === 429;
  return !unreachable && !tooManyRequests;
}

/** Whether the node gave no answer in time. */
export function isTimeout(error: unknown): boolean {
  return error instanceof BaseError && error.walk((cause) => cause instanceof TimeoutError) !== null;
}
