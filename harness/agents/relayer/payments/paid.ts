import type { Kysely } from "kysely";
import type { Address, Hash } from "viem";
import type { RelayerTables } from "../schema.ts";

/** What was paid for a message to the configured paymasters of its origin, in all. */
export type Paid = {
  /** Wei of the origin's token. */
  payment: bigint;
  /** Gas of the destination that was paid for, in whatever token. */
  gas: bigint;
};

export type PaidMessage = { id: Hash; origin: number; destination: number };

/** SQLite takes so many variables in one statement at least. */
const IDS = 500;

/** What was paid for messages, those that nothing was paid for left out. Only what was paid for their own destination counts. */
export async function readPayments(
  db: Kysely<RelayerTables>,
  messages: readonly PaidMessage[],
): Promise<Map<Hash, Paid>> {
  const wanted = new Map(messages.map((message) => [message.id, message]));
  const ids = [...wanted.keys()];
  const paid = new Map<Hash, Paid>();
  for (let start = 0; start < ids.length; start += IDS) {
    const rows = await db
      .selectFrom("payment")
      .select(["message_id", "origin", "destination", "gas", "payment"])
      .where("message_id", "in", ids.slice(start, start + IDS))
      .execute();
    for (const row of rows) {
      const message = wanted.get(row.message_id);
      if (message?.origin !== row.origin || message.destination !== row.destination) continue;
      const sum = paid.get(message.id) ?? { payment: 0n, gas: 0n };
      paid.set(message.id, { payment: sum.payment + BigInt(row.payment), gas: sum.gas + BigInt(row.gas) });
    }
  }
  return paid;
}

/** What was paid for one message. */
export async function readPaid(db: Kysely<RelayerTables>, message: PaidMessage): Promise<Paid> {
  return (await readPayments(db, [message])).get(message.id) ?? { payment: 0n, gas: 0n };
}

export type Payment = { paymaster: Address; payment: bigint; gas: bigint; block: number; tx: Hash };

/** Every payment for a message, in the order in which they were made. */
export async function listPayments(
  db: Kysely<RelayerTables>,
  { id, origin, destination }: PaidMessage,
): Promise<Payment[]> {
  const rows = await db
    .selectFrom("payment")
    .selectAll()
    .where("message_id", "=", id)
    .where("origin", "=", origin)
    .where("destination", "=", destination)
    .orderBy("block")
    .orderBy("log_index")
    .execute();
  return rows.map(({ paymaster, payment, gas, block, tx }) => {
    return { paymaster, payment: BigInt(payment), gas: BigInt(gas), block, tx };
  });
}
