import { execFile } from "node:child_process";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createWalletClient, type Hash, http } from "viem";
import { expect, it } from "vitest";
import { getMessage } from "../agents/relayer/messageStatus.ts";
import { retryMessage } from "../agents/relayer/messages.ts";
import { messageListsSchema } from "../agents/relayer/rules/messageLists.ts";
import { paymentRulesSchema } from "../agents/relayer/rules/paymentPolicy.ts";
import { localAccounts, localKey } from "../chains/localChains.ts";
import { gasPaymasterAbi } from "../contracts/abi.ts";
import { createWorld, type World } from "../world/createWorld.ts";
import { control, deploy, processed, statusOf, transactionCount, write } from "./kit.ts";

/** What a gas of beta costs on alpha, in wei. */
const GAS_PRICE = 2n;
const PLENTY = 1_000_000n;

/** A paymaster on alpha for beta, real; not configured yet. */
async function createPaymaster({ chains: { alpha, beta } }: Pick<World, "chains">) {
  const owner = localAccounts.deployer.address;
  const { address } = await deploy(alpha, "InterchainGasPaymaster", [alpha.config.mailbox, owner, owner, owner]);
  const paymaster = { address, abi: gasPaymasterAbi };
  const config = { gasOracle: address, gasOverhead: 0n };
  await write(alpha, {
    ...paymaster,
    functionName: "setDestinationGasConfigs",
    args: [[{ remoteDomain: beta.config.domain, config }]],
  });
  const data = { remoteDomain: beta.config.domain, tokenExchangeRate: 10n ** 10n, gasPrice: GAS_PRICE };
  await write(alpha, { ...paymaster, functionName: "setRemoteGasData", args: [data] });
  return address;
}

/** Two chains, a relayer that wants gas to be paid for, and a paymaster that it heeds beside one that it does not. */
async function createPayingWorld(fraction = 1) {
  const paymentRules = paymentRulesSchema.parse([{ policy: { type: "gas", fraction } }]);
  const directory = await mkdtemp(join(tmpdir(), "causeway-payment-"));
  const world = await createWorld({ directory, relayerOptions: { paymentRules, retryCapMs: 60_000 } });
  const [paymaster, stranger] = [await createPaymaster(world), await createPaymaster(world)];
  world.chains.alpha.config.interchainGasPaymasters = [paymaster];
  await world.removeRelayer();
  await world.addRelayer();
  return { world, paymaster, stranger, directory };
}

async function pay(
  { chains: { alpha, beta } }: Pick<World, "chains">,
  paymaster: Hash | `0x${string}`,
  id: Hash,
  gas: bigint,
) {
  const wallet = createWalletClient({ account: localAccounts.sender, transport: http(alpha.config.rpcUrl) });
  const hash = await wallet.writeContract({
    chain: null,
    address: paymaster,
    abi: gasPaymasterAbi,
    functionName: "payForGas",
    args: [id, beta.config.domain, gas, localAccounts.sender.address],
    value: gas * GAS_PRICE,
  });
  const { status } = await control(alpha).waitForTransactionReceipt({ hash });
  expect(status).toBe("success");
}

