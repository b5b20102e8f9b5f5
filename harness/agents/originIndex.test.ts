import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeEventTopics, type Hex, HttpRequestError, LimitExceededRpcError, toFunctionSelector } from "viem";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { merkleTreeHookAbi } from "../contracts/abi.ts";
import { createMerkleTree, EMPTY_ROOT } from "../protocol/merkleTree.ts";
import { decodeMessage, messageId } from "../protocol/message.ts";
import { openStore, type Store } from "../store/openStore.ts";
import { type Intercept, isCallOf, type Origin, startOrigin } from "./originIndex.testkit.ts";
import { type CreateOriginIndexParameters, createOriginIndex } from "./originIndex.ts";
import {
  ChainNotReadyError,
  InconsistentEventsError,
  TreeMismatchError,
  WrongChainError,
} from "./originIndexErrors.ts";
import { type OriginIndexTables, originIndexMigrations } from "./originIndexTables.ts";

type RpcLog = { topics: string[]; data: string; address: string; removed?: boolean; logIndex: string };

let directory: string;
let store: Store<OriginIndexTables>;
let origin: Origin;
let deployed: Hex;
beforeAll(async () => {
  origin = await startOrigin();
});
afterAll(() => origin.anvil.stop());
beforeEach(async () => {
  deployed = await origin.node.snapshot();
  directory = mkdtempSync(join(tmpdir(), "index-"));
  store = await openStore({ file: join(directory, "index.db"), migrations: originIndexMigrations });
});
afterEach(async () => {
  await origin.node.revert({ id: deployed });
  await store.close();
  rmSync(directory, { recursive: true });
});

const open = (changes: Partial<CreateOriginIndexParameters> = {}) =>
  createOriginIndex({ chain: origin.chain, client: origin.client, store, ...changes });

async function onChain() {
  const contract = { address: origin.chain.merkleTreeHook, abi: merkleTreeHookAbi } as const;
  return {
    count: await origin.node.readContract({ ...contract, functionName: "count" }),
    root: await origin.node.readContract({ ...contract, functionName: "root" }),
  };
}

/** Changes what the node answers to eth_getLogs. */
const editingLogs =
  (edit: (logs: RpcLog[], range: { from: number; to: number }) => RpcLog[]): Intercept =>
  async (request, forward) => {
    const answer = await forward();
    if (request.method !== "eth_getLogs") return answer;
    const [filter] = request.params as [{ fromBlock: string; toBlock: string }];
    return edit(answer as RpcLog[], { from: Number(filter.fromBlock), to: Number(filter.toBlock) });
  };

const bodies = (count: number) => Array.from({ length: count }, (_, index) => `message ${index}`);

