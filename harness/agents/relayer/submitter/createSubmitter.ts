import type { Selectable, Transaction } from "kysely";
import type { Address, Hash, Hex } from "viem";
import { LeaseLostError } from "../../../store/leases.ts";
import type { Destination, RelayerContext } from "../context.ts";
import { createLimit } from "../limit.ts";
import { failAttempt, WORKABLE } from "../messages.ts";
import { errorText } from "../rpcError.ts";
import type { Purpose, RelayerTables, TransactionTable } from "../schema.ts";
import { type BroadcastResult, broadcast } from "./broadcast.ts";
import { readNonce } from "./destinationHead.ts";
import { FeeLimitError, marketFees } from "./fees.ts";
import { lockWorkable, TakenMeanwhileError } from "./lockWorkable.ts";
import { freeNonces } from "./nonces.ts";
import type { Part } from "./signer.ts";
import { createChainId, signTransaction } from "./signer.ts";
import { readTaken } from "./slots.ts";
import { storeSigned } from "./storeSigned.ts";
import { createUpkeep } from "./upkeep.ts";

export type Delivery = {
  id: Hash;
  purpose: Extract<Purpose, "deliver" | "prepare">;
  /** The Mailbox, or what prepares the message. */
  to: Address;
  data: Hex;
  gas: bigint;
  /** Why the message is not delivered while this is under way; of a delivery none. */
  reason?: string;
  /** Asked right before signing: whether the message is still in its origin's index. */
  isCurrent: () => boolean;
};

/** A transaction that is about no single message. */
export type Errand = {
  id: null;
  purpose: Extract<Purpose, "claim" | "withdraw">;
  to: Address;
  data: Hex;
  gas: bigint;
  /** Written in the commit that stores the transaction. */
  alongside?: (trx: Transaction<RelayerTables>) => Promise<void>;
  /** Written in the commit that says that no node took it: nothing has come of it. */
  takenBack?: (trx: Transaction<RelayerTables>) => Promise<void>;
};

/** A transaction that delivers several messages. */
export type Batch = {
  id: null;
  purpose: Extract<Purpose, "batch">;
  to: Address;
  data: Hex;
  gas: bigint;
  batched: readonly Part[];
  /** Asked right before signing: whether all of them are still in their origin's index. */
  isCurrent: () => boolean;
};

type Order = Delivery | Errand | Batch;

/** `stored`: the store says what came of it, a transaction or a refusal. Else nothing was signed, for a reason. */
export type SubmitResult = { status: "stored" } | { status: "waiting" | "failed"; reason: string };

export type Submitter = {
  /** Signs, stores and broadcasts a transaction. Those that come at the same time share a round. Never throws. */
  submit(order: Order): Promise<SubmitResult>;
  /** Broadcasts again what may be lost, replaces what is stuck, fills gaps between nonces. Never throws. */
  keepUp(): Promise<void>;
};

/** Transactions per round: what is signed, stored in one commit and broadcast in one batch. */
const ROUND = 50;

/**
 * Sends the transactions of one account on one chain, one round at a time.
 *
 * A transaction is stored, signed and with its nonce, before the node sees it, together with its message's new state: wherever
 * the process dies, the next one finds it and can only broadcast the very same bytes again. A message has at most one nonce
 * that is not settled, so it can not be paid for twice.
 */
