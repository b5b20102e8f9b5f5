import type { RelayerContext } from "../context.ts";
import { WORKABLE, whereUnpaid } from "../messages.ts";
import type { MessageRules } from "./messageRules.ts";

const PAGE = 1_000;

/**
 * Holds the lists, which may have changed since the last start, against all messages that are not under way: what is not to
 * be relayed any more is excluded, what was excluded and is to be relayed is pending.
 */
export async function reviewMessages(context: RelayerContext, { excludes }: MessageRules): Promise<void> {
  const { db, commit, now } = context;
  // What a message must pay may have changed, too.
  await commit(async (trx) => {
    await trx
      .updateTable("message")
      .set({ next_attempt_at: now(), wanted_wei: null, wanted_gas: null, wanted_lock: null })
      .where(whereUnpaid)
      .execute();
  });
  for (let after = ""; ; ) {
    const page = await db
      .selectFrom("message")
      .select(["id", "origin", "destination", "sender", "recipient", "raw", "state"])
      .where("state", "in", [...WORKABLE, "excluded"])
      .where("id", ">", after as `0x${string}`)
      .orderBy("id")
      .limit(PAGE)
      .execute();
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.id;
    const changes = page.flatMap((message) => {
      const reason = excludes(message);
      if ((reason !== undefined) === (message.state === "excluded")) return [];
      return [{ id: message.id, reason: reason ?? null }];
    });
    if (changes.length === 0) continue;
    await commit(async (trx) => {
      for (const { id, reason } of changes) {
        await trx
          .updateTable("message")
          .set({ state: reason === null ? "pending" : "excluded", reason, next_attempt_at: now(), updated_at: now() })
          .where("id", "=", id)
          .where("state", "in", [...WORKABLE, "excluded"])
          .execute();
      }
    });
  }
}
