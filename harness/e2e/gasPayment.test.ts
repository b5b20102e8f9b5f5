import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { pino } from "pino";
import { type Address, type Hash, toHex } from "viem";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createGasOracle, describeChange, type GasOracleReport } from "../agents/gasOracle/createGasOracle.ts";
import { readTokenPrices } from "../agents/gasOracle/tokenPrices.ts";
import { paymentRulesSchema } from "../agents/relayer/rules/paymentPolicy.ts";
import { createChainClient } from "../chains/client.ts";
import { type LocalChain, localAccounts, localKey } from "../chains/localChains.ts";
import { gasPaymasterAbi } from "../contracts/abi.ts";
import { CHAIN_NAMES, createWorld, type World } from "../world/createWorld.ts";
import { control, statusOf, write } from "./kit.ts";

const GAS_PRICE = 7n;
const OVERHEAD = 150_000;
const DEFAULT_GAS = 50_000n;
const GWEI = 10n ** 9n;
/** Gas that a dispatch pays for if it says nothing. */
const USUAL_GAS = DEFAULT_GAS + BigInt(OVERHEAD);

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
  await writeFile(
    config,
    JSON.stringify({
      chains: Object.fromEntries(chains),
      gasOracle,
    }),
  );
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

/** As anyone can, for any message. */
async function payForGas(id: Hash, gas: bigint): Promise<void> {
  const alpha = control(world.chains.alpha);
  const { domain } = world.chains.beta.config;
  const call = { address: paymaster, abi: gasPaymasterAbi } as const;
  const value = await alpha.readContract({ ...call, functionName: "quoteGasPayment", args: [domain, gas] });
  const args = [id, domain, gas, localAccounts.sender.address] as const;
  await write(world.chains.alpha, { ...call, functionName: "payForGas", args, value });
}

const balance = (address: Address) => control(world.chains.alpha).getBalance({ address });

it("pays the quote of a dispatch, and delivers it", async () => {
  const before = await balance(paymaster);
  const { id } = await world.send({ from: "alpha", body: "0x1234" });
  const gasAmount = USUAL_GAS;
  const { domain: destinationDomain } = world.chains.beta.config;
  expect(await paymentsFor(id)).toEqual([{ destinationDomain, gasAmount, payment: gasAmount * GAS_PRICE }]);
  expect(await balance(paymaster)).toBe(before + gasAmount * GAS_PRICE);
  await world.until(() => world.delivered("beta", id), "delivered");
});

/** Writes the file of prices. The token of alpha is worth one of something. */
async function writePrices(beta: string): Promise<void> {
  const at = new Date().toISOString();
  const chains = { alpha: { price: "1" }, beta: { price: beta } };
  await writeFile(join(world.directory, "prices.json"), JSON.stringify({ at, chains }));
}

/** A look of the gas oracle at both chains, as the command has it; beta's node may be another one. */
async function tick(betaUrl = world.chains.beta.config.rpcUrl): Promise<GasOracleReport[]> {
  const bounds = { minGasPrice: 1n, maxGasPrice: 1_000n * GWEI };
  const [alpha, beta] = CHAIN_NAMES.map((name) => {
    const chain = { ...world.chains[name].config, ...(name === "beta" && { rpcUrl: betaUrl }) };
    return { chain, client: createChainClient(chain), chainId: chain.domain, ...bounds };
  });
  if (alpha === undefined || beta === undefined) throw new Error("there are two chains");
  const oracle = createGasOracle({
    targets: [
      [alpha, beta],
      [beta, alpha],
    ].flatMap(([origin = alpha, destination = beta]) =>
      (origin.chain.interchainGasPaymasters ?? []).map((oracle) => ({ origin, oracle, destinations: [destination] })),
    ),
    account: localAccounts.relayer,
    readPrices: () =>
      readTokenPrices({ file: join(world.directory, "prices.json"), maxAgeMs: 3_600_000, now: Date.now() }),
    log: pino({ level: "silent" }),
  });
  return oracle.tick();
}

