import { type Address, decodeFunctionData } from "viem";
import { expect, it } from "vitest";
import { type ClaimOptions, DEFAULT_CLAIM_OPTIONS } from "../../agents/relayer/escrow/claimOptions.ts";
import { type LocalChain, localAccounts } from "../../chains/localChains.ts";
import { deliveryReceiptsAbi } from "../../contracts/abi.ts";
import type { World } from "../../world/createWorld.ts";
import { control, deliverByHand, deploy, processed, transactionCount } from "../kit.ts";
import { createEscrowWorld, feesPaid, restartRelayer, timeOf } from "./kit.ts";

const relayer = localAccounts.relayer.address;
/** So much that a single delivery pays for its claim by far. */
const DEAR = 1_000n * 10n ** 9n;
/** Claims are for others to make. */
const NEVER: ClaimOptions = { ...DEFAULT_CLAIM_OPTIONS, maxAttempts: 0 };

it("pays the relayer that delivered, to the wei", async () => {
  await using setup = await createEscrowWorld(DEAR);
  const { world, escrow } = setup;
  const { alpha } = world.chains;
  const balance = (address: Address) => control(alpha).getBalance({ address });
  const before = { relayer: await balance(relayer), block: (await control(alpha).getBlockNumber()) + 1n };

  const sent = [await setup.send("0x01"), await setup.send("0x02")];
  const locked = sent.reduce((sum, { value }) => sum + value, 0n);
  expect(await balance(escrow)).toBe(locked);
  // Closed and opened again all the while, it does nothing twice.
  for (let i = 0; i < 100 && (await balance(escrow)) > 0n; i++) {
    await world.rounds(1);
    await restartRelayer(world);
  }
  await world.rounds(2);

  expect(await balance(escrow)).toBe(0n);
  expect(await balance(relayer)).toBe(before.relayer + locked - (await feesPaid(alpha, relayer, before.block)));
  // On beta two deliveries and one receipt for both; on alpha its delivery and the withdrawal.
  expect(await processed(world.chains.beta)).toHaveLength(2);
  expect(await transactionCount(world.chains.beta)).toBe(3);
  expect(await processed(alpha)).toHaveLength(1);
  expect(await transactionCount(alpha)).toBe(2);
});

/** Gas costs 1 gwei, one delivery earns 640,000 times that, and a claim of one costs about 300,000: worth it, but not well. */
const MEAGRE = 8n * 10n ** 9n;

async function createMeagreWorld() {
  const claims = { ...DEFAULT_CLAIM_OPTIONS, withdrawRatio: 20 };
  const setup = await createEscrowWorld(MEAGRE, { relayerOptions: { claims } });
  for (const chain of Object.values([setup.world.chains.alpha, setup.world.chains.beta])) {
    await control(chain).setNextBlockBaseFeePerGas({ baseFeePerGas: 0n });
  }
  return setup;
}

it("claims by one receipt what would not pay off alone", async () => {
  await using setup = await createMeagreWorld();
  const { world } = setup;
  const one = await setup.send("0x01");
  await world.until(() => world.delivered("beta", one.id), "delivered");
  await world.rounds(5);
  expect(await setup.lock(one.id)).toMatchObject({ amount: one.value });
  expect(await claimed(world)).toEqual([]);

  for (let i = 2; i < 12; i++) await setup.send(`0x0${i.toString(16)}`);
  await world.until(async () => (await setup.held()) === 0n, "all paid");
  expect(await claimed(world)).toEqual([11]);
});

it("claims alone what is about to be refunded", async () => {
  await using setup = await createMeagreWorld();
  const { world } = setup;
  const { marginSeconds } = DEFAULT_CLAIM_OPTIONS;
  const one = await setup.send("0x01", { escrowUntil: (await timeOf(world.chains.alpha)) + marginSeconds - 60 });
  await world.until(async () => (await setup.credit(relayer)) === one.value, "paid");
  expect(await claimed(world)).toEqual([1]);
  // It is not worth a withdrawal yet.
  await world.rounds(3);
  expect(await setup.held()).toBe(one.value);
});

