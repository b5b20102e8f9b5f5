import type { Address } from "viem";
import { mailboxAbi } from "../../../contracts/abi.ts";
import type { Destination, RelayerContext } from "../context.ts";
import { ethCall } from "../ethCall.ts";
import { failAttempt } from "../messages.ts";
import { remember } from "../remember.ts";
import { errorText } from "../rpcError.ts";
import { type DestinationHead, readNonce } from "./destinationHead.ts";
import { type Inclusion, readBlockHash, readInclusion } from "./receipts.ts";
import {
  type LiveTransaction,
  type Slot,
  storeInclusion,
  storePrepared,
  storeReorganisation,
  storeSettled,
} from "./slots.ts";

type Included = Pick<LiveTransaction, "hash" | "message_id" | "purpose"> & { block: number; success: boolean };

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

  const outcomes = await Promise.allSettled(slots.map(settle));
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
    await commit((trx) => storeInclusion(trx, slot, inclusion, now()));
    const { hash, block, gasUsed, success } = inclusion;
    const transaction = slot.transactions.find((candidate) => candidate.hash === hash);
    const { message_id: id = null, purpose = "deliver" } = transaction ?? {};
    if (id !== null && purpose === "deliver") emit({ type: "included", id, tx: hash, block, gasUsed, success });
    await finalise(slot, { hash, message_id: id, purpose, block, success });
  }

  /** Settles the slot if its block is final. */
  async function finalise(slot: Slot, included: Included): Promise<void> {
    const { hash, message_id: id, purpose, block, success } = included;
    if (block > head.final) return;
    if (id === null) {
      await commit((trx) => storeSettled(trx, slot, included, now()));
      return;
    }
    if (!success) {
      const reason = `transaction ${hash} reverted in block ${block}`;
      await commit(async (trx) => {
        await storeSettled(trx, slot, included, now());
        const message = await trx
          .selectFrom("message")
          .select(["id", "attempts"])
          .where("id", "=", id)
          .executeTakeFirst();
        if (message !== undefined) await failAttempt(context, trx, message, reason);
      });
      emit({ type: "failed", id, reason });
      return;
    }
    if (purpose === "prepare") {
      await commit((trx) => storePrepared(trx, slot, { hash, message_id: id, block }, now()));
      emit({ type: "prepared", id, tx: hash, block });
      return;
    }
    const delivered = { address: chain.mailbox, abi: mailboxAbi, functionName: "delivered", args: [id] } as const;
    if (!(await ethCall(client, delivered))) {
      // A node that contradicts itself. The transaction stays unsettled: nothing is paid for again on such a word.
      log.error({ chain: chain.name, id, tx: hash }, "a delivery is final, yet the Mailbox does not know of it");
      return;
    }
    await commit(async (trx) => {
      await storeSettled(trx, slot, included, now());
      await trx
        .updateTable("message")
        .set({ state: "delivered", reason: null, updated_at: now() })
        .where("id", "=", id)
        .execute();
    });
    emit({ type: "delivered", id, destination: chain.domain, tx: hash, block });
  }
}
