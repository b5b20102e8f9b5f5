import { setTimeout as wait } from "node:timers/promises";
import type { Logger } from "pino";
import type { Address, Hash, LocalAccount } from "viem";
import type { ChainConfig } from "../../chains/chainConfig.ts";
import type { ChainClient } from "../../chains/client.ts";
import { storageGasOracleAbi } from "../../contracts/abi.ts";
import { withTimeout } from "../../storage/withTimeout.ts";
import { errorText } from "../relayer/rpcError.ts";
import { exchangeRate } from "./exchangeRate.ts";
import { type GasData, hasMoved } from "./gasData.ts";
import { GasDataRefusedError } from "./gasDataRefused.ts";
import { limitMove } from "./limitMove.ts";
import { observeGasPrice } from "./observeGasPrice.ts";
import type { TokenPrice, TokenPrices } from "./tokenPrices.ts";
import { createGasDataWriter } from "./writeGasData.ts";

/** In wei. */
const MAX_GAS_PRICE = 2n ** 72n - 1n;

/** A chain and what gas can cost there, in wei. */
export type GasOracleChain = {
  chain: ChainConfig;
  client: ChainClient;
  /** What transactions are signed for, whatever the node says. */
  chainId: number;
  minGasPrice: bigint;
  maxGasPrice: bigint;
};

/** A paymaster that is its own oracle, or a storage gas oracle. */
export type GasOracleTarget = {
  /** The chain that it is on. `maxGasPrice` there is also the most that is offered for the transactions. */
  origin: GasOracleChain;
  oracle: Address;
  /** Whose prices it shall know. */
  destinations: readonly GasOracleChain[];
};

export type GasOracleOptions = {
  /** What of a price may be off before it is written: 0.1 is a tenth. */
  threshold: number;
  /** What gas prices are raised by before they are written, to last until they are written again: 0.1 is a tenth. */
  margin: number;
  /** By which factor a price may move in one write, up or down; `limitMove` says how. */
  maxChange: number;
  /** Milliseconds between two looks. */
  intervalMs: number;
  /** How long a destination's node is waited for; the others are written without it. */
  observeTimeoutMs: number;
  /** How long a transaction is waited for; the next look replaces one that is not mined. */
  receiptTimeoutMs: number;
  /** Look, and write nothing. */
  dryRun: boolean;
};

export const DEFAULT_GAS_ORACLE_OPTIONS: GasOracleOptions = {
  threshold: 0.1,
  margin: 0,
  maxChange: 2,
  intervalMs: 60_000,
  observeTimeoutMs: 20_000,
  receiptTimeoutMs: 60_000,
  dryRun: false,
};

export type CreateGasOracleParameters = {
  targets: readonly GasOracleTarget[];
  /** The updater of all of them. */
  account: LocalAccount;
  /** What the chains' tokens are worth now. @throws Error when that is not known */
  readPrices: () => Promise<TokenPrices>;
  log: Logger;
  options?: Partial<GasOracleOptions>;
};

export type GasDataChange = {
  destination: string;
  domain: number;
  from: GasData;
  to: GasData;
  /** What gas costs there, if that is further than one write may go. */
  towards?: bigint;
};

/** What a look at one oracle came to. */
export type GasOracleReport = {
  origin: string;
  oracle: Address;
  /** What moved. */
  changes: GasDataChange[];
  /** The transaction that wrote all of it; undefined if nothing moved, or in a dry run, or if it failed. */
  transaction?: Hash;
  /** Why what is on chain stays although it may be wrong: one line each. */
  refusals: string[];
};

export type GasOracle = {
  /** Looks at every price once and writes what moved. Never throws: what can not be done is in the report, and logged. */
  tick(): Promise<GasOracleReport[]>;
  /** Ticks until `stop`. */
  start(): void;
  /** Ends the loop after what is under way. */
  stop(): Promise<void>;
};

/**
 * Keeps what oracles say of gas on other chains near what it costs there. Where a price is not known for sure, the one on chain stays.
 *
 * @example
 * const oracle = createGasOracle({ targets, account, readPrices, log });
 * oracle.start();
 */
