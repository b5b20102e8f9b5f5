import { type Address, encodeFunctionData, type Hash } from "viem";
import { expect, it } from "vitest";
import { DEFAULT_CLAIM_OPTIONS } from "../../agents/relayer/escrow/claimOptions.ts";
import { getMessage } from "../../agents/relayer/messageStatus.ts";
import { readTotals } from "../../agents/relayer/payments/totals.ts";
import { paymentRulesSchema } from "../../agents/relayer/rules/paymentPolicy.ts";
import { localAccounts } from "../../chains/localChains.ts";
import { deliveryReceiptsAbi, escrowPaymasterAbi } from "../../contracts/abi.ts";
import { addressToBytes32 } from "../../protocol/address.ts";
import { control, deploy, processed, statusOf, transactionCount } from "../kit.ts";
import { causeway, createEscrowWorld, timeOf, transact } from "./kit.ts";

const GWEI = 10n ** 9n;
const relayer = localAccounts.relayer.address;
/** What is not locked is not delivered, receipts included: these have to pay for themselves. */
const paymentRules = paymentRulesSchema.parse([{ policy: { type: "escrow", fraction: 1, marginSeconds: 600 } }]);

it("delivers what its escrow pays for, and nothing that it would not be paid for", async () => {
  // Gas costs about 1 gwei, and claiming alone more than four times what a delivery does.
  await using setup = await createEscrowWorld(1_000n * GWEI, { relayerOptions: { paymentRules } });
  const { world } = setup;
  const { alpha, beta } = world.chains;
  const now = await timeOf(alpha);
  // Attempt: locks that never pay. Their module is the payer's own; their receipts come from nowhere; they end
  // before any receipt can be there. And no lock at all.
  const own = (await deploy(alpha, "NoopIsm")).address;
  const nowhere: Address = "0x000000000000000000000000000000000000dEaD";
  const hostile = [
    { id: (await world.send({ from: "alpha", body: "0x01" })).id, reason: "the escrow holds nothing for it" },
    { id: (await setup.send("0x02", { receiptIsm: own })).id, reason: "is not among the receiptIsms of its origin" },
    {
      id: (await setup.send("0x04", { receiptSender: addressToBytes32(nowhere) })).id,
      reason: "which is not the deliveryReceipts of its destination",
    },
    { id: (await setup.send("0x05", { escrowUntil: now + 500 })).id, reason: "the relayer wants 600 s left" },
  ];
  const good = [await setup.send("0x06"), await setup.send("0x07")];
  await world.until(async () => (await setup.held()) === (await heldFor(hostile.slice(1))), "the good ones are paid");

  await world.rounds(3);
  for (const { id, reason } of hostile) {
    const { state, reason: said, tx } = await statusOf(world, id);
    expect({ state, tx }).toEqual({ state: "waiting", tx: null });
    expect(said).toContain(`no pay on delivery: `);
    expect(said).toContain(reason);
  }
  // Two deliveries and one receipt; its delivery and the withdrawal.
  expect((await processed(beta)).sort()).toEqual(good.map(({ id }) => id).sort());
  expect(await transactionCount(beta)).toBe(3);
  expect(await transactionCount(alpha)).toBe(2);
  const [first] = good;
  const said = await causeway(world, "status", first?.id ?? "0x");
  expect(said).toContain(`pay on delivery ${first?.value} wei were paid to ${relayer.toLowerCase()}`);
  const { earned } = await readTotals(world.relayer.store.db);
  expect(earned).toEqual([{ domain: alpha.config.domain, wei: good.reduce((sum, { value }) => sum + value, 0n) }]);

  async function heldFor(messages: readonly { id: `0x${string}` }[]): Promise<bigint> {
    let sum = 0n;
    for (const { id } of messages) sum += ((await setup.lock(id)) as { amount: bigint }).amount;
    return sum;
  }
});

