import type { Address } from "viem";
import { confirmedBlock } from "../agents/originIndexChain.ts";
import { errorText } from "../agents/relayer/rpcError.ts";
import type { ChainConfig } from "../chains/chainConfig.ts";
import type { ChainClient } from "../chains/client.ts";
import { withTimeout } from "../storage/withTimeout.ts";

export type ObservedChain = {
  chain: ChainConfig;
  client: ChainClient;
  /** Whose balance is looked at. */
  account?: Address;
};

/** What a chain looked like at the last look. Times are milliseconds since 1970 by the clock of this machine. */
export type ChainSight = {
  head?: { number: number; timestamp: number };
  final?: number;
  /** When the final block was last seen to move; at first, when the look-out began. */
  finalMovedAt: number;
  /** Wei. */
  balance?: bigint;
  /** The last look that succeeded. */
  readAt?: number;
  /** Why the last look failed. */
  problem?: string;
};

const LOOK_TIMEOUT_MS = 10_000;

/** Looks at chains from outside of the agent's work, which it neither waits for nor holds up. */
export function createChainObserver(parameters: { chains: readonly ObservedChain[]; now: () => number }) {
  const { chains, now } = parameters;
  const sights = new Map<string, ChainSight>(chains.map(({ chain }) => [chain.name, { finalMovedAt: now() }]));

  async function look({ chain, client, account }: ObservedChain): Promise<void> {
    const before = sights.get(chain.name) ?? { finalMovedAt: now() };
    try {
      const error = () => new Error(`no answer within ${LOOK_TIMEOUT_MS} ms`);
      const read = Promise.all([
        client.getBlock({ blockTag: "latest" }),
        confirmedBlock(client, chain.finality),
        account === undefined ? undefined : client.getBalance({ address: account }),
      ]);
      const [latest, confirmed, balance] = await withTimeout(read, { timeoutMs: LOOK_TIMEOUT_MS, error });
      const final = Number(confirmed.number);
      const moved = before.final === undefined || final > before.final;
      sights.set(chain.name, {
        head: { number: Number(latest.number), timestamp: Number(latest.timestamp) * 1_000 },
        final,
        finalMovedAt: moved ? now() : before.finalMovedAt,
        ...(balance !== undefined && { balance }),
        readAt: now(),
      });
    } catch (error) {
      sights.set(chain.name, { ...before, problem: errorText(error) });
    }
  }

  return {
    /** By name. */
    sights: sights as ReadonlyMap<string, ChainSight>,
    /** Never throws. */
    async tick(): Promise<void> {
      await Promise.all(chains.map(look));
    },
  };
}

/** What is wrong with what was seen: chains that do not answer, and those whose final block stands still. */
export function sightProblems(
  sights: ReadonlyMap<string, ChainSight>,
  { now, unreadAfterMs, stalledAfterMs }: { now: number; unreadAfterMs: number; stalledAfterMs: number },
): string[] {
  const seconds = (since: number) => Math.round((now - since) / 1_000);
  return [...sights].flatMap(([name, { readAt, finalMovedAt, problem }]) => {
    const why = problem === undefined ? "" : `: ${problem}`;
    if (readAt === undefined) return [`${name} was not read yet${why}`];
    if (now - readAt > unreadAfterMs) return [`${name} was not read for ${seconds(readAt)} s${why}`];
    if (now - finalMovedAt > stalledAfterMs) return [`no block of ${name} became final for ${seconds(finalMovedAt)} s`];
    return [];
  });
}