/** What a chain says of gas on the other. */
async function gasDataOf(chain: LocalChain, of: LocalChain) {
  const [address = paymaster] = chain.config.interchainGasPaymasters ?? [];
  const [rate, gasPrice] = await control(chain).readContract({
    address,
    abi: gasPaymasterAbi,
    functionName: "remoteGasData",
    args: [of.config.domain],
  });
  return { rate, gasPrice };
}

it("causeway gas-oracle writes prices, and says why when it can not", async () => {
  const { alpha, beta } = world.chains;
  await writePrices("2");
  const refused = await causeway("gas-oracle", "--once");
  expect(refused.code).toBe(1);
  expect(refused.stdout).toMatch(
    /did not write beta: gas price 7 -> 14 \(towards \d{9,}, as far as one write may go\)/,
  );
  expect(refused.stdout).toContain("let its owner call setGasOracleUpdater");

  for (const chain of [alpha, beta]) {
    const [address = paymaster] = chain.config.interchainGasPaymasters ?? [];
    const args = [localAccounts.relayer.address];
    await write(chain, { address, abi: gasPaymasterAbi, functionName: "setGasOracleUpdater", args });
  }
  const written = await causeway("gas-oracle", "--once", "--accept-jump");
  expect(written.code).toBe(0);
  expect(written.stdout).toMatch(
    /wrote in 0x\w{64} beta: gas price 7 -> \d{9,}, exchange rate 10000000000 -> 20000000000/,
  );
  expect((await gasDataOf(beta, alpha)).rate).toBe(5_000_000_000n);
  expect((await tick()).every(({ changes, refusals }) => changes.length === 0 && refusals.length === 0)).toBe(true);
});

/** Has the last blocks of a chain ask for so much: what is looked at is the median of 20. */
async function setBaseFee(chain: LocalChain, baseFeePerGas: bigint): Promise<void> {
  const node = control(chain);
  for (let i = 0; i < 20; i++) {
    await node.setNextBlockBaseFeePerGas({ baseFeePerGas });
    await node.mine({ blocks: 1 });
  }
}

const reasonOf = async (id: Hash) => (await statusOf(world, id)).reason ?? "";

it("the price follows the destination's fees, and what relayers want follows the price", async () => {
  const { alpha, beta } = world.chains;
  const quote = async () =>
    (await paymentsFor((await world.send({ from: "alpha", body: "0xff" })).id))[0]?.payment ?? 0n;
  const cheap = await quote();
  const paymentRules = paymentRulesSchema.parse([
    { match: { bodyRegex: "^01" }, policy: { type: "minimum", payment: `${2n * cheap}` } },
    { policy: { type: "gas", fraction: 1 } },
  ]);
  await world.removeRelayer();
  await world.addRelayer({ paymentRules });

  // One that pays what is asked for, which is not what the relayer wants; one that pays for too little gas; and one that pays for all.
  const { id: minimum } = await world.send({ from: "alpha", body: "0x01" });
  const { stdout, stderr } = await causeway("send", "alpha", "beta", "0x02", "--gas-limit", "1");
  const underpaid = stdout.trim() as Hash;
  const payment = (cheap * 150_001n) / USUAL_GAS;
  expect(stderr).toContain(`paid ${payment} wei for it`);
  expect(await paymentsFor(underpaid)).toMatchObject([{ gasAmount: 150_001n, payment }]);
  const { id: paid } = await world.send({ from: "alpha", body: "0x02aa" });
  // The gas of beta gets dear before a relayer sees any of them.
  await setBaseFee(beta, 3n * GWEI);

  const { gasPrice } = await gasDataOf(alpha, beta);
  await tick();
  expect(await gasDataOf(alpha, beta)).toEqual({ rate: 2n * 10n ** 10n, gasPrice: 2n * gasPrice });
  await tick();
  const dear = (await gasDataOf(alpha, beta)).gasPrice;
  expect(dear).toBeGreaterThan(3n * GWEI);
  expect(await quote()).toBe(USUAL_GAS * dear * 2n);

  // What was paid in full stays so.
  await world.until(() => world.delivered("beta", paid), "delivered");
  await world.until(async () => (await reasonOf(minimum)) !== "" && (await reasonOf(underpaid)) !== "", "looked at");
  expect(await reasonOf(minimum)).toContain(`gas not paid: ${cheap} wei`);
  expect(await reasonOf(underpaid)).toMatch(/^gas not paid: 150001 gas was paid for, the relayer wants \d+ /);
  expect(await world.delivered("beta", minimum)).toBe(false);
  expect(await world.delivered("beta", underpaid)).toBe(false);

  // A new one that pays the new quote is above the minimum; the others are topped up at today's price.
  const { id: later } = await world.send({ from: "alpha", body: "0x0103" });
  await world.until(() => world.delivered("beta", later), "delivered");
  await payForGas(minimum, cheap / (dear * 2n) + 1n);
  const topUp = await causeway("pay", underpaid, "--from", "alpha", "--to", "beta", "--gas", "100000");
  expect(topUp.stdout).toContain(`paid ${100_000n * dear * 2n} wei for 100000 gas`);
  await world.until(() => world.delivered("beta", minimum), "delivered");
  await world.until(() => world.delivered("beta", underpaid), "delivered");
});

