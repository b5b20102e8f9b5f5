import type { ChainSight } from "./observeChains.ts";

type Gauges = "head_block" | "head_age_seconds" | "final_block" | "final_stalled_seconds" | "balance_wei";

/** Shows what was seen of the chains. */
export function setChainMetrics(
  metrics: { set(name: Gauges, value: number, labels: { chain: string }): void },
  sights: ReadonlyMap<string, ChainSight>,
  now: number,
): void {
  for (const [chain, { head, final, finalMovedAt, balance }] of sights) {
    if (head !== undefined) {
      metrics.set("head_block", head.number, { chain });
      metrics.set("head_age_seconds", (now - head.timestamp) / 1_000, { chain });
    }
    if (final !== undefined) metrics.set("final_block", final, { chain });
    metrics.set("final_stalled_seconds", (now - finalMovedAt) / 1_000, { chain });
    if (balance !== undefined) metrics.set("balance_wei", Number(balance), { chain });
  }
}
