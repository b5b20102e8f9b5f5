import { createMetrics, type MetricSpec, type Metrics } from "../../../control/metrics.ts";

const counter = (help: string, ...labels: string[]): MetricSpec => ({ type: "counter", help, labels });
const gauge = (help: string, ...labels: string[]): MetricSpec => ({ type: "gauge", help, labels });

/** What a relayer counts, since its start, and shows. */
export const RELAYER_METRICS = {
  paused: gauge("1 while an operator has it pause"),
  last_tick_seconds: gauge("Seconds since its last round ended"),
  messages_queued: gauge("Messages that are not delivered yet, or given up", "destination", "state", "reason"),
  oldest_message_seconds: gauge("Age of the oldest of these that is not given up", "destination"),
  messages_recorded: counter("Messages found on their origin", "origin", "destination"),
  messages_delivered: counter("Messages whose delivery is final", "destination"),
  attempts_failed: counter("Attempts that failed", "reason"),
  transactions_submitted: counter("Deliveries and preparations that were signed"),
  spent_wei: counter("Wei of the chain's token that settled transactions have cost", "chain"),
  lost_wei: counter("Of these, for transactions that reverted", "chain"),
  balance_wei: gauge("What is left to pay for deliveries", "chain"),
  head_block: gauge("The newest block", "chain"),
  head_age_seconds: gauge("How old the newest block is", "chain"),
  final_block: gauge("The newest final block", "chain"),
  final_stalled_seconds: gauge("For how long no further block became final", "chain"),
  indexed_block: gauge("Up to which block messages are known", "chain"),
  index_lag_blocks: gauge("Final blocks that are not read yet", "chain"),
  indexed_messages: gauge("Messages dispatched up to there", "chain"),
  rpc_requests: counter("Requests to nodes", "chain", "result"),
  validator_signed_index: gauge("The newest index that a validator published", "origin", "validator"),
  validator_behind: gauge("Final messages above that index", "origin", "validator"),
  validator_readable: gauge("1 while its storage can be read", "origin", "validator"),
} as const satisfies Readonly<Record<string, MetricSpec>>;

export type RelayerMetrics = Metrics<keyof typeof RELAYER_METRICS>;

export function createRelayerMetrics(options: { withProcess?: boolean } = {}): RelayerMetrics {
  return createMetrics({ prefix: "causeway_relayer_", catalogue: RELAYER_METRICS, ...options });
}
