import type { Kysely, Transaction } from "kysely";
import type { Address, Hash, Hex } from "viem";
import type { Migrations } from "../store/openStore.ts";

/** One dispatched message, as its events showed it. */
export type IndexedMessage = {
  /** Its nonce, and its leaf's index. */
  index: number;
  id: Hash;
  /** All its bytes. */
  message: Hex;
  blockNumber: bigint;
  transactionHash: Hash;
  /** Seconds since 1970, when the node says so together with the events. */
  blockTimestamp?: number;
};

/** Up to block `number`, that had this hash, `count` messages were dispatched. */
export type IndexedBlock = {
  number: bigint;
  hash: Hash;
  count: number;
  /** The chain's own tree was the same at this block. */
  verified: boolean;
};

export type OriginIndexTables = {
  /** What is indexed; the other tables belong to it. */
  origin_source: { origin: number; mailbox: string; tree: string; from_block: number };
  origin_block: { origin: number; number: number; hash: string; count: number; verified: number };
  origin_message: {
    origin: number;
    leaf_index: number;
    id: string;
    message: string;
    block_number: number;
    transaction_hash: string;
    block_timestamp: number | null;
  };
};

export const originIndexMigrations: Migrations = {
  origin_0001_create: {
    async up(db) {
      await db.schema
        .createTable("origin_source")
        .addColumn("origin", "bigint", (column) => column.primaryKey())
        .addColumn("mailbox", "text", (column) => column.notNull())
        .addColumn("tree", "text", (column) => column.notNull())
        .addColumn("from_block", "bigint", (column) => column.notNull())
        .execute();
      await db.schema
        .createTable("origin_block")
        .addColumn("origin", "bigint", (column) => column.notNull())
        .addColumn("number", "bigint", (column) => column.notNull())
        .addColumn("hash", "text", (column) => column.notNull())
        .addColumn("count", "bigint", (column) => column.notNull())
        .addColumn("verified", "integer", (column) => column.notNull())
        .addPrimaryKeyConstraint("origin_block_key", ["origin", "number"])
        .execute();
      await db.schema
        .createTable("origin_message")
        .addColumn("origin", "bigint", (column) => column.notNull())
        .addColumn("leaf_index", "bigint", (column) => column.notNull())
        .addColumn("id", "text", (column) => column.notNull())
        .addColumn("message", "text", (column) => column.notNull())
        .addColumn("block_number", "bigint", (column) => column.notNull())
        .addColumn("transaction_hash", "text", (column) => column.notNull())
        .addColumn("block_timestamp", "bigint")
        .addPrimaryKeyConstraint("origin_message_key", ["origin", "leaf_index"])
        .execute();
      await db.schema
        .createIndex("origin_message_id")
        .on("origin_message")
        .columns(["id", "origin"])
        .unique()
        .execute();
    },
  },
};

/** Blocks behind the newest of which every checkpoint is kept; of older ones only the first in each stretch. */
const DENSE_CHECKPOINTS = 256;
const SPARSE_BLOCKS = 10_000;
const ROWS_PER_INSERT = 1_000;
const ROWS_PER_READ = 10_000;

export type OriginRecords = Awaited<ReturnType<typeof openOriginRecords>>;

/**
 * The rows of one origin. What was indexed of another Mailbox or from another block is forgotten: it is a cache of the chain.
 */
