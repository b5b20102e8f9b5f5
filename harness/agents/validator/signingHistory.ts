import type { Kysely } from "kysely";
import type { Address, Hex } from "viem";
import { checkpointDigest } from "../../protocol/checkpoint.ts";
import type { ReorgFlag } from "../../storage/checkpointStorage.ts";
import type { Migrations } from "../../store/openStore.ts";

export type SigningHistoryTables = {
  /** Present once it is certain from which index on this store knows all that was signed. */
  validator_start: { origin: number; merkle_tree_hook: string; validator: string; first_index: number };
  /** Written, and on disk, before the signature is made. Never changed, never deleted. */
  validator_signature: {
    origin: number;
    merkle_tree_hook: string;
    leaf_index: number;
    digest: string;
    root: string;
    message_id: string;
  };
  validator_halt: { origin: number; merkle_tree_hook: string; flag: string };
};

export const signingHistoryMigrations: Migrations = {
  validator_0001_create: {
    async up(db) {
      await db.schema
        .createTable("validator_start")
        .addColumn("origin", "bigint", (column) => column.notNull())
        .addColumn("merkle_tree_hook", "text", (column) => column.notNull())
        .addColumn("validator", "text", (column) => column.notNull())
        .addColumn("first_index", "bigint", (column) => column.notNull())
        .addPrimaryKeyConstraint("validator_start_key", ["origin", "merkle_tree_hook"])
        .execute();
      await db.schema
        .createTable("validator_signature")
        .addColumn("origin", "bigint", (column) => column.notNull())
        .addColumn("merkle_tree_hook", "text", (column) => column.notNull())
        .addColumn("leaf_index", "bigint", (column) => column.notNull())
        .addColumn("digest", "text", (column) => column.notNull())
        .addColumn("root", "text", (column) => column.notNull())
        .addColumn("message_id", "text", (column) => column.notNull())
        .addPrimaryKeyConstraint("validator_signature_key", ["origin", "merkle_tree_hook", "leaf_index"])
        .execute();
      await db.schema
        .createTable("validator_halt")
        .addColumn("origin", "bigint", (column) => column.notNull())
        .addColumn("merkle_tree_hook", "text", (column) => column.notNull())
        .addColumn("flag", "text", (column) => column.notNull())
        .addPrimaryKeyConstraint("validator_halt_key", ["origin", "merkle_tree_hook"])
        .execute();
    },
  },
};

/** What was, or is about to be, signed for an index. */
export type SigningRecord = { index: number; root: Hex; messageId: Hex };

/** Another digest was recorded for the index: signing would be equivocation. */
export class EquivocationRefusedError extends Error {
  override name = "EquivocationRefusedError";
  readonly recorded: SigningRecord;

  constructor(recorded: SigningRecord, refused: SigningRecord) {
    super(`root ${recorded.root} was signed for index ${recorded.index}, refused to sign ${refused.root}`);
    this.recorded = recorded;
  }
}

const ROWS_PER_INSERT = 1_000;

export type SigningHistory = ReturnType<typeof createSigningHistory>;

/** What one validator has signed for one tree. This, not the storage, is what keeps it from signing twice. */
export function createSigningHistory(parameters: {
  db: Kysely<SigningHistoryTables>;
  origin: number;
  merkleTreeHook: Address;
}) {
  const { db, origin, merkleTreeHook } = parameters;
  const key = { origin, merkle_tree_hook: merkleTreeHook };

  return {
    /** Whose history this is and from where on it is complete; undefined while that is not known. */
    async start(): Promise<{ validator: string; firstIndex: number } | undefined> {
      const row = await db
        .selectFrom("validator_start")
        .selectAll()
        .where("origin", "=", origin)
        .where("merkle_tree_hook", "=", merkleTreeHook)
        .executeTakeFirst();
      return row && { validator: row.validator, firstIndex: row.first_index };
    },

    async setStart(start: { validator: Address; firstIndex: number }): Promise<void> {
      const { validator, firstIndex } = start;
      await db
        .insertInto("validator_start")
        .values({ ...key, validator, first_index: firstIndex })
        .execute();
    },

    async latest(): Promise<SigningRecord | undefined> {
      const row = await db
        .selectFrom("validator_signature")
        .selectAll()
        .where("origin", "=", origin)
        .where("merkle_tree_hook", "=", merkleTreeHook)
        .orderBy("leaf_index", "desc")
        .limit(1)
        .executeTakeFirst();
      return row && toRecord(row);
    },

    /**
     * Records what will be signed; only after this has returned may it be. Indices follow each other.
     * @throws EquivocationRefusedError when another digest is recorded for one of them; then none is recorded
     */
    async record(records: readonly SigningRecord[]): Promise<void> {
      const [first, last] = [records[0], records.at(-1)];
      if (first === undefined || last === undefined) return;
      await db.transaction().execute(async (tx) => {
        const rows = await tx
          .selectFrom("validator_signature")
          .selectAll()
          .where("origin", "=", origin)
          .where("merkle_tree_hook", "=", merkleTreeHook)
          .where("leaf_index", ">=", first.index)
          .where("leaf_index", "<=", last.index)
          .execute();
        const known = new Map(rows.map((row) => [row.leaf_index, row]));
        const values = records.flatMap((record) => {
          const { index, root, messageId } = record;
          const digest = checkpointDigest({ origin, merkleTreeHook, ...record });
          const row = known.get(index);
          if (row !== undefined && row.digest !== digest) throw new EquivocationRefusedError(toRecord(row), record);
          return row === undefined ? [{ ...key, leaf_index: index, digest, root, message_id: messageId }] : [];
        });
        for (let start = 0; start < values.length; start += ROWS_PER_INSERT) {
          await tx
            .insertInto("validator_signature")
            .values(values.slice(start, start + ROWS_PER_INSERT))
            .execute();
        }
      });
    },

    async flag(): Promise<ReorgFlag | undefined> {
      const row = await db
        .selectFrom("validator_halt")
        .select("flag")
        .where("origin", "=", origin)
        .where("merkle_tree_hook", "=", merkleTreeHook)
        .executeTakeFirst();
      return row && JSON.parse(row.flag);
    },

    /** Stops the validator for good; the first reason stays. */
    async halt(flag: ReorgFlag): Promise<void> {
      await db
        .insertInto("validator_halt")
        .values({ ...key, flag: JSON.stringify(flag) })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
  };
}

function toRecord(row: SigningHistoryTables["validator_signature"]): SigningRecord {
  return { index: row.leaf_index, root: row.root as Hex, messageId: row.message_id as Hex };
}
