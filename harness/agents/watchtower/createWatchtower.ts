import { setTimeout as sleep } from "node:timers/promises";
import type { Kysely } from "kysely";
import type { Logger } from "pino";
import type { Address, LocalAccount } from "viem";
import { errorText } from "../relayer/rpcError.ts";
import { createTasks } from "../relayer/tasks.ts";
import { type ActionKind, createActions, GUARDIAN_KINDS, type Planner, REPORTER_KINDS } from "./actions.ts";
import { createAlerts, type Notify } from "./alerts.ts";
import { classifyForeign, type Protected } from "./classifyForeign.ts";
import { createCollector } from "./collectFromStorage.ts";
import type { TowerContext } from "./context.ts";
import { type Agreement, createChainFollower, type FollowResult, type WatchedChain } from "./followChain.ts";
import { confirmSightings, judgeForeign, type WatchedOrigin } from "./foreignMessages.ts";
import { harvestCalldata } from "./harvest.ts";
import { judgeSignatures } from "./judgeSignatures.ts";
import { createMetrics, type MetricsSnapshot } from "./metrics.ts";
import { planFlagMessage, planFlagSubmodule, planPause } from "./modulePlanners.ts";
import { createNodeProblems } from "./nodeProblems.ts";
import { reportOffence } from "./offences.ts";
import { DEFAULT_WATCHTOWER_OPTIONS, type WatchtowerOptions } from "./options.ts";
import { createResponses, type ModuleResponse } from "./responses.ts";
import { createDeliveryScanner } from "./scanDeliveries.ts";
import type { ForeignTable, TowerTables } from "./schema.ts";
import { createSender } from "./sender.ts";
import { createSignatures } from "./signatures.ts";
import { createStakingWatch } from "./staking/watchStaking.ts";
import { createWatchedKeys, type KeySource } from "./watchedKeys.ts";

export type TowerChain = WatchedChain & {
  protects: Protected;
  /** `ValidatorStake` of its Mailbox: where frauds are proven. */
  stake?: Address;
};

export type CreateWatchtowerParameters = {
  /** Each is watched as an origin and as a destination. */
  chains: readonly TowerChain[];
  /** Whose signatures are watched. */
  keySources: readonly KeySource[];
  /** What may be stopped, and when. */
  modules: readonly ModuleResponse[];
  /** Pauses and flags. Without it, nothing is. */
  guardian?: LocalAccount;
  /** Pays for fraud proofs, and gets the rewards. Without it, frauds are only told of. */
  reporter?: LocalAccount;
  /** Must have run `towerMigrations`. */
  store: { db: Kysely<TowerTables> };
  log: Logger;
  /** Milliseconds since 1970. */
  now: () => number;
  /** Uniform in [0, 1); default `Math.random`. */
  random?: () => number;
  /** Who is told of alerts, beside the log. */
  notify?: Notify;
  options?: Partial<WatchtowerOptions>;
};

export type Watchtower = {
  /** Looks at everything once, and does what follows. Never throws. */
  tick(): Promise<void>;
  /** Ticks until `stop`. */
  start(): void;
  /** Finishes what is under way and starts nothing more. */
  stop(): Promise<void>;
  /** Counters since the start, and present values. */
  metrics(): MetricsSnapshot;
};

const modulePlanners = {
  pause: planPause,
  "flag-message": planFlagMessage,
  "flag-submodule": planFlagSubmodule,
};

/** What was intended while the chain had a stake that was watched waits for it to be configured again. */
const waits: Planner = async () => ({ status: "wait", reason: "no stake is configured for the chain" });
const nothingStaked = { prove: waits, challenge: waits, claim: waits };

const DEFAULT_POLL_INTERVAL_MS = DEFAULT_WATCHTOWER_OPTIONS.pollIntervalMs;

/**
 * Compares every signature of the validators with what their chains say, and every delivery with what was dispatched. It accuses
 * only of what several nodes of a chain agree on, all that it intends is in its store before it happens, and nothing that a
 * validator, node, module or message does holds up the rest.
 *
 * @example
 * const watchtower = await createWatchtower({ chains, keySources, modules, store, log, now: Date.now });
 * watchtower.start();
 */
