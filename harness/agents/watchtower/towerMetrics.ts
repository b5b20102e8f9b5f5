import { createMetrics, type MetricSpec, type Metrics } from "../../control/metrics.ts";

const counter = (help: string, ...labels: string[]): MetricSpec => ({ type: "counter", help, labels });
const gauge = (help: string, ...labels: string[]): MetricSpec => ({ type: "gauge", help, labels });

/** What a watchtower counts and shows. */
export const TOWER_METRICS = {
  ticks: counter("Rounds"),
  tick_milliseconds: gauge("How long the last round took"),
  failures: counter("Parts of a round that failed and are tried again"),
  nodes_ready: gauge("Nodes that have read as far as the others", "chain"),
  agreed: gauge("1 while enough nodes tell the same", "chain"),
  agreed_block: gauge("Up to which block nodes agree", "chain"),
  agreed_messages: gauge("Messages up to there", "chain"),
  node_problems: counter("What nodes failed at or contradicted", "chain", "kind"),
  watched_keys: gauge("Validators that are watched"),
  storage_reads: counter("Reads of validators' storages"),
  storage_read_failures: counter("Of these, such that failed"),
  signatures_seen: counter("Signatures kept"),
  signatures_dropped: counter("Signatures that there was no room for"),
  signatures_of_nobody: counter("Signatures of no key that is watched"),
  signatures_ahead: gauge("Signatures of what is not final yet", "origin"),
  signatures_judged: counter("Signatures held against the chain", "verdict"),
  transactions_harvested: counter("Deliveries whose calldata was searched for signatures"),
  offences: counter("Offences found", "kind"),
  foreign_backlog: gauge("Deliveries that are not looked at yet"),
  foreign_messages: counter("Deliveries without a dispatch", "kind", "state"),
  alerts_raised: counter("Alerts", "kind"),
  alerts_sent: counter("Alerts that the webhook took"),
  alerts_send_failures: counter("Alerts that it did not take"),
  actions: counter("Proofs, pauses and flags by what became of them", "kind", "state"),
  action_failures: counter("Attempts at these that failed", "kind"),
  transactions: counter("Transactions", "result"),
  sender_failures: counter("Rounds in which an account's transactions could not be looked after"),
} as const satisfies Readonly<Record<string, MetricSpec>>;

export type TowerMetrics = Metrics<keyof typeof TOWER_METRICS>;

export function createTowerMetrics(options: { withProcess?: boolean } = {}): TowerMetrics {
  return createMetrics({ prefix: "causeway_watchtower_", catalogue: TOWER_METRICS, ...options });
}
