import { Kysely, PostgresDialect, sql } from "kysely";
import { Pool, types } from "pg";
import { createLeases } from "./leases.ts";
import { type OpenedDatabase, type OpenStoreParameters, StoreError } from "./openStore.ts";

/** Of PostgreSQL, as `server_version_num`. */
const OLDEST = 140_000;
const CONNECTIONS = 10;
const CONNECT_TIMEOUT_MS = 10_000;
/** A statement that takes so long has its process try again later. */
const STATEMENT_TIMEOUT_MS = 60_000;
/** A process that hangs in a transaction loses it, with all that it holds others up with. */
const IDLE_TIMEOUT_MS = 10_000;

/** Connects, with the first query, to a database that any number of processes may share. Nothing is ever said of the URL but host and name. */
export function openPostgres<DB>({ file: url, readonly = false, leaseMs }: OpenStoreParameters): OpenedDatabase<DB> {
  const name = nameOf(url);
  const pool = new Pool({
    connectionString: url,
    max: CONNECTIONS,
    application_name: "causeway",
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: 2 * STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_TIMEOUT_MS,
    keepAlive: true,
    ...(readonly && { options: "-c default_transaction_read_only=on" }),
    types: {
      getTypeParser: (oid, format) => (oid === types.builtins.INT8 ? toNumber : types.getTypeParser(oid, format)),
    },
  });
  pool.on("error", () => {}); // a connection that broke while nobody used it: the next query makes another
  const db = new Kysely<DB>({ dialect: new PostgresDialect({ pool }) });
  const leases = createLeases(db, leaseMs);
  let closing: Promise<void> | undefined;

  async function close(): Promise<void> {
    await leases.close().catch(() => {}); // they run out by themselves
    await db.destroy();
  }

  return {
    name,
    db,
    leases,
    close() {
      closing ??= close();
      return closing;
    },
  };
}

/** Looks, without writing anything, whether a store can be there. Returns its name. @throws StoreError */
export async function probePostgres(url: string): Promise<string> {
  const { name, db, close } = openPostgres({ file: url, migrations: {}, readonly: true });
  try {
    const { rows } = await sql<{ version: number; writes: boolean }>`
      select current_setting('server_version_num')::int as version, has_schema_privilege(current_schema(), 'CREATE') as writes
    `.execute(db);
    const { version = 0, writes = false } = rows[0] ?? {};
    if (version < OLDEST) throw new StoreError(`${name} is of a PostgreSQL that is too old (${version}): 14 or newer`);
    if (!writes) throw new StoreError(`its user may not create tables in ${name}: GRANT CREATE ON SCHEMA public TO it`);
    return name;
  } catch (cause) {
    if (cause instanceof StoreError) throw cause;
    throw new StoreError(`${name} does not answer: ${cause instanceof Error ? cause.message : cause}`, { cause });
  } finally {
    await close();
  }
}

function nameOf(url: string): string {
  if (!URL.canParse(url))
    throw new StoreError("the URL of the store is none: postgres://user:password@host:5432/database");
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

/** SQLite's integers are numbers, and so are PostgreSQL's, of 64 bits. */
function toNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`${text} in the store is beyond 2^53`);
  return value;
}
