import type { ExpressionBuilder, Kysely } from "kysely";
import type { Hash, Hex } from "viem";
import type { MessageStatus } from "../agents/relayer/messageStatus.ts";
import { MESSAGE_STATES, type MessageState, type RelayerTables } from "../agents/relayer/schema.ts";

const COLUMNS = [
  ...(["id", "origin", "destination", "nonce", "sender", "recipient", "dispatched_block", "dispatched_tx"] as const),
  ...(["recorded_at", "state", "attempts", "next_attempt_at", "reason", "delivered_block", "updated_at"] as const),
] as const;

export type FoundMessage = Pick<MessageStatus, (typeof COLUMNS)[number]>;

/**
 * What a search may be: an id, the sender (20 or 32 bytes), or a transaction that dispatched or delivered it; or nothing at all.
 *
 * @returns undefined when the text is none of these
 */
export function parseQuery(text: string): Hex | "" | undefined {
  const query = text.trim().toLowerCase();
  if (query === "") return "";
  return /^0x([0-9a-f]{40}|[0-9a-f]{64})$/.test(query) ? (query as Hex) : undefined;
}

/** Whether a text is one of the states. */
export function isState(text: string): text is MessageState {
  return (MESSAGE_STATES as readonly string[]).includes(text);
}

/** The messages that a search finds, last changed first. Each look is by an index, so that a search costs as little as it finds. */
export async function findMessages(
  db: Kysely<RelayerTables>,
  { query, state, limit }: { query: Hex | ""; state?: MessageState; limit: number },
): Promise<FoundMessage[]> {
  type Condition = (message: ExpressionBuilder<RelayerTables, "message">) => ReturnType<typeof message.and>;
  const read = async (...conditions: Condition[]) => {
    let all = db.selectFrom("message").select(COLUMNS).orderBy("updated_at", "desc").orderBy("nonce", "desc");
    if (state !== undefined) all = all.where("state", "=", state);
    for (const condition of conditions) all = all.where(condition);
    return all.limit(limit).execute();
  };
  if (query === "") return read();
  const sender = `0x${query.slice(2).padStart(64, "0")}` as Hex;
  const looks: Condition[] = [(message) => message.and([message("sender", "=", sender)])];
  if (query.length === 66) {
    const transaction = await db
      .selectFrom("transaction")
      .select(["message_id", "fills"])
      .where("hash", "=", query)
      .executeTakeFirst();
    const ids: Hash[] = [query, transaction?.message_id ?? transaction?.fills ?? query];
    looks.unshift(
      (message) => message.and([message("id", "in", ids)]),
      (message) => message.and([message("dispatched_tx", "=", query)]),
    );
  }
  const found = new Map<Hash, FoundMessage>();
  for (const look of looks) for (const message of await read(look)) found.set(message.id, message);
  return [...found.values()].slice(0, limit);
}
