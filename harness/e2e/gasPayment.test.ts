import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Address, Hash } from "viem";
import { afterAll, beforeAll, expect, it } from "vitest";
import { localAccounts, localKey } from "../chains/localChains.ts";
import { gasPaymasterAbi } from "../contracts/abi.ts";
import { CHAIN_NAMES, createWorld, type World } from "../world/createWorld.ts";
import { control, write } from "./kit.ts";

const GAS_PRICE = 7n;
const OVERHEAD = 75_000;
const DEFAULT_GAS = 50_000n;

/** Dispatches on both chains pay by default. No agent runs but those that a test starts. */
let world: World;
let paymaster: Address;
beforeAll(async () => {
  const gasPaymaster = { tokenExchangeRate: 10n ** 10n, gasPrice: GAS_PRICE, overhead: OVERHEAD };
  world = await createWorld({ gasPaymaster });
  const [address] = world.chains.alpha.config.interchainGasPaymasters ?? [];
  if (address === undefined) throw new Error("alpha has no paymaster");
  paymaster = address;
});
afterAll(() => world[Symbol.asyncDispose]());

/** Runs a command against both chains. */
async function causeway(...args: string[]): Promise<{ stdout: string; stderr: string; code: number }> {
  const config = join(world.directory, "causeway.json");
  const chains = CHAIN_NAMES.map((name) => {
    const { name: _, ...chain } = world.chains[name].config;
    return [name, chain];
  });
  const bounds = { minGasPrice: "1", maxGasPrice: "1000000000000" };
  const gasOracle = { prices: "prices.json", chains: { alpha: bounds, beta: bounds } };
  await writeFile(config, JSON.stringify({ chains: Object.fromEntries(chains), gasOracle }));
  const env = {
    ...process.env,
    CAUSEWAY_SENDER_KEY: localKey(localAccounts.sender),
    CAUSEWAY_GAS_ORACLE_KEY: localKey(localAccounts.relayer),
  };
  const main = fileURLToPath(new URL("../cli/causeway.mjs", import.meta.url));
  try {
    const printed = await promisify(execFile)(process.execPath, [main, "--config", config, ...args], { env });
    return { ...printed, code: 0 };
  } catch (error) {
    return error as { stdout: string; stderr: string; code: number };
  }
}

/** What was paid for a message. */
async function paymentsFor(id: Hash) {
  const events = await control(world.chains.alpha).getContractEvents({
    address: paymaster,
    abi: gasPaymasterAbi,
    eventName: "GasPayment",
    args: { messageId: id },
    fromBlock: 0n,
    strict: true,
  });
  return events.map(({ args: { destinationDomain, gasAmount, payment } }) => ({
    destinationDomain,
    gasAmount,
    payment,
  }));
}

const balance = (address: Address) => control(world.chains.alpha).getBalance({ address });

it("pays the quote of a dispatch, and delivers it", async () => {
  const before = await balance(paymaster);
  const { id } = await world.send({ from: "alpha", body: "0x1234" });
  const gasAmount = DEFAULT_GAS + BigInt(OVERHEAD);
  const { domain: destinationDomain } = world.chains.beta.config;
  expect(await paymentsFor(id)).toEqual([{ destinationDomain, gasAmount, payment: gasAmount * GAS_PRICE }]);
  expect(await balance(paymaster)).toBe(before + gasAmount * GAS_PRICE);
  await world.until(() => world.delivered("beta", id), "delivered");
});

it("causeway send pays for the gas that is asked for", async () => {
  const plain = await causeway("send", "alpha", "beta", "hello");
  expect(plain.stderr).toContain(`paid ${(DEFAULT_GAS + BigInt(OVERHEAD)) * GAS_PRICE} wei`);
  const { stdout, stderr } = await causeway("send", "alpha", "beta", "hello", "--gas-limit", "200000");
  const gasAmount = 200_000n + BigInt(OVERHEAD);
  expect(stderr).toContain(`paid ${gasAmount * GAS_PRICE} wei`);
  expect(await paymentsFor(stdout.trim() as Hash)).toMatchObject([{ gasAmount, payment: gasAmount * GAS_PRICE }]);
});

it("causeway gas-oracle writes prices, and says why when it can not", async () => {
  const prices = join(world.directory, "prices.json");
  const chains = { alpha: { price: "1" }, beta: { price: "2" } };
  await writeFile(prices, JSON.stringify({ at: 1_700_000_000, chains }));
  const old = await causeway("gas-oracle", "--once");
  expect(old.code).toBe(1);
  expect(old.stdout).toMatch(/the price of beta on alpha stays as it is: the prices in .* are of 2023-11-14T22:13:20/);

  await writeFile(prices, JSON.stringify({ at: new Date().toISOString(), chains }));
  const dry = await causeway("gas-oracle", "--dry-run");
  expect(dry.stdout).toContain("would write beta: gas price 7 -> ");
  const refused = await causeway("gas-oracle", "--once");
  expect(refused.code).toBe(1);
  expect(refused.stdout).toContain("let its owner call setGasOracleUpdater");

  for (const chain of [world.chains.alpha, world.chains.beta]) {
    const [address = paymaster] = chain.config.interchainGasPaymasters ?? [];
    const args = [localAccounts.relayer.address];
    await write(chain, { address, abi: gasPaymasterAbi, functionName: "setGasOracleUpdater", args });
  }
  const written = await causeway("gas-oracle", "--once");
  expect(written.code).toBe(0);
  expect(written.stdout).toMatch(
    /wrote in 0x\w{64} beta: gas price 7 -> \d{9,}, exchange rate 10000000000 -> 20000000000/,
  );
  expect((await causeway("gas-oracle", "--once")).stdout).toMatch(/^alpha 0x\w{40}: nothing to write\nbeta 0x/);
});
