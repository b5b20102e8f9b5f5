import type { Destination, RelayerContext } from "../context.ts";
import { errorText } from "../rpcError.ts";
import { broadcast } from "./broadcast.ts";
import { broadcastAgain } from "./broadcastAgain.ts";
import { readNonce } from "./destinationHead.ts";
import { FeeLimitError, type Fees, larger, marketFees, replacementFees } from "./fees.ts";
import { freeNonces } from "./nonces.ts";
import { type Call, callOf, emptyCall, signTransaction } from "./signer.ts";
import { messagesOf, readSlots, type Slot } from "./slots.ts";
import { storeSigned } from "./storeSigned.ts";

export type Upkeep = {
  /** One round. Must not run beside another round of the same account. Never throws: the next round tries again. */
  run(): Promise<void>;
  /** Whether the account's nonce has not moved for too long although it should. */
  isStalled(): boolean;
};

/** Transactions replaced or filled in per round. */
const ROUND = 100;

/** Keeps the transactions of one account moving, whatever a node's pool lost or sits on. */
export function createUpkeep(
  context: RelayerContext,
  { chain, client, account }: Destination,
  chainId: () => Promise<number>,
): Upkeep {
  const { db, commit, now, log, options } = context;
  const startedAt = now();
  let moved = { nonce: -1, at: startedAt };

  function isStalled(): boolean {
    return now() - moved.at >= options.stuckAfterMs;
  }

  async function run(): Promise<void> {
    const [mined, pending, all] = await Promise.all([
      readNonce(client, account.address, "latest"),
      readNonce(client, account.address, "pending"),
      readSlots(db, chain.domain),
    ]);
    // Slots below the account's nonce are in a block already, or soon known to be lost: not for here.
    const slots = all.filter((slot) => slot.account === account.address.toLowerCase() && slot.nonce >= mined);
    const shouldMove = slots.length > 0 || pending > mined;
    if (mined !== moved.nonce || !shouldMove) moved = { nonce: mined, at: now() };
    if (!shouldMove) return;

    const market = await marketFees(client, options.maxFeePerGas).catch((error: unknown) => {
      if (error instanceof FeeLimitError) return undefined; // nothing can be replaced now, only broadcast again
      throw error;
    });
    const withdrawn = await findWithdrawn(slots);
    const replaced = new Set<Slot>();
    if (market !== undefined) {
      const head = slots.find((slot) => slot.nonce === mined);
      const stuck = isStalled() ? slots.filter((slot) => slot === head || isBelow(slot, market)) : [];
      for (const slot of new Set([...withdrawn, ...stuck.slice(0, ROUND)])) {
        if (await replace(slot, market, withdrawn.has(slot))) replaced.add(slot);
      }
      await fillGaps(slots, mined, pending, market);
    }
    const others = slots.filter((slot) => !replaced.has(slot) && !withdrawn.has(slot));
    await broadcastAgain(context, { chain, client }, others, startedAt);
  }

  /** Slots for messages that their origin has dropped since: nobody must deliver those any more. */
  async function findWithdrawn(slots: readonly Slot[]): Promise<Set<Slot>> {
    const ids = slots.flatMap(messagesOf);
    if (ids.length === 0) return new Set();
    const rows = await db.selectFrom("message").select("id").where("id", "in", ids).execute();
    const known = new Set(rows.map(({ id }) => id));
    return new Set(slots.filter((slot) => messagesOf(slot).some((id) => !known.has(id))));
  }

  /** @returns whether there is a new transaction for the slot, or already one that makes it empty */
  async function replace(slot: Slot, market: Fees, withdraw: boolean): Promise<boolean> {
    const [newest] = slot.transactions;
    if (withdraw && messagesOf({ transactions: [newest] }).length === 0) return true;
    const tried = await db
      .selectFrom("transaction")
      .select([
        "hash",
        "raw",
        "message_id",
        "fills",
        "purpose",
        "created_at",
        "max_fee_per_gas",
        "max_priority_fee_per_gas",
      ])
      .where("destination", "=", chain.domain)
      .where("account", "=", slot.account)
      .where("nonce", "=", slot.nonce)
      .execute();
    const last = tried.reduce(
      (time, row) =>
        withdraw && (row.message_id !== null || row.purpose === "batch") ? time : Math.max(time, row.created_at),
      0,
    );
    if (now() - last < options.stuckAfterMs) return false;

    const highest = {
      maxFeePerGas: largest(tried.map((row) => BigInt(row.max_fee_per_gas))),
      maxPriorityFeePerGas: largest(tried.map((row) => BigInt(row.max_priority_fee_per_gas))),
    };
    const fees = replacementFees(highest, market, options.maxFeePerGas);
    if (fees === undefined) {
      await explain(slot, `nonce ${slot.nonce} is stuck, and maxFeePerGas leaves no room to replace its transaction`);
      return false;
    }
    const stored = tried.find(({ hash }) => hash === newest.hash);
    // What no node ever took must not wedge all that comes behind it: its nonce is used up by an empty transaction.
    const wasTaken = slot.transactions.some(({ broadcast_at }) => broadcast_at !== null);
    const isEmptied = withdraw || !wasTaken || stored === undefined;
    const call = isEmptied ? emptyCall(account, messagesOf(slot)[0]) : callOf(stored, newest.batched);
    log.info({ chain: chain.name, nonce: slot.nonce, id: call.messageId }, "replacing a transaction that is stuck");
    await send(call, slot.nonce, fees);
    return true;
  }

  /** Tells why a message does not move: once, in the log, and in its status. */
  async function explain(slot: Slot, reason: string): Promise<void> {
    await commit(async (trx) => {
      const { numUpdatedRows } = await trx
        .updateTable("message")
        .set({ reason, updated_at: now() })
        .where("id", "in", ["0x", ...messagesOf(slot)])
        .where((message) => message.or([message("reason", "is", null), message("reason", "!=", reason)]))
        .executeTakeFirst();
      if (numUpdatedRows > 0n) log.warn({ chain: chain.name }, reason);
    });
  }

  /** Nothing above a nonce that no transaction has can be included. */
  async function fillGaps(slots: readonly Slot[], mined: number, pending: number, market: Fees): Promise<void> {
    const taken = new Set(slots.map(({ nonce }) => nonce));
    const last = Math.max(...taken); // -Infinity when there is none
    let filled = 0;
    for (const nonce of freeNonces({ mined, pending, taken, stalled: isStalled() })) {
      if (nonce >= last || filled >= ROUND) return;
      log.info({ chain: chain.name, nonce }, "filling a gap between nonces");
      await send(emptyCall(account), nonce, market);
      filled += 1;
    }
  }

  async function send(call: Call, nonce: number, fees: Fees): Promise<void> {
    const id = await chainId();
    const row = await signTransaction({
      account,
      chainId: id,
      destination: chain.domain,
      call,
      nonce,
      fees,
      now: now(),
    });
    const batched = new Map([[row.hash, call.batched ?? []]]);
    await commit((trx) => storeSigned(trx, [row], now(), { batched }));
    const [answer] = await broadcast(client, [row.raw]);
    if (answer?.status === "unknown") return;
    const isRefused = answer?.status === "refused";
    if (isRefused) log.warn({ chain: chain.name, nonce, reason: answer.reason }, "a replacement was refused");
    await commit(async (trx) => {
      await trx
        .updateTable("transaction")
        .set(isRefused ? { state: "refused" } : { broadcast_at: now() })
        .where("hash", "=", row.hash)
        .execute();
    });
  }

  return {
    isStalled,
    run: async () => {
      try {
        await run();
      } catch (error) {
        log.warn({ chain: chain.name, error: errorText(error) }, "could not look after its transactions");
      }
    },
  };
}

function isBelow({ transactions: [newest] }: Slot, market: Fees): boolean {
  return BigInt(newest.max_fee_per_gas) < market.maxFeePerGas;
}

function largest(values: readonly bigint[]): bigint {
  return values.reduce(larger, 0n);
}
