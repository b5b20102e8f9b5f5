import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { type Hash, numberToHex, pad } from "viem";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ALONE } from "../../../store/leases.ts";
import { openStore, type Store } from "../../../store/openStore.ts";
import type { RelayerContext } from "../context.ts";
import { createGroupCommit } from "../groupCommit.ts";
import { storeUnpaid } from "../messages.ts";
import { DEFAULT_RELAYER_OPTIONS } from "../options.ts";
import { admitDue } from "../rules/admitDue.ts";
import { messageListsSchema } from "../rules/messageLists.ts";
import { createMessageRules } from "../rules/messageRules.ts";
import { paymentRulesSchema } from "../rules/paymentPolicy.ts";
import { type RelayerTables, relayerMigrations, type TransactionTable } from "../schema.ts";
import { listPayments, readPaid } from "./paid.ts";
import { readExpenses } from "./spent.ts";
import { readTotals } from "./totals.ts";

const [ORIGIN, DESTINATION] = [1000, 2000];
const hash = (i: number): Hash => pad(numberToHex(i), { size: 32 });
let directory: string;
let store: Store<RelayerTables>;
let time: number;
let context: RelayerContext;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "accounts-"));
  store = await openStore<RelayerTables>({ file: join(directory, "relayer.db"), migrations: relayerMigrations });
  time = 1_000_000_000_000;
  context = {
    db: store.db,
    commit: createGroupCommit(store.db),
    leases: ALONE,
    log: pino({ level: "silent" }),
    now: () => time,
    random: () => 0.5,
    emit: () => {},
    options: DEFAULT_RELAYER_OPTIONS,
  };
});

afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

async function record(count: number, sender = 1, from = 0): Promise<Hash[]> {
  const ids = Array.from({ length: count }, (_, i) => hash(from + i + 1));
  for (const [i, id] of ids.entries()) {
    await store.db
      .insertInto("message")
      .values({
        id,
        origin: ORIGIN,
        destination: DESTINATION,
        nonce: from + i,
        sender: hash(sender),
        recipient: hash(2),
        raw: `0x${"00".repeat(77)}`,
        dispatched_block: 5,
        dispatched_tx: hash(9),
        recorded_at: time,
        state: "pending",
        attempts: 0,
        next_attempt_at: time,
        reason: null,
        tx: null,
        delivered_block: null,
        delivered_tx: null,
        gas_used: null,
        updated_at: time,
        retried_at: null,
        wanted_wei: null,
        wanted_gas: null,
        wanted_lock: null,
      })
      .execute();
  }
  return ids;
}

let payments = 0;
async function pay(id: Hash, payment: bigint, { gas = 0n, origin = ORIGIN, destination = DESTINATION } = {}) {
  const place = { origin, block: 3, log_index: payments++, tx: hash(7), paymaster: "0xaa" as const };
  const row = { ...place, message_id: id, destination, gas: gas.toString(), payment: payment.toString() };
  await store.db.insertInto("payment").values(row).execute();
}

async function transact(id: Hash | null, changes: Partial<TransactionTable>) {
  const nonce = payments++;
  await store.db
    .insertInto("transaction")
    .values({
      hash: hash(1_000 + nonce),
      destination: DESTINATION,
      account: "0xaa",
      nonce,
      message_id: id,
      purpose: "deliver",
      raw: "0x",
      max_fee_per_gas: "1",
      max_priority_fee_per_gas: "1",
      state: "final",
      created_at: time,
      broadcast_at: time,
      block_number: 1,
      block_hash: hash(1),
      gas_used: 1,
      success: 1,
      cost: "0",
      fills: null,
      ...changes,
    })
    .execute();
}

const stateOf = (id: Hash) => store.db.selectFrom("message").selectAll().where("id", "=", id).executeTakeFirstOrThrow();

const minimum = (payment: number, lists: unknown = {}) =>
  createMessageRules({
    lists: messageListsSchema.parse(lists),
    paymentRules: paymentRulesSchema.parse([{ policy: { type: "minimum", payment } }]),
  });

function admit(rules: ReturnType<typeof minimum>, limit: number, readTo = 10) {
  return admitDue(context, rules, { destination: DESTINATION, limit, readTo: async () => readTo });
}

it("counts what was paid for a message from its own origin for its own destination, each payment once", async () => {
  const [id = "0x"] = await record(1);
  await pay(id, 5n, { gas: 50n });
  await pay(id, 5n, { gas: 50n });
  await pay(id, 100n, { destination: 1 });
  await pay(id, 100n, { origin: 1 });
  const message = { id, origin: ORIGIN, destination: DESTINATION };
  expect(await readPaid(store.db, message)).toEqual({ payment: 10n, gas: 100n });
  expect(await listPayments(store.db, message)).toHaveLength(2);
});

