import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type Logger, pino } from "pino";
import { type Address, type Hash, type HDAccount, zeroAddress } from "viem";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type Anvil, startAnvil } from "../../chains/anvil.ts";
import type { ChainConfig } from "../../chains/chainConfig.ts";
import { createChainClient } from "../../chains/client.ts";
import { localAccounts } from "../../chains/localChains.ts";
import { gasPaymasterAbi } from "../../contracts/abi.ts";
import { createDeployer } from "../../contracts/deployer.ts";
import { deployGasPaymaster } from "../../contracts/deployGasPaymaster.ts";
import { control } from "../../e2e/kit.ts";
import { createGasOracle, describeChange, type GasOracleChain, type GasOracleOptions } from "./createGasOracle.ts";
import { GasDataRefusedError } from "./gasDataRefused.ts";
import { observeGasPrice } from "./observeGasPrice.ts";
import type { TokenPrices } from "./tokenPrices.ts";

const GWEI = 10n ** 9n;
const OVERHEAD = 75_000;
const updater = localAccounts.relayer;

/** Two destinations and the chain that messages come from, real. The first paymaster is written; the other two only where asked. */
let anvils: Anvil[];
let alpha: GasOracleChain;
let beta: GasOracleChain;
let gamma: GasOracleChain;
let prices: TokenPrices;
let log: Logger;
let logged: string[];

beforeAll(async () => {
  anvils = await Promise.all([81, 82, 83].map((chainId) => startAnvil({ chainId })));
  [alpha, beta, gamma] = anvils.map(({ chainId, rpcUrl }, i) => {
    const chain = { name: ["alpha", "beta", "gamma"][i] ?? "", domain: chainId, rpcUrl } as ChainConfig;
    return { chain, client: createChainClient(chain), chainId, minGasPrice: 1n, maxGasPrice: 1_000n * GWEI };
  }) as [GasOracleChain, GasOracleChain, GasOracleChain];
});
afterAll(() => Promise.all(anvils.map((anvil) => anvil.stop())));

beforeEach(() => {
  prices = {
    alpha: { price: "2", decimals: 18 },
    beta: { price: "3000", decimals: 18 },
    gamma: { price: "1", decimals: 18 },
  };
  logged = [];
  log = pino({ level: "info" }, { write: (line: string) => logged.push(line) });
});

/** A new paymaster on alpha for both others, that nobody has written yet. */
async function createPaymaster(by: HDAccount = updater): Promise<Address> {
  const deployer = await createDeployer({ rpcUrl: alpha.chain.rpcUrl, account: localAccounts.deployer });
  const config = { updater: by.address, destinations: {} };
  const beneficiary = deployer.account.address;
  const address = await deployGasPaymaster({ deployer, mailbox: zeroAddress, config, beneficiary });
  const opened = { gasOracle: address, gasOverhead: BigInt(OVERHEAD) };
  await deployer.write("opening", {
    address,
    abi: gasPaymasterAbi,
    functionName: "setDestinationGasConfigs",
    args: [[beta, gamma].map(({ chain }) => ({ remoteDomain: chain.domain, config: opened }))],
  });
  return address;
}

function open(oracles: readonly Address[], options: Partial<GasOracleOptions> = {}, destinations = [beta, gamma]) {
  return createGasOracle({
    targets: oracles.map((oracle) => ({ origin: alpha, oracle, destinations })),
    account: updater,
    readPrices: async () => prices,
    log,
    options,
  });
}

async function known(oracle: Address, { chain }: GasOracleChain) {
  const [tokenExchangeRate, gasPrice] = await alpha.client.readContract({
    address: oracle,
    abi: gasPaymasterAbi,
    functionName: "remoteGasData",
    args: [chain.domain],
  });
  return { tokenExchangeRate, gasPrice };
}

