import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Hex } from "viem";
import { expect, it } from "vitest";
import { forgetFuture } from "./forgetFuture.ts";
import { openRelayerStore } from "./openRelayer.ts";

const NOW = 1_000_000;
const HOUR = 3_600_000;
const hash = (n: number): Hex => `0x${n.toString(16).padStart(64, "0")}`;

it("has due what a clock an hour ahead has put off, and nothing else", async () => {
  const directory = mkdtempSync(join(tmpdir(), "future-"));
  const store = await openRelayerStore({ file: join(directory, "relayer.db") });
  const message = (n: number, state: "waiting" | "parked", updated: number, next: number) => ({
    ...{ id: hash(n), origin: 1, destination: 2, nonce: n, sender: hash(1), recipient: hash(1), raw: "0x" as Hex },
    ...{ dispatched_block: 1, dispatched_tx: hash(100), recorded_at: 1, state, attempts: 0, reason: null, tx: null },
    ...{ delivered_block: null, delivered_tx: null, gas_used: null, retried_at: null, wanted_wei: null },
    ...{ wanted_gas: null, wanted_lock: null, updated_at: updated, next_attempt_at: next },
  });
  const transaction = (nonce: number, at: number) => ({
    ...{
      hash: hash(1_000 + nonce),
      destination: 2,
      account: `0x${"bb".repeat(20)}` as Hex,
      nonce,
      message_id: hash(1),
    },
    ...{ purpose: "deliver" as const, raw: "0x02" as Hex, max_fee_per_gas: "1", max_priority_fee_per_gas: "1" },
    ...{ state: "pending" as const, created_at: at, broadcast_at: at, block_number: null, block_hash: null },
    ...{ gas_used: null, success: null, cost: null, fills: null },
  });
  await store.db
    .insertInto("message")
    .values([
      message(1, "waiting", NOW + HOUR, NOW + 2 * HOUR),
      message(2, "waiting", NOW - 1, NOW + 2 * HOUR), // put off rightly
      message(3, "parked", NOW + HOUR, 0),
    ])
    .execute();
  await store.db
    .insertInto("transaction")
    .values([transaction(1, NOW + HOUR), transaction(2, NOW - 1)])
    .execute();

  await forgetFuture(store.db, NOW);
  const messages = await store.db.selectFrom("message").select("next_attempt_at").orderBy("nonce").execute();
  expect(messages.map((row) => row.next_attempt_at)).toEqual([NOW, NOW + 2 * HOUR, 0]);
  const times = await store.db
    .selectFrom("transaction")
    .select(["created_at", "broadcast_at"])
    .orderBy("nonce")
    .execute();
  expect(times.map((row) => [row.created_at, row.broadcast_at])).toEqual([
    [NOW, NOW],
    [NOW - 1, NOW - 1],
  ]);
  await store.close();
  rmSync(directory, { recursive: true });
});
