import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { keccak256, type LocalAccount } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Checkpoint, checkpointDigest } from "../protocol/checkpoint.ts";
import { locationToFolder } from "../storage/folderLocation.ts";
import { createFolderReader } from "../storage/folderReader.ts";
import { signedCheckpointToJson } from "../storage/signedCheckpointJson.ts";
import { createWorld, type World, type WorldValidator } from "../world/createWorld.ts";
import type { Sent } from "../world/dispatchMessages.ts";
import { bodies, processed, statusOf, transactionCount } from "./kit.ts";

/** What a hostile validator can work with: all that an honest one knows, and its key. */
type Hostile = {
  account: LocalAccount;
  /** What an honest validator would sign. */
  honest: Checkpoint;
  /** Where it is expected to publish it. */
  file: string;
  /** Where an honest one did. */
  honestFile: string;
  folder: string;
};

async function signed(by: LocalAccount, checkpoint: Checkpoint): Promise<string> {
  const signature = await by.signMessage({ message: { raw: checkpointDigest(checkpoint) } });
  return signedCheckpointToJson({ checkpoint, signature });
}

/** Writes `checkpoint`, signed by the validator's real key, into the place of the honest one. */
function lie(change: Partial<Checkpoint>) {
  return async ({ account, honest, file }: Hostile) =>
    writeFileSync(file, await signed(account, { ...honest, ...change }));
}

const flag = {
  local_merkle_root: keccak256("0x01"),
  canonical_merkle_root: keccak256("0x02"),
  checkpoint_index: 7,
  unix_timestamp: 1,
  reorg_period: 0,
};

/** What it does, and what the relayer says of it while its signature is the one that lacks. */
type Attack = [name: string, attack: (hostile: Hostile) => unknown, reason: RegExp];

/** Each spoils the file of one index. */
const files: Attack[] = [
  ["no file", () => {}, /absent/],
  ["text that is no JSON", ({ file }) => writeFileSync(file, "}{\u0000 not json"), /is not JSON/],
  ["an empty file", ({ file }) => writeFileSync(file, ""), /is not JSON/],
  ["JSON of another shape", ({ file }) => writeFileSync(file, '{"value":{"checkpoint":[]}}'), /is malformed/],
  [
    "a truncated file",
    async ({ account, honest, file }) => {
      writeFileSync(file, await signed(account, honest));
      truncateSync(file, 200);
    },
    /is not JSON/,
  ],
  ["another domain", lie({ origin: 1 }), /its domain is 1, expected 31337/],
  ["another tree", lie({ merkleTreeHook: `0x${"11".repeat(20)}` }), /its tree is 0x1111/],
  ["another message id", lie({ messageId: keccak256("0x01") }), /its message id is/],
  ["a future index", lie({ index: 4_000_000_000 }), /its index is 4000000000/],
  ["a root that is not the chain's", lie({ root: keccak256("0x02") }), /it signed root 0x/],
  ["a link to the file of another validator", ({ file, honestFile }) => symlinkSync(honestFile, file), /not a regular/],
  ["a link to an endless device", ({ file }) => symlinkSync("/dev/zero", file), /not a regular file/],
  ["a pipe that nobody writes to", ({ file }) => execFileSync("mkfifo", [file]), /not a regular file/],
  ["a folder", ({ file }) => mkdirSync(file), /not a regular file/],
  ["50 MB", ({ file }) => writeFileSync(file, `"${"a".repeat(50_000_000)}"`), /larger than/],
];

/** Each looks right until its signer is recovered, or concerns all that it publishes: alone, against a relayer that knows nothing. */
const deceptions: Attack[] = [
  [
    "the right checkpoint under a wrong key",
    async ({ honest, file }) => writeFileSync(file, await signed(privateKeyToAccount(generatePrivateKey()), honest)),
    /its signer is/,
  ],
  ["the signature of another validator", ({ file, honestFile }) => copyFileSync(honestFile, file), /its signer is/],
  [
    "the right checkpoint with a signature that is none",
    ({ honest, file }) =>
      writeFileSync(file, signedCheckpointToJson({ checkpoint: honest, signature: `0x${"ff".repeat(64)}1b` })),
    /rejected/,
  ],
  ["a latest index beyond all", ({ folder }) => writeFileSync(join(folder, "index.json"), "4294967295"), /absent/],
  ["a latest index that is none", ({ folder }) => writeFileSync(join(folder, "index.json"), "[[["), /absent/],
  ["a reorg flag", underFlag((path) => writeFileSync(path, JSON.stringify(flag))), /it flagged a reorg.* at index 7/],
  ["a corrupt reorg flag", underFlag((path) => writeFileSync(path, "???")), /its reorg flag can not be read/],
  ["a pipe as reorg flag", underFlag((path) => execFileSync("mkfifo", [path])), /its reorg flag can not be read/],
];

