import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { localAccounts, localKey } from "../chains/localChains.ts";
import { examine } from "../cli/commands/doctor.ts";
import { readConfig } from "../cli/config.ts";
import { writeConfig } from "../e2e/agentProcess.ts";
import { control } from "../e2e/kit.ts";
import { CHAIN_NAMES, createWorld, type World } from "../world/createWorld.ts";
import { canVerify } from "./checkQuorums.ts";

let world: World;
let count = 0;

beforeAll(async () => {
  world = await createWorld();
  for (const from of CHAIN_NAMES) await world.send({ from, body: "0x01" });
  await world.rounds(3);
});
afterAll(() => world?.[Symbol.asyncDispose]());

/** The lines that the doctor has for a configuration, as `result subject: what`. */
async function diagnose(changes: { relayer?: object; validator?: object; alpha?: object } = {}): Promise<string[]> {
  count += 1;
  const key = { file: join(world.directory, "relayer.key") };
  writeFileSync(key.file, localKey(localAccounts.relayer), { mode: 0o600 });
  const relayer = { key, store: `${world.directory}/relayer.db`, allowLocalStorage: true, ...changes.relayer };
  const parts = { relayer, ...(changes.validator && { validator: changes.validator }) };
  const changed = { ...world.chains.alpha, config: { ...world.chains.alpha.config, ...changes.alpha } };
  const file = writeConfig({ ...world, chains: { ...world.chains, alpha: changed } }, `doctor-${count}`, parts);
  const findings = await examine(readConfig(file));
  return findings.map(({ result, subject, what, advice }) => {
    if (result !== "ok") expect(advice).toMatch(/\w/);
    return `${result} ${subject}: ${what}`;
  });
}
const failures = (lines: string[]) => lines.filter((line) => line.startsWith("fail"));

it("finds nothing wrong with what works, and says what it saw", async () => {
  const lines = await diagnose();
  expect(failures(lines)).toEqual([]);
  expect(lines).toContain(
    `ok alpha: its node answers: chain id 31337, block ${await control(world.chains.alpha).getBlockNumber()}`,
  );
  expect(lines).toContain("ok alpha: the Merkle tree is the Mailbox's own");
  expect(lines).toContain(
    "ok beta: messages from alpha can be verified: 3 of 3 validators of alpha can be read and are up to date",
  );
  expect(lines.join()).not.toContain(localKey(localAccounts.relayer).slice(2));
});

it("tells of a node that does not answer, or is of another chain", async () => {
  expect(failures(await diagnose({ alpha: { rpcUrl: "http://127.0.0.1:1" } }))[0]).toMatch(
    /^fail alpha: its node does not answer: /,
  );
  const lines = await diagnose({ alpha: { rpcUrl: world.chains.beta.config.rpcUrl } });
  expect(lines).toContain("warn alpha: its node is of chain id 31338, its domain is 31337");
  expect(failures(lines)[0]).toMatch(/^fail alpha: .*(is of domain 31338|there is no)/);
});

it("tells of contracts that are not there, and of a tree that is another's", async () => {
  const nobody = "0x00000000000000000000000000000000000000aa";
  expect(failures(await diagnose({ alpha: { mailbox: nobody } }))[0]).toContain(`no Mailbox at ${nobody}`);
  expect(failures(await diagnose({ alpha: { validatorAnnounce: nobody } }))).toContain(
    `fail alpha: validatorAnnounce ${nobody} has no code`,
  );
  const { config } = world.chains.alpha;
  const [mailbox, merkleTreeHook] = [config.mailbox.toLowerCase(), config.merkleTreeHook.toLowerCase()];
  expect(failures(await diagnose({ alpha: { merkleTreeHook: mailbox } }))).toContain(
    `fail alpha: merkleTreeHook is ${mailbox}, the Mailbox's is ${merkleTreeHook}`,
  );
});

