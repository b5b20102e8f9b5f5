import type { Health } from "../../control/controlServer.ts";
import type { Watchtower } from "./createWatchtower.ts";

const SILENT_AFTER_MS = 300_000;

/** Whether a watchtower does its rounds. */
export function towerHealth(
  tower: Pick<Watchtower, "tickedAt">,
  { now, since }: { now: number; since: number },
): Health {
  const silentMs = now - (tower.tickedAt() ?? since);
  if (silentMs < SILENT_AFTER_MS) return { problems: [] };
  return { problems: [`its last round ended ${Math.round(silentMs / 1_000)} s ago`] };
}

/** Whether it can accuse anybody: where nodes do not agree, it does not. */
export async function towerReadiness(tower: Pick<Watchtower, "metrics" | "tickedAt">): Promise<Health> {
  if (tower.tickedAt() === undefined) return { problems: ["its first round is not over"] };
  const disagreed = Object.entries(await tower.metrics.snapshot()).flatMap(([name, value]) => {
    const chain = /^agreed\{chain="(.*)"\}$/.exec(name)?.[1];
    return chain === undefined || value === 1 ? [] : [`the nodes of ${chain} do not agree`];
  });
  return { problems: disagreed };
}
