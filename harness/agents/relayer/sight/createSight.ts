import type { Address } from "viem";
import type { ChainConfig } from "../../../chains/chainConfig.ts";
import { createChainClient } from "../../../chains/client.ts";
import { setChainMetrics } from "../../../control/chainMetrics.ts";
import type { Health } from "../../../control/controlServer.ts";
import { countRequests, type RequestResult } from "../../../control/countRequests.ts";
import { type ChainSight, createChainObserver, sightProblems } from "../../../control/observeChains.ts";
import type { RelayerEvent } from "../events.ts";
import type { OpenedRelayer } from "../openRelayer.ts";
import { createSpending } from "./createSpending.ts";
import { readQueues } from "./readQueue.ts";
import { reasonKind } from "./reasonKind.ts";
import { createRelayerMetrics, type RelayerMetrics } from "./relayerMetrics.ts";
import { createValidatorWatch, type ValidatorWatch } from "./watchValidators.ts";

/** What can be seen of a relayer from outside: its metrics, its chains, the validators that it depends on. */
export type Sight = {
  metrics: RelayerMetrics;
  chains: ReadonlyMap<string, ChainSight>;
  validators: ValidatorWatch;
  /** For `openRelayer`. */
  onEvent: (event: RelayerEvent) => void;
  onRequest: (chain: string, result: RequestResult) => void;
  /** Looks at the chains and the validators. Never throws. */
  observe(): Promise<void>;
  /** Brings the metrics up to date with the store. */
  refresh(relayer: OpenedRelayer): Promise<void>;
  health(relayer: OpenedRelayer): Health;
  ready(relayer: OpenedRelayer): Health;
};

const SILENT_AFTER_MS = 120_000;
const UNREAD_AFTER_MS = 60_000;
const STALLED_AFTER_MS = 900_000;
/** Whoever reaches the server may ask for metrics as often as they like. */
const REFRESH_AFTER_MS = 1_000;