it("does not claim what somebody else claims for it, and brings that receipt back", async () => {
  await using setup = await createEscrowWorld(DEAR, { relayerOptions: { claims: NEVER } });
  const { world } = setup;
  const { alpha } = world.chains;
  const one = await setup.send("0x01");
  await world.until(() => world.delivered("beta", one.id), "delivered");
  await setup.sendReceipts(alpha.core.defaultIsm, [one.id]);
  await world.removeRelayer();
  await world.addRelayer({ claims: DEFAULT_CLAIM_OPTIONS });
  await world.until(async () => (await setup.held()) === 0n, "paid");
  expect(await claimed(world)).toEqual([]);
  expect(await processed(alpha)).toHaveLength(1);
});

it("claims again what it had claimed by a receipt that another module would have to verify", async () => {
  await using setup = await createEscrowWorld(DEAR, { relayerOptions: { claims: NEVER } });
  const { world } = setup;
  const { alpha } = world.chains;
  const one = await setup.send("0x01");
  await world.until(() => world.delivered("beta", one.id), "delivered");
  // Attempt: a receipt that opens nothing, so that the relayer takes its delivery for claimed.
  await setup.sendReceipts(await deployNoopIsm(alpha), [one.id]);
  await world.removeRelayer();
  await world.addRelayer({ claims: DEFAULT_CLAIM_OPTIONS });
  await world.until(async () => (await setup.held()) === 0n, "paid");
  expect(await claimed(world)).toEqual([1]);
});

it("is paid for a delivery that its destination took back and that it made again", async () => {
  await using setup = await createEscrowWorld(DEAR, { finality: { blocks: 2 } });
  const { world } = setup;
  const { alpha, beta } = world.chains;
  await world.rounds(3); // the validators announce themselves
  const one = await setup.send("0x01");
  await control(alpha).mine({ blocks: 2 });
  const snapshot = await control(beta).snapshot();
  await world.until(() => world.delivered("beta", one.id), "delivered");
  await world.rounds(3);
  expect(await claimed(world)).toEqual([]); // it is not final
  await control(beta).revert({ id: snapshot });
  expect(await world.delivered("beta", one.id)).toBe(false);
  for (let i = 0; i < 40 && (await setup.held()) > 0n; i++) {
    await world.rounds(1);
    for (const chain of [alpha, beta]) await control(chain).mine({ blocks: 1 });
  }
  expect(await setup.held()).toBe(0n);
  expect(await claimed(world)).toEqual([1]);
});

it("leaves to another what another delivered", async () => {
  await using setup = await createEscrowWorld(DEAR);
  const { world } = setup;
  const { alpha } = world.chains;
  await world.removeRelayer();
  const one = await setup.send("0x01");
  await world.rounds(1);
  await deliverByHand(world, one);
  await world.addRelayer();
  await world.rounds(5);
  expect(await claimed(world)).toEqual([]);

  // Attempt: the relayer has a receipt sent for what it did not deliver. It names who did.
  await setup.sendReceipts(alpha.core.defaultIsm, [one.id]);
  await world.until(async () => (await setup.credit(localAccounts.sender.address)) === one.value, "credited");
  expect(await setup.credit(relayer)).toBe(0n);
});

it("does not claim by receipts that nobody may ever accept", async () => {
  await using setup = await createEscrowWorld(DEAR);
  const { world } = setup;
  // Attempt: a lock that is worth a hundred claims, for a module of the payer's own that refuses all receipts.
  const { address: refuses } = await deploy(world.chains.alpha, "PausableIsm", [
    localAccounts.deployer.address,
    relayer,
  ]);
  const one = await setup.send("0x01", { receiptIsm: refuses });
  await world.until(() => world.delivered("beta", one.id), "delivered");
  await world.rounds(5);
  expect(await claimed(world)).toEqual([]);
  expect(await transactionCount(world.chains.beta)).toBe(1);
});

async function deployNoopIsm(chain: LocalChain): Promise<Address> {
  return (await deploy(chain, "NoopIsm")).address;
}

/** How many messages each claim of the relayer has named. */
async function claimed({ chains }: World): Promise<number[]> {
  const beta = control(chains.beta);
  const counts: number[] = [];
  for (let number = 0n; number <= (await beta.getBlockNumber()); number++) {
    const { transactions } = await beta.getBlock({ blockNumber: number, includeTransactions: true });
    for (const { from, to, input } of transactions) {
      if (from !== relayer.toLowerCase() || to !== chains.beta.config.deliveryReceipts) continue;
      const { functionName, args } = decodeFunctionData({ abi: deliveryReceiptsAbi, data: input });
      if (functionName === "sendReceipts") counts.push(args[3].length);
    }
  }
  return counts;
}
