import type { Selectable } from "kysely";
import type { Address, Hash, Hex } from "viem";
import type { Destination, RelayerContext } from "../context.ts";
import { createLimit } from "../limit.ts";
import { failAttempt, WORKABLE } from "../messages.ts";
import { errorText } from "../rpcError.ts";
import type { Purpose, TransactionTable } from "../schema.ts";
import { type BroadcastResult, broadcast } from "./broadcast.ts";
import { readNonce } from "./destinationHead.ts";
import { FeeLimitError, marketFees } from "./fees.ts";
import { freeNonces } from "./nonces.ts";
import { createChainId, signTransaction } from "./signer.ts";
import { messageOf, readSlots } from "./slots.ts";
import { storeSigned } from "./storeSigned.ts";
import { createUpkeep } from "./upkeep.ts";

export type Delivery = {
  id: Hash;
  purpose: Purpose;
  /** The Mailbox, or what prepares the message. */
  to: Address;
  data: Hex;
  gas: bigint;
  /** Why the message is not delivered while this is under way; of a delivery none. */
  reason?: string;
  /** Asked right before signing: whether the message is still in its origin's index. */
  isCurrent: () => boolean;
};

/** `stored`: the store says what came of it, a transaction or a refusal. Else nothing was signed, for a reason. */
export type SubmitResult = { status: "stored" } | { status: "waiting" | "failed"; reason: string };

export type Submitter = {
  /** Signs, stores and broadcasts a delivery, or what prepares it. Deliveries that come at the same time share a round. Never throws. */
  submit(delivery: Delivery): Promise<SubmitResult>;
  /** Broadcasts again what may be lost, replaces what is stuck, fills gaps between nonces. Never throws. */
  keepUp(): Promise<void>;
};

/** Deliveries per round: what is signed, stored in one commit and broadcast in one batch. */
const ROUND = 50;

/**
 * Sends the transactions of one account on one chain, one round at a time.
 *
 * A transaction is stored, signed and with its nonce, before the node sees it, together with its message's new state: wherever
 * the process dies, the next one finds it and can only broadcast the very same bytes again. A message has at most one nonce
 * that is not settled, so it can not be paid for twice.
 */
export function createSubmitter(context: RelayerContext, destination: Destination): Submitter {
  const { db, commit, now, log, emit, options } = context;
  const { chain, client, account } = destination;
  const chainId = createChainId(client);
  const oneRound = createLimit(1);
  const upkeep = createUpkeep(context, destination, chainId);
  const queue: { delivery: Delivery; resolve: (result: SubmitResult) => void }[] = [];

  async function nextRound(): Promise<void> {
    const round = queue.splice(0, ROUND);
    if (round.length === 0) return;
    const sent = await send(round.map(({ delivery }) => delivery)).catch((error: unknown): SubmitResult => {
      const status = error instanceof FeeLimitError ? "waiting" : "failed";
      return { status, reason: `could not submit: ${errorText(error)}` };
    });
    const unsent = {
      status: "waiting",
      reason: "it changed meanwhile, or a transaction for it is not settled",
    } as const;
    for (const { delivery, resolve } of round) {
      if (sent instanceof Set) resolve(sent.has(delivery.id) ? { status: "stored" } : unsent);
      else resolve(sent);
    }
  }

  /** @returns the ids of the messages that a transaction was stored for */
  async function send(deliveries: readonly Delivery[]): Promise<Set<Hash>> {
    const [id, fees, mined, pending, slots, workable] = await Promise.all([
      chainId(),
      marketFees(client, options.maxFeePerGas),
      readNonce(client, account.address, "latest"),
      readNonce(client, account.address, "pending"),
      readSlots(db, chain.domain),
      readWorkable(deliveries),
    ]);
    const ours = slots.filter((slot) => slot.account === account.address.toLowerCase());
    const taken = new Set(ours.map(({ nonce }) => nonce));
    const nonces = freeNonces({ mined, pending, taken, stalled: upkeep.isStalled() });
    for (const slot of slots) workable.delete(messageOf(slot) ?? "0x");

    const sendable = deliveries.filter((delivery) => workable.has(delivery.id) && delivery.isCurrent());
    if (sendable.length === 0) return new Set();
    const rows = await Promise.all(
      sendable.map(({ id: messageId, purpose, to, data, gas }) => {
        const call = { messageId, purpose, to, data, gas };
        const nonce = nonces.next().value;
        return signTransaction({ account, chainId: id, destination: chain.domain, call, nonce, fees, now: now() });
      }),
    );
    const reasons = new Map(sendable.flatMap(({ id: key, reason }) => (reason === undefined ? [] : [[key, reason]])));
    await commit((trx) => storeSigned(trx, rows, now(), reasons));
    const answers = await broadcast(
      client,
      rows.map(({ raw }) => raw),
    );
    await storeAnswers(rows, answers);
    return new Set(sendable.map((delivery) => delivery.id));
  }

  async function storeAnswers(rows: readonly Selectable<TransactionTable>[], answers: readonly BroadcastResult[]) {
    const accepted = rows.filter((_, i) => answers[i]?.status === "accepted").map(({ hash }) => hash);
    await commit(async (trx) => {
      if (accepted.length > 0) {
        await trx.updateTable("transaction").set({ broadcast_at: now() }).where("hash", "in", accepted).execute();
      }
      for (const [i, { hash, message_id: id }] of rows.entries()) {
        const answer = answers[i];
        if (answer?.status !== "refused" || id === null) continue;
        await trx.updateTable("transaction").set({ state: "refused" }).where("hash", "=", hash).execute();
        const message = await trx
          .selectFrom("message")
          .select(["id", "attempts"])
          .where("id", "=", id)
          .executeTakeFirst();
        const reason = `${chain.name} refused the transaction: ${answer.reason}`;
        // An empty account is soon filled again once somebody sees it.
        const capMs = answer.reason?.includes("insufficient") ? options.waitingCapMs : options.retryCapMs;
        if (message !== undefined) await failAttempt(context, trx, message, reason, capMs);
      }
    });
    for (const [i, { hash, nonce, message_id: id, purpose }] of rows.entries()) {
      if (id === null) continue;
      const { status, reason } = answers[i] ?? { status: "unknown" };
      if (status === "refused")
        emit({ type: "failed", id, reason: `${chain.name} refused the transaction: ${reason}` });
      else emit({ type: purpose === "prepare" ? "preparing" : "submitted", id, tx: hash, nonce });
      if (status !== "accepted") log.warn({ chain: chain.name, id, tx: hash, nonce, reason }, `broadcast: ${status}`);
    }
  }

  async function readWorkable(deliveries: readonly Delivery[]): Promise<Set<Hash>> {
    const ids = deliveries.map(({ id }) => id);
    const rows = await db
      .selectFrom("message")
      .select("id")
      .where("id", "in", ids)
      .where("state", "in", WORKABLE)
      .execute();
    return new Set(rows.map(({ id }) => id));
  }

  return {
    submit: (delivery) =>
      new Promise((resolve) => {
        queue.push({ delivery, resolve });
        void oneRound(nextRound);
      }),
    keepUp: () => oneRound(upkeep.run),
  };
}