describe("following a chain", () => {
  it("knows the empty tree, and that it is empty before the Mailbox existed", async () => {
    expect(await (await open()).tick()).toMatchObject({ count: 0, root: EMPTY_ROOT });
    const chain = { ...origin.chain, fromBlock: 0, finality: { blocks: 1_000 } };
    expect(await (await open({ chain })).tick()).toMatchObject({ count: 0, root: EMPTY_ROOT, confirmedBlock: 0n });
  });

  it("indexes the first message ever", async () => {
    await origin.dispatch(["first"]);
    const index = await open();
    const state = await index.tick();
    expect(state).toEqual({
      confirmedBlock: await origin.node.getBlockNumber(),
      confirmedHash: (await origin.node.getBlock()).hash,
      ...(await onChain()),
    });
    expect(state.count).toBe(1);
    const message = await index.message(0);
    expect(message).toMatchObject({ index: 0, id: messageId(message.message), blockNumber: state.confirmedBlock });
    expect(decodeMessage(message.message)).toMatchObject({ nonce: 0, origin: 31_337, body: "0x6669727374" });
    expect(message.transactionHash).toMatch(/^0x[0-9a-f]{64}$/);
    expect(message.blockTimestamp).toBe(Number((await origin.node.getBlock()).timestamp));
  });

  it("indexes many, several to a block, and gives them in order", async () => {
    await origin.dispatch(bodies(3));
    const index = await open();
    await index.tick();
    await origin.dispatch(bodies(20), { oneBlock: true });
    const state = await index.tick();
    expect(state).toMatchObject({ ...(await onChain()), count: 23 });
    const messages = await index.messages({ from: 0, limit: 100 });
    const reference = createMerkleTree();
    for (const { id } of messages) reference.append(id);
    expect(reference.root()).toBe(state.root);
    expect(await index.messages({ from: 21, limit: 1 })).toEqual([messages[21]]);
    await expect(index.message(23)).rejects.toThrow(/message 23 of origin is not indexed/);
  });

  it("goes on after a restart from where it was", async () => {
    await origin.dispatch(bodies(3));
    const first = await (await open()).tick();
    await origin.dispatch(["later"]);
    const asked: number[] = [];
    const client = origin.clientWith(
      editingLogs((logs, { from }) => {
        asked.push(from);
        return logs;
      }),
    );
    const again = await open({ client });
    expect(again.tree.root()).toBe(first.root);
    expect(await again.tick()).toMatchObject(await onChain());
    expect(asked).toEqual([Number(first.confirmedBlock) + 1]);
  });

  it("starts at fromBlock, and says so when that is too late", async () => {
    await origin.dispatch(bodies(2));
    const asked: number[] = [];
    const client = origin.clientWith(
      editingLogs((logs, { from }) => {
        asked.push(from);
        return logs;
      }),
    );
    await (await open({ client })).tick();
    expect(asked[0]).toBe(origin.chain.fromBlock);

    const late = { ...origin.chain, fromBlock: Number(await origin.node.getBlockNumber()) };
    await expect((await open({ chain: late })).tick()).rejects.toThrow(InconsistentEventsError);
    await origin.node.mine({ blocks: 1 });
    const later = { ...origin.chain, fromBlock: Number(await origin.node.getBlockNumber()) };
    await expect((await open({ chain: later })).tick()).rejects.toThrow(/lower fromBlock/);
    expect(await (await open()).tick()).toMatchObject({ count: 2 });
  });

  it("waits for as many blocks on top as it is told", async () => {
    const index = await open({ chain: { ...origin.chain, finality: { blocks: 3 } } });
    await origin.dispatch(["a"]);
    await origin.node.mine({ blocks: 2 });
    expect(await index.tick()).toMatchObject({ count: 0 });
    await origin.node.mine({ blocks: 1 });
    expect(await index.tick()).toMatchObject({ count: 1 });
  });

  it.each(["safe", "finalized"] as const)("follows the chain's tag %s", async (finality) => {
    const index = await open({ chain: { ...origin.chain, finality } });
    await origin.dispatch(["a"]);
    expect(await index.tick()).toMatchObject({ count: 0 });
    await origin.node.mine({ blocks: 100 });
    expect(await index.tick()).toMatchObject({
      count: 1,
      confirmedBlock: (await origin.node.getBlock({ blockTag: finality })).number,
    });
  });

  it("does not go back when finality does", async () => {
    await origin.dispatch(bodies(3));
    const state = await (await open()).tick();
    const stricter = await open({ chain: { ...origin.chain, finality: { blocks: 2 } } });
    expect(await stricter.tick()).toEqual(state);
  });

  it("keeps origins in one store apart", async () => {
    await using other = await startOrigin({ domain: 99 });
    const openOther = () => open({ chain: other.chain, client: other.client });
    await other.dispatch(["of the other"]);
    await origin.dispatch(bodies(3));
    expect(await (await open()).tick()).toMatchObject({ count: 3 });
    const state = await (await openOther()).tick();
    expect(state).toMatchObject({ count: 1 });
    expect((await open()).tree.count).toBe(3);
    const again = await openOther();
    expect(again.tree.root()).toBe(state.root);
    expect(decodeMessage((await again.message(0)).message).origin).toBe(99);
  });

  it("refuses a Mailbox of another domain", async () => {
    const chain = { ...origin.chain, domain: 99 };
    await expect((await open({ chain })).tick()).rejects.toThrow(WrongChainError);
  });

  it("refuses addresses without the contracts", async () => {
    const nowhere = `0x${"12".repeat(20)}` as const;
    await expect((await open({ chain: { ...origin.chain, mailbox: nowhere } })).tick()).rejects.toThrow(
      /no Mailbox at 0x12/,
    );
    await expect((await open({ chain: { ...origin.chain, merkleTreeHook: nowhere } })).tick()).rejects.toThrow(
      /no tree at 0x12/,
    );
  });
});

