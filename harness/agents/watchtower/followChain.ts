import type { Logger } from "pino";
import type { Hash, Hex } from "viem";
import type { ChainConfig } from "../../chains/chainConfig.ts";
import type { ChainClient } from "../../chains/client.ts";
import type { MerkleTree } from "../../protocol/merkleTree.ts";
import type { IndexState, OriginIndex } from "../originIndex.ts";
import { ChainNotReadyError, InconsistentEventsError, TreeMismatchError } from "../originIndexErrors.ts";
import type { IndexedMessage } from "../originIndexTables.ts";
import { errorText } from "../relayer/rpcError.ts";
import { larger } from "../relayer/submitter/fees.ts";
import { createTasks } from "../relayer/tasks.ts";
import { differenceOf, type ViewReport } from "./agreement.ts";

/** One node of a chain, and all that it alone has told of the Mailbox and its tree. */
export type ChainView = {
  /** Of its URL: stays the same when the configuration's order changes. */
  id: string;
  /** For people; without the URL, which may hold a key. */
  name: string;
  client: ChainClient;
  index: OriginIndex;
};

export type WatchedChain = {
  chain: ChainConfig;
  views: readonly [ChainView, ChainView, ...ChainView[]];
  /** How many nodes must have told the same, at least 2. None may have told another thing. */
  quorum: number;
};

/** What enough nodes told alike, and none otherwise. */
export type Agreement = {
  /** The newest block that is final by each of them. */
  block: bigint;
  hash: Hash;
  timestamp: number;
  /** Messages dispatched up to there; the tree has at least as many leaves, and only those are agreed on. */
  count: number;
  root: Hex;
  tree: MerkleTree;
  /** Who agrees. */
  views: readonly ChainView[];
  /** The message with that id, undefined when none was dispatched up to the block. */
  find(id: Hash): Promise<IndexedMessage | undefined>;
};

/**
 * - `unavailable`: it does not answer, or not in time
 * - `faulty`: what it tells contradicts itself
 * - `lagging`: it is too far behind
 * - `disagreement`: two tell different things
 * - `rewound`: the chain was reorganised below what was final
 */
export type ViewProblem = {
  kind: "unavailable" | "faulty" | "lagging" | "disagreement" | "rewound";
  /** Undefined when it concerns more than one. */
  view?: string;
  text: string;
};

export type ReadyView = { view: ChainView; state: IndexState };

export type FollowResult = {
  /** Undefined when there are too few, or they differ: then nothing is known of the chain. */
  agreement?: Agreement;
  /** All that could be read in this tick. */
  ready: readonly ReadyView[];
  problems: readonly ViewProblem[];
};

export type ChainFollower = {
  /** Has every node read on to its final block, and compares what they tell. Never throws. */
  follow(signal: AbortSignal): Promise<FollowResult>;
  /** Resolves when nothing runs any more. */
  settled(): Promise<void>;
};

