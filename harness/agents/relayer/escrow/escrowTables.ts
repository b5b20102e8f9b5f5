import type { Address, Hash, Hex } from "viem";
import type { Migrations } from "../../../store/openStore.ts";

/**
 * - `open`: locked; who delivers gets it
 * - `paid`: a receipt came
 * - `refunded`: none came in time
 */
export type LockState = "open" | "paid" | "refunded";

/** A payment that was locked for the delivery of a message, as the final events of its origin's escrow say. */
export type EscrowLockTable = {
  /** Domains. */
  origin: number;
  destination: number;
  message_id: Hash;
  receipt_ism: Address;
  /** addr32. */
  receipt_sender: Hex;
  /** Seconds since 1970; 0 for none. */
  deadline: number;
  escrow_until: number;
  /** Wei of the origin's token, decimal, with what was added. */
  amount: string;
  state: LockState;
  paid_to: Address | null;
  /** Transactions of ours that claimed it, whatever became of them. */
  claims: number;
};

/** Up to which block the escrow of an origin is read, and which escrow that is since which block. */
export type EscrowProgressTable = { origin: number; block: number; hash: Hash; source: string };

export type EscrowTables = { escrow_lock: EscrowLockTable; escrow_progress: EscrowProgressTable };

export const escrowMigrations: Migrations = {
  escrow_0001_create: {
    async up(db) {
      await db.schema
        .createTable("escrow_lock")
        .addColumn("origin", "bigint", (column) => column.notNull())
        .addColumn("destination", "bigint", (column) => column.notNull())
        .addColumn("message_id", "text", (column) => column.notNull())
        .addColumn("receipt_ism", "text", (column) => column.notNull())
        .addColumn("receipt_sender", "text", (column) => column.notNull())
        .addColumn("deadline", "bigint", (column) => column.notNull())
        .addColumn("escrow_until", "bigint", (column) => column.notNull())
        .addColumn("amount", "text", (column) => column.notNull())
        .addColumn("state", "text", (column) => column.notNull())
        .addColumn("paid_to", "text")
        .addColumn("claims", "integer", (column) => column.notNull())
        .addPrimaryKeyConstraint("escrow_lock_key", ["origin", "message_id"])
        .execute();
      await db.schema
        .createIndex("escrow_lock_open")
        .on("escrow_lock")
        .columns(["origin", "destination", "state"])
        .execute();
      await db.schema
        .createTable("escrow_progress")
        .addColumn("origin", "bigint", (column) => column.primaryKey())
        .addColumn("block", "bigint", (column) => column.notNull())
        .addColumn("hash", "text", (column) => column.notNull())
        .addColumn("source", "text", (column) => column.notNull())
        .execute();
    },
  },
};
