import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { chainNamed, readConfig } from "./config.ts";
import { UsageError } from "./usageError.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "causeway-config-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const address = "0x00000000000000000000000000000000000000aa";
const chain = {
  domain: 1,
  rpcUrl: "http://127.0.0.1:8545",
  mailbox: address,
  merkleTreeHook: address,
  validatorAnnounce: address,
  fromBlock: 0,
  finality: "finalized",
};

function write(content: unknown): string {
  const file = join(folder, "causeway.json");
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

it("reads chains with their names, and paths relative to the file", () => {
  const file = write({
    chains: { alpha: chain },
    validator: { chain: "alpha", storage: "file:///x", store: "v.db", key: { file: "key" }, blsKey: { file: "bls" } },
    relayer: { store: "/var/r.db" },
  });
  const config = readConfig(file, {});
  expect(config.chains.alpha).toEqual({ ...chain, name: "alpha" });
  expect(config.validator).toMatchObject({ store: join(folder, "v.db"), key: { file: join(folder, "key") } });
  expect(config.validator).toMatchObject({ blsKey: { file: join(folder, "bls") } });
  expect(config.relayer).toEqual({
    store: "/var/r.db",
    key: { env: "CAUSEWAY_RELAYER_KEY" },
    allowLocalStorage: false,
    allowPrivateGateways: false,
    paymentRules: [],
    lists: { blacklist: [] },
  });
});

const bounds = { minGasPrice: "1", maxGasPrice: "300000000000" };

it("reads what the gas oracle is told, with bounds for what it is not", () => {
  const gasOracle = { prices: "prices.json", chains: { alpha: bounds } };
  const config = readConfig(write({ chains: { alpha: chain }, gasOracle }), {});
  expect(config.gasOracle).toEqual({
    key: { env: "CAUSEWAY_GAS_ORACLE_KEY" },
    prices: join(folder, "prices.json"),
    maxPriceAge: 3_600,
    threshold: 0.1,
    margin: 0,
    maxChange: 2,
    interval: 60,
    chains: { alpha: { minGasPrice: 1n, maxGasPrice: 300_000_000_000n } },
  });
});

it.each([
  ["no lower bound", { chains: { alpha: { maxGasPrice: "1" } } }, /minGasPrice/],
  ["a lower bound of zero", { chains: { alpha: { ...bounds, minGasPrice: "0" } } }, /is zero/],
  ["bounds in the wrong order", { chains: { alpha: { minGasPrice: "2", maxGasPrice: "1" } } }, /is above maxGasPrice/],
  ["a limit below the threshold", { chains: {}, threshold: 0.5, maxChange: 1.5 }, /threshold leaves no room/],
  ["no limit", { chains: {}, maxChange: 1 }, /maxChange/],
])("refuses a gas oracle with %s", (_, gasOracle, message) => {
  const file = write({ chains: {}, gasOracle: { prices: "prices.json", ...gasOracle } });
  expect(() => readConfig(file, {})).toThrow(message);
});

it("takes the file from CAUSEWAY_CONFIG, and a chain's RPC from the environment", () => {
  const file = write({ chains: { "op-main": chain } });
  const env = { CAUSEWAY_CONFIG: file, CAUSEWAY_RPC_URL_OP_MAIN: "https://secret.example/key" };
  expect(readConfig(undefined, env).chains["op-main"]?.rpcUrl).toBe("https://secret.example/key");
});

it("has relayers share a database, by the configuration or by DATABASE_URL, which goes before it", () => {
  const [one, other] = ["postgres://one@db/causeway", "postgresql://other@db/causeway"];
  const inFile = write({ chains: {}, relayer: { store: one } });
  expect(readConfig(inFile, {}).relayer?.store).toBe(one);
  expect(readConfig(inFile, { DATABASE_URL: other }).relayer?.store).toBe(other);
  const aFile = write({
    chains: {},
    relayer: { store: "r.db" },
    validator: { chain: "a", storage: "x", store: "v.db" },
  });
  expect(readConfig(aFile, { DATABASE_URL: one })).toMatchObject({
    relayer: { store: one },
    validator: { store: join(folder, "v.db") },
  });
  const wrong = { DATABASE_URL: "mysql://root:s3cret@db/causeway" };
  expect(() => readConfig(aFile, wrong)).toThrow(/DATABASE_URL is no URL of a PostgreSQL database/);
  expect(() => readConfig(aFile, wrong)).not.toThrow(/s3cret/);
});

it("says what to do when there is none", () => {
  expect(() => readConfig(join(folder, "nothing.json"), {})).toThrow(/--config or CAUSEWAY_CONFIG.*causeway up/);
});

it.each([
  ["no JSON", "{", /is no JSON/],
  ["a misspelt field", { chains: { alpha: { ...chain, finallity: "safe" } } }, /finallity/],
  ["no finality, for it has no default", { chains: { alpha: { ...chain, finality: undefined } } }, /finality/],
  ["a key in the file", { chains: {}, relayer: { store: "r.db", key: `0x${"11".repeat(32)}` } }, /relayer/],
  ["a validator without storage", { chains: {}, validator: { chain: "alpha", store: "v.db" } }, /storage/],
])("refuses %s", (_, content, message) => {
  const file = write(content);
  expect(() => readConfig(file, {})).toThrow(UsageError);
  expect(() => readConfig(file, {})).toThrow(message);
});

it("never repeats a key that was put into the file", () => {
  const key = `0x${"5a".repeat(32)}`;
  for (const content of [
    { chains: {}, relayer: { store: "r.db", key } },
    `{"relayer": {"key": "${key}" "store": 1}}`,
  ]) {
    const file = write(content);
    let thrown: unknown;
    try {
      readConfig(file, {});
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(UsageError);
    expect(String(thrown)).not.toContain("5a5a");
  }
});

it("names the chains there are when one is unknown", () => {
  const config = readConfig(write({ chains: { alpha: chain, beta: chain } }), {});
  expect(() => chainNamed(config, "gamma")).toThrow('no chain "gamma"; it has: alpha, beta');
  expect(() => chainNamed(config, "constructor")).toThrow(UsageError);
});