export async function createWatchtower(parameters: CreateWatchtowerParameters): Promise<Watchtower> {
  const { chains, store, log, now, random = Math.random, notify, guardian, reporter, modules } = parameters;
  const intervals = chains.flatMap(({ chain }) => chain.pollIntervalMs ?? []);
  const pollIntervalMs = intervals.length === 0 ? DEFAULT_POLL_INTERVAL_MS : Math.max(...intervals);
  const options = { ...DEFAULT_WATCHTOWER_OPTIONS, pollIntervalMs, ...parameters.options };
  const { db } = store;
  const metrics = createMetrics();
  const alerts = createAlerts({ db, log, metrics, now, options, ...(notify && { notify }) });
  const context: TowerContext = { db, log, now, random, alerts, metrics, options };

  const signatures = createSignatures({ db, now, watched: chains.map(({ chain }) => chain.domain) });
  const actions = createActions({ db, now });
  const responses = createResponses({ actions, modules, guardian: guardian?.address });
  const nodeProblems = createNodeProblems(context);
  const stopped = new AbortController();
  const tasks = createTasks({ concurrency: Number.POSITIVE_INFINITY, onError: report });

  const parts = chains.map((watched) => {
    const { chain, stake } = watched;
    const optimistic = modules.filter((module) => module.type === "optimistic" && module.chain === chain.domain);
    const staking =
      stake === undefined
        ? undefined
        : createStakingWatch(context, { watched, stake, actions, signatures, reporter: reporter?.address });
    const planners: Record<ActionKind, Planner> = { ...modulePlanners, ...(staking?.planners ?? nothingStaked) };
    const accounts = new Map([guardian, reporter].flatMap((account) => (account ? [[account.address, account]] : [])));
    return {
      watched,
      staking,
      senders: [...accounts.values()].map((account) => createSender(context, { watched, account, actions, planners })),
      follower: createChainFollower(watched, { log, ...options }),
      scanner: createDeliveryScanner(context, {
        chain,
        modules: optimistic.map(({ address }) => address),
        isWatched,
        isDispatched,
      }),
    };
  });
  const keys = await createWatchedKeys(context, [
    ...parameters.keySources,
    ...parts.flatMap(({ staking }) => (staking === undefined ? [] : [staking.keys])),
  ]);
  const collector = createCollector(context, signatures, keys);
  await followConfiguration();

  /** What was found out of each chain in this tick. */
  let followed = new Map<number, FollowResult>();
  const agreementOf = (domain: number): Agreement | undefined => followed.get(domain)?.agreement;
  function report(what: string, error: unknown): void {
    if (stopped.signal.aborted) return;
    metrics.count("failures");
    log.warn({ what, error: errorText(error) }, "will try again");
  }

  async function attempt(what: string, run: () => Promise<void>): Promise<void> {
    if (stopped.signal.aborted) return;
    await run().catch((error: unknown) => report(what, error));
  }

  /** What was found and intended under another configuration is taken over: by a key or a stake that there was not then, too. */
  async function followConfiguration(): Promise<void> {
    await signatures.followConfiguration();
    for (const { watched } of parts) {
      const { domain } = watched.chain;
      if (guardian !== undefined) await actions.adopt(domain, GUARDIAN_KINDS, guardian.address);
      if (reporter !== undefined) await actions.adopt(domain, REPORTER_KINDS, reporter.address);
    }
    for (let offset = 0, more = true; more; ) {
      const page = await signatures.offences(offset);
      for (const offence of page) {
        for (const { staking } of parts) await staking?.onOffence(offence, false);
      }
      offset += page.length;
      more = page.length > 0;
    }
  }

  function isWatched(domain: number): boolean {
    return chains.some(({ chain }) => chain.domain === domain);
  }

  async function isDispatched(id: `0x${string}`, origin: number | null): Promise<boolean> {
    for (const { chain } of chains) {
      if (origin !== null && chain.domain !== origin) continue;
      if ((await agreementOf(chain.domain)?.find(id)) !== undefined) return true;
    }
    return false;
  }

  async function followAll(): Promise<void> {
    const results = new Map<number, FollowResult>();
    await Promise.all(
      parts.map(async ({ watched, follower }) => {
        results.set(watched.chain.domain, await follower.follow(stopped.signal));
      }),
    );
    followed = results;
    for (const { watched } of parts) {
      const result = followed.get(watched.chain.domain);
      if (result !== undefined) await nodeProblems.report(watched, result);
    }
  }

  /** Starts what reads places that belong to others; each alone, so that none holds up another. */
  async function startReading(scanned: Map<number, Map<string, bigint>>): Promise<void> {
    for (const { watched, scanner, staking } of parts) {
      const { chain } = watched;
      const result = followed.get(chain.domain);
      const ready = result?.ready ?? [];
      const chainScanned = new Map<string, bigint>();
      scanned.set(chain.domain, chainScanned);
      for (const { view, state } of ready) {
        tasks.start(`deliveries by ${view.name}`, async () => {
          const to = await scanner.scan(view, state.confirmedBlock, stopped.signal);
          chainScanned.set(view.id, to);
        });
        if (staking !== undefined) tasks.start(`stake by ${view.name}`, () => staking.read(view, collector));
      }
      await keys.announcements(
        chain,
        ready.map(({ view }) => view),
      );
      // Only where to read, so the least that a node tells will do where they do not agree.
      const least = ready.length === 0 ? 0 : Math.min(...ready.map(({ state }) => state.count));
      const count = result?.agreement?.count ?? least;
      for (const key of keys.all()) {
        for (const location of await collector.locationsOf(chain, key)) {
          tasks.start(`storage ${chain.domain} ${key} ${location.location}`, () =>
            collector.readLocation(chain, location, count),
          );
        }
      }
    }
  }

  async function judgeAll(scanned: ReadonlyMap<number, ReadonlyMap<string, bigint>>): Promise<void> {
    for (const { watched } of parts) {
      const { domain } = watched.chain;
      const ready = (followed.get(domain)?.ready ?? []).map(({ view }) => view);
      await attempt("harvest", () => harvestCalldata(context, collector, domain, ready));
    }
    for (const { watched } of parts) {
      const agreement = agreementOf(watched.chain.domain);
      if (agreement === undefined) continue;
      await attempt("judge", () => judgeSignatures(context, signatures, watched, agreement));
    }
    for (const { watched } of parts) {
      const { domain } = watched.chain;
      const views = scanned.get(domain) ?? new Map<string, bigint>();
      await attempt("sightings", () => confirmSightings(context, watched, agreementOf(domain), views));
    }
    await attempt("foreign messages", () =>
      judgeForeign(context, { originsOf, classify, isUrgent, onForeign: responses.onForeign }),
    );
  }

  /** Where a message may have been dispatched. */
  function originsOf(row: ForeignTable): WatchedOrigin[] {
    const module = modules.find(({ chain, address }) => chain === row.chain && address === row.emitter);
    const domains = row.origin === null ? (module?.origins ?? []) : [row.origin];
    return chains
      .filter(({ chain }) => domains.includes(chain.domain))
      .map((watched) => ({ watched, agreement: agreementOf(watched.chain.domain) }));
  }

  /** What nobody needs to look into before it is acted on. */
  function isUrgent({ chain: domain, kind, recipient }: ForeignTable): boolean {
    const { protects } = chains.find(({ chain }) => chain.domain === domain) ?? {};
    return kind === "pre-verification" || (recipient !== null && protects?.recipients.includes(recipient) === true);
  }

  async function classify(row: ForeignTable) {
    const watched = chains.find(({ chain }) => chain.domain === row.chain);
    const agreement = agreementOf(row.chain);
    if (watched === undefined || agreement === undefined) throw new Error(`the nodes of ${row.chain} do not agree`);
    return await classifyForeign(row, { watched, agreement, protects: watched.protects });
  }

  async function followOffences(): Promise<void> {
    for (const offence of await signatures.unhandledOffences()) {
      await responses.onOffence(offence);
      for (const { staking } of parts) await staking?.onOffence(offence, true);
      await reportOffence(context, offence);
      await signatures.markHandled(offence);
    }
  }

  async function act(): Promise<void> {
    await Promise.all(
      parts.map(async ({ watched, senders, staking }) => {
        const agreement = agreementOf(watched.chain.domain);
        if (agreement === undefined) return;
        await attempt("stake", async () => staking?.follow(agreement));
        for (const sender of senders) await sender.run(agreement);
      }),
    );
  }

  async function tickOnce(): Promise<void> {
    const started = now();
    const scanned = new Map<number, Map<string, bigint>>();
    await attempt("nodes", followAll);
    await attempt("keys", () => keys.refresh());
    await attempt("reading", () => startReading(scanned));
    await tasks.settled(options.tickBudgetMs);
    await attempt("judging", () => judgeAll(scanned));
    await attempt("offences", followOffences);
    await attempt("acting", act);
    await alerts.send();
    metrics.count("ticks");
    metrics.set("tick_milliseconds", now() - started);
  }

  let ticking: Promise<void> = Promise.resolve();
  let running: Promise<void> | undefined;

  function tick(): Promise<void> {
    ticking = ticking.then(tickOnce); // one at a time; it never rejects
    return ticking;
  }

  async function run(): Promise<void> {
    while (!stopped.signal.aborted) {
      await tick();
      await sleep(options.pollIntervalMs, undefined, { signal: stopped.signal }).catch(() => {});
    }
  }

  return {
    tick,
    start() {
      running ??= run();
    },
    async stop() {
      stopped.abort();
      await running;
      await ticking;
      await tasks.settled();
      await Promise.all(parts.map(({ follower }) => follower.settled()));
    },
    metrics: metrics.snapshot,
  };
}
