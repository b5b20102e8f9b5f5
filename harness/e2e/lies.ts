import {
  concat,
  decodeAbiParameters,
  encodeAbiParameters,
  type Hex,
  keccak256,
  numberToHex,
  pad,
  size,
  slice,
  toEventSelector,
  toFunctionSelector,
  toHex,
} from "viem";
import { expect } from "vitest";
import { z } from "zod";
import { type Lie, type RpcRequest, TooManyRequestsError } from "../chains/lyingRpc.ts";
import { mailboxAbi } from "../contracts/abi.ts";
import { createMerkleTree } from "../protocol/merkleTree.ts";
import type { World } from "../world/createWorld.ts";
import { control } from "./kit.ts";
import { treeOf } from "./towerKit.ts";

const DISPATCH = toEventSelector("Dispatch(address,uint32,bytes32,bytes)");
const DISPATCH_ID = toEventSelector("DispatchId(bytes32)");
const INSERTED = toEventSelector("InsertedIntoTree(bytes32,uint32)");
const hex = z.templateLiteral(["0x", z.string()]);
const logsSchema = z.array(z.looseObject({ address: z.string(), topics: z.array(hex), data: hex }));
const blockSchema = z.looseObject({ hash: hex.nullable(), number: hex }).nullable();
const atBlockSchema = z.object({ blockHash: hex });
const realHashes = new Map<Hex, Hex>();

function isCall({ method, params }: RpcRequest, signature: string): boolean {
  return method === "eth_call" && JSON.stringify(params).includes(`"${toFunctionSelector(signature)}`);
}

/** Answers nothing. */
export const hangs: Lie = () => new Promise(() => {});

export const refuses: Lie = async () => {
  throw new Error("out of order");
};

/** Has a limit of calls in a second, each of a batch counted, as providers do; what exceeds it is refused as a whole. */
export function limitsRate(perSecond: number): Lie {
  let second = 0;
  let calls = 0;
  return async (_, forward) => {
    const now = Math.floor(Date.now() / 1_000);
    if (now !== second) [second, calls] = [now, 0];
    calls += 1;
    if (calls > perSecond) throw new TooManyRequestsError();
    return await forward();
  };
}

/** The tree has another root than its events give. */
export const otherRoot: Lie = async (request, forward) =>
  isCall(request, "root()") ? keccak256("0xbad0") : await forward();

export const withoutLogs: Lie = async ({ method }, forward) => (method === "eth_getLogs" ? [] : await forward());

/** The events of the last message that was asked for are missing. */
export const withoutLastLog: Lie = async ({ method }, forward) => {
  if (method !== "eth_getLogs") return await forward();
  return logsSchema.parse(await forward()).slice(0, -3);
};

/** Blocks have another hash, and are known by it. */
export const otherHash: Lie = async ({ method, params }, forward) => {
  for (const param of params) {
    const { success, data } = atBlockSchema.safeParse(param);
    const real = success ? realHashes.get(data.blockHash) : undefined;
    if (success && real !== undefined) Object.assign(param as object, { blockHash: real });
  }
  if (method !== "eth_getBlockByNumber") return await forward();
  const block = blockSchema.parse(await forward());
  if (block === null || block.hash === null) return block;
  const hash = keccak256(block.hash);
  realHashes.set(hash, block.hash);
  return { ...block, hash };
};

/** Another chain, or a far number of the next transaction: what would be signed is good elsewhere, or never. */
export const otherChain: Lie = async ({ method }, forward) => (method === "eth_chainId" ? "0x1" : await forward());
export const farNonce: Lie = async ({ method }, forward) =>
  method === "eth_getTransactionCount" ? "0x3e8" : await forward();

/** Knows no block after that one. */
export function stuckAt(head: bigint): Lie {
  return async ({ method, params }, forward) => {
    if (method === "eth_blockNumber") return numberToHex(head);
    if (method === "eth_getBlockByNumber" && !/^0x/.test(String(params[0]))) params[0] = numberToHex(head);
    return await forward();
  };
}

/** Another message was dispatched at an index: its events say so, and so do the tree's count and root. All else is the chain's. */
export async function otherHistory(world: World, index: number): Promise<Lie> {
  const real = await treeOf(world);
  const { merkleTreeHook } = world.chains.alpha.config;
  const forged = await forgedFrom(world, real.leaf(index));
  const idOf = (id: Hex) => (id === real.leaf(index) ? keccak256(forged) : id);

  return async (request, forward) => {
    if (isCall(request, "root()")) {
      const tree = createMerkleTree();
      const now = await treeOf(world);
      for (let i = 0; i < now.count; i++) tree.append(idOf(now.leaf(i)));
      return tree.root();
    }
    if (request.method !== "eth_getLogs") return await forward();
    const logs = logsSchema.parse(await forward());
    for (const log of logs) {
      if (log.topics[0] !== DISPATCH) continue;
      const [message] = decodeAbiParameters([{ type: "bytes" }], log.data);
      if (keccak256(message) !== real.leaf(index)) continue;
      log.data = encodeAbiParameters([{ type: "bytes" }], [forged]);
    }
    for (const log of logs) {
      if (log.topics[0] === DISPATCH_ID && log.topics[1]) log.topics[1] = idOf(log.topics[1]);
      if (log.topics[0] === INSERTED && log.address === merkleTreeHook.toLowerCase()) {
        log.data = concat([idOf(slice(log.data, 0, 32)), slice(log.data, 32)]);
      }
    }
    return logs;
  };
}

/** The message of alpha with that id, but for its last byte. */
async function forgedFrom(world: World, id: Hex): Promise<Hex> {
  const { address, abi } = { address: world.chains.alpha.config.mailbox, abi: mailboxAbi };
  const filter = { address, abi, eventName: "Dispatch", fromBlock: 0n, strict: true } as const;
  const events = await control(world.chains.alpha).getContractEvents(filter);
  const { message } = events.find(({ args }) => keccak256(args.message) === id)?.args ?? expect.unreachable();
  return concat([slice(message, 0, size(message) - 1), toHex(0xee, { size: 1 })]);
}

const rangeSchema = z.tuple([z.object({ fromBlock: hex, toBlock: hex, topics: z.unknown() })]);

/** Tells of a delivery on beta that never was, in its newest block. */
export async function inventDelivery(world: World): Promise<Lie> {
  const [process, processId] = ["Process(uint32,bytes32,address)", "ProcessId(bytes32)"].map(toEventSelector);
  const { mailbox, testRecipient } = world.chains.beta.config;
  const { number, hash } = await control(world.chains.beta).getBlock();
  const origin = numberToHex(world.chains.alpha.config.domain, { size: 32 });
  const common = {
    address: mailbox,
    data: "0x",
    blockNumber: numberToHex(number),
    blockHash: hash,
    transactionHash: keccak256("0x7a"),
    transactionIndex: "0x0",
    removed: false,
  };
  return async ({ method, params }, forward) => {
    const answer = await forward();
    if (method !== "eth_getLogs" || !JSON.stringify(params).includes(`${process}`)) return answer;
    const [{ fromBlock, toBlock }] = rangeSchema.parse(params);
    if (BigInt(fromBlock) > number || BigInt(toBlock) < number) return answer;
    const told = { ...common, logIndex: "0x5a", topics: [process, origin, pad("0x01"), pad(testRecipient)] };
    return [...logsSchema.parse(answer), told, { ...common, logIndex: "0x5b", topics: [processId, keccak256("0xfa")] }];
  };
}
