import type { Address, Hash, Hex } from "viem";
import { type PauseTables, pauseMigrations } from "../../control/pause.ts";
import type { Migrations } from "../../store/openStore.ts";
import { type EscrowTables, escrowMigrations } from "./escrow/escrowTables.ts";

/**
 * - `pending`: to be worked on when `next_attempt_at` has come
 * - `waiting`: the same, and what is lacking is time: signatures, a fraud window, lower fees
 * - `submitted`: a transaction of ours is signed, and perhaps broadcast; its `purpose` may be to deliver or to prepare
 * - `included`: it is in a block that may still be reorganised
 * - `delivered`: final on the destination
 * - `excluded`: the relayer's lists say that it is not relayed; looked at again when the relayer starts
 * - `parked`: given up, since it has cost too much: until an operator says `causeway retry`
 */
export const MESSAGE_STATES = [
  "pending",
  "waiting",
  "submitted",
  "included",
  "delivered",
  "excluded",
  "parked",
] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

export type MessageTable = {
  id: Hash;
  /** Domains. */
  origin: number;
  destination: number;
  /** Its index in the origin's Mailbox. */
  nonce: number;
  sender: Hex;
  recipient: Hex;
  raw: Hex;
  dispatched_block: number;
  dispatched_tx: Hash;
  /** Milliseconds since 1970, as all `_at`. */
  recorded_at: number;
  state: MessageState;
  /** Tries that failed: reverted, refused, or broken off. Waiting for signatures is no failure. */
  attempts: number;
  next_attempt_at: number;
  /** Why it is not delivered, or by whom it was. */
  reason: string | null;
  /** The last transaction of ours. */
  tx: Hash | null;
  delivered_block: number | null;
  delivered_tx: Hash | null;
  gas_used: number | null;
  updated_at: number;
  /** When an operator last said that it is to be tried again: what was spent before does not count. */
  retried_at: number | null;
  /**
   * While too little is paid for it: what must be paid in all before it is looked at again, in wei and in gas, or locked in
   * wei; else null. Where there are several, one of them is enough.
   */
  wanted_wei: string | null;
  wanted_gas: string | null;
  wanted_lock: string | null;
};

/**
 * - `pending`: signed; it may be in the node's pool, or in a block that was not looked at
 * - `included`: in a block that may still be reorganised
 * - `final`: in a final block; its nonce is settled
 * - `superseded`: another transaction of its nonce is final
 * - `refused`: the node did not take it when it was broadcast for the first time: it is nowhere
 */
export type TransactionState = "pending" | "included" | "final" | "superseded" | "refused";

/**
 * - `batch`: to hand several messages to their Mailbox at once; `batched` says which
 * - `deliver`: to hand the message to its Mailbox; also that of transactions that only use their nonce up
 * - `prepare`: to do what has to come before that, as a pre-verification
 * - `claim`: to say on another chain what was delivered here, for which an escrow there pays
 * - `withdraw`: to have an escrow here send what it owes
 */
export type Purpose = "batch" | "deliver" | "prepare" | "claim" | "withdraw";

export type TransactionTable = {
  hash: Hash;
  /** Domain of the chain it is for. */
  destination: number;
  account: Address;
  nonce: number;
  /** None for a transaction that is about no single message, or only uses its nonce up. */
  message_id: Hash | null;
  purpose: Purpose;
  /** Signed, as it is broadcast. */
  raw: Hex;
  /** Wei, decimal. */
  max_fee_per_gas: string;
  max_priority_fee_per_gas: string;
  state: TransactionState;
  created_at: number;
  /** When it was last given to the node. */
  broadcast_at: number | null;
  block_number: number | null;
  block_hash: Hash | null;
  gas_used: number | null;
  /** 1 or 0, once included. */
  success: number | null;
  /** Wei that it was charged in all, decimal, once included. */
  cost: string | null;
  /** The message whose nonce it uses up, if that is all it does. */
  fills: Hash | null;
};

