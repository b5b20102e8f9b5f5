import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Config, readConfig } from "./config.ts";
import { UsageError } from "./usageError.ts";
import type { WatchtowerConfig } from "./watchtowerConfig.ts";
import { watchtowerChains, watchtowerModules, webhookUrl } from "./watchtowerParameters.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "causeway-watchtower-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const address = "0x00000000000000000000000000000000000000aa";
const chain = (domain: number) => ({
  domain,
  rpcUrl: `http://127.0.0.1:${domain}`,
  mailbox: address,
  merkleTreeHook: address,
  validatorAnnounce: address,
  fromBlock: 0,
  finality: "finalized",
  ...(domain === 1 && { validatorStake: address }),
});
const nodes = { rpcUrls: ["http://127.0.0.1:9"] };

/** A configuration with a watchtower, which is what is not said otherwise. */
function read(changes: object = {}): { config: Config; watchtower: WatchtowerConfig } {
  const file = join(folder, "causeway.json");
  const watchtower = { store: "tower.db", chains: { alpha: nodes, beta: nodes }, ...changes };
  writeFileSync(file, JSON.stringify({ chains: { alpha: chain(1), beta: chain(2), gamma: chain(3) }, watchtower }));
  const config = readConfig(file, {});
  if (config.watchtower === undefined) throw new Error("it has a watchtower");
  return { config, watchtower: config.watchtower };
}

const pausable = { type: "pausable", chain: "beta", address };
const optimistic = { type: "optimistic", chain: "beta", address, origins: ["alpha"] };
const guardianKey = { env: "GUARDIAN" };

describe("the part `watchtower`", () => {
  it("has paths relative to the file, and defaults that accuse and stop nobody", () => {
    const { watchtower } = read({ key: { file: "reporter.key" }, guardianKey: { file: "guardian.key" } });
    expect(watchtower).toEqual({
      key: { file: join(folder, "reporter.key") },
      guardianKey: { file: join(folder, "guardian.key") },
      store: join(folder, "tower.db"),
      chains: {
        alpha: { ...nodes, validators: [], recipients: [], verifiers: [] },
        beta: { ...nodes, validators: [], recipients: [], verifiers: [] },
      },
      modules: [],
      allowLocalStorage: false,
    });
    expect(read().watchtower).not.toHaveProperty("key");
  });

  it.each<[string, object, RegExp]>([
    ["no chain", { chains: {} }, /no chain is watched/],
    ["a chain with one node", { chains: { alpha: { rpcUrls: [] } } }, /rpcUrls/],
    ["a quorum of one", { chains: { alpha: { ...nodes, quorum: 1 } } }, /quorum/],
    ["a misspelt field", { chains: { alpha: { ...nodes, qorum: 2 } } }, /qorum/],
    ["a key in the file", { key: `0x${"11".repeat(32)}` }, /key/],
    ["a webhook that is none", { webhook: "ftp://example.org" }, /webhook/],
    ["a module of another kind", { modules: [{ ...pausable, type: "multisig" }] }, /type/],
    ["an optimistic module without origins", { modules: [{ ...optimistic, origins: [] }] }, /origins/],
    ["no store", { store: undefined }, /store/],
  ])("refuses %s", (_, changes, message) => {
    expect(() => read(changes)).toThrow(UsageError);
    expect(() => read(changes)).toThrow(message);
  });
});

describe("watchtowerChains", () => {
  it("puts the chain's own node first, watches its stake if it has one, and takes URLs with secrets from the environment", () => {
    const { config, watchtower } = read({
      chains: { alpha: { rpcUrls: [{ env: "SECOND" }], quorum: 2, recipients: [address] }, beta: nodes },
    });
    const [alpha, beta] = watchtowerChains(config, watchtower, { SECOND: "https://node.example/s3cret" });
    expect(alpha).toMatchObject({
      chain: { name: "alpha", domain: 1 },
      rpcUrls: ["http://127.0.0.1:1", "https://node.example/s3cret"],
      quorum: 2,
      stake: address,
      protects: { recipients: [address], verifiers: [] },
    });
    expect(beta).not.toHaveProperty("stake");
  });

  it.each([undefined, "", "s3cret", "ftp://s3cret"])(
    "says which variable holds no URL, and not what it holds: %s",
    (value) => {
      const { config, watchtower } = read({ chains: { alpha: { rpcUrls: [{ env: "SECOND" }] } } });
      const attempt = () => watchtowerChains(config, watchtower, { SECOND: value });
      expect(attempt).toThrow("the environment variable SECOND is to hold an http or https URL: set it");
      expect(attempt).not.toThrow(/s3cret/);
    },
  );

  it("knows only chains that are configured", () => {
    const { config, watchtower } = read({ chains: { delta: nodes } });
    expect(() => watchtowerChains(config, watchtower)).toThrow('no chain "delta"; it has: alpha, beta, gamma');
  });
});

describe("watchtowerModules", () => {
  it("names chains by their domain; a pausable module stands before all that are watched", () => {
    const { config, watchtower } = read({ guardianKey, modules: [pausable, { ...optimistic, when: "certain" }] });
    expect(watchtowerModules(config, watchtower)).toEqual([
      { type: "pausable", chain: 2, address, origins: [1, 2], on: ["foreign"], when: "suspected" },
      { type: "optimistic", chain: 2, address, origins: [1], flag: ["message"], when: "certain" },
    ]);
  });

  it("wants a key for what it is to do", () => {
    const { config, watchtower } = read({ modules: [pausable] });
    expect(() => watchtowerModules(config, watchtower)).toThrow(/no guardianKey that may pause or flag/);
  });

  it.each([
    { ...pausable, chain: "gamma" },
    { ...pausable, origins: ["gamma"] },
    { ...optimistic, origins: ["alpha", "gamma"] },
  ])("knows only chains that are watched: %o", (module) => {
    const { config, watchtower } = read({ guardianKey, modules: [module] });
    expect(() => watchtowerModules(config, watchtower)).toThrow('names chain "gamma", but watched are: alpha, beta');
  });
});

it("takes the webhook as it is, or from the environment", () => {
  expect(webhookUrl(read().watchtower)).toBeUndefined();
  expect(webhookUrl(read({ webhook: "http://10.0.0.1/hook" }).watchtower)).toBe("http://10.0.0.1/hook");
  const { watchtower } = read({ webhook: { env: "HOOK" } });
  expect(webhookUrl(watchtower, { HOOK: "https://hook.example/s3cret" })).toBe("https://hook.example/s3cret");
  expect(() => webhookUrl(watchtower, {})).toThrow(/HOOK is to hold/);
});

it("takes the example of its documentation as it stands there", () => {
  const text = readFileSync(new URL("../../docs/watchtower.md", import.meta.url), "utf8");
  const example = /```json\n(\{\n {2}"watchtower"[\s\S]*?\n\})\n```/.exec(text)?.[1] ?? "no example";
  const { config, watchtower } = read(JSON.parse(example).watchtower);
  const env = { ALPHA_THIRD_RPC: "https://third.example", CAUSEWAY_WATCHTOWER_WEBHOOK: "https://hook.example" };
  expect(watchtowerChains(config, watchtower, env)).toHaveLength(2);
  expect(watchtowerModules(config, watchtower)).toHaveLength(2);
  expect(webhookUrl(watchtower, env)).toBe("https://hook.example");
});