/** A node that says of fees what it likes, and of all else what another one says. */
async function createLiar(rpcUrl: string, fee: bigint) {
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const asked = JSON.parse(text) as { id: number; method: string } | { id: number; method: string }[];
    const lie = { baseFeePerGas: [toHex(fee), toHex(fee)], gasUsedRatio: [0.5], reward: [[toHex(fee)]] };
    const body = JSON.stringify(asked);
    const honest: unknown = await (
      await fetch(rpcUrl, { method: "POST", body, headers: { "content-type": "application/json" } })
    ).json();
    const answers = (Array.isArray(honest) ? honest : [honest]) as { id: number; result: unknown }[];
    const questions = Array.isArray(asked) ? asked : [asked];
    for (const answer of answers) {
      if (questions.find(({ id }) => id === answer.id)?.method === "eth_feeHistory") answer.result = lie;
    }
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(Array.isArray(honest) ? answers : answers[0]));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

it("a node that lies about its fees moves the price by one factor, or not at all, and no other one", async () => {
  const { alpha, beta } = world.chains;
  await tick();
  const before = await gasDataOf(alpha, beta);
  {
    await using liar = await createLiar(beta.config.rpcUrl, 400n * GWEI);
    const [bounded] = await tick(liar.url);
    expect(bounded?.changes.map(describeChange)).toEqual([
      expect.stringContaining(
        `beta: gas price ${before.gasPrice} -> ${2n * before.gasPrice} (towards ${800n * GWEI}, as far as one write may go)`,
      ),
    ]);
    expect(await gasDataOf(alpha, beta)).toEqual({ ...before, gasPrice: 2n * before.gasPrice });
  }
  await using liar = await createLiar(beta.config.rpcUrl, 10n ** 30n);
  await setBaseFee(alpha, 5n * GWEI);
  const there = await gasDataOf(beta, alpha);
  const [refused, stopped] = await tick(liar.url);
  expect(refused?.refusals).toEqual([
    expect.stringContaining(
      `the price of beta on alpha stays as it is: the node says that gas costs ${2n * 10n ** 30n} wei`,
    ),
  ]);
  expect(await gasDataOf(alpha, beta)).toEqual({ ...before, gasPrice: 2n * before.gasPrice });
  // Through a node that wants such fees for it nothing is sent; the price of alpha on beta waits for an honest one.
  expect(stopped?.refusals).toEqual([
    expect.stringContaining("the prices on beta were not written: the chain's base fee is"),
  ]);
  expect(await gasDataOf(beta, alpha)).toEqual(there);
  await tick();
  expect((await gasDataOf(beta, alpha)).gasPrice).toBeGreaterThan(there.gasPrice);
});
