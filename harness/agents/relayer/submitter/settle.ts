import type { Transaction } from "kysely";
import type { Address, Hash } from "viem";
import { mailboxAbi } from "../../../contracts/abi.ts";
import type { Destination, RelayerContext } from "../context.ts";
import { ethCall } from "../ethCall.ts";
import { failAttempt } from "../messages.ts";
import { remember } from "../remember.ts";
import { errorText } from "../rpcError.ts";
import type { RelayerTables } from "../schema.ts";
import { deliveriesIn } from "./deliveriesIn.ts";
import { type DestinationHead, readNonce } from "./destinationHead.ts";
import { type Inclusion, readBlockHash, readInclusion } from "./receipts.ts";
import {
  type LiveTransaction,
  messagesOf,
  type Slot,
  storeFinal,
  storeInclusion,
  storePrepared,
  storeReorganisation,
  storeSettled,
} from "./slots.ts";

type Included = Pick<LiveTransaction, "hash" | "message_id" | "purpose" | "batched"> & {
  block: number;
  success: boolean;
};

/**
 * Finds out what became of transactions that are not settled: included, reorganised out, final, or replaced by another of
 * its nonce. Only what is final settles a message, whether it succeeded or reverted, so that no message is paid for twice
 * because a block was reorganised or a node lagged behind.
 * @throws the first error of the RPC, after everything else was done
 */