it("tells of a quorum that can not be reached, and who is missing", async () => {
  const lines = await diagnose({ relayer: { allowLocalStorage: false } });
  expect(failures(lines)).toContain(
    "fail beta: messages from alpha can not be verified now: 0 of 3 validators of alpha can be read and are up to date",
  );
  expect(lines.filter((line) => line.startsWith("warn beta: validator 0x")).length).toBe(3);
});

it("tells of keys that are missing or that others can read, of empty accounts, and of a token that is none", async () => {
  const open = join(world.directory, "open.key");
  writeFileSync(open, localKey(localAccounts.relayer));
  chmodSync(open, 0o644);
  expect(failures(await diagnose({ relayer: { key: { file: open } } }))[0]).toContain("can be read by others");
  expect(failures(await diagnose({ relayer: { key: { env: "CAUSEWAY_NO_SUCH_KEY" } } }))).toEqual([
    "fail relayer: no private key in the environment variable CAUSEWAY_NO_SUCH_KEY: set it",
  ]);
  const poor = join(world.directory, "poor.key");
  writeFileSync(poor, `0x${"77".repeat(32)}`, { mode: 0o600 });
  expect(failures(await diagnose({ relayer: { key: { file: poor } } }))[0]).toMatch(/has 0 on (alpha|beta) to pay/);
  const short = join(world.directory, "short.token");
  writeFileSync(short, "secret", { mode: 0o600 });
  const http = { port: 9464, token: { file: short } };
  const lines = await diagnose({ relayer: { http } });
  expect(failures(lines)[0]).toContain("is no token");
  expect(lines.join()).not.toContain("secret");
});

it("tells of a validator whose key was in use before and whose history is not there", async () => {
  const [first] = world.chains.alpha.validators;
  const [running] = world.validators;
  if (first === undefined || running === undefined) throw new Error("there are validators");
  const key = { file: join(world.directory, "validator.key") };
  writeFileSync(key.file, localKey(first), { mode: 0o600 });
  const common = { chain: "alpha", key, storage: running.location };
  const store = join(world.directory, "alpha-validator-0.db");
  const lines = await diagnose({ validator: { ...common, store } });
  expect(failures(lines)).toEqual([]);
  expect(lines).toContain(`ok validator: its signing history is at ${store}`);
  expect(lines).toContain(`warn validator: ${running.location} can be read on this machine alone`);

  const lost = join(world.directory, "lost", "validator.db");
  mkdirSync(join(world.directory, "lost"));
  expect(failures(await diagnose({ validator: { ...common, store: lost } }))).toEqual([
    `fail validator: this key was in use before, and there is no signing history at ${lost}`,
  ]);
});

it("tells of a clock that is behind", async () => {
  const file = writeConfig(world, "doctor-clock", {});
  const findings = await examine(readConfig(file), () => Date.now() - 3_600_000);
  expect(findings.filter(({ result }) => result === "fail").map(({ what }) => what)[0]).toMatch(
    /^its newest block is 3\d\d\d s ahead of this machine's clock$/,
  );
});

it("knows which modules a set of signers satisfies", () => {
  const address = "0x00000000000000000000000000000000000000aa" as const;
  const node = { address, moduleType: null };
  const multisig = (threshold: bigint) => {
    const validators = ["0x0a", "0x0b", "0x0c"].map((one) => ({ address: one as `0x${string}`, weight: 1n }));
    return {
      ...node,
      kind: "multisig" as const,
      scheme: "message-id" as const,
      weighted: false,
      validators,
      threshold,
    };
  };
  const two = new Set(["0x0a", "0x0b"]);
  expect([2n, 3n].map((threshold) => canVerify(multisig(threshold), two))).toEqual([true, false]);
  const unknown = { ...node, kind: "unknown" as const, reason: "" };
  const both = { ...node, kind: "aggregation" as const, threshold: 2 };
  expect(canVerify({ ...both, modules: [multisig(2n), multisig(1n)] }, two)).toBe(true);
  expect(canVerify({ ...both, modules: [multisig(2n), unknown] }, two)).toBe(undefined);
  expect(canVerify({ ...both, modules: [multisig(3n), unknown] }, two)).toBe(false);
});