export function createSubmitter(context: RelayerContext, destination: Destination): Submitter {
  const { db, commit, leases, now, log, emit, options } = context;
  const { chain, client, account } = destination;
  const chainId = createChainId(client);
  const oneRound = createLimit(1);
  const upkeep = createUpkeep(context, destination, chainId);
  const queue: { order: Order; resolve: (result: SubmitResult) => void }[] = [];

  async function nextRound(): Promise<void> {
    const round = queue.splice(0, ROUND);
    if (round.length === 0) return;
    const sent = await send(round.map(({ order }) => order)).catch((error: unknown): SubmitResult => {
      const waits = [FeeLimitError, LeaseLostError, TakenMeanwhileError].some((kind) => error instanceof kind);
      const status = waits ? "waiting" : "failed";
      return { status, reason: `could not submit: ${errorText(error)}` };
    });
    const unsent = {
      status: "waiting",
      reason: "it changed meanwhile, or a transaction for it is not settled",
    } as const;
    for (const { order, resolve } of round) {
      if (sent instanceof Set) resolve(sent.has(order) ? { status: "stored" } : unsent);
      else resolve(sent);
    }
  }

  /** @returns those that a transaction was stored for */
  async function send(orders: readonly Order[]): Promise<Set<Order>> {
    const [id, fees, mined, pending, taken, workable] = await Promise.all([
      chainId(),
      marketFees(client, options.maxFeePerGas),
      readNonce(client, account.address, "latest"),
      readNonce(client, account.address, "pending"),
      readTaken(db, destination, orders.flatMap(idsOf)),
      readWorkable(orders),
    ]);
    const nonces = freeNonces({ mined, pending, taken: taken.nonces, stalled: upkeep.isStalled() });
    for (const id of taken.messages) workable.delete(id);

    const sendable = orders.filter(
      (order) => !("isCurrent" in order) || (idsOf(order).every((id) => workable.has(id)) && order.isCurrent()),
    );
    if (sendable.length === 0) return new Set();
    const rows = await Promise.all(
      sendable.map(({ id: messageId, purpose, to, data, gas }) => {
        const call = { messageId, purpose, to, data, gas };
        const nonce = nonces.next().value;
        return signTransaction({ account, chainId: id, destination: chain.domain, call, nonce, fees, now: now() });
      }),
    );
    const reasons = new Map(
      sendable.flatMap((order) => (order.id === null || order.reason === undefined ? [] : [[order.id, order.reason]])),
    );
    const batched = new Map(rows.map(({ hash }, i) => [hash, partsOf(sendable[i])]));
    await commit(async (trx) => {
      if (!leases.alone) await lockWorkable(trx, sendable.flatMap(idsOf));
      await storeSigned(trx, rows, now(), { reasons, batched });
      for (const order of sendable) if ("alongside" in order) await order.alongside?.(trx);
    });
    const answers = await broadcast(
      client,
      rows.map(({ raw }) => raw),
    );
    await storeAnswers(rows, answers, sendable);
    return new Set(sendable);
  }

  async function storeAnswers(
    rows: readonly Selectable<TransactionTable>[],
    answers: readonly BroadcastResult[],
    orders: readonly Order[],
  ) {
    const accepted = rows.filter((_, i) => answers[i]?.status === "accepted").map(({ hash }) => hash);
    await commit(async (trx) => {
      if (accepted.length > 0) {
        await trx.updateTable("transaction").set({ broadcast_at: now() }).where("hash", "in", accepted).execute();
      }
      for (const [i, { hash }] of rows.entries()) {
        const answer = answers[i];
        if (answer?.status !== "refused") continue;
        await trx.updateTable("transaction").set({ state: "refused" }).where("hash", "=", hash).execute();
        const order = orders[i];
        if (order !== undefined && "takenBack" in order) await order.takenBack?.(trx);
        const ids = order === undefined ? [] : idsOf(order);
        if (ids.length === 0) continue;
        const messages = await trx.selectFrom("message").select(["id", "attempts"]).where("id", "in", ids).execute();
        const reason = `${chain.name} refused the transaction: ${answer.reason}`;
        // An empty account is soon filled again once somebody sees it.
        const capMs = answer.reason?.includes("insufficient") ? options.waitingCapMs : options.retryCapMs;
        for (const message of messages) await failAttempt(context, trx, message, reason, { capMs });
      }
    });
    for (const [i, { hash, nonce, message_id: id, purpose }] of rows.entries()) {
      const { status, reason } = answers[i] ?? { status: "unknown" };
      const order = orders[i];
      for (const each of order === undefined ? [] : idsOf(order)) {
        if (status === "refused")
          emit({ type: "failed", id: each, reason: `${chain.name} refused the transaction: ${reason}` });
        else emit({ type: purpose === "prepare" ? "preparing" : "submitted", id: each, tx: hash, nonce });
      }
      if (status !== "accepted")
        log.warn({ chain: chain.name, id, purpose, tx: hash, nonce, reason }, `broadcast: ${status}`);
    }
  }

  async function readWorkable(orders: readonly Order[]): Promise<Set<Hash>> {
    const ids = orders.flatMap(idsOf);
    if (ids.length === 0) return new Set();
    const rows = await db
      .selectFrom("message")
      .select("id")
      .where("id", "in", ids)
      .where("state", "in", WORKABLE)
      .execute();
    return new Set(rows.map(({ id }) => id));
  }

  return {
    submit: (order) =>
      new Promise((resolve) => {
        queue.push({ order, resolve });
        void oneRound(nextRound);
      }),
    keepUp: () => oneRound(upkeep.run),
  };
}

/** The messages that a transaction is about. */
function idsOf(order: Order): Hash[] {
  return order.id === null ? partsOf(order).map(({ id }) => id) : [order.id];
}

function partsOf(order: Order | undefined): readonly Part[] {
  return order?.purpose === "batch" ? order.batched : [];
}
