import { randomUUID } from "node:crypto";
import { type QueryExecutorProvider, type RawBuilder, type SqlBool, sql } from "kysely";
import type { Migrations } from "./openStore.ts";

/**
 * What processes that share a store have each for itself. A lease lasts as long as its process renews it, which happens by itself; of
 * a process that is dead or hangs it is free after a while, by the database's clock.
 */
export type Leases = {
  /** There is no other process: everything is ours, and nothing is written. */
  readonly alone: boolean;
  /**
   * Takes a lease, or keeps it.
   * @returns a number that is another whenever somebody may have had it in between; undefined while another process has it
   */
  take(name: string): Promise<number | undefined>;
  /** Within a transaction: takes leases. Returns those that are ours. */
  claim(trx: QueryExecutorProvider, names: readonly string[]): Promise<Set<string>>;
  /** As a condition on rows: that no other process has the lease that is named in that column. */
  isFree(column: string): RawBuilder<SqlBool>;
  /** Within a transaction: makes sure that the lease is ours until the transaction ends. @throws LeaseLostError */
  hold(trx: QueryExecutorProvider, name: string): Promise<void>;
  /** Ends leases of ours, whatever else is in the list. */
  release(names: readonly string[]): Promise<void>;
  /** The time that all who share the store have: in milliseconds since 1970, of the database, counted on by this process. */
  clock(steadyNow: () => number): Promise<() => number>;
  /** Ends all of ours. */
  close(): Promise<void>;
};

/** Another process has taken over meanwhile: what was to be written is not. */
export class LeaseLostError extends Error {
  override name = "LeaseLostError";
}

export const leaseMigrations: Migrations = {
  lease_0001_create: {
    async up(db) {
      await db.schema
        .createTable("lease")
        .addColumn("name", "text", (column) => column.primaryKey())
        .addColumn("owner", "text", (column) => column.notNull())
        .addColumn("until", "timestamptz", (column) => column.notNull())
        .addColumn("term", "bigint", (column) => column.notNull())
        .execute();
    },
  },
};

/** Of a store that only one process works with. */
export const ALONE: Leases = {
  alone: true,
  take: async () => 0,
  claim: async (_, names) => new Set(names),
  isFree: () => sql<SqlBool>`true`,
  hold: async () => {},
  release: async () => {},
  clock: async (steadyNow) => steadyNow,
  close: async () => {},
};

const DEFAULT_LEASE_MS = 10_000;

/**
 * Leases in a PostgreSQL database.
 * @param leaseMs how long a lease lasts that is not renewed: after so long others take over from a process that is gone
 */
export function createLeases(db: QueryExecutorProvider, leaseMs: number = DEFAULT_LEASE_MS): Leases {
  const owner = randomUUID();
  const time = sql`(extract(epoch from clock_timestamp()) * 1000000)::bigint`;
  const until = sql`clock_timestamp() + ${leaseMs} * interval '1 millisecond'`;
  let heartbeat: NodeJS.Timeout | undefined;

  async function claim(executor: QueryExecutorProvider, names: readonly string[]): Promise<Map<string, number>> {
    heartbeat ??= setInterval(() => void renew(), leaseMs / 3).unref();
    const { rows } = await sql<{ name: string; term: number }>`
      insert into lease (name, owner, until, term)
      select name, ${owner}, ${until}, ${time} from unnest(${[...names].sort()}::text[]) as name
      on conflict (name) do update set
        owner = excluded.owner,
        until = excluded.until,
        term = case when lease.owner = excluded.owner and lease.until > clock_timestamp() then lease.term else excluded.term end
      where lease.owner = excluded.owner or lease.until <= clock_timestamp()
      returning name, term`.execute(executor);
    return new Map(rows.map(({ name, term }) => [name, term]));
  }

  /** Never waits for a row that a transaction of ours holds, which may be waiting for another one: the next beat renews it. */
  async function renew(): Promise<void> {
    try {
      await sql`
        update lease set until = ${until} where name in (
          select name from lease where owner = ${owner} and until > clock_timestamp() for no key update skip locked
        )`.execute(db);
      await sql`delete from lease where until < clock_timestamp() - interval '1 hour'`.execute(db);
    } catch {
      // Whoever writes on a lease that has run out is told so.
    }
  }

  return {
    alone: false,
    take: async (name) => (await claim(db, [name])).get(name),
    claim: async (trx, names) => new Set((await claim(trx, names)).keys()),
    isFree: (column) => sql<SqlBool>`not exists (
      select from lease where name = ${sql.ref(column)} and owner <> ${owner} and until > clock_timestamp())`,
    async hold(trx, name) {
      const { rows } = await sql`
        select 1 from lease where name = ${name} and owner = ${owner} and until > clock_timestamp() for share`.execute(
        trx,
      );
      if (rows.length === 0) throw new LeaseLostError(`another process has taken over meanwhile: ${name}`);
    },
    async release(names) {
      if (names.length === 0) return;
      await sql`delete from lease where owner = ${owner} and name = any(${[...names]}::text[])`.execute(db);
    },
    async clock(steadyNow) {
      const { rows } = await sql<{
        at: number;
      }>`select (extract(epoch from clock_timestamp()) * 1000)::bigint as at`.execute(db);
      const ahead = (rows[0]?.at ?? steadyNow()) - steadyNow();
      return () => steadyNow() + ahead;
    },
    async close() {
      clearInterval(heartbeat);
      if (heartbeat !== undefined) await sql`delete from lease where owner = ${owner}`.execute(db);
    },
  };
}
