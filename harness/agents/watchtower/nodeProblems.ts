import type { TowerContext } from "./context.ts";
import type { FollowResult, WatchedChain } from "./followChain.ts";

export type NodeProblems = {
  /** Tells of what is wrong with the nodes of a chain: at once when they contradict each other, else when it lasts. */
  report(watched: WatchedChain, result: FollowResult): Promise<void>;
};

/** Watches the nodes that the watchtower sees through: without enough of them that agree, it accuses nobody, and says so. */
export function createNodeProblems(context: TowerContext): NodeProblems {
  const { now, alerts, metrics, options } = context;
  const since = new Map<string, number>();

  /** Whether something has lasted long enough to be told. */
  function lasts(key: string): boolean {
    const start = since.get(key) ?? now();
    since.set(key, start);
    return now() - start >= options.nodeAlertAfterMs;
  }

  return {
    async report({ chain, views, quorum }, { agreement, ready, problems }) {
      const { domain, name } = chain;
      metrics.set("nodes_ready", ready.length, { chain: name });
      metrics.set("agreed", agreement === undefined ? 0 : 1, { chain: name });
      for (const view of views) {
        const problem = problems.find((candidate) => candidate.view === view.name && candidate.kind !== "rewound");
        const key = `node:${domain}:${view.id}`;
        if (problem === undefined) since.delete(key);
        else metrics.count("node_problems", { chain: name, kind: problem.kind });
        if (problem === undefined || !lasts(key)) continue;
        await alerts.raise({
          key: `${key}:${problem.kind}`,
          kind: `rpc-${problem.kind}`,
          severity: problem.kind === "faulty" ? "critical" : "warning",
          text: problem.text,
          details: { chain: domain, node: view.name },
        });
      }
      for (const { kind, text } of problems.filter(
        (problem) => problem.kind === "disagreement" || problem.kind === "rewound",
      )) {
        metrics.count("node_problems", { chain: name, kind });
        await alerts.raise({
          key: `chain:${domain}:${kind}`,
          kind: kind === "rewound" ? "origin-rewound" : "rpc-disagreement",
          severity: "critical",
          text: kind === "rewound" ? text : `${text}. Nobody is accused on ${name} until they agree`,
          details: { chain: domain },
        });
      }

      if (agreement !== undefined) {
        since.delete(`agreement:${domain}`);
        metrics.set("agreed_block", Number(agreement.block), { chain: name });
        metrics.set("agreed_messages", agreement.count, { chain: name });
        if (agreement.timestamp * 1_000 >= now() - options.staleAfterMs) return;
        await alerts.raise({
          key: `stale:${domain}`,
          kind: "chain-stale",
          severity: "warning",
          text: `the final block of ${name} is of ${new Date(agreement.timestamp * 1_000).toISOString()}: it does not go on, or its nodes do not`,
          details: { chain: domain, block: Number(agreement.block) },
        });
      } else if (lasts(`agreement:${domain}`)) {
        await alerts.raise({
          key: `no-agreement:${domain}`,
          kind: "no-agreement",
          severity: "warning",
          text: `${name} is not watched: of ${views.length} nodes ${ready.length} answer, ${quorum} must agree`,
          details: { chain: domain },
        });
      }
    },
  };
}