describe("a node's limits", () => {
  it("asks for less when the node refuses, and reads everything", async () => {
    for (const body of bodies(5)) {
      await origin.dispatch([body]);
      await origin.node.mine({ blocks: 20 });
    }
    const sizes: number[] = [];
    const client = origin.clientWith(async (request, forward) => {
      if (request.method === "eth_getLogs") {
        const [{ fromBlock, toBlock }] = request.params as [{ fromBlock: string; toBlock: string }];
        const size = Number(toBlock) - Number(fromBlock) + 1;
        if (size > 10) throw new LimitExceededRpcError(new Error("at most 10 blocks"));
        sizes.push(size);
      }
      return await forward();
    });
    expect(await (await open({ client })).tick()).toMatchObject({ ...(await onChain()), count: 5 });
    expect(sizes.length).toBeGreaterThan(10);
  });

  it("gives up at a single block, and at once when the node is not there", async () => {
    await origin.dispatch(bodies(4));
    let requests = 0;
    const refusing = (error: Error) =>
      origin.clientWith(async (request, forward) => {
        if (request.method !== "eth_getLogs") return await forward();
        requests += 1;
        throw error;
      });
    const limit = new LimitExceededRpcError(new Error("no"));
    await expect((await open({ client: refusing(limit) })).tick()).rejects.toThrow(LimitExceededRpcError);
    expect(requests).toBeGreaterThan(1);
    requests = 0;
    const gone = new HttpRequestError({ url: "http://node" });
    await expect((await open({ client: refusing(gone) })).tick()).rejects.toThrow(HttpRequestError);
    expect(requests).toBe(1);
    expect(await (await open()).tick()).toMatchObject({ count: 4 });
  });

  it("stops between ranges when told to, and goes on later", async () => {
    await origin.dispatch(bodies(10));
    const controller = new AbortController();
    const client = origin.clientWith(
      editingLogs((logs) => {
        controller.abort();
        return logs;
      }),
    );
    const index = await open({ client, maxRange: 4 });
    await expect(index.tick({ signal: controller.signal })).rejects.toThrow(/abort/);
    expect(index.tree.count).toBeGreaterThan(0);
    expect(index.tree.count).toBeLessThan(10);
    expect(await (await open()).tick()).toMatchObject({ ...(await onChain()), count: 10 });
  });
});

