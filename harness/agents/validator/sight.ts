import type { Address } from "viem";
import type { ChainConfig } from "../../chains/chainConfig.ts";
import { createChainClient } from "../../chains/client.ts";
import { setChainMetrics } from "../../control/chainMetrics.ts";
import type { Health } from "../../control/controlServer.ts";
import { countRequests, type RequestResult } from "../../control/countRequests.ts";
import { createMetrics, type MetricSpec, type Metrics } from "../../control/metrics.ts";
import { createChainObserver, sightProblems } from "../../control/observeChains.ts";
import type { Validator } from "./validator.ts";

const counter = (help: string, ...labels: string[]): MetricSpec => ({ type: "counter", help, labels });
const gauge = (help: string, ...labels: string[]): MetricSpec => ({ type: "gauge", help, labels });

/** What a validator counts, since its start, and shows. */
export const VALIDATOR_METRICS = {
  paused: gauge("1 while an operator has it pause"),
  halted: gauge("1 when it has stopped for good"),
  failing: gauge("1 when the last round failed: nothing was signed in it"),
  nodes_silent: gauge("1 when it failed because too few nodes of its chain answered"),
  nodes_disagree: gauge("1 when it failed because nodes of its chain contradict each other: one may lie"),
  last_tick_seconds: gauge("Seconds since the last round that succeeded"),
  signed_index: gauge("The newest index whose signature everybody can read; -1 while there is none", "chain"),
  final_messages: gauge("Messages that are final", "chain"),
  unsigned_messages: gauge("Of these, such that are not signed yet", "chain"),
  head_block: gauge("The newest block", "chain"),
  head_age_seconds: gauge("How old the newest block is", "chain"),
  final_block: gauge("The newest final block", "chain"),
  final_stalled_seconds: gauge("For how long no further block became final", "chain"),
  balance_wei: gauge("What is left to pay for announcements", "chain"),
  rpc_requests: counter("Requests to nodes", "chain", "result"),
} as const satisfies Readonly<Record<string, MetricSpec>>;

export type ValidatorMetrics = Metrics<keyof typeof VALIDATOR_METRICS>;

const SILENT_AFTER_MS = 120_000;
const UNREAD_AFTER_MS = 60_000;
const STALLED_AFTER_MS = 900_000;

/** Watches a validator and its chain with a client of its own. */
export function createValidatorSight(parameters: {
  chain: ChainConfig;
  /** Pays for the announcement. */
  account: Address;
  now: () => number;
  withProcess?: boolean;
}) {
  const { chain, account, now, withProcess = false } = parameters;
  const metrics = createMetrics({ prefix: "causeway_validator_", catalogue: VALIDATOR_METRICS, withProcess });
  const startedAt = now();
  const onRequest = (result: RequestResult) => metrics.count("rpc_requests", { chain: chain.name, result });
  const client = countRequests(createChainClient(chain), onRequest);
  const observer = createChainObserver({ chains: [{ chain, client, account }], now });

  return {
    metrics: metrics as ValidatorMetrics,
    /** For `openValidator`. */
    onRequest,
    /** Looks at the chain. Never throws. */
    observe: () => observer.tick(),
    refresh(validator: Pick<Validator, "state">): void {
      const { paused, halted, problem, nodes, tickedAt = startedAt, final, signedIndex } = validator.state();
      metrics.set("paused", paused === undefined ? 0 : 1);
      metrics.set("halted", halted ? 1 : 0);
      metrics.set("failing", problem === undefined ? 0 : 1);
      metrics.set("nodes_silent", nodes === "silent" ? 1 : 0);
      metrics.set("nodes_disagree", nodes === "disagree" ? 1 : 0);
      metrics.set("last_tick_seconds", (now() - tickedAt) / 1_000);
      if (signedIndex !== undefined) metrics.set("signed_index", signedIndex, { chain: chain.name });
      if (final !== undefined) {
        metrics.set("final_messages", final.count, { chain: chain.name });
        const unsigned = final.count - 1 - (signedIndex ?? -1);
        metrics.set("unsigned_messages", Math.max(unsigned, 0), { chain: chain.name });
      }
      setChainMetrics(metrics, observer.sights, now());
    },
    health(validator: Pick<Validator, "state">): Health {
      const { halted, problem, tickedAt = startedAt } = validator.state();
      if (halted) return { problems: [`it has stopped for good: ${problem}`] };
      const silentMs = now() - tickedAt;
      if (silentMs < SILENT_AFTER_MS) return { problems: [] };
      const why = problem === undefined ? "" : `: ${problem}`;
      return { problems: [`no round has succeeded for ${Math.round(silentMs / 1_000)} s${why}`] };
    },
    ready(validator: Pick<Validator, "state">): Health {
      const { halted, paused, problem, tickedAt } = validator.state();
      const limits = { now: now(), unreadAfterMs: UNREAD_AFTER_MS, stalledAfterMs: STALLED_AFTER_MS };
      return {
        problems: [
          ...(halted ? ["it has stopped for good"] : []),
          ...(paused === undefined ? [] : [`paused: ${paused.reason}`]),
          ...(problem === undefined ? [] : [`the last round failed: ${problem}`]),
          ...(tickedAt === undefined ? ["its first round is not over"] : []),
          ...sightProblems(observer.sights, limits),
        ],
      };
    },
  };
}
