import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Selectable } from "kysely";
import { type Address, type Hash, numberToHex, pad } from "viem";
import { encodeDeliveryReceipt } from "../../../protocol/deliveryReceipt.ts";
import { encodeMessage } from "../../../protocol/message.ts";
import { openStore } from "../../../store/openStore.ts";
import type { StoredMessage } from "../messages.ts";
import { type RelayerTables, relayerMigrations, type TransactionTable } from "../schema.ts";
import type { EscrowLockTable } from "./escrowTables.ts";

export type EscrowStore = Awaited<ReturnType<typeof createEscrowStore>>;

const hash = (i: number): Hash => pad(numberToHex(i), { size: 32 });
const address = (i: number): Address => pad(numberToHex(i), { size: 20 });

/** A relayer's store about an escrow on chain `HERE` that pays for deliveries on chain `THERE`. */
export async function createEscrowStore() {
  const directory = mkdtempSync(join(tmpdir(), "escrow-store-"));
  const store = await openStore<RelayerTables>({ file: join(directory, "relayer.db"), migrations: relayerMigrations });
  const { db } = store;
  const [HERE, THERE] = [1, 2];
  const [ME, ANOTHER, MODULE, RECEIPTS, ESCROW] = [address(1), address(2), address(3), address(4), address(5)] as const;
  const [sender, recipient] = [pad(RECEIPTS, { size: 32 }), pad(ESCROW, { size: 32 })];
  let count = 1_000;

  return {
    ...{ db, HERE, THERE, ME, ANOTHER, MODULE, RECEIPTS, ESCROW },

    /** Records a receipt; an entry that is a number is one for us. */
    async receipt(
      entries: readonly (number | { id: number; payee: Address })[],
      change: Partial<StoredMessage> = {},
    ): Promise<StoredMessage> {
      const nonce = count++;
      const body = encodeDeliveryReceipt({
        receiptIsm: MODULE,
        entries: entries.map((entry) =>
          typeof entry === "number"
            ? { messageId: hash(entry), payee: ME }
            : { messageId: hash(entry.id), payee: entry.payee },
        ),
      });
      const row: StoredMessage = {
        ...{ id: hash(nonce), origin: THERE, destination: HERE, nonce, sender, recipient },
        raw: encodeMessage({ version: 3, nonce, origin: THERE, sender, destination: HERE, recipient, body }),
        ...{ dispatched_block: 1, dispatched_tx: hash(10_000 + nonce), recorded_at: 0, state: "pending", attempts: 0 },
        ...{ next_attempt_at: 0, reason: null, tx: null, delivered_block: null, delivered_tx: null, gas_used: null },
        ...{ updated_at: 0, retried_at: null, wanted_wei: null, wanted_gas: null, wanted_lock: null },
        ...change,
      };
      await db.insertInto("message").values(row).execute();
      return row;
    },

    async lock(id: number, change: Partial<EscrowLockTable> = {}): Promise<void> {
      const choice = { receipt_ism: MODULE, receipt_sender: sender, deadline: 0, escrow_until: 9 };
      const open = { amount: "5", state: "open", paid_to: null, claims: 0 } as const;
      const row = { origin: HERE, destination: THERE, message_id: hash(id), ...choice, ...open, ...change };
      await db.insertInto("escrow_lock").values(row).execute();
    },

    /** A final transaction of ours on the destination, to be stored. */
    transaction: (of: Hash): Selectable<TransactionTable> => ({
      ...{ hash: of, destination: THERE, account: ME, nonce: count++, message_id: null, purpose: "claim", raw: "0x" },
      ...{ max_fee_per_gas: "1", max_priority_fee_per_gas: "1", state: "final", created_at: 0, broadcast_at: 0 },
      ...{ block_number: 1, block_hash: hash(1), gas_used: 1, success: 1, cost: "1", fills: null },
    }),

    async [Symbol.asyncDispose]() {
      await store.close();
      rmSync(directory, { recursive: true });
    },
  };
}