describe("a node that is wrong", () => {
  const [INSERTED] = encodeEventTopics({ abi: merkleTreeHookAbi, eventName: "InsertedIntoTree" });

  it("notices when the last message is hidden, trusts nothing, and recovers", async () => {
    await origin.dispatch(bodies(3));
    let hide = true;
    const client = origin.clientWith(editingLogs((logs) => (hide ? logs.slice(0, -3) : logs)));
    const index = await open({ client });
    const error = await index.tick().catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(TreeMismatchError);
    expect(error).toMatchObject({ own: { count: 2 }, chain: await onChain() });
    expect(index.tree.count).toBe(0);
    await expect(index.tick()).rejects.toThrow(TreeMismatchError);
    hide = false;
    expect(await index.tick()).toEqual({
      confirmedBlock: await origin.node.getBlockNumber(),
      confirmedHash: (await origin.node.getBlock()).hash,
      ...(await onChain()),
    });
  });

  it("keeps what was agreed on when something later is hidden", async () => {
    await origin.dispatch(bodies(3));
    await (await open()).tick();
    await origin.dispatch(["hidden"]);
    const index = await open({ client: origin.clientWith(editingLogs(() => [])) });
    await expect(index.tick()).rejects.toThrow(TreeMismatchError);
    expect(index.tree.count).toBe(3);
    expect(await (await open()).tick()).toMatchObject({ count: 4 });
  });

  it.each([0, 1, 2])("notices when event %i of a message is hidden", async (position) => {
    await origin.dispatch(bodies(3));
    const client = origin.clientWith(editingLogs((logs) => logs.filter((_, index) => index !== position)));
    const index = await open({ client });
    await expect(index.tick()).rejects.toThrow(InconsistentEventsError);
    expect(index.tree.count).toBe(0);
  });

  it("notices when a message in the middle is hidden", async () => {
    await origin.dispatch(bodies(3));
    const client = origin.clientWith(editingLogs((logs) => logs.filter((_, index) => index < 3 || index > 5)));
    await expect((await open({ client })).tick()).rejects.toThrow(/leaf 2 where 1 was next/);
  });

  it("notices an invented message", async () => {
    await origin.dispatch(["real"]);
    const real = await onChain();
    let invented: RpcLog[] = [];
    await origin.undone(async () => {
      await origin.dispatch(["invented"]);
      const latest = { fromBlock: "latest", toBlock: "latest" };
      invented = await origin.node.request({ method: "eth_getLogs" as never, params: [latest] as never });
    });
    expect(invented).toHaveLength(3);
    await origin.node.mine({ blocks: 1 });
    const client = origin.clientWith(editingLogs((logs) => [...logs, ...invented]));
    const error = await (await open({ client })).tick().catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(TreeMismatchError);
    expect(error).toMatchObject({ own: { count: 2 }, chain: real });
  });

  it("ignores removed events and those of other contracts", async () => {
    await origin.dispatch(bodies(2));
    const client = origin.clientWith(
      editingLogs((logs) => [
        ...logs.map((log) => ({ ...log, removed: true, logIndex: "0x90" })),
        ...logs,
        ...logs.map((log) => ({ ...log, address: `0x${"12".repeat(20)}`, logIndex: "0x91" })),
      ]),
    );
    expect(await (await open({ client })).tick()).toMatchObject({ ...(await onChain()), count: 2 });
  });

  it("ignores a leaf event from the Mailbox and a dispatch from the tree", async () => {
    await origin.dispatch(bodies(2));
    const { mailbox, merkleTreeHook } = origin.chain;
    const client = origin.clientWith(
      editingLogs((logs) => [
        ...logs,
        ...logs.map((log) => ({
          ...log,
          address: log.topics[0] === INSERTED ? mailbox : merkleTreeHook,
          logIndex: "0x90",
        })),
      ]),
    );
    expect(await (await open({ client })).tick()).toMatchObject({ count: 2 });
  });

  it("finds a gap that shows only in a later range", async () => {
    await origin.dispatch(bodies(12));
    const hidden = new Set<number>();
    const client = origin.clientWith(
      // The node forgets the last message of the first range, once.
      editingLogs((logs, { from }) => {
        if (from !== origin.chain.fromBlock || hidden.has(from)) return logs;
        hidden.add(from);
        return logs.slice(0, -3);
      }),
    );
    const index = await open({ client, maxRange: 4 });
    await expect(index.tick()).rejects.toThrow(InconsistentEventsError);
    expect(await index.tick()).toMatchObject({ ...(await onChain()), count: 12 });
  });

  it("goes further back with each failure, down to what was agreed on", async () => {
    await origin.dispatch(bodies(2));
    await (await open()).tick();
    await origin.dispatch(bodies(20));
    let hide = true;
    // The tail of every range but the last is empty, so that the gap lies several ranges before it shows.
    const client = origin.clientWith(editingLogs((logs) => (hide ? [] : logs)));
    const index = await open({ client, maxRange: 4 });
    await expect(index.tick()).rejects.toThrow(TreeMismatchError);
    hide = false;
    await expect(index.tick()).rejects.toThrow(InconsistentEventsError);
    await expect(index.tick()).rejects.toThrow(InconsistentEventsError);
    expect(await index.tick()).toMatchObject({ ...(await onChain()), count: 22 });
  });

  it("forgets, after many failures, what it agreed on with a node that lied all along", async () => {
    await origin.dispatch(bodies(2));
    let lies = true;
    const [root, count] = [toFunctionSelector("root()"), toFunctionSelector("count()")];
    const client = origin.clientWith(async (request, forward) => {
      if (lies && request.method === "eth_getLogs") return [];
      if (lies && isCallOf(request, root)) return EMPTY_ROOT;
      if (lies && isCallOf(request, count)) return `0x${"00".repeat(32)}`;
      return await forward();
    });
    const index = await open({ client });
    expect(await index.tick()).toMatchObject({ count: 0, root: EMPTY_ROOT });
    lies = false;
    for (let i = 0; i < 11; i++) await expect(index.tick()).rejects.toThrow(TreeMismatchError);
    expect(await index.tick()).toMatchObject({ ...(await onChain()), count: 2 });
  });

  it("fails the tick when the tree can not be read, and keeps what it has", async () => {
    await origin.dispatch(bodies(2));
    const root = toFunctionSelector("root()");
    let broken = true;
    const client = origin.clientWith(async (request, forward) => {
      if (broken && isCallOf(request, root)) throw new Error("connection reset");
      return await forward();
    });
    const index = await open({ client });
    await expect(index.tick()).rejects.toThrow(/connection reset/);
    broken = false;
    expect(await index.tick()).toMatchObject({ count: 2 });
  });

  it("does not take an empty answer for an empty tree", async () => {
    const root = toFunctionSelector("root()");
    const client = origin.clientWith(async (request, forward) => (isCallOf(request, root) ? "0x" : await forward()));
    await expect((await open({ client })).tick()).rejects.toThrow(/returned no data/);
  });
});

