import type { Kysely } from "kysely";
import type { MessageState, RelayerTables } from "../schema.ts";
import { type ReasonKind, reasonKind } from "./reasonKind.ts";

/** States of messages that are still to be delivered, or were given up. */
export const QUEUED = ["pending", "waiting", "submitted", "included", "parked"] as const satisfies MessageState[];

export type Queue = {
  destination: number;
  state: (typeof QUEUED)[number];
  /** By the kind of their reason. Above `MAX_SAMPLED` messages in all, that of the rest is not looked at. */
  kinds: ReadonlyMap<ReasonKind, number>;
  /** When the longest known of them was recorded. */
  oldestAt: number | undefined;
};

/** Messages looked at per destination and state: so that a look does not hold the relayer up, whoever fills its queue. */
export const MAX_SAMPLED = 5_000;

/** What is queued for a destination, without a look at what is delivered. */
export async function readQueues(db: Kysely<RelayerTables>, destination: number): Promise<Queue[]> {
  return Promise.all(
    QUEUED.map(async (state) => {
      const rows = await db
        .selectFrom("message")
        .select(["reason", "recorded_at"])
        .where("destination", "=", destination)
        .where("state", "=", state)
        .orderBy("next_attempt_at")
        .limit(MAX_SAMPLED)
        .execute();
      const kinds = new Map<ReasonKind, number>();
      let oldestAt: number | undefined;
      for (const { reason, recorded_at: at } of rows) {
        const kind = reasonKind(reason);
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
        oldestAt = Math.min(oldestAt ?? at, at);
      }
      return { destination, state, kinds, oldestAt };
    }),
  );
}