it("counts as spent all that was for the message: reverts, what used its nonce up; not what is in no block", async () => {
  const [id = "0x", other = "0x"] = await record(2);
  await transact(id, { cost: "1000" });
  await transact(id, { cost: "10", success: 0, created_at: time - 1 });
  await transact(id, { cost: "1", success: 0 });
  await transact(null, { cost: "100", fills: id });
  await transact(id, { cost: "10000", state: "superseded" });
  await transact(other, { cost: "100000" });
  await transact(null, { cost: "1000000" });
  expect(await readExpenses(store.db, id)).toMatchObject({ spent: 1_111n, lost: 111n, reverts: 2 });
  // From an operator's retry on, what was before is forgiven.
  expect(await readExpenses(store.db, id, time - 1)).toMatchObject({ spent: 1_101n, lost: 101n, reverts: 1 });
});

it("sums amounts that SQLite can not count to", async () => {
  const [id = "0x"] = await record(1);
  expect(await readTotals(store.db)).toEqual({ paid: [], earned: [], spent: [] });
  const amounts = [
    1n,
    999_999_999n,
    10n ** 9n,
    123_456_789_012_345_678n,
    10n ** 18n,
    3n * 2n ** 64n + 7n,
    10n ** 27n + 1n,
  ];
  for (const amount of amounts) {
    await pay(id, amount);
    await transact(id, { cost: amount.toString() });
    await transact(id, { cost: amount.toString(), success: 0 });
  }
  const wei = amounts.reduce((sum, amount) => sum + amount, 0n);
  expect(await readTotals(store.db)).toEqual({
    paid: [{ domain: ORIGIN, wei }],
    earned: [],
    spent: [{ domain: DESTINATION, wei: 2n * wei, lost: wei }],
  });
});

it("lets a flood of unpaid messages hold up none that is paid for, and looks at it once", async () => {
  const flood = await record(500);
  const [paid = "0x"] = await record(1, 1, 500);
  await pay(paid, 7n);
  const rules = minimum(7);
  expect((await admit(rules, 64)).map(({ id }) => id)).toEqual([paid]);
  const [first = "0x"] = flood;
  expect(await stateOf(first)).toMatchObject({
    state: "waiting",
    attempts: 0,
    wanted_wei: "7",
    reason: `gas not paid: 0 wei were paid, the relayer wants 7; \`causeway pay ${first}\` pays for it`,
  });
  time += DEFAULT_RELAYER_OPTIONS.unpaidMinMs - 1;
  expect((await admit(rules, 64)).map(({ id }) => id)).toEqual([paid]);

  // Due again: a few are looked at, in case somebody else has delivered them.
  time += 1;
  expect(await admit(rules, 64)).toHaveLength(5);
  expect(await admit(rules, 64)).toHaveLength(5);
  const due = await store.db.selectFrom("message").select("id").where("next_attempt_at", "<=", time).execute();
  expect(due).toHaveLength(5);
});

it("does not call unpaid what may be paid in a block that was not read yet", async () => {
  const [id = "0x"] = await record(1);
  expect((await admit(minimum(1), 64, 4)).map((message) => message.id)).toEqual([id]);
  expect(await admit(minimum(1), 64, 5)).toEqual([]);
});

it("of what was found to want more gas, does not estimate again for less", async () => {
  const flood = await record(20);
  const rules = createMessageRules({
    lists: { blacklist: [] },
    paymentRules: paymentRulesSchema.parse([{ policy: { type: "gas", fraction: 1 } }]),
  });
  for (const id of flood) {
    await pay(id, 0n, { gas: 1n });
    const lacks = { reason: "gas not paid: 1 gas", wantedWei: null, wantedGas: 100n, wantedLock: null };
    await context.commit((trx) => storeUnpaid(context, trx, { id, recorded_at: time }, lacks));
  }
  time += DEFAULT_RELAYER_OPTIONS.unpaidMinMs;
  expect(await admit(rules, 64)).toHaveLength(4);
  const last = flood.at(-1) ?? "0x";
  expect(await stateOf(last)).toMatchObject({
    wanted_gas: "100",
    reason: `gas not paid: 1 gas; \`causeway pay ${last}\` pays for it`,
  });
});

it("excludes what the lists exclude, also when it was recorded before", async () => {
  const [mine = "0x"] = await record(1, 1);
  const [theirs = "0x"] = await record(1, 8, 1);
  const rules = minimum(0, { blacklist: [{ senderAddress: hash(8) }] });
  expect((await admit(rules, 64)).map(({ id }) => id)).toEqual([mine]);
  expect(await stateOf(theirs)).toMatchObject({ state: "excluded", reason: "entry 0 of the relayer's blacklist" });
});
