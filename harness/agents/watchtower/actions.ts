import type { Kysely } from "kysely";
import type { Address, Hex } from "viem";
import type { Agreement, WatchedChain } from "./followChain.ts";
import type { ActionState, ActionTable, TowerTables } from "./schema.ts";

/** What to do about an action now, by what the chain says: the store does not know whether others did it meanwhile. */
export type Plan =
  | {
      status: "call";
      /** Which part of the action it is: of the same part, one transaction at a time. */
      step: string;
      to: Address;
      data: Hex;
    }
  /** There is nothing left to do: it was done, by whomever, or can not be done any more. */
  | { status: "done" | "moot"; reason: string }
  /** Later: at the next tick, or after `forMs`. */
  | { status: "wait"; reason: string; forMs?: number };

export type PlanParameters = {
  /** As it was intended; from our own store, so its form is known. */
  subject: unknown;
  account: Address;
  watched: WatchedChain;
  agreement: Agreement;
};

/** How one kind of action is done. @throws when the chain can not be asked: the next tick tries again */
export type Planner = (parameters: PlanParameters) => Promise<Plan>;

/** The kinds of actions, the most urgent first. */
export const ACTION_KINDS = ["pause", "flag-message", "flag-submodule", "prove", "challenge", "claim"] as const;
export type ActionKind = (typeof ACTION_KINDS)[number];

/** Those of whoever guards modules, and of whoever reports frauds. */
export const GUARDIAN_KINDS: readonly ActionKind[] = ["pause", "flag-message", "flag-submodule"];
export const REPORTER_KINDS: readonly ActionKind[] = ["prove", "challenge", "claim"];

/** Who has cheated a thousand times does not stand before others: what waits comes back behind them. */
const DUE_AT_ONCE = 50;

export type Actions = ReturnType<typeof createActions>;

/** What is intended, kept before it happens. */
export function createActions(parameters: { db: Kysely<TowerTables>; now: () => number }) {
  const { db, now } = parameters;

  return {
    /** Intends something, once: under the same key it is not intended again, whatever became of it. @returns whether it is new */
    async intend(action: {
      key: string;
      chain: number;
      account: Address;
      kind: ActionKind;
      subject: unknown;
    }): Promise<boolean> {
      const { key, chain, kind } = action;
      const account = action.account.toLowerCase() as Address;
      const nothing = { attempts: 0, reason: null, outcome: null, outcome_block: null };
      const times = { next_attempt_at: now(), created_at: now() };
      const { numInsertedOrUpdatedRows } = await db
        .insertInto("tower_action")
        .values({
          key,
          chain,
          account,
          kind,
          subject: JSON.stringify(action.subject),
          state: "due",
          ...nothing,
          ...times,
        })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirstOrThrow();
      return numInsertedOrUpdatedRows !== 0n;
    },

    /** What is to be done now by an account on a chain, the most urgent first. */
    async due(chain: number, account: Address): Promise<ActionTable[]> {
      const rows = await db
        .selectFrom("tower_action")
        .selectAll()
        .where("chain", "=", chain)
        .where("account", "=", account.toLowerCase() as Address)
        .where("state", "=", "due")
        .where("next_attempt_at", "<=", now())
        .orderBy("next_attempt_at")
        .limit(DUE_AT_ONCE)
        .execute();
      const urgency = (kind: string) => ACTION_KINDS.indexOf(kind as ActionKind);
      return rows.sort((a, b) => urgency(a.kind) - urgency(b.kind));
    },

    /** What another account was to do, and has not, this one does. */
    async adopt(chain: number, kinds: readonly ActionKind[], account: Address): Promise<void> {
      await db
        .updateTable("tower_action")
        .set({ account: account.toLowerCase() as Address })
        .where("chain", "=", chain)
        .where("kind", "in", kinds)
        .where("state", "=", "due")
        .execute();
    },

    /** Whether there are such, in that state or in any. */
    async any(chain: number, kinds: readonly ActionKind[], state?: ActionState): Promise<boolean> {
      let query = db.selectFrom("tower_action").select("key").where("chain", "=", chain).where("kind", "in", kinds);
      if (state !== undefined) query = query.where("state", "=", state);
      return (await query.limit(1).executeTakeFirst()) !== undefined;
    },

    /** What was concluded is to be looked at again. */
    async reopen(key: string): Promise<void> {
      await db
        .updateTable("tower_action")
        .set({ state: "due", outcome: null, outcome_block: null, next_attempt_at: now() })
        .where("key", "=", key)
        .where("state", "!=", "due")
        .execute();
    },

    async update(key: string, set: Partial<ActionTable>): Promise<void> {
      await db.updateTable("tower_action").set(set).where("key", "=", key).execute();
    },
  };
}
