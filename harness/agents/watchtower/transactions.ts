import type { Kysely } from "kysely";
import { type Hash, keccak256, type LocalAccount, parseTransaction } from "viem";
import type { Fees } from "../relayer/submitter/fees.ts";
import type { TowerTables, TowerTransactionTable } from "./schema.ts";

export type Transactions = ReturnType<typeof createTransactions>;

/** The transactions of one account on one chain: each is stored, signed, before it is broadcast. */
export function createTransactions(parameters: {
  db: Kysely<TowerTables>;
  chain: number;
  account: LocalAccount;
  now: () => number;
}) {
  const { db, chain, account, now } = parameters;
  const address = account.address.toLowerCase() as `0x${string}`;

  return {
    /** Those that are not settled, by nonce, the newest of each nonce first. */
    async live(): Promise<TowerTransactionTable[]> {
      return await db
        .selectFrom("tower_transaction")
        .selectAll()
        .where("chain", "=", chain)
        .where("account", "=", address)
        .where("state", "in", ["pending", "included"])
        .orderBy("nonce")
        .orderBy("created_at", "desc")
        .execute();
    },

    /** Signs a call and stores it. */
    async sign(parameters: {
      chainId: number;
      nonce: number;
      action: string;
      step: string;
      call: { to: `0x${string}`; data: `0x${string}`; gas: bigint };
      fees: Fees;
    }): Promise<TowerTransactionTable> {
      const { chainId, nonce, action, step, call, fees } = parameters;
      const raw = await account.signTransaction({ type: "eip1559", chainId, nonce, ...call, ...fees });
      const row: TowerTransactionTable = {
        hash: keccak256(raw),
        chain,
        account: address,
        nonce,
        action,
        step,
        raw,
        max_fee_per_gas: fees.maxFeePerGas.toString(),
        max_priority_fee_per_gas: fees.maxPriorityFeePerGas.toString(),
        state: "pending",
        created_at: now(),
        broadcast_at: null,
        block_number: null,
        block_hash: null,
        success: null,
      };
      await db
        .insertInto("tower_transaction")
        .values(row)
        .onConflict((conflict) => conflict.column("hash").doUpdateSet({ state: "pending", created_at: row.created_at }))
        .execute();
      return row;
    },

    async update(hash: Hash, set: Partial<TowerTransactionTable>): Promise<void> {
      await db.updateTable("tower_transaction").set(set).where("hash", "=", hash).execute();
    },

    /** All of a nonce have lost to another one. */
    async drop(nonce: number, except?: Hash): Promise<void> {
      let query = db
        .updateTable("tower_transaction")
        .set({ state: "dropped" })
        .where("chain", "=", chain)
        .where("account", "=", address)
        .where("nonce", "=", nonce)
        .where("state", "in", ["pending", "included"]);
      if (except !== undefined) query = query.where("hash", "!=", except);
      await query.execute();
    },

    /** What a stored transaction calls, so that it can be signed again with higher fees. @throws Error when it is damaged */
    callOf({ raw }: Pick<TowerTransactionTable, "raw">) {
      const { to, data, gas, chainId } = parseTransaction(raw);
      if (to == null || gas === undefined || chainId === undefined) {
        throw new Error("a stored transaction names no recipient, gas or chain");
      }
      return { chainId, to, data: data ?? "0x", gas } as const;
    },
  };
}