/** A message that a transaction of purpose `batch` is to deliver. */
export type BatchedTable = {
  hash: Hash;
  message_id: Hash;
  /** Its part of what the transaction costs, in millionths: by the gas that its delivery alone was estimated to use. */
  share: number;
  /** Once that is included: 1 if it has delivered the message, else 0. */
  delivered: number | null;
};

/** A payment for the delivery of a message, by its place on the origin. */
export type PaymentTable = {
  origin: number;
  block: number;
  log_index: number;
  tx: Hash;
  paymaster: Address;
  message_id: Hash;
  destination: number;
  /** Gas that was paid for, decimal. */
  gas: string;
  /** Wei of the origin's token, decimal; 0 if it was paid in another. */
  payment: string;
};

/** What payments on an origin are read of. */
export type PaymentSourceTable = { origin: number; source: string };

/** Up to these blocks the payments on an origin are recorded. */
export type PaymentBlockTable = { origin: number; number: number; hash: Hash };

/** Up to which index (exclusive) the messages from one chain to another are recorded, and the root of the tree up to there. */
export type RecordedTable = { origin: number; destination: number; next_index: number; root: Hex };

export type RelayerTables = {
  message: MessageTable;
  transaction: TransactionTable;
  batched: BatchedTable;
  recorded: RecordedTable;
  payment: PaymentTable;
  payment_source: PaymentSourceTable;
  payment_block: PaymentBlockTable;
} & EscrowTables &
  PauseTables;