/** Watches a relayer with clients of its own: it costs the relayer nothing, and sees when that hangs. */
export function createSight(parameters: {
  origins: readonly ChainConfig[];
  destinations: readonly ChainConfig[];
  /** Pays for deliveries. */
  account: Address;
  allowLocal: boolean;
  now: () => number;
  metrics?: RelayerMetrics;
}): Sight {
  const { account, allowLocal, now, metrics = createRelayerMetrics() } = parameters;
  const startedAt = now();
  let refreshedAt = Number.NEGATIVE_INFINITY;
  const onRequest = (chain: string, result: RequestResult) => metrics.count("rpc_requests", { chain, result });
  const all = new Map([...parameters.origins, ...parameters.destinations].map((chain) => [chain.domain, chain]));
  const clients = new Map(
    [...all.values()].map((chain) => {
      const client = countRequests(createChainClient(chain), (result) => onRequest(chain.name, result));
      return [chain.domain, { chain, client }];
    }),
  );
  const seen = (chains: readonly ChainConfig[]) => chains.flatMap(({ domain }) => clients.get(domain) ?? []);
  const nameOf = (domain: number) => all.get(domain)?.name ?? String(domain);
  const observer = createChainObserver({ chains: [...clients.values()].map((one) => ({ ...one, account })), now });
  const validators = createValidatorWatch({
    origins: seen(parameters.origins),
    destinations: seen(parameters.destinations),
    allowLocal,
  });
  const spendings = new Map<number, ReturnType<typeof createSpending>>();

  async function refreshQueues({ store }: OpenedRelayer): Promise<void> {
    const queues = await Promise.all(parameters.destinations.map(({ domain }) => readQueues(store.db, domain)));
    metrics.clear("messages_queued");
    metrics.clear("oldest_message_seconds");
    for (const ofDestination of queues) {
      let oldest: number | undefined;
      for (const { destination, state, kinds, oldestAt } of ofDestination) {
        for (const [reason, count] of kinds) {
          metrics.set("messages_queued", count, { destination: nameOf(destination), state, reason });
        }
        if (state !== "parked" && oldestAt !== undefined) oldest = Math.min(oldest ?? oldestAt, oldestAt);
      }
      const destination = nameOf(ofDestination[0]?.destination ?? 0);
      metrics.set("oldest_message_seconds", oldest === undefined ? 0 : (now() - oldest) / 1_000, { destination });
    }
  }

  async function refreshSpending({ store }: OpenedRelayer): Promise<void> {
    for (const { domain, name: chain } of parameters.destinations) {
      const spending = spendings.get(domain) ?? createSpending(domain);
      spendings.set(domain, spending);
      const { spent, lost } = await spending.next(store.db);
      metrics.count("spent_wei", { chain }, Number(spent));
      metrics.count("lost_wei", { chain }, Number(lost));
    }
  }

  async function refreshIndices({ store }: OpenedRelayer): Promise<void> {
    for (const { domain, name: chain } of parameters.origins) {
      const newest = await store.db
        .selectFrom("origin_block")
        .select(["number", "count"])
        .where("origin", "=", domain)
        .orderBy("number", "desc")
        .limit(1)
        .executeTakeFirst();
      if (newest === undefined) continue;
      metrics.set("indexed_block", newest.number, { chain });
      metrics.set("indexed_messages", newest.count, { chain });
      const final = observer.sights.get(chain)?.final;
      if (final !== undefined) metrics.set("index_lag_blocks", Math.max(final - newest.number, 0), { chain });
    }
  }

  function showValidators(): void {
    for (const name of ["validator_signed_index", "validator_behind", "validator_readable"] as const) {
      metrics.clear(name);
    }
    for (const { origin, validator, latestIndex, behind, problem } of validators.health()) {
      const labels = { origin: nameOf(origin), validator };
      metrics.set("validator_readable", problem === null ? 1 : 0, labels);
      metrics.set("validator_signed_index", latestIndex ?? -1, labels);
      if (behind !== null) metrics.set("validator_behind", behind, labels);
    }
  }

  function onEvent(event: RelayerEvent): void {
    if (event.type === "recorded") {
      metrics.count("messages_recorded", { origin: nameOf(event.origin), destination: nameOf(event.destination) });
    }
    if (event.type === "delivered") metrics.count("messages_delivered", { destination: nameOf(event.destination) });
    if (event.type === "failed") metrics.count("attempts_failed", { reason: reasonKind(event.reason) });
    if (event.type === "submitted" || event.type === "preparing") metrics.count("transactions_submitted");
  }

  return {
    metrics,
    chains: observer.sights,
    validators,
    onEvent,
    onRequest,
    async observe() {
      await Promise.all([observer.tick(), validators.tick()]);
    },
    async refresh(relayer) {
      if (now() - refreshedAt < REFRESH_AFTER_MS) return;
      refreshedAt = now();
      const { paused, tickedAt = startedAt } = relayer.state();
      metrics.set("paused", paused === undefined ? 0 : 1);
      metrics.set("last_tick_seconds", (now() - tickedAt) / 1_000);
      setChainMetrics(metrics, observer.sights, now());
      showValidators();
      await refreshQueues(relayer);
      await refreshSpending(relayer);
      await refreshIndices(relayer);
    },
    health(relayer) {
      const { tickedAt = startedAt } = relayer.state();
      const silentMs = now() - tickedAt;
      if (silentMs < SILENT_AFTER_MS) return { problems: [] };
      return { problems: [`its last round ended ${Math.round(silentMs / 1_000)} s ago`] };
    },
    ready(relayer) {
      const { paused, tickedAt } = relayer.state();
      const limits = { now: now(), unreadAfterMs: UNREAD_AFTER_MS, stalledAfterMs: STALLED_AFTER_MS };
      return {
        problems: [
          ...(paused === undefined ? [] : [`paused: ${paused.reason}`]),
          ...(tickedAt === undefined ? ["its first round is not over"] : []),
          ...sightProblems(observer.sights, limits),
        ],
      };
    },
  };
}
