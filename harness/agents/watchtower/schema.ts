import type { Address, Hash, Hex } from "viem";
import type { Migrations } from "../../store/openStore.ts";

/**
 * What a signed checkpoint is against the origin's own tree:
 * - `unjudged`: nobody has looked yet, or the nodes do not agree
 * - `honest`: exactly what the tree has there. It stays so, should the chain be reorganised below what was final
 * - `ahead`: of a leaf that is not final, or not there
 * - `premature`: the chain has gone on since, and the leaf is not there
 * - `unwatched`: of a domain that is not watched
 */
export const VERDICTS = [
  "unjudged",
  "honest",
  "wrong-message-id",
  "wrong-root",
  "ahead",
  "premature",
  "foreign-tree",
  "unwatched",
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What a validator can be slashed for, as far as signatures show it. */
export const OFFENCE_KINDS = ["equivocation", "wrong-message-id", "wrong-root", "premature", "foreign-tree"] as const;
export type OffenceKind = (typeof OFFENCE_KINDS)[number];

/** Keys whose signatures count. A key that was once seen is never forgotten: it stays slashable after it is replaced. */
export type KeyTable = { key: Address; source: string; seen_at: number };

/** Where a key announced its signatures on one origin, and how far that was read. */
export type LocationTable = {
  origin: number;
  key: Address;
  location: string;
  /** In the order of the announcements. */
  position: number;
  /** The lowest index that was not yet read in order. */
  next_index: number;
  /** Where the endless second reading stands. */
  sweep_index: number;
  seen_at: number;
};

/** Every signature ever seen, whatever has become of the place where it was. Never changed but for its verdict. */
export type SignatureTable = {
  signer: Address;
  /** The domain that the checkpoint names. */
  origin: number;
  /** 32 bytes: the tree that it names. */
  tree: Hex;
  leaf_index: number;
  digest: Hex;
  root: Hex;
  message_id: Hex;
  /** 65 bytes. */
  signature: Hex;
  /** A storage location, or the transaction whose calldata it was in. */
  source: string;
  /** Milliseconds since 1970, as all `_at`. */
  seen_at: number;
  verdict: Verdict;
  /** While `ahead`: the newest block of the origin, by any node, when it was first found to be. */
  ahead_since: number | null;
  ahead_at: number | null;
};

/** What was found out about a key, with its evidence. Of one index, each kind once. */
export type OffenceTable = {
  signer: Address;
  origin: number;
  tree: Hex;
  leaf_index: number;
  kind: OffenceKind;
  digest: Hex;
  signature: Hex;
  /** Of an equivocation: the other one. */
  other_digest: Hex | null;
  other_signature: Hex | null;
  found_at: number;
  /** 1 once what follows from it is intended, and somebody was told. */
  handled: number;
};

/** How far one node's view of a destination was read for deliveries. */
export type ScanTable = { chain: number; view: string; next_block: number; last_hash: Hash | null };

export const SIGHTING_KINDS = ["delivery", "pre-verification"] as const;
export type SightingKind = (typeof SIGHTING_KINDS)[number];

/** A delivery or pre-verification that one node tells of, of a message that is not yet found on its origin. */
export type SightingTable = {
  chain: number;
  view: string;
  kind: SightingKind;
  /** The Mailbox, or the optimistic module. */
  emitter: Address;
  message_id: Hash;
  /** Of the optimistic module; 0 for deliveries. */
  round: number;
  /** Domain; null when it is not known, as the transaction does not show the message. */
  origin: number | null;
  /** Of a delivery. */
  recipient: Address | null;
  block_number: number;
  block_hash: Hash;
  /** Seconds since 1970. */
  block_timestamp: number;
  tx_hash: Hash;
};

/**
 * - `pending`: the nodes of the destination agree on it, the origin has not come far enough to tell
 * - `suspected`: the origin has come past that moment, and up to its newest block there is no such message
 * - `certain`: the same up to a final block
 * - `explained`: it was found after all
 */
export type ForeignState = "pending" | "suspected" | "certain" | "explained";

/** What the nodes of a destination agree on, until the origin explains it. */
export type ForeignTable = {
  chain: number;
  kind: SightingKind;
  emitter: Address;
  message_id: Hash;
  round: number;
  origin: number | null;
  recipient: Address | null;
  block_number: number;
  /** Seconds since 1970. */
  block_timestamp: number;
  tx_hash: Hash;
  state: ForeignState;
  /** How it was verified, and why that is thought; null while `pending`. */
  class: "proven" | "possible" | "elsewhere" | null;
  why: string | null;
  found_at: number;
};

/** Transactions of destinations whose calldata is to be looked through for signatures. */
export type HarvestTable = { chain: number; tx_hash: Hash; done: number; attempts: number };

export type AlertTable = {
  /** What it is about: the same thing is told once, then counted. */
  key: string;
  kind: string;
  severity: string;
  text: string;
  details: string;
  times: number;
  first_at: number;
  last_at: number;
  /** Of the webhook: how often it had happened when it was told last, and when. */
  sent_times: number;
  sent_at: number | null;
  attempts: number;
  next_attempt_at: number | null;
};

/**
 * - `due`: to be done, while the chain says that it is needed
 * - `done`: the chain says that it is done, also in a final block
 * - `moot`: the chain says that it can not be done, also in a final block
 */
export type ActionState = "due" | "done" | "moot";

/** What the watchtower intends on a chain. Under one key it is intended once, whatever is restarted. */
export type ActionTable = {
  key: string;
  chain: number;
  /** Who does it. */
  account: Address;
  /** What it is, and its arguments as JSON. */
  kind: string;
  subject: string;
  state: ActionState;
  attempts: number;
  next_attempt_at: number;
  reason: string | null;
  /** What the chain said of it, `done` or `moot`, and in which block first; null while it is needed. */
  outcome: string | null;
  outcome_block: number | null;
  created_at: number;
};

/**
 * - `pending`: signed and stored; it may be in a pool, or in a block that was not looked at
 * - `included`: in a block that may still be reorganised
 * - `final`: in a final block
 * - `dropped`: another transaction of its nonce is final
 */
export type TowerTransactionState = "pending" | "included" | "final" | "dropped";

export type TowerTransactionTable = {
  hash: Hash;
  chain: number;
  account: Address;
  nonce: number;
  action: string;
  /** The part of the action that it does. */
  step: string;
  raw: Hex;
  max_fee_per_gas: string;
  max_priority_fee_per_gas: string;
  state: TowerTransactionState;
  created_at: number;
  broadcast_at: number | null;
  block_number: number | null;
  block_hash: Hash | null;
  success: number | null;
};

/** A root of a chain's tree that a node says is stored on chain. */
export type StoredCheckpointTable = { chain: number; root: Hex; leaf_index: number };

/** A challenge of what a validator signed too early, by whomever. */
export type ChallengeTable = {
  chain: number;
  id: Hash;
  /** Seconds since 1970. */
  deadline: number;
  validator: Address;
  reporter: Address;
  /** As JSON. */
  checkpoint: string;
  /** 1 once what follows from it is intended. */
  handled: number;
};

export type TowerTables = {
  tower_key: KeyTable;
  tower_location: LocationTable;
  tower_signature: SignatureTable;
  tower_offence: OffenceTable;
  tower_scan: ScanTable;
  tower_sighting: SightingTable;
  tower_foreign: ForeignTable;
  tower_harvest: HarvestTable;
  tower_alert: AlertTable;
  tower_action: ActionTable;
  tower_transaction: TowerTransactionTable;
  tower_stored_checkpoint: StoredCheckpointTable;
  tower_challenge: ChallengeTable;
};

export const towerMigrations: Migrations = {
  tower_0001_signatures: {
    async up(db) {
      await db.schema
        .createTable("tower_key")
        .addColumn("key", "text", (column) => column.primaryKey())
        .addColumn("source", "text", (column) => column.notNull())
        .addColumn("seen_at", "bigint", (column) => column.notNull())
        .execute();
      await db.schema
        .createTable("tower_location")
        .addColumn("origin", "bigint", (column) => column.notNull())
        .addColumn("key", "text", (column) => column.notNull())
        .addColumn("location", "text", (column) => column.notNull())
        .addColumn("position", "bigint", (column) => column.notNull())
        .addColumn("next_index", "bigint", (column) => column.notNull())
        .addColumn("sweep_index", "bigint", (column) => column.notNull())
        .addColumn("seen_at", "bigint", (column) => column.notNull())
        .addPrimaryKeyConstraint("tower_location_key", ["origin", "key", "location"])
        .execute();
      await db.schema
        .createTable("tower_signature")
        .addColumn("signer", "text", (column) => column.notNull())
        .addColumn("origin", "bigint", (column) => column.notNull())
        .addColumn("tree", "text", (column) => column.notNull())
        .addColumn("leaf_index", "bigint", (column) => column.notNull())
        .addColumn("digest", "text", (column) => column.notNull())
        .addColumn("root", "text", (column) => column.notNull())
        .addColumn("message_id", "text", (column) => column.notNull())
        .addColumn("signature", "text", (column) => column.notNull())
        .addColumn("source", "text", (column) => column.notNull())
        .addColumn("seen_at", "bigint", (column) => column.notNull())
        .addColumn("verdict", "text", (column) => column.notNull())
        .addColumn("ahead_since", "bigint")
        .addColumn("ahead_at", "bigint")
        .addPrimaryKeyConstraint("tower_signature_key", [
          "signer",
          "origin",
          "tree",
          "leaf_index",
          "digest",
          "signature",
        ])
        .execute();
      await db.schema
        .createIndex("tower_signature_verdict")
        .on("tower_signature")
        .columns(["origin", "verdict", "leaf_index"])
        .execute();
      await db.schema
        .createIndex("tower_signature_signature")
        .on("tower_signature")
        .columns(["signature", "digest"])
        .execute();
      await db.schema.createIndex("tower_signature_digest").on("tower_signature").column("digest").execute();
      await db.schema
        .createIndex("tower_signature_signer")
        .on("tower_signature")
        .columns(["signer", "verdict"])
        .execute();
      await db.schema
        .createTable("tower_offence")
        .addColumn("signer", "text", (column) => column.notNull())
        .addColumn("origin", "bigint", (column) => column.notNull())
        .addColumn("tree", "text", (column) => column.notNull())
        .addColumn("leaf_index", "bigint", (column) => column.notNull())
        .addColumn("kind", "text", (column) => column.notNull())
        .addColumn("digest", "text", (column) => column.notNull())
        .addColumn("signature", "text", (column) => column.notNull())
        .addColumn("other_digest", "text")
        .addColumn("other_signature", "text")
        .addColumn("found_at", "bigint", (column) => column.notNull())
        .addColumn("handled", "integer", (column) => column.notNull())
        .addPrimaryKeyConstraint("tower_offence_key", ["signer", "origin", "tree", "leaf_index", "kind"])
        .execute();
      await db.schema
        .createIndex("tower_offence_handled")
        .on("tower_offence")
        .columns(["handled", "found_at"])
        .execute();
    },
  },
  tower_0002_deliveries: {
    async up(db) {
      await db.schema
        .createTable("tower_scan")
        .addColumn("chain", "bigint", (column) => column.notNull())
        .addColumn("view", "text", (column) => column.notNull())
        .addColumn("next_block", "bigint", (column) => column.notNull())
        .addColumn("last_hash", "text")
        .addPrimaryKeyConstraint("tower_scan_key", ["chain", "view"])
        .execute();
      await db.schema
        .createTable("tower_sighting")
        .addColumn("chain", "bigint", (column) => column.notNull())
        .addColumn("view", "text", (column) => column.notNull())
        .addColumn("kind", "text", (column) => column.notNull())
        .addColumn("emitter", "text", (column) => column.notNull())
        .addColumn("message_id", "text", (column) => column.notNull())
        .addColumn("round", "bigint", (column) => column.notNull())
        .addColumn("origin", "bigint")
        .addColumn("recipient", "text")
        .addColumn("block_number", "bigint", (column) => column.notNull())
        .addColumn("block_hash", "text", (column) => column.notNull())
        .addColumn("block_timestamp", "bigint", (column) => column.notNull())
        .addColumn("tx_hash", "text", (column) => column.notNull())
        .addPrimaryKeyConstraint("tower_sighting_key", ["chain", "kind", "emitter", "message_id", "round", "view"])
        .execute();
      await db.schema
        .createIndex("tower_sighting_block")
        .on("tower_sighting")
        .columns(["chain", "view", "block_number"])
        .execute();
      await db.schema
        .createTable("tower_foreign")
        .addColumn("chain", "bigint", (column) => column.notNull())
        .addColumn("kind", "text", (column) => column.notNull())
        .addColumn("emitter", "text", (column) => column.notNull())
        .addColumn("message_id", "text", (column) => column.notNull())
        .addColumn("round", "bigint", (column) => column.notNull())
        .addColumn("origin", "bigint")
        .addColumn("recipient", "text")
        .addColumn("block_number", "bigint", (column) => column.notNull())
        .addColumn("block_timestamp", "bigint", (column) => column.notNull())
        .addColumn("tx_hash", "text", (column) => column.notNull())
        .addColumn("state", "text", (column) => column.notNull())
        .addColumn("class", "text")
        .addColumn("why", "text")
        .addColumn("found_at", "bigint", (column) => column.notNull())
        .addPrimaryKeyConstraint("tower_foreign_key", ["chain", "kind", "emitter", "message_id", "round"])
        .execute();
      await db.schema
        .createTable("tower_harvest")
        .addColumn("chain", "bigint", (column) => column.notNull())
        .addColumn("tx_hash", "text", (column) => column.notNull())
        .addColumn("done", "integer", (column) => column.notNull())
        .addColumn("attempts", "integer", (column) => column.notNull())
        .addPrimaryKeyConstraint("tower_harvest_key", ["chain", "tx_hash"])
        .execute();
      await db.schema.createIndex("tower_harvest_due").on("tower_harvest").columns(["done", "attempts"]).execute();
    },
  },
  tower_0003_acts: {
    async up(db) {
      await db.schema
        .createTable("tower_alert")
        .addColumn("key", "text", (column) => column.primaryKey())
        .addColumn("kind", "text", (column) => column.notNull())
        .addColumn("severity", "text", (column) => column.notNull())
        .addColumn("text", "text", (column) => column.notNull())
        .addColumn("details", "text", (column) => column.notNull())
        .addColumn("times", "bigint", (column) => column.notNull())
        .addColumn("first_at", "bigint", (column) => column.notNull())
        .addColumn("last_at", "bigint", (column) => column.notNull())
        .addColumn("sent_times", "bigint", (column) => column.notNull())
        .addColumn("sent_at", "bigint")
        .addColumn("attempts", "integer", (column) => column.notNull())
        .addColumn("next_attempt_at", "bigint")
        .execute();
      await db.schema.createIndex("tower_alert_due").on("tower_alert").column("next_attempt_at").execute();
      await db.schema
        .createTable("tower_action")
        .addColumn("key", "text", (column) => column.primaryKey())
        .addColumn("chain", "bigint", (column) => column.notNull())
        .addColumn("account", "text", (column) => column.notNull())
        .addColumn("kind", "text", (column) => column.notNull())
        .addColumn("subject", "text", (column) => column.notNull())
        .addColumn("state", "text", (column) => column.notNull())
        .addColumn("attempts", "integer", (column) => column.notNull())
        .addColumn("next_attempt_at", "bigint", (column) => column.notNull())
        .addColumn("reason", "text")
        .addColumn("outcome", "text")
        .addColumn("outcome_block", "bigint")
        .addColumn("created_at", "bigint", (column) => column.notNull())
        .execute();
      await db.schema
        .createIndex("tower_action_due")
        .on("tower_action")
        .columns(["chain", "account", "state", "next_attempt_at"])
        .execute();
      await db.schema
        .createTable("tower_transaction")
        .addColumn("hash", "text", (column) => column.primaryKey())
        .addColumn("chain", "bigint", (column) => column.notNull())
        .addColumn("account", "text", (column) => column.notNull())
        .addColumn("nonce", "bigint", (column) => column.notNull())
        .addColumn("action", "text", (column) => column.notNull())
        .addColumn("step", "text", (column) => column.notNull())
        .addColumn("raw", "text", (column) => column.notNull())
        .addColumn("max_fee_per_gas", "text", (column) => column.notNull())
        .addColumn("max_priority_fee_per_gas", "text", (column) => column.notNull())
        .addColumn("state", "text", (column) => column.notNull())
        .addColumn("created_at", "bigint", (column) => column.notNull())
        .addColumn("broadcast_at", "bigint")
        .addColumn("block_number", "bigint")
        .addColumn("block_hash", "text")
        .addColumn("success", "integer")
        .execute();
      await db.schema
        .createIndex("tower_transaction_live")
        .on("tower_transaction")
        .columns(["chain", "account", "state", "nonce"])
        .execute();
      await db.schema.createIndex("tower_transaction_action").on("tower_transaction").column("action").execute();
    },
  },
  tower_0004_staking: {
    async up(db) {
      await db.schema
        .createTable("tower_stored_checkpoint")
        .addColumn("chain", "bigint", (column) => column.notNull())
        .addColumn("root", "text", (column) => column.notNull())
        .addColumn("leaf_index", "bigint", (column) => column.notNull())
        .addPrimaryKeyConstraint("tower_stored_checkpoint_key", ["chain", "leaf_index", "root"])
        .execute();
      await db.schema
        .createTable("tower_challenge")
        .addColumn("chain", "bigint", (column) => column.notNull())
        .addColumn("id", "text", (column) => column.notNull())
        .addColumn("deadline", "bigint", (column) => column.notNull())
        .addColumn("validator", "text", (column) => column.notNull())
        .addColumn("reporter", "text", (column) => column.notNull())
        .addColumn("checkpoint", "text", (column) => column.notNull())
        .addColumn("handled", "integer", (column) => column.notNull())
        .addPrimaryKeyConstraint("tower_challenge_key", ["chain", "id", "deadline"])
        .execute();
    },
  },
};