export const relayerMigrations: Migrations = {
  relayer_0001_create: {
    async up(db) {
      await db.schema
        .createTable("message")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("origin", "bigint", (column) => column.notNull())
        .addColumn("destination", "bigint", (column) => column.notNull())
        .addColumn("nonce", "bigint", (column) => column.notNull())
        .addColumn("sender", "text", (column) => column.notNull())
        .addColumn("recipient", "text", (column) => column.notNull())
        .addColumn("raw", "text", (column) => column.notNull())
        .addColumn("dispatched_block", "bigint", (column) => column.notNull())
        .addColumn("dispatched_tx", "text", (column) => column.notNull())
        .addColumn("recorded_at", "bigint", (column) => column.notNull())
        .addColumn("state", "text", (column) => column.notNull())
        .addColumn("attempts", "integer", (column) => column.notNull())
        .addColumn("next_attempt_at", "bigint", (column) => column.notNull())
        .addColumn("reason", "text")
        .addColumn("tx", "text")
        .addColumn("delivered_block", "bigint")
        .addColumn("delivered_tx", "text")
        .addColumn("gas_used", "bigint")
        .addColumn("updated_at", "bigint", (column) => column.notNull())
        .execute();
      await db.schema
        .createIndex("message_due")
        .on("message")
        .columns(["destination", "state", "next_attempt_at", "nonce"])
        .execute();
      await db.schema.createIndex("message_origin").on("message").columns(["origin", "nonce"]).execute();
      await db.schema.createIndex("message_updated").on("message").column("updated_at").execute();

      await db.schema
        .createTable("transaction")
        .addColumn("hash", "text", (column) => column.primaryKey())
        .addColumn("destination", "bigint", (column) => column.notNull())
        .addColumn("account", "text", (column) => column.notNull())
        .addColumn("nonce", "bigint", (column) => column.notNull())
        .addColumn("message_id", "text")
        .addColumn("raw", "text", (column) => column.notNull())
        .addColumn("max_fee_per_gas", "text", (column) => column.notNull())
        .addColumn("max_priority_fee_per_gas", "text", (column) => column.notNull())
        .addColumn("state", "text", (column) => column.notNull())
        .addColumn("created_at", "bigint", (column) => column.notNull())
        .addColumn("broadcast_at", "bigint")
        .addColumn("block_number", "bigint")
        .addColumn("block_hash", "text")
        .addColumn("gas_used", "bigint")
        .addColumn("success", "integer")
        .execute();
      await db.schema
        .createIndex("transaction_unsettled")
        .on("transaction")
        .columns(["destination", "state", "nonce"])
        .execute();
      await db.schema.createIndex("transaction_message").on("transaction").column("message_id").execute();

      await db.schema
        .createTable("recorded")
        .addColumn("origin", "bigint", (column) => column.notNull())
        .addColumn("destination", "bigint", (column) => column.notNull())
        .addColumn("next_index", "bigint", (column) => column.notNull())
        .addColumn("root", "text", (column) => column.notNull())
        .addPrimaryKeyConstraint("recorded_key", ["origin", "destination"])
        .execute();
    },
  },
  relayer_0002_purpose: {
    async up(db) {
      await db.schema
        .alterTable("transaction")
        .addColumn("purpose", "text", (column) => column.notNull().defaultTo("deliver"))
        .execute();
    },
  },
  relayer_0003_payments: {
    async up(db) {
      for (const column of ["cost", "fills"]) {
        await db.schema.alterTable("transaction").addColumn(column, "text").execute();
      }
      await db.schema.createIndex("transaction_fills").on("transaction").column("fills").execute();
      await db.schema.alterTable("message").addColumn("retried_at", "bigint").execute();
      for (const column of ["wanted_wei", "wanted_gas"]) {
        await db.schema.alterTable("message").addColumn(column, "text").execute();
      }
      await db.schema
        .createTable("payment")
        .addColumn("origin", "bigint", (column) => column.notNull())
        .addColumn("block", "bigint", (column) => column.notNull())
        .addColumn("log_index", "bigint", (column) => column.notNull())
        .addColumn("tx", "text", (column) => column.notNull())
        .addColumn("paymaster", "text", (column) => column.notNull())
        .addColumn("message_id", "text", (column) => column.notNull())
        .addColumn("destination", "bigint", (column) => column.notNull())
        .addColumn("gas", "text", (column) => column.notNull())
        .addColumn("payment", "text", (column) => column.notNull())
        .addPrimaryKeyConstraint("payment_key", ["origin", "block", "log_index"])
        .execute();
      await db.schema.createIndex("payment_message").on("payment").column("message_id").execute();
      await db.schema
        .createTable("payment_source")
        .addColumn("origin", "bigint", (column) => column.primaryKey())
        .addColumn("source", "text", (column) => column.notNull())
        .execute();
      await db.schema
        .createTable("payment_block")
        .addColumn("origin", "bigint", (column) => column.notNull())
        .addColumn("number", "bigint", (column) => column.notNull())
        .addColumn("hash", "text", (column) => column.notNull())
        .addPrimaryKeyConstraint("payment_block_key", ["origin", "number"])
        .execute();
    },
  },
  relayer_0004_wanted_lock: {
    async up(db) {
      await db.schema.alterTable("message").addColumn("wanted_lock", "text").execute();
    },
  },
  /** What a search looks for. */
  relayer_0005_search: {
    async up(db) {
      await db.schema.createIndex("message_sender").on("message").columns(["sender", "updated_at"]).execute();
      await db.schema.createIndex("message_dispatched_tx").on("message").column("dispatched_tx").execute();
    },
  },
  relayer_0006_state: {
    async up(db) {
      await db.schema.createIndex("message_state").on("message").columns(["state", "updated_at"]).execute();
    },
  },
  relayer_0007_batched: {
    async up(db) {
      await db.schema
        .createTable("batched")
        .addColumn("hash", "text", (column) => column.notNull())
        .addColumn("message_id", "text", (column) => column.notNull())
        .addColumn("share", "integer", (column) => column.notNull())
        .addColumn("delivered", "integer")
        .addPrimaryKeyConstraint("batched_key", ["hash", "message_id"])
        .execute();
      await db.schema.createIndex("batched_message").on("batched").column("message_id").execute();
    },
  },
  ...escrowMigrations,
  ...pauseMigrations,
};