export function createGasOracle(parameters: CreateGasOracleParameters): GasOracle {
  const { targets, account, readPrices, log } = parameters;
  const options = { ...DEFAULT_GAS_ORACLE_OPTIONS, ...parameters.options };
  const writers = new Map(
    targets.map(({ origin }) => [
      origin.chain.name,
      createGasDataWriter({
        client: origin.client,
        chainId: origin.chainId,
        account,
        maxFeePerGas: origin.maxGasPrice,
        timeoutMs: options.receiptTimeoutMs,
      }),
    ]),
  );
  const stopped = new AbortController();
  let loop: Promise<void> | undefined;

  async function tick(): Promise<GasOracleReport[]> {
    const prices = await settled(readPrices());
    const observed = await observeAll();
    const reports = await Promise.all(
      [...writers.keys()].map(async (name) => {
        // One account, one nonce: one after the other.
        const done: GasOracleReport[] = [];
        for (const target of targets.filter(({ origin }) => origin.chain.name === name)) {
          done.push(await update(target, prices, observed));
        }
        return done;
      }),
    );
    return reports.flat();
  }

  /** What gas costs on each destination, each asked once. */
  async function observeAll(): Promise<Map<number, Settled<bigint>>> {
    const chains = new Map(targets.flatMap(({ destinations }) => destinations.map((d) => [d.chain.domain, d])));
    const entries = [...chains].map(async ([domain, { client, minGasPrice: min, maxGasPrice: max }]) => {
      const price = withTimeout(observeGasPrice(client, { min, max }), {
        timeoutMs: options.observeTimeoutMs,
        error: () => new GasDataRefusedError(`its node did not answer within ${options.observeTimeoutMs} ms`),
      });
      return [domain, await settled(price)] as const;
    });
    return new Map(await Promise.all(entries));
  }

  async function update(
    target: GasOracleTarget,
    prices: Settled<TokenPrices>,
    observed: Map<number, Settled<bigint>>,
  ): Promise<GasOracleReport> {
    const { origin, oracle, destinations } = target;
    const report: GasOracleReport = { origin: origin.chain.name, oracle, changes: [], refusals: [] };
    const about = { origin: origin.chain.name, oracle };
    for (const { chain, minGasPrice: min, maxGasPrice } of destinations) {
      try {
        const known = await readGasData(target, chain.domain);
        const now = gasDataNow(origin.chain, chain, prices, observed.get(chain.domain));
        if (!hasMoved(known, now, options.threshold)) continue;
        const to = limitMove(known, now, options.maxChange, { min, max: raised(maxGasPrice, options.margin) });
        const towards = to.gasPrice === now.gasPrice ? {} : { towards: now.gasPrice };
        report.changes.push({ destination: chain.name, domain: chain.domain, from: known, to, ...towards });
      } catch (error) {
        const refusal = `the price of ${chain.name} on ${origin.chain.name} stays as it is: ${reasonOf(error)}`;
        report.refusals.push(refusal);
        log.warn({ ...about, destination: chain.name }, refusal);
      }
    }
    if (report.changes.length === 0 || options.dryRun) return report;

    const configs = report.changes.map(({ domain, to }) => ({ remoteDomain: domain, ...to }));
    try {
      const write = writers.get(origin.chain.name);
      if (write === undefined) throw new Error("every origin has a writer");
      report.transaction = await write(oracle, configs);
      log.info({ ...about, transaction: report.transaction, changes: printed(report.changes) }, "wrote prices of gas");
    } catch (error) {
      const refusal = `the prices on ${origin.chain.name} were not written: ${reasonOf(error)}`;
      report.refusals.push(refusal);
      log.error(about, refusal);
    }
    return report;
  }

  function gasDataNow(
    origin: ChainConfig,
    destination: ChainConfig,
    prices: Settled<TokenPrices>,
    observed: Settled<bigint> | undefined,
  ): GasData {
    const tokens = unwrap(prices);
    const rate = exchangeRate({ destination: priceOf(tokens, destination), origin: priceOf(tokens, origin) });
    if (observed === undefined) throw new Error("every destination is observed");
    const gasPrice = raised(unwrap(observed), options.margin);
    // One that is refused on chain would take the others along.
    if (gasPrice > MAX_GAS_PRICE)
      throw new GasDataRefusedError(`the contract has no room for a gas price of ${gasPrice}`);
    return { tokenExchangeRate: rate, gasPrice };
  }

  async function run(): Promise<void> {
    while (!stopped.signal.aborted) {
      await tick();
      await wait(options.intervalMs, undefined, { signal: stopped.signal }).catch(() => {});
    }
  }

  return {
    tick,
    start() {
      loop ??= run();
    },
    async stop() {
      stopped.abort();
      await loop;
    },
  };
}

async function readGasData({ origin, oracle }: GasOracleTarget, domain: number): Promise<GasData> {
  const [tokenExchangeRate, gasPrice] = await origin.client.readContract({
    address: oracle,
    abi: storageGasOracleAbi,
    functionName: "remoteGasData",
    args: [domain],
  });
  return { tokenExchangeRate, gasPrice };
}

function priceOf(prices: TokenPrices, { name }: ChainConfig): TokenPrice {
  const price = Object.hasOwn(prices, name) ? prices[name] : undefined;
  if (price === undefined) throw new GasDataRefusedError(`the file of prices has none of ${name}`);
  return price;
}

function raised(price: bigint, margin: number): bigint {
  return (price * BigInt(Math.round((1 + margin) * 10_000)) + 9_999n) / 10_000n;
}

type Settled<T> = { value: T } | { error: unknown };

async function settled<T>(promise: Promise<T>): Promise<Settled<T>> {
  return promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}

function unwrap<T>(result: Settled<T>): T {
  if ("error" in result) throw result.error;
  return result.value;
}

function reasonOf(error: unknown): string {
  return error instanceof GasDataRefusedError ? error.message : errorText(error);
}

function printed(changes: readonly GasDataChange[]): string[] {
  return changes.map(describeChange);
}

/** A change in one line. */
export function describeChange({ destination, from, to, towards }: GasDataChange): string {
  const limit = towards === undefined ? "" : ` (towards ${towards}, as far as one write may go)`;
  return (
    `${destination}: gas price ${from.gasPrice} -> ${to.gasPrice}${limit}, ` +
    `exchange rate ${from.tokenExchangeRate} -> ${to.tokenExchangeRate}`
  );
}