it("lets a message wait whose lock is too small, and delivers it when something is added", async () => {
  await using setup = await createEscrowWorld(1n, { relayerOptions: { paymentRules } });
  const { world } = setup;
  const { id, value } = await setup.send("0x01");
  await world.rounds(1);
  await world.until(async () => (await statusOf(world, id)).reason?.includes("pay on delivery") ?? false, "unpaid");
  const { reason, wanted_lock: wanted } = await statusOf(world, id);
  expect(reason).toMatch(
    new RegExp(`^no pay on delivery: the escrow holds ${value} wei, the relayer wants \\d+ \\(delivering and claiming`),
  );
  expect(await causeway(world, "why", id)).toContain(
    "no pay on delivery: the escrow holds 80000 wei, the relayer wants",
  );
  const added = 10n * BigInt(wanted ?? 0);
  await world.rounds(2);
  expect(await transactionCount(world.chains.beta)).toBe(0);
  const printed = await causeway(world, "escrow", "top-up", id, "--on", "alpha", "--wei", `${added}`);
  expect(printed).toContain(`added ${added} wei in transaction 0x`);
  await world.until(async () => (await setup.held()) === 0n, "paid and withdrawn");
});

it("brings one of many receipts back that name the same deliveries", async () => {
  const claims = { ...DEFAULT_CLAIM_OPTIONS, maxAttempts: 0 };
  await using setup = await createEscrowWorld(1_000n * GWEI, { relayerOptions: { paymentRules, claims } });
  const { world } = setup;
  const { alpha, beta } = world.chains;
  const one = await setup.send("0x01");
  await world.until(() => world.delivered("beta", one.id), "delivered");
  // Attempt: the same receipt five times, each of which costs gas on alpha.
  for (let i = 0; i < 5; i++) await setup.sendReceipts(alpha.core.defaultIsm, [one.id]);
  await world.until(async () => (await setup.held()) === 0n, "paid and withdrawn");
  await world.rounds(5);
  expect(await processed(alpha)).toHaveLength(1);
  expect(await transactionCount(alpha)).toBe(2);

  // Attempt: a receipt that pays somebody else, or nobody any more.
  const data = encodeFunctionData({ abi: deliveryReceiptsAbi, functionName: "setPayee", args: [relayer] });
  await transact(beta, { to: setup.receipts, data });
  await setup.sendReceipts(alpha.core.defaultIsm, [one.id]);
  await world.rounds(5);
  expect(await processed(alpha)).toHaveLength(1);
  expect(await control(alpha).getBalance({ address: setup.escrow })).toBe(0n);
});

it("does not wait for a receipt that is not worth bringing back", async () => {
  const never = { ...DEFAULT_CLAIM_OPTIONS, maxAttempts: 0 };
  // The lock is worth 800,000 gas: a delivery and its claim take 450,000, somebody's receipt of 256 entries more than a million.
  await using setup = await createEscrowWorld(10n * GWEI, { relayerOptions: { paymentRules, claims: never } });
  const { world } = setup;
  const { alpha, beta } = world.chains;
  for (const chain of [alpha, beta]) await control(chain).setNextBlockBaseFeePerGas({ baseFeePerGas: 0n });
  const one = await setup.send("0x01");
  await world.until(() => world.delivered("beta", one.id), "delivered");
  // Attempt: the relayer takes its delivery for claimed by a receipt that it then does not want to pay the way back for.
  await setup.sendReceipts(alpha.core.defaultIsm, Array<Hash>(256).fill(one.id));
  await world.rounds(3);
  expect(await processed(alpha)).toEqual([]);
  await world.removeRelayer();
  await world.addRelayer({ claims: { ...DEFAULT_CLAIM_OPTIONS, ratio: 1.5 } });
  await world.until(async () => (await setup.held()) === 0n, "paid and withdrawn");
  expect(await processed(alpha)).toHaveLength(1);
  expect(await transactionCount(alpha)).toBe(2);
});

it("does not count a lock that its chain has reorganised away, nor what was added to it", async () => {
  await using setup = await createEscrowWorld(1n, { relayerOptions: { paymentRules } });
  const { world } = setup;
  const alpha = control(world.chains.alpha);
  const { id, value } = await setup.send("0x01");
  await world.rounds(3);
  const before = await alpha.snapshot();
  const add = (wei: bigint) => {
    const data = encodeFunctionData({ abi: escrowPaymasterAbi, functionName: "topUp", args: [id] });
    return transact(world.chains.alpha, { to: setup.escrow, data, value: wei });
  };
  const holds = (amount: bigint) => async () =>
    (await getMessage(world.relayer.store.db, id))?.lock?.amount === amount.toString();
  await add(5n);
  await add(2n);
  await world.until(holds(value + 7n), "seen");
  expect((await statusOf(world, id)).reason).toContain(`the escrow holds ${value} wei`); // it was not worth a second look

  await alpha.revert({ id: before });
  await add(1n);
  await alpha.mine({ blocks: 3 });
  await world.until(holds(value + 1n), "read anew");
});