export async function settleTransactions(
  context: RelayerContext,
  { chain, client }: Destination,
  head: DestinationHead,
  slots: readonly Slot[],
): Promise<void> {
  const { commit, now, emit, log } = context;
  const blockHash = remember((block: number) => readBlockHash(client, block));
  const minedNonce = remember((account: Address) => readNonce(client, account, "latest"));
  const finalNonce = remember((account: Address) => readNonce(client, account, head.final));

  /** Deliveries of one message each that are final, whose Mailbox knows them. */
  const delivered: { slot: Slot; hash: Hash; id: Hash; block: number }[] = [];
  const outcomes = await Promise.allSettled(slots.map(settle));
  await settleDelivered();
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed !== undefined) throw failed.reason;

  async function settle(slot: Slot): Promise<void> {
    const included = slot.transactions.find((transaction) => transaction.state === "included");
    if (included?.block_number == null) {
      if (slot.nonce < (await minedNonce(slot.account))) await lookForReceipts(slot);
    } else if ((await blockHash(included.block_number)) !== included.block_hash) {
      log.warn({ chain: chain.name, tx: included.hash }, "a transaction was reorganised out of its block");
      await commit((trx) => storeReorganisation(trx, slot, now()));
      await lookForReceipts(slot);
    } else {
      await finalise(slot, { ...included, block: included.block_number, success: included.success === 1 });
    }
  }

  async function lookForReceipts(slot: Slot): Promise<void> {
    const found = await Promise.all(slot.transactions.map(({ hash }) => readInclusion(client, hash)));
    const inclusion = found.find((receipt) => receipt !== undefined);
    if (inclusion !== undefined) {
      await include(slot, inclusion);
    } else if (await isLost(slot)) {
      log.warn({ chain: chain.name, nonce: slot.nonce }, "a nonce was used by a transaction that is not ours");
      await commit((trx) => storeSettled(trx, slot, undefined, now()));
    }
  }

  async function isLost(slot: Slot): Promise<boolean> {
    try {
      return slot.nonce < (await finalNonce(slot.account));
    } catch (error) {
      // A node that has dropped the state of that block. Nothing else needs it.
      const details = { chain: chain.name, block: head.final, nonce: slot.nonce, error: errorText(error) };
      log.warn(
        details,
        "can not tell whether a transaction is lost: the node does not know the account at the final block",
      );
      return false;
    }
  }

  async function include(slot: Slot, inclusion: Inclusion): Promise<void> {
    const { hash, block, gasUsed, success } = inclusion;
    const transaction = slot.transactions.find((candidate) => candidate.hash === hash);
    const { message_id: id = null, purpose = "deliver" } = transaction ?? {};
    const deliveries = deliveriesIn(purpose === "batch" ? inclusion.logs : [], chain.mailbox);
    await commit((trx) => storeInclusion(trx, slot, { ...inclusion, ...deliveries }, now()));
    if (id !== null && purpose === "deliver") emit({ type: "included", id, tx: hash, block, gasUsed, success });
    const batched = (transaction?.batched ?? []).map((part) => ({
      ...part,
      delivered: deliveries.delivered.has(part.id),
    }));
    for (const part of batched) {
      const gas = Math.round((gasUsed * part.share) / 1_000_000);
      emit({ type: "included", id: part.id, tx: hash, block, gasUsed: gas, success: part.delivered });
    }
    await finalise(slot, { hash, message_id: id, purpose, batched, block, success });
  }

  /** Settles the slot if its block is final. */
  async function finalise(slot: Slot, included: Included): Promise<void> {
    const { hash, message_id: id, purpose, batched, block, success } = included;
    if (block > head.final) return;
    if (id === null && batched.length === 0) {
      await commit((trx) => storeSettled(trx, slot, included, now()));
      return;
    }
    if (!success) return failAll(slot, included, messagesOf({ transactions: [included] }), "reverted");
    if (batched.length > 0) return finaliseBatch(slot, included);
    if (id === null) return;
    if (purpose === "prepare") {
      await commit((trx) => storePrepared(trx, slot, { hash, message_id: id, block }, now()));
      emit({ type: "prepared", id, tx: hash, block });
      return;
    }
    if (await isKnown(id, hash)) delivered.push({ slot, hash, id, block });
  }

  /** Most slots end here, and one has no other transaction mostly: what is the same for all is written once. */
  async function settleDelivered(): Promise<void> {
    if (delivered.length === 0) return;
    await commit(async (trx) => {
      const hashes = delivered.flatMap(({ slot, hash }) => (slot.transactions.length === 1 ? [hash] : []));
      await storeFinal(trx, hashes);
      for (const { slot, hash, id } of delivered) {
        if (slot.transactions.length === 1) continue;
        await storeSettled(trx, slot, { hash, message_id: id, batched: [] }, now());
      }
      const ids = delivered.map(({ id }) => id);
      await storeDelivered(trx, ids);
    });
    for (const { hash, id, block } of delivered) {
      emit({ type: "delivered", id, destination: chain.domain, tx: hash, block });
    }
  }

  /** Those that the batch has delivered are; the others are tried again, alone. */
  async function finaliseBatch(slot: Slot, included: Included): Promise<void> {
    const { hash, block, batched } = included;
    const [good, bad] = [true, false].map((delivered) =>
      batched.filter((part) => (part.delivered ?? false) === delivered).map((part) => part.id),
    );
    const known = await Promise.all((good ?? []).map((id) => isKnown(id, hash)));
    if (good === undefined || bad === undefined || known.includes(false)) return;
    await failAll(slot, included, bad, "did not deliver it", good);
    for (const id of good) emit({ type: "delivered", id, destination: chain.domain, tx: hash, block });
  }

  /** Settles the slot; of its messages, these have failed and those are delivered. */
  async function failAll(
    slot: Slot,
    included: Included,
    ids: readonly Hash[],
    what: string,
    delivered: readonly Hash[] = [],
  ): Promise<void> {
    const reason = `transaction ${included.hash} ${what} in block ${included.block}`;
    await commit(async (trx) => {
      await storeSettled(trx, slot, included, now());
      await storeDelivered(trx, delivered);
      if (ids.length === 0) return;
      const messages = await trx
        .selectFrom("message")
        .select(["id", "attempts", "reason"])
        .where("id", "in", ids)
        .execute();
      for (const message of messages) {
        // What the recipient said is told on: the store has had it since the inclusion.
        const told = message.reason?.startsWith(reason.split(" in block")[0] ?? "") === true ? message.reason : reason;
        await failAttempt(context, trx, message, told.replace(", which is not final yet", ""));
      }
    });
    for (const id of ids) emit({ type: "failed", id, reason });
  }

  async function storeDelivered(trx: Transaction<RelayerTables>, ids: readonly Hash[]): Promise<void> {
    if (ids.length === 0) return;
    const set = { state: "delivered", reason: null, updated_at: now() } as const;
    await trx.updateTable("message").set(set).where("id", "in", ids).execute();
  }

  /** Whether the Mailbox knows of a delivery that is final. */
  async function isKnown(id: Hash, tx: Hash): Promise<boolean> {
    const delivered = { address: chain.mailbox, abi: mailboxAbi, functionName: "delivered", args: [id] } as const;
    if (await ethCall(client, delivered)) return true;
    // A node that contradicts itself. The transaction stays unsettled: nothing is paid for again on such a word.
    log.error({ chain: chain.name, id, tx }, "a delivery is final, yet the Mailbox does not know of it");
    return false;
  }
}
