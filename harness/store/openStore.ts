import { closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import {
  type DatabaseConnection,
  Kysely,
  type Migration,
  Migrator,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
} from "kysely";
import Database from "libsql";
import { ALONE, type Leases, leaseMigrations } from "./leases.ts";
import { lockFile } from "./lockFile.ts";
import { isPostgresUrl } from "./postgresUrl.ts";

/** The store can not be opened or used. The message says what to do; a retry alone does not help. */
export class StoreError extends Error {
  override name = "StoreError";
}

/** An agent's database: one file and one process that writes, or a PostgreSQL database that processes share by leases. */
export type Store<DB> = {
  db: Kysely<DB>;
  leases: Leases;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** By name. Names are `group_0001_what`: the groups (one per table owner) are independent, within one they run in order. */
export type Migrations = Record<string, Migration>;

export type OpenStoreParameters = {
  /** Or the URL of a PostgreSQL database. */
  file: string;
  migrations: Migrations;
  /** For looking on while the agent runs: the file must exist and be up to date, and every write is refused. */
  readonly?: boolean;
  /** For the agent itself, of which there must be one: refuses while another process has the store in this way. */
  exclusive?: boolean;
  /** Of a PostgreSQL database, which any number may have in this way: for how long a process that is gone keeps what it worked on. */
  leaseMs?: number;
};

/** What one kind of database has to bring along. */
export type OpenedDatabase<DB> = { name: string; db: Kysely<DB>; leases: Leases; close(): Promise<void> };

const BUSY_TIMEOUT_MS = 5_000;

/**
 * Opens an agent's database, creates it with its folder when there is none, and migrates it to the newest schema.
 * A transaction that has been committed survives a power cut (write-ahead log, fsync at every commit).
 *
 * @example
 * await using store = await openStore<ValidatorTables>({ file: "data/validator.db", migrations });
 * @throws StoreError when the file is not a database, is of a newer version, has another owner, or can not be opened
 */
export async function openStore<DB>(parameters: OpenStoreParameters): Promise<Store<DB>> {
  const { file, readonly = false } = parameters;
  const isPostgres = isPostgresUrl(file);
  // Loaded only where it is used: who has a file waits for no library of PostgreSQL's.
  const open = isPostgres ? (await import("./openPostgres.ts")).openPostgres : openSqlite;
  const { name, db, leases, close } = open<DB>(parameters);
  const migrations = { ...parameters.migrations, ...(isPostgres && leaseMigrations) };

  try {
    // Groups are added to later, so a new migration may sort before one that has run already.
    const migrator = new Migrator({
      db,
      provider: { getMigrations: async () => migrations },
      allowUnorderedMigrations: true,
    });
    if (readonly) await refuseWhenOutdated(name, migrator);
    else await migrate(name, migrator);
  } catch (error) {
    await close();
    throw error;
  }
  return { db, leases, close, [Symbol.asyncDispose]: close };
}

function openSqlite<DB>({ file, readonly = false, exclusive = false }: OpenStoreParameters): OpenedDatabase<DB> {
  const database = openFile(file, readonly);
  const lock = exclusive ? lockStore(file, database) : undefined;
  const db = new Kysely<DB>({ dialect: dialectOf(database) });

  async function close(): Promise<void> {
    if (!database.open) return;
    if (!readonly) database.pragma("wal_checkpoint(TRUNCATE)");
    await db.destroy();
    database.close();
    lock?.release();
  }

  return { name: file, db, leases: ALONE, close };
}

function openFile(file: string, readonly: boolean): Database.Database {
  if (readonly && !existsSync(file)) {
    throw new StoreError(`there is no store at ${file}: start the agent that writes it first, or correct the path`);
  }
  try {
    mkdirSync(dirname(file), { recursive: true });
    closeSync(openSync(file, "a", 0o600)); // nobody else's business
    const database = new Database(file);
    database.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    database.pragma("foreign_keys = ON");
    if (readonly) database.pragma("query_only = ON");
    return database;
  } catch (cause) {
    throw new StoreError(
      `can not open the store ${file}: ${reason(cause)}. It must be a database of this program in a writable folder`,
      { cause },
    );
  }
}

/**
 * Where the disk is full SQLite takes a transaction back by itself, and has no other to take back. Migrations are one transaction:
 * SQLite can do that, and a process that is killed in the middle of one finds nothing half made.
 */
function dialectOf(database: Database.Database): SqliteDialect {
  const config = { database };
  class Adapter extends SqliteAdapter {
    override get supportsTransactionalDdl(): boolean {
      return true;
    }
  }
  class Driver extends SqliteDriver {
    override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
      if (database.inTransaction) await super.rollbackTransaction(connection);
    }
  }
  class Dialect extends SqliteDialect {
    override createAdapter(): SqliteAdapter {
      return new Adapter();
    }

    override createDriver(): SqliteDriver {
      return new Driver(config);
    }
  }
  return new Dialect(config);
}

/** The lock stands in a file of its own: who looks on may read the store all the while. */
function lockStore(file: string, database: Database.Database): { release(): void } {
  const lock = lockFile(`${file}.lock`);
  if (lock !== undefined) return lock;
  database.close();
  throw new StoreError(
    `another process works with the store ${file}: an agent's store has one owner. Stop the other, or name another store`,
  );
}

async function migrate(file: string, migrator: Migrator): Promise<void> {
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) {
    throw new StoreError(
      `can not migrate the store ${file}: ${reason(error)}. Nothing was changed by the failed step; ` +
        "if a newer version of this program wrote the file, run that version",
      { cause: error },
    );
  }
}

async function refuseWhenOutdated(file: string, migrator: Migrator): Promise<void> {
  const missing = (await migrator.getMigrations()).filter((migration) => migration.executedAt === undefined);
  if (missing.length > 0) {
    const names = missing.map((migration) => migration.name).join(", ");
    throw new StoreError(`the store ${file} lacks ${names}: start its agent once with this version, then try again`);
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