/** What the command prints, while the relayer runs. */
async function causeway({ chains: { alpha, beta } }: Pick<World, "chains">, directory: string, ...args: string[]) {
  const config = join(directory, "causeway.json");
  const chainOf = ({ config: { name: _, ...chain } }: typeof alpha) => chain;
  const chains = { alpha: chainOf(alpha), beta: chainOf(beta) };
  await writeFile(config, JSON.stringify({ chains, relayer: { store: join(directory, "relayer.db") } }));
  const main = fileURLToPath(new URL("../cli/causeway.mjs", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [main, "--config", config, ...args], {
    env: { ...process.env, CAUSEWAY_SENDER_KEY: localKey(localAccounts.sender) },
  });
  return stdout;
}

it("lets an underpaid message wait, says so, and delivers it when it is topped up", async () => {
  const { world, paymaster, stranger, directory } = await createPayingWorld();
  await using _ = world;
  const { id } = await world.send({ from: "alpha", body: "0x01" });
  await world.rounds(3);
  const unpaid = await statusOf(world, id);
  expect(unpaid).toMatchObject({ state: "waiting", attempts: 0, tx: null });
  expect(unpaid.reason).toBe(
    "gas not paid: nothing was paid for it, the relayer wants all of the gas that its delivery uses; " +
      `\`causeway pay ${id}\` pays for it`,
  );

  expect(await causeway(world, directory, "status", id)).toContain(`reason          ${unpaid.reason}`);

  // To another paymaster: that is not the relayer's.
  await pay(world, stranger, id, PLENTY);
  await world.rounds(2);
  expect((await statusOf(world, id)).reason).toContain("nothing was paid");

  // The same amount twice is two payments.
  await pay(world, paymaster, id, 1n);
  await pay(world, paymaster, id, 1n);
  await world.until(async () => (await statusOf(world, id)).reason?.includes("2 gas was paid for") ?? false, "seen");
  expect((await statusOf(world, id)).reason).toMatch(/^gas not paid: 2 gas was paid for, the relayer wants \d+ /);
  expect(await transactionCount(world.chains.beta)).toBe(0);

  // A restart in between loses nothing, and counts nothing twice.
  await world.removeRelayer();
  await world.addRelayer();
  expect(
    await causeway(world, directory, "pay", id, "--from", "alpha", "--to", "beta", "--gas", `${PLENTY}`),
  ).toContain(`paid ${PLENTY * GAS_PRICE} wei for ${PLENTY} gas`);
  await world.until(() => world.delivered("beta", id), "delivered");
  await world.rounds(2);
  const found = await getMessage(world.relayer.store.db, id);
  expect(found?.paid).toEqual({ payment: (PLENTY + 2n) * GAS_PRICE, gas: PLENTY + 2n });
  expect(found?.spent).toMatchObject({ reverts: 0, lost: 0n });
  const { gasUsed, effectiveGasPrice } = await control(world.chains.beta).getTransactionReceipt({
    hash: found?.message.tx ?? "0x",
  });
  expect(found?.spent.spent).toBe(gasUsed * effectiveGasPrice);
});

it("does not count a payment that its chain has reorganised away", async () => {
  const { world, paymaster } = await createPayingWorld();
  await using _ = world;
  const alpha = control(world.chains.alpha);
  const { id } = await world.send({ from: "alpha", body: "0x01" });
  await world.rounds(1);
  const before = await alpha.snapshot();
  await pay(world, paymaster, id, 1n);
  await world.until(async () => (await statusOf(world, id)).reason?.includes("1 gas was paid for") ?? false, "seen");
  await alpha.revert({ id: before });
  await alpha.mine({ blocks: 2 });
  await world.until(async () => (await statusOf(world, id)).reason?.includes("nothing was paid") ?? false, "forgotten");
});

it("parks a message that has cost too much, until an operator says to retry", async () => {
  await using world = await createWorld({ relayerOptions: { maxLoss: 1n, retryCapMs: 1_000 } });
  const { beta } = world.chains;
  // Accepts what costs nothing, as simulations do, and reverts in the real transaction.
  const recipient = "0x00000000000000000000000000000000000e0201";
  await control(beta).setCode({ address: recipient, bytecode: "0x3a600557005b5f5ffd" });
  const { id } = await world.send({ from: "alpha", body: "0x01", recipient });
  await world.rounds(1);
  await world.until(async () => (await statusOf(world, id)).state === "parked", "parked");
  await world.rounds(3);
  expect((await statusOf(world, id)).reason).toMatch(
    new RegExp(
      `^given up: 1 transaction for it reverted .*, [1-9]\\d* wei were lost: no more gas is spent on it until .causeway retry ${id}.$`,
    ),
  );
  expect(await transactionCount(beta)).toBe(1);

  await control(beta).setCode({ address: recipient, bytecode: "0x00" });
  const { updated_at: parkedAt } = await statusOf(world, id); // by the relayer's clock, which is ahead here
  expect(await retryMessage(world.relayer.store.db, id, parkedAt)).toBe(true);
  await world.until(() => world.delivered("beta", id), "delivered");
  const found = await getMessage(world.relayer.store.db, id);
  expect(found?.spent).toMatchObject({ reverts: 1 });
  expect(await retryMessage(world.relayer.store.db, id, parkedAt)).toBe(false);
});

it("relays what its lists let pass, and after a restart what other lists do", async () => {
  const relayerOptions = { lists: messageListsSchema.parse({ blacklist: [{ bodyRegex: "^02" }] }) };
  await using world = await createWorld({ relayerOptions });
  const [first, second] = await world.sendMany("alpha", [{ body: "0x01" }, { body: "0x02" }]);
  await world.until(() => world.delivered("beta", first?.id ?? "0x"), "delivered");
  await world.rounds(2);
  const id = second?.id ?? "0x";
  const reason = "entry 0 of the relayer's blacklist";
  expect(await statusOf(world, id)).toMatchObject({ state: "excluded", attempts: 0, reason });
  expect(await processed(world.chains.beta)).toEqual([first?.id]);

  relayerOptions.lists = messageListsSchema.parse({});
  await world.removeRelayer();
  await world.addRelayer();
  await world.until(() => world.delivered("beta", id), "delivered");
});
