import type { Insertable } from "kysely";
import type { Hash, Hex } from "viem";
import { decodeMessage } from "../../protocol/message.ts";
import type { IndexState } from "../originIndex.ts";
import type { IndexedMessage } from "../originIndexTables.ts";
import type { Origin, RelayerContext } from "./context.ts";
import { createEscrowIndex } from "./escrow/escrowIndex.ts";
import { createPaymentIndex } from "./payments/paymentIndex.ts";
import { errorText } from "./rpcError.ts";
import { createMessageRules, type MessageRules } from "./rules/messageRules.ts";
import type { MessageTable } from "./schema.ts";

export type OriginFollower = {
  /**
   * Reads on and records new messages.
   * @param term of the lease of the origin, where processes share it
   * @throws what the index throws: the origin can not be followed for now
   */
  follow(signal: AbortSignal, term?: number): Promise<void>;
  /** In place of that while another process does it. @throws the same */
  look(): Promise<void>;
  /** Whether the message is in the origin's index as last compared with the chain; undefined before the first comparison. */
  contains(message: { id: Hash; nonce: number }): boolean | undefined;
  /** Up to which block what was paid or locked is known. */
  paymentsTo(): Promise<number>;
};

const PAGE = 250;

/** Records the messages of one origin that go to one of `destinations`. */
export function createOriginFollower(
  context: RelayerContext,
  { chain, client, index }: Origin,
  destinations: readonly number[],
  rules: MessageRules = createMessageRules(context.options),
): OriginFollower {
  const { db, commit, now, log, emit } = context;
  const { tree } = index;
  const payments = createPaymentIndex(context, { chain, client, index });
  const locks = createEscrowIndex(context, { chain, client });
  let certain: number | undefined;

  /** From where on to record, per destination. Never more than what the present tree has been recorded of. */
  async function readProgress(state: IndexState): Promise<Map<number, number>> {
    const rows = await db.selectFrom("recorded").selectAll().where("origin", "=", chain.domain).execute();
    const progress = new Map(destinations.map((destination) => [destination, 0]));
    for (const { destination, next_index, root } of rows) {
      if (!progress.has(destination)) continue;
      const isCurrent = next_index <= state.count && tree.root(next_index) === root;
      // Without a hint (we died between the rewind and its record) everything is looked at again.
      const start = isCurrent ? next_index : Math.min(next_index, state.rewoundTo ?? 0);
      if (!isCurrent) await drop(destination, start);
      progress.set(destination, start);
    }
    return progress;
  }

  /** What was reorganised away is not to be delivered; what comes back is recorded again. */
  async function drop(destination: number, from: number): Promise<void> {
    log.warn({ origin: chain.name, from }, "the origin was reorganised: its undelivered messages are recorded anew");
    await commit(async (trx) => {
      await trx
        .deleteFrom("message")
        .where("origin", "=", chain.domain)
        .where("destination", "=", destination)
        .where("nonce", ">=", from)
        .where("state", "!=", "delivered")
        .execute();
    });
  }

  async function record(messages: readonly IndexedMessage[], progress: ReadonlyMap<number, number>): Promise<void> {
    const rows = messages.flatMap((message): Insertable<MessageTable>[] => {
      const { destination, sender, recipient } = decodeMessage(message.message);
      const isNew = message.index >= (progress.get(destination) ?? Number.POSITIVE_INFINITY);
      return isNew ? [toRow(message, { destination, sender, recipient })] : [];
    });
    const next = messages.reduce((end, message) => Math.max(end, message.index + 1), 0);
    const root = tree.root(next);
    await commit(async (trx) => {
      if (rows.length > 0) {
        await trx
          .insertInto("message")
          .values(rows)
          .onConflict((conflict) => conflict.column("id").doNothing())
          .execute();
      }
      for (const [destination, start] of progress) {
        if (start >= next) continue;
        await trx
          .insertInto("recorded")
          .values({ origin: chain.domain, destination, next_index: next, root })
          .onConflict((conflict) => conflict.columns(["origin", "destination"]).doUpdateSet({ next_index: next, root }))
          .execute();
      }
    });
    for (const { id, origin, destination, nonce, dispatched_block: block } of rows) {
      emit({ type: "recorded", id, origin, destination, nonce, block });
    }
  }

  function toRow(
    message: IndexedMessage,
    { destination, sender, recipient }: { destination: number; sender: Hex; recipient: Hex },
  ): Insertable<MessageTable> {
    const at = now();
    const { id, message: raw } = message;
    const excluded = rules.excludes({ id, raw, origin: chain.domain, destination, sender, recipient });
    return {
      id: message.id,
      origin: chain.domain,
      destination,
      nonce: message.index,
      sender,
      recipient,
      raw: message.message,
      dispatched_block: Number(message.blockNumber),
      dispatched_tx: message.transactionHash,
      recorded_at: at,
      state: excluded === undefined ? "pending" : "excluded",
      attempts: 0,
      next_attempt_at: at,
      reason: excluded ?? null,
      tx: null,
      delivered_block: null,
      delivered_tx: null,
      gas_used: null,
      updated_at: at,
      retried_at: null,
      wanted_wei: null,
      wanted_gas: null,
      wanted_lock: null,
    };
  }

  return {
    async look() {
      certain = (await index.look()).count;
    },

    async follow(signal, term) {
      const state = await index.tick({ signal, ...(term !== undefined && { term }) });
      certain = state.count;
      // First payments and locks, so that no message seems unpaid whose payment came with it. Those that can not be read hold
      // neither each other up nor the messages.
      const confirmed = { number: state.confirmedBlock, hash: state.confirmedHash };
      const read = await Promise.allSettled([payments.follow(confirmed, signal), locks.follow(confirmed, signal)]);
      const progress = await readProgress(state);
      for (let next = Math.min(...progress.values()); next < state.count; ) {
        signal.throwIfAborted();
        const messages = await index.messages({ from: next, limit: Math.min(PAGE, state.count - next) });
        if (messages.length === 0)
          throw new Error(`message ${next} of ${chain.name} is not in the index that counts it`);
        await record(messages, progress);
        next += messages.length;
      }
      const unread = read.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
      if (unread.length > 1) throw new AggregateError(unread, unread.map(errorText).join("; "));
      if (unread.length === 1) throw unread[0];
    },

    paymentsTo: async () => Math.min(await payments.readTo(), await locks.readTo()),

    contains({ id, nonce }) {
      if (certain === undefined) return undefined;
      return nonce < Math.min(certain, tree.count) && tree.leaf(nonce) === id;
    },
  };
}