describe("reorganisations", () => {
  it("rewinds to the last block that is still there", async () => {
    const index = await open();
    await origin.dispatch(["kept"]);
    await index.tick();
    await origin.undone(async () => {
      await origin.dispatch(["lost 1", "lost 2"]);
      expect(await index.tick()).toMatchObject({ count: 3 });
    });
    await origin.dispatch(["new 1", "new 2", "new 3"]);
    expect(await index.tick()).toMatchObject({ ...(await onChain()), count: 4, rewoundTo: 1 });
    expect(decodeMessage((await index.message(1)).message).body).toBe("0x6e65772031");
    expect(await index.tick()).not.toHaveProperty("rewoundTo");
  });

  it("notices one of the same length with the same count", async () => {
    const index = await open();
    await origin.undone(async () => {
      await origin.dispatch(["one"]);
      await index.tick();
    });
    await origin.dispatch(["another"]);
    expect(await index.tick()).toMatchObject({ ...(await onChain()), count: 1, rewoundTo: 0 });
  });

  it("notices one that only re-mines the same blocks", async () => {
    await origin.dispatch(["before"]);
    const index = await open();
    await index.tick();
    await origin.dispatch(["in the dropped block"]);
    await index.tick();
    await origin.node.request({ method: "anvil_reorg" as never, params: [1, []] as never });
    expect(await index.tick()).toMatchObject({ ...(await onChain()), count: 1, rewoundTo: 1 });
  });

  it("notices one that happened while it was not running", async () => {
    await origin.undone(async () => {
      await origin.dispatch(["one"]);
      await (await open()).tick();
    });
    await origin.dispatch(["another"]);
    expect(await (await open()).tick()).toMatchObject({ ...(await onChain()), count: 1, rewoundTo: 0 });
  });

  it("waits while the chain is shorter than it was, for that may be a node that lags", async () => {
    const index = await open();
    await origin.dispatch(["kept"]);
    await index.tick();
    await origin.undone(async () => {
      await origin.dispatch(["lost"]);
      await index.tick();
    });
    await expect(index.tick()).rejects.toThrow(ChainNotReadyError);
    expect(index.tree.count).toBe(2);
    await origin.node.mine({ blocks: 1 });
    expect(await index.tick()).toMatchObject({ ...(await onChain()), count: 1, rewoundTo: 1 });
  });

  it("reports a rewind also when the tick that made it failed", async () => {
    let broken = false;
    const client = origin.clientWith(async (request, forward) => {
      if (broken && request.method === "eth_getLogs") throw new Error("connection reset");
      return await forward();
    });
    const index = await open({ client });
    await origin.undone(async () => {
      await origin.dispatch(["one", "two"]);
      await index.tick();
    });
    await origin.dispatch(["another", "and another"]);
    broken = true;
    await expect(index.tick()).rejects.toThrow(/connection reset/);
    broken = false;
    expect(await index.tick()).toMatchObject({ ...(await onChain()), count: 2, rewoundTo: 0 });
  });

  it("starts over when the chain changes while it is read", async () => {
    await origin.dispatch(["kept"]);
    const snapshot = await origin.node.snapshot();
    await origin.dispatch(["lost"]);
    let reorganise = true;
    const client = origin.clientWith(async (request, forward) => {
      const answer = await forward();
      if (reorganise && request.method === "eth_getLogs") {
        reorganise = false;
        await origin.node.revert({ id: snapshot });
        await origin.dispatch(["instead", "and more"]);
      }
      return answer;
    });
    expect(await (await open({ client })).tick()).toMatchObject({ ...(await onChain()), count: 3 });
  });

  it("gives up for this tick when the chain never stands still", async () => {
    let snapshot = await origin.node.snapshot();
    await origin.dispatch(["first"]);
    let changes = 0;
    const client = origin.clientWith(async (request, forward) => {
      const answer = await forward();
      if (request.method === "eth_getLogs") {
        await origin.node.revert({ id: snapshot });
        snapshot = await origin.node.snapshot();
        changes += 1;
        await origin.dispatch([`change ${changes}`]);
      }
      return answer;
    });
    await expect((await open({ client })).tick()).rejects.toThrow(/changes while it is read/);
    expect(await (await open()).tick()).toMatchObject({ ...(await onChain()), count: 1 });
  });
});