/** A server of one kind of answer. */
async function listen(answer: RequestListener) {
  const server = createServer(answer);
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    rpcUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

const sent = () => alpha.client.getTransactionCount({ address: updater.address });
const chainOf = ({ chain }: GasOracleChain) => control({ config: chain } as Parameters<typeof control>[0]);

/** Has gas on a chain cost about so much. */
async function setBaseFee(of: GasOracleChain, baseFeePerGas: bigint): Promise<void> {
  await chainOf(of).setNextBlockBaseFeePerGas({ baseFeePerGas });
  await chainOf(of).mine({ blocks: 1 });
}

it("writes what moved, all of it in one transaction, and nothing when nothing moved", async () => {
  const paymaster = await createPaymaster();
  const oracle = open([paymaster]);
  const before = await sent();
  const [report] = await oracle.tick();
  expect(report).toMatchObject({ origin: "alpha", oracle: paymaster, refusals: [] });
  expect(report?.changes.map(({ destination }) => destination)).toEqual(["beta", "gamma"]);
  expect(await sent()).toBe(before + 1);

  const gasPrice = await observeGasPrice(beta.client, { min: 0n, max: 2n ** 72n });
  expect(await known(paymaster, beta)).toEqual({ tokenExchangeRate: 15_000_000_000_000n, gasPrice });
  expect((await known(paymaster, gamma)).tokenExchangeRate).toBe(5_000_000_000n);
  const quote = await alpha.client.readContract({
    address: paymaster,
    abi: gasPaymasterAbi,
    functionName: "quoteGasPayment",
    args: [82, 100_000n],
  });
  expect(quote).toBe(100_000n * gasPrice * 1_500n);

  expect(await oracle.tick()).toEqual([{ origin: "alpha", oracle: paymaster, changes: [], refusals: [] }]);
  expect(await sent()).toBe(before + 1);
});

it("writes again when a gas price or a token's price moved by more than the threshold", async () => {
  const paymaster = await createPaymaster();
  const oracle = open([paymaster]);
  await oracle.tick();
  const before = await known(paymaster, beta);

  await setBaseFee(beta, 50n * GWEI);
  const [dearer] = await open([paymaster], { maxChange: 1_000 }).tick();
  expect(dearer?.changes.map(({ destination }) => destination)).toEqual(["beta"]);
  expect((await known(paymaster, beta)).gasPrice).toBeGreaterThan(40n * GWEI);
  expect((await known(paymaster, beta)).tokenExchangeRate).toBe(before.tokenExchangeRate);

  prices = { ...prices, gamma: { price: "1.09", decimals: 18 } };
  expect((await oracle.tick())[0]?.changes).toEqual([]);
  prices = { ...prices, gamma: { price: "1.11", decimals: 18 } };
  expect((await oracle.tick())[0]?.changes).toMatchObject([
    { destination: "gamma", domain: 83, to: { tokenExchangeRate: 5_550_000_000n } },
  ]);
});

it("adds the margin", async () => {
  const paymaster = await createPaymaster();
  await open([paymaster], { margin: 0.25 }).tick();
  const gasPrice = await observeGasPrice(gamma.client, { min: 0n, max: 2n ** 72n });
  expect((await known(paymaster, gamma)).gasPrice).toBe((gasPrice * 5n + 3n) / 4n);
});

it("writes storage gas oracles and several paymasters of one chain", async () => {
  const deployer = await createDeployer({ rpcUrl: alpha.chain.rpcUrl, account: localAccounts.deployer });
  const storage = await deployer.create("StorageGasOracle", [deployer.account.address, updater.address]);
  const paymaster = await createPaymaster();
  const reports = await open([paymaster, storage.address]).tick();
  expect(reports.map(({ refusals, transaction }) => [refusals, typeof transaction])).toEqual([
    [[], "string"],
    [[], "string"],
  ]);
  expect(await known(storage.address, beta)).toEqual(await known(paymaster, beta));
});

it("leaves what is on chain when the tokens' prices are not known, and says so", async () => {
  const paymaster = await createPaymaster();
  const before = await known(paymaster, beta);
  const count = await sent();
  const oracle = createGasOracle({
    targets: [{ origin: alpha, oracle: paymaster, destinations: [beta, gamma] }],
    account: updater,
    readPrices: async () => {
      throw new GasDataRefusedError("the prices are of yesterday");
    },
    log,
  });
  const [report] = await oracle.tick();
  expect(report?.refusals).toEqual([
    "the price of beta on alpha stays as it is: the prices are of yesterday",
    "the price of gamma on alpha stays as it is: the prices are of yesterday",
  ]);
  expect(logged.join()).toContain("the price of beta on alpha stays as it is: the prices are of yesterday");
  expect(await known(paymaster, beta)).toEqual(before);
  expect(await sent()).toBe(count);
});

it("writes the others when one destination's node is absurd, dead, or its token's price is missing", async () => {
  const dead = { ...beta, client: createChainClient({ rpcUrl: "http://127.0.0.1:1" }) };
  const absurd = { ...beta, maxGasPrice: 2n };
  const { beta: _, ...withoutBeta } = prices;
  for (const [bad, known_, reason] of [
    [
      absurd,
      prices,
      /beta on alpha stays as it is: the node says that gas costs \d+ wei, and the configuration .* 1 to 2/,
    ],
    [dead, prices, /beta on alpha stays as it is: .*/],
    [beta, withoutBeta, /beta on alpha stays as it is: the file of prices has none of beta/],
  ] as const) {
    const paymaster = await createPaymaster();
    prices = known_;
    const [report] = await open([paymaster], {}, [bad, gamma]).tick();
    expect(report?.refusals).toEqual([expect.stringMatching(reason)]);
    expect(report?.changes.map(({ destination }) => destination)).toEqual(["gamma"]);
    expect(await known(paymaster, beta)).toEqual({ tokenExchangeRate: 0n, gasPrice: 0n });
    expect((await known(paymaster, gamma)).gasPrice).toBeGreaterThan(0n);
  }
});

it("says what to do when it is not the updater, and sends nothing", async () => {
  const paymaster = await createPaymaster(localAccounts.sender);
  const count = await sent();
  const [report] = await open([paymaster]).tick();
  expect(report?.transaction).toBeUndefined();
  expect(report?.refusals).toEqual([
    `the prices on alpha were not written: ${updater.address} is neither the updater nor the owner of ${paymaster}: ` +
      `let its owner call setGasOracleUpdater(${updater.address})`,
  ]);
  expect(await sent()).toBe(count);
});

it("does not offer the contract a price that it has no room for, which would stop the others", async () => {
  const paymaster = await createPaymaster();
  // A margin that only the dearer of both can not bear.
  await setBaseFee(gamma, 500n * GWEI);
  const margin = Number(2n ** 72n / (150n * GWEI));
  const [report] = await open([paymaster], { margin, threshold: 0.1 }).tick();
  expect(report?.refusals).toEqual([
    expect.stringMatching(/^the price of gamma on .*: the contract has no room for a gas price of \d+$/),
  ]);
  expect(report?.changes.map(({ destination }) => destination)).toEqual(["beta"]);
  expect(report?.transaction).toBeDefined();
});

it("moves a gas price by one factor in one write, however dear a node says that gas is, and says where to", async () => {
  const paymaster = await createPaymaster();
  const oracle = open([paymaster], { maxChange: 1.5 }, [beta]);
  await oracle.tick();
  const { gasPrice } = await known(paymaster, beta);
  await setBaseFee(beta, 800n * GWEI);
  const [report] = await oracle.tick();
  expect(await known(paymaster, beta)).toMatchObject({ gasPrice: (gasPrice * 3n) / 2n });
  expect(report?.changes.map(describeChange)).toEqual([
    expect.stringMatching(
      new RegExp(
        `^beta: gas price ${gasPrice} -> ${(gasPrice * 3n) / 2n} \\(towards 7\\d{11}, as far as one write may go\\)`,
      ),
    ),
  ]);
  await oracle.tick();
  expect(await known(paymaster, beta)).toMatchObject({ gasPrice: (((gasPrice * 3n) / 2n) * 3n) / 2n });
});

it("believes no token's price that jumps, writes the others, and the jump when somebody has looked at it", async () => {
  const paymaster = await createPaymaster();
  await open([paymaster]).tick();
  const before = await known(paymaster, beta);
  prices = { ...prices, beta: { price: "30000", decimals: 18 }, gamma: { price: "1.9", decimals: 18 } };
  const [report] = await open([paymaster]).tick();
  expect(report?.refusals).toEqual([
    "the price of beta on alpha stays as it is: the exchange rate would go from 15000000000000 to 150000000000000, by more " +
      "than a factor of 2: see to the file of prices, and if it is right write it once with --once --accept-jump",
  ]);
  expect(await known(paymaster, beta)).toEqual(before);
  expect((await known(paymaster, gamma)).tokenExchangeRate).toBe(9_500_000_000n);

  await open([paymaster], { maxChange: Number.POSITIVE_INFINITY }).tick();
  expect((await known(paymaster, beta)).tokenExchangeRate).toBe(150_000_000_000_000n);
});

it("does not wait for a node that never answers", async () => {
  await using silent = await listen(() => {});
  const paymaster = await createPaymaster();
  const dead = { ...beta, client: createChainClient(silent) };
  const [report] = await open([paymaster], { observeTimeoutMs: 100 }, [dead, gamma]).tick();
  expect(report?.refusals).toEqual([
    "the price of beta on alpha stays as it is: its node did not answer within 100 ms",
  ]);
  expect((await known(paymaster, gamma)).gasPrice).toBeGreaterThan(0n);
});

it("signs nothing for a chain that a node claims to be", async () => {
  const paymaster = await createPaymaster();
  const count = await sent();
  const target = { origin: { ...alpha, chainId: 80 }, oracle: paymaster, destinations: [beta] };
  const [report] = await createGasOracle({
    targets: [target],
    account: updater,
    readPrices: async () => prices,
    log,
  }).tick();
  expect(report?.refusals).toEqual([
    "the prices on alpha were not written: the node says that its chain id is 81, and the configuration 80: one of them is wrong",
  ]);
  expect(await sent()).toBe(count);
});

it("writes nothing in a dry run, and says what it would", async () => {
  const paymaster = await createPaymaster();
  const count = await sent();
  const [report] = await open([paymaster], { dryRun: true }).tick();
  expect(report?.changes).toHaveLength(2);
  expect(report).not.toHaveProperty("transaction");
  expect(await sent()).toBe(count);
});

it("replaces a transaction that is not mined by one with the prices of then", async () => {
  const paymaster = await createPaymaster();
  const count = await sent();
  const node = chainOf(alpha);
  const oracle = open([paymaster], { receiptTimeoutMs: 300 });
  await node.setAutomine(false);
  try {
    const [stuck] = await oracle.tick();
    expect(stuck?.refusals).toEqual([
      expect.stringMatching(/transaction 0x\w+ is not mined yet; the next one replaces it/),
    ]);
    prices = { ...prices, beta: { price: "4000", decimals: 18 } };
    expect((await oracle.tick())[0]?.refusals).toHaveLength(1);
  } finally {
    await node.mine({ blocks: 1 });
    await node.setAutomine(true);
  }
  expect(await sent()).toBe(count + 1);
  expect((await known(paymaster, beta)).tokenExchangeRate).toBe(20_000_000_000_000n);
});

it("ticks until it is stopped", async () => {
  const paymaster = await createPaymaster();
  const node = chainOf(alpha);
  const written = new Promise<Hash>((resolve) => {
    const unwatch = node.watchContractEvent({
      address: paymaster,
      abi: gasPaymasterAbi,
      eventName: "RemoteGasDataSet",
      onLogs: ([event]) => {
        unwatch();
        if (event?.transactionHash) resolve(event.transactionHash);
      },
    });
  });
  const oracle = open([paymaster], { intervalMs: 10 });
  oracle.start();
  oracle.start(); // once is enough
  await written;
  await oracle.stop();
  const count = await sent();
  await setBaseFee(beta, 900n * GWEI);
  expect(await sent()).toBe(count);
});