/** Follows one chain by several nodes that do not know of each other. */
export function createChainFollower(
  watched: WatchedChain,
  parameters: { log: Logger; tickBudgetMs: number; maxLagBlocks: number },
): ChainFollower {
  const { chain, views, quorum } = watched;
  const { log, tickBudgetMs, maxLagBlocks } = parameters;
  const outcomes = new Map<ChainView, { state: IndexState } | { error: unknown }>();
  const tasks = createTasks({ concurrency: Number.POSITIVE_INFINITY, onError: () => {} });

  async function follow(signal: AbortSignal): Promise<FollowResult> {
    outcomes.clear();
    for (const view of views) {
      tasks.start(view.id, async () => {
        const outcome = await view.index.tick({ signal }).then(
          (state) => ({ state }),
          (error: unknown) => ({ error }),
        );
        outcomes.set(view, outcome);
      });
    }
    await tasks.settled(tickBudgetMs);

    const problems: ViewProblem[] = [];
    const ready: ReadyView[] = [];
    for (const view of views) {
      const outcome = outcomes.get(view);
      if (outcome !== undefined && "state" in outcome) {
        ready.push({ view, state: outcome.state });
        const { rewoundTo } = outcome.state;
        if (rewoundTo !== undefined) problems.push({ kind: "rewound", view: view.name, text: rewound(rewoundTo) });
      } else {
        problems.push(problemOf(view, outcome?.error));
      }
    }
    const current = withoutLagging(ready, problems);
    if (current.length < quorum) return { ready, problems };
    try {
      const agreement = await agree(current, problems);
      return { ready, problems, ...(agreement !== undefined && { agreement }) };
    } catch (error) {
      problems.push({
        kind: "unavailable",
        text: `the nodes of ${chain.name} can not be compared: ${errorText(error)}`,
      });
      return { ready, problems };
    }
  }

  function rewound(to: number): string {
    return (
      `${chain.name} was reorganised below its final block, to ${to} messages: signatures of what was final before are ` +
      "held against nobody; use a deeper finality"
    );
  }

  function problemOf(view: ChainView, error: unknown): ViewProblem {
    if (error === undefined) {
      return { kind: "unavailable", view: view.name, text: `${view.name} has not answered within ${tickBudgetMs} ms` };
    }
    const faulty = error instanceof TreeMismatchError || error instanceof InconsistentEventsError;
    const lagging = error instanceof ChainNotReadyError;
    return {
      kind: faulty ? "faulty" : lagging ? "lagging" : "unavailable",
      view: view.name,
      text: `${view.name}: ${errorText(error)}`,
    };
  }

  function withoutLagging(ready: readonly ReadyView[], problems: ViewProblem[]): ReadyView[] {
    const newest = ready.map(({ state }) => state.confirmedBlock).reduce(larger, 0n);
    return ready.filter(({ view, state }) => {
      if (state.confirmedBlock >= newest - BigInt(maxLagBlocks)) return true;
      const behind = newest - state.confirmedBlock;
      problems.push({ kind: "lagging", view: view.name, text: `${view.name} is ${behind} blocks behind another node` });
      return false;
    });
  }

  /** Compares all at the oldest of their final blocks. */
  async function agree(current: readonly ReadyView[], problems: ViewProblem[]): Promise<Agreement | undefined> {
    const number = current.reduce<bigint | undefined>(
      (oldest, { state }) => (oldest === undefined || state.confirmedBlock < oldest ? state.confirmedBlock : oldest),
      undefined,
    );
    const [lead] = current;
    if (number === undefined || lead === undefined) return undefined;
    const reports = await Promise.all(current.map((entry) => reportAt(entry, number)));
    const difference = differenceOf(reports);
    if (difference !== undefined) {
      log.error({ origin: chain.domain, reports: reports.map(loggable) }, "nodes disagree");
      problems.push({ kind: "disagreement", text: `${chain.name}: ${difference}` });
      return undefined;
    }
    const [report] = reports;
    if (report === undefined) return undefined;
    const { hash, timestamp, count, root } = report;
    return {
      block: number,
      hash,
      timestamp,
      count,
      root,
      tree: lead.view.index.tree,
      views: current.map(({ view }) => view),
      async find(id) {
        const found = await lead.view.index.find(id);
        return found !== undefined && found.index < count ? found : undefined;
      },
    };
  }

  return { follow, settled: () => tasks.settled() };
}

/** What a node says of a block that is not above its own final one. */
async function reportAt({ view, state }: ReadyView, number: bigint): Promise<ViewReport> {
  const { hash, timestamp } = await view.client.getBlock({ blockNumber: number });
  const count = await countAt(view.index, state, number);
  return { view: view.name, number, hash, timestamp: Number(timestamp), count, root: view.index.tree.root(count) };
}

/** How many messages were dispatched up to a block, by what the node told: blocks of messages only ever rise. */
async function countAt(index: OriginIndex, state: IndexState, number: bigint): Promise<number> {
  if (state.confirmedBlock === number) return state.count;
  let [low, high] = [0, state.count];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const { blockNumber } = await index.message(middle);
    if (blockNumber <= number) low = middle + 1;
    else high = middle;
  }
  return low;
}

function loggable(report: ViewReport) {
  return { ...report, number: String(report.number) };
}