export async function openOriginRecords(parameters: {
  db: Kysely<OriginIndexTables>;
  source: { origin: number; mailbox: Address; tree: Address; fromBlock: number };
  /** Throws in a transaction that must not write. */
  guard?: (trx: Transaction<OriginIndexTables>) => Promise<void>;
}) {
  const { db, source, guard = async () => {} } = parameters;
  const { origin } = source;
  const blocks = () => db.selectFrom("origin_block").selectAll().where("origin", "=", origin);

  const row = { origin, mailbox: source.mailbox, tree: source.tree, from_block: source.fromBlock };
  const forgot = await db.transaction().execute(async (tx) => {
    const known = await tx.selectFrom("origin_source").selectAll().where("origin", "=", origin).executeTakeFirst();
    if (known && JSON.stringify({ ...row, ...known }) === JSON.stringify(row)) return false;
    await tx.deleteFrom("origin_source").where("origin", "=", origin).execute();
    await tx.deleteFrom("origin_block").where("origin", "=", origin).execute();
    await tx.deleteFrom("origin_message").where("origin", "=", origin).execute();
    await tx
      .insertInto("origin_source")
      .values(row)
      .onConflict((conflict) => conflict.doNothing()) // by a process that starts at the same time
      .execute();
    return known !== undefined;
  });

  return {
    /** Rows of another Mailbox or start were there and have been deleted. */
    forgot,

    /** The message ids from that index on, in their order. @throws Error when one is missing */
    async *ids(from = 0): AsyncGenerator<Hash> {
      for (let next = from; ; ) {
        const page = await db
          .selectFrom("origin_message")
          .select(["leaf_index", "id"])
          .where("origin", "=", origin)
          .where("leaf_index", ">=", next)
          .orderBy("leaf_index")
          .limit(ROWS_PER_READ)
          .execute();
        for (const { leaf_index, id } of page) {
          if (leaf_index !== next) throw new Error(`the store is damaged: message ${next} of ${origin} is missing`);
          next += 1;
          yield id as Hash;
        }
        if (page.length < ROWS_PER_READ) return;
      }
    },

    async message(index: number): Promise<IndexedMessage | undefined> {
      const found = await db
        .selectFrom("origin_message")
        .selectAll()
        .where("origin", "=", origin)
        .where("leaf_index", "=", index)
        .executeTakeFirst();
      return found && toMessage(found);
    },

    async find(id: Hash): Promise<IndexedMessage | undefined> {
      const found = await db
        .selectFrom("origin_message")
        .selectAll()
        .where("id", "=", id)
        .where("origin", "=", origin)
        .executeTakeFirst();
      return found && toMessage(found);
    },

    async messages(range: { from: number; limit: number }): Promise<IndexedMessage[]> {
      const rows = await db
        .selectFrom("origin_message")
        .selectAll()
        .where("origin", "=", origin)
        .where("leaf_index", ">=", range.from)
        .orderBy("leaf_index")
        .limit(range.limit)
        .execute();
      return rows.map(toMessage);
    },

    async newestBlock(): Promise<IndexedBlock | undefined> {
      const found = await blocks().orderBy("number", "desc").limit(1).executeTakeFirst();
      return found && toBlock(found);
    },

    /** Newest first; every one of the last few hundred, then fewer. */
    async blocks(): Promise<IndexedBlock[]> {
      return (await blocks().orderBy("number", "desc").execute()).map(toBlock);
    },

    /** Stores a range of blocks with all its messages, or nothing. */
    async append(range: { block: IndexedBlock; messages: readonly IndexedMessage[] }): Promise<void> {
      await db.transaction().execute(async (tx) => {
        await guard(tx);
        for (let start = 0; start < range.messages.length; start += ROWS_PER_INSERT) {
          const rows = range.messages
            .slice(start, start + ROWS_PER_INSERT)
            .map((message) => fromMessage(origin, message));
          await tx.insertInto("origin_message").values(rows).execute();
        }
        await tx.insertInto("origin_block").values(fromBlock(origin, range.block)).execute();

        const [newer, older] = await tx
          .selectFrom("origin_block")
          .select("number")
          .where("origin", "=", origin)
          .orderBy("number", "desc")
          .limit(2)
          .offset(DENSE_CHECKPOINTS)
          .execute();
        if (newer && older && stretch(newer.number) === stretch(older.number)) {
          await tx.deleteFrom("origin_block").where("origin", "=", origin).where("number", "=", newer.number).execute();
        }
      });
    },

    /** What the chain confirms of the newest block holds for all before it. */
    async verify(): Promise<void> {
      await db.transaction().execute(async (tx) => {
        await guard(tx);
        await tx
          .updateTable("origin_block")
          .set({ verified: 1 })
          .where("origin", "=", origin)
          .where("verified", "=", 0)
          .execute();
      });
    },

    /** Forgets all after `block`, or everything. */
    async truncate(block: Pick<IndexedBlock, "number" | "count"> | undefined): Promise<void> {
      await db.transaction().execute(async (tx) => {
        await guard(tx);
        await tx
          .deleteFrom("origin_block")
          .where("origin", "=", origin)
          .where("number", ">", Number(block?.number ?? -1))
          .execute();
        await tx
          .deleteFrom("origin_message")
          .where("origin", "=", origin)
          .where("leaf_index", ">=", block?.count ?? 0)
          .execute();
      });
    },
  };
}

function stretch(number: number): number {
  return Math.floor(number / SPARSE_BLOCKS);
}

function toBlock(row: OriginIndexTables["origin_block"]): IndexedBlock {
  return { number: BigInt(row.number), hash: row.hash as Hash, count: row.count, verified: row.verified === 1 };
}

function fromBlock(origin: number, block: IndexedBlock): OriginIndexTables["origin_block"] {
  const { number, hash, count, verified } = block;
  return { origin, number: Number(number), hash, count, verified: verified ? 1 : 0 };
}

function toMessage(row: OriginIndexTables["origin_message"]): IndexedMessage {
  return {
    index: row.leaf_index,
    id: row.id as Hash,
    message: row.message as Hex,
    blockNumber: BigInt(row.block_number),
    transactionHash: row.transaction_hash as Hash,
    ...(row.block_timestamp !== null && { blockTimestamp: row.block_timestamp }),
  };
}

function fromMessage(origin: number, message: IndexedMessage): OriginIndexTables["origin_message"] {
  return {
    origin,
    leaf_index: message.index,
    id: message.id,
    message: message.message,
    block_number: Number(message.blockNumber),
    transaction_hash: message.transactionHash,
    block_timestamp: message.blockTimestamp ?? null,
  };
}