/** It is asked first, or last: a set is asked in its order. */
const worlds = [
  ["message-id", 0, [1, 2]],
  ["merkle-root", 2, [0, 1]],
] as const;

describe.each(worlds)("%s, validator %i of 0 to 2 is hostile", (ism, position, [first, second]) => {
  let world: World;
  let honest: readonly [WorldValidator, WorldValidator];
  let hostile: { account: LocalAccount; folder: string };
  let delivered = 0;

  beforeAll(async () => {
    world = await createWorld({ ism });
    await world.rounds(1); // all announce
    const alpha = world.validators.filter(({ chain }) => chain === "alpha");
    const at = (i: number) => alpha[i] ?? expect.unreachable();
    honest = [at(first), at(second)];
    hostile = { account: at(position).account, folder: locationToFolder(at(position).location) };
    await world.removeValidator(at(position));
  });
  afterAll(() => world[Symbol.asyncDispose]());

  /** What a relayer remembers of its validators goes with it. */
  beforeEach(async () => {
    await world.removeRelayer();
    await world.addRelayer();
  });

  /** Sends a message for each attack, has the first honest validator sign and the hostile one do its worst. */
  async function attackWith(attacks: readonly Attack[]) {
    const sent = await world.sendMany("alpha", bodies(attacks.length));
    await honest[0].tick();
    const folder = locationToFolder(honest[0].location);
    const reader = createFolderReader({ directory: folder });
    for (const [i, { index }] of sent.entries()) {
      const stored = (await reader.checkpoint(index)) ?? expect.unreachable();
      const name = `${index}_with_id.json`;
      const honestFile = join(folder, name);
      const file = join(hostile.folder, name);
      await attacks[i]?.[1]({ ...hostile, honest: stored.checkpoint, honestFile, file });
    }
    return sent;
  }

  /** One honest signature and whatever the hostile one gave make no quorum. */
  async function expectWaiting(sent: readonly Sent[], attacks: readonly Attack[]): Promise<void> {
    await world.relayer.tick();
    await world.relayer.tick();
    expect(await transactionCount(world.chains.beta)).toBe(delivered);
    const whose = `${hostile.account.address.toLowerCase()} `;
    for (const [i, { id, index }] of sent.entries()) {
      expect(await world.delivered("beta", id)).toBe(false);
      const { state, reason, attempts } = await statusOf(world, id);
      expect({ state, attempts }).toEqual({ state: "waiting", attempts: 0 });
      expect(reason).toContain(`1 signed index ${index}: `);
      expect(reason?.slice(reason.indexOf(whose) + whose.length)).toMatch(attacks[i]?.[2] ?? "");
    }
  }

  /** Two honest signatures do, for one transaction a message. */
  async function expectDelivered(sent: readonly Sent[]): Promise<void> {
    delivered += sent.length;
    const all = async () => (await Promise.all(sent.map(({ id }) => world.delivered("beta", id)))).every(Boolean);
    await world.until(all, "delivered");
    expect(await transactionCount(world.chains.beta)).toBe(delivered);
  }

  it(`spoils files: ${files.map(([name]) => name).join(", ")}`, async () => {
    const sent = await attackWith(files);
    await expectWaiting(sent, files);
    await expectDelivered(sent);
  });

  it.each(deceptions)("deceives: %s", async (...attack) => {
    const sent = await attackWith([attack]);
    await expectWaiting(sent, [attack]);
    await world.removeRelayer();
    await world.addRelayer();
    await expectDelivered(sent);
    rmSync(join(hostile.folder, "reorg_flag.json"), { force: true });
  });

  it("has had nothing delivered twice", async () => {
    const ids = await processed(world.chains.beta);
    expect(ids.length).toBe(files.length + deceptions.length);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

function underFlag(writeFlag: (path: string) => void) {
  return async ({ account, honest, file, folder }: Hostile) => {
    writeFileSync(file, await signed(account, honest));
    writeFlag(join(folder, "reorg_flag.json"));
  };
}
