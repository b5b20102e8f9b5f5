import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createBlsSigner } from "../protocol/bls.ts";
import { announcementDigest, type Checkpoint, checkpointDigest } from "../protocol/checkpoint.ts";
import { CheckpointConflictError, type SignedCheckpoint, StorageError } from "./checkpointStorage.ts";
import { createFolderReader } from "./folderReader.ts";
import { createFolderStorage } from "./folderStorage.ts";
import { readBlsCheckpoint } from "./readBlsCheckpoint.ts";

const account = privateKeyToAccount(`0x${"11".repeat(32)}`);
const TREE = "0x00000000000000000000000000000000000000aa";

const checkpointAt = (index: number, root: Hex = `0x${"ab".repeat(32)}`): Checkpoint => ({
  origin: 31337,
  merkleTreeHook: TREE,
  root,
  index,
  messageId: `0x${"cd".repeat(32)}`,
});

async function sign(checkpoint: Checkpoint): Promise<SignedCheckpoint> {
  return { checkpoint, signature: await account.signMessage({ message: { raw: checkpointDigest(checkpoint) } }) };
}

let directory: string;
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), "checkpoints-")), "validator", "one");
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(join(directory, "..", ".."), { recursive: true });
});

describe("createFolderStorage", () => {
  it("creates the folder for others to read and names its location", () => {
    const storage = createFolderStorage({ directory });
    expect(storage.location).toBe(`file://${directory}`);
    expect(statSync(directory).mode & 0o777).toBe(0o755);
  });

  it("has nothing at first", async () => {
    const storage = createFolderStorage({ directory });
    expect(await storage.latestIndex()).toBeUndefined();
    expect(await storage.checkpoint(0)).toBeUndefined();
    expect(await storage.reorgFlag()).toBeUndefined();
  });

  it("writes checkpoints in the published format and reads them again", async () => {
    const storage = createFolderStorage({ directory });
    const signed = await sign({ ...checkpointAt(7), merkleTreeHook: `0x${"aB".repeat(20)}`.toLowerCase() as Hex });
    await storage.writeCheckpoint(signed);
    const { signature } = signed;
    expect(JSON.parse(readFileSync(join(directory, "7_with_id.json"), "utf8"))).toEqual({
      value: {
        checkpoint: {
          merkle_tree_hook_address: `0x${"00".repeat(12)}${"ab".repeat(20)}`,
          mailbox_domain: 31337,
          root: `0x${"ab".repeat(32)}`,
          index: 7,
        },
        message_id: `0x${"cd".repeat(32)}`,
      },
      signature: {
        r: signature.slice(0, 66),
        s: `0x${signature.slice(66, 130)}`,
        v: Number.parseInt(signature.slice(130), 16),
      },
      serialized_signature: signature,
    });
    expect(await storage.checkpoint(7)).toEqual(signed);
    expect(readdirSync(directory)).toEqual(["7_with_id.json"]);
  });

  it.each([
    ["at once", process.env.PATH],
    ["one by one, where no program syncs a file system", "/nonexistent"],
  ])("writes many %s", async (_, path) => {
    vi.stubEnv("PATH", path);
    const storage = createFolderStorage({ directory });
    const many = await Promise.all(Array.from({ length: 200 }, (_, index) => sign(checkpointAt(index))));
    await storage.writeCheckpoints(many);
    await storage.writeLatestIndex(199);
    expect(await storage.latestIndex()).toBe(199);
    for (const index of [0, 100, 199]) expect(await storage.checkpoint(index)).toEqual(many[index]);
    expect(readdirSync(directory)).toHaveLength(201);
  });

  it("accepts the same checkpoint again, refuses another and keeps the first", async () => {
    const storage = createFolderStorage({ directory });
    const first = await sign(checkpointAt(3));
    await storage.writeCheckpoint(first);
    await storage.writeCheckpoint(first);
    const other = await sign(checkpointAt(3, `0x${"99".repeat(32)}`));
    const refused = await storage.writeCheckpoint(other).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(CheckpointConflictError);
    expect(refused).toMatchObject({
      index: 3,
      storedDigest: checkpointDigest(first.checkpoint),
      digest: checkpointDigest(other.checkpoint),
    });
    expect(await storage.checkpoint(3)).toEqual(first);
    expect(readdirSync(directory)).toEqual(["3_with_id.json"]);
  });

  it("writes what is new beside what is there", async () => {
    const storage = createFolderStorage({ directory });
    const [first, second, third] = await Promise.all([0, 1, 2].map((index) => sign(checkpointAt(index))));
    if (!first || !second || !third) throw new Error("three were signed");
    await storage.writeCheckpoint(second);
    await storage.writeCheckpoints([first, second, third]);
    for (const signed of [first, second, third]) {
      expect(await storage.checkpoint(signed.checkpoint.index)).toEqual(signed);
    }
    const other = await sign(checkpointAt(1, `0x${"99".repeat(32)}`));
    await expect(storage.writeCheckpoints([first, other, third])).rejects.toThrow(CheckpointConflictError);
    expect(await storage.checkpoint(1)).toEqual(second);
    expect(readdirSync(directory)).toHaveLength(3);
  });

  it("refuses to write over what it can not read", async () => {
    const storage = createFolderStorage({ directory });
    writeFileSync(join(directory, "3_with_id.json"), "{");
    await expect(storage.writeCheckpoint(await sign(checkpointAt(3)))).rejects.toThrow(StorageError);
    expect(readFileSync(join(directory, "3_with_id.json"), "utf8")).toBe("{");
  });

  it("replaces the latest index, the announcement and the metadata", async () => {
    const storage = createFolderStorage({ directory });
    await storage.writeLatestIndex(1);
    await storage.writeLatestIndex(2);
    expect(readFileSync(join(directory, "index.json"), "utf8")).toBe("2");

    const announcement = { origin: 1, mailbox: TREE, storageLocation: storage.location } as const;
    const signature = await account.signMessage({ message: { raw: announcementDigest(announcement) } });
    await storage.writeAnnouncement({ announcement, validator: account.address, signature });
    expect(JSON.parse(readFileSync(join(directory, "announcement.json"), "utf8"))).toMatchObject({
      value: {
        validator: account.address.toLowerCase(),
        mailbox_address: TREE,
        mailbox_domain: 1,
        storage_location: storage.location,
      },
      serialized_signature: signature,
    });

    await storage.writeMetadata({ version: "causeway 0.1.0", rpcHashes: ["0x12"] });
    expect(JSON.parse(readFileSync(join(directory, "metadata_latest.json"), "utf8"))).toEqual({
      git_sha: "causeway 0.1.0",
      rpcs: ["0x12"],
    });
  });

  it("keeps the first reorg flag", async () => {
    const storage = createFolderStorage({ directory });
    const flag = {
      localMerkleRoot: `0x${"01".repeat(32)}`,
      canonicalMerkleRoot: `0x${"02".repeat(32)}`,
      checkpointIndex: 5,
      unixTimestamp: 1_700_000_000,
      reorgPeriod: "finalized",
    } as const;
    await storage.writeReorgFlag(flag);
    await storage.writeReorgFlag({ ...flag, checkpointIndex: 9, reorgPeriod: 3 });
    expect(await storage.reorgFlag()).toEqual(flag);
    expect(JSON.parse(readFileSync(join(directory, "reorg_flag.json"), "utf8"))).toEqual({
      local_merkle_root: flag.localMerkleRoot,
      canonical_merkle_root: flag.canonicalMerkleRoot,
      checkpoint_index: 5,
      unix_timestamp: 1_700_000_000,
      reorg_period: "finalized",
    });
  });

  it("says what to do when the folder can not be made or written", async () => {
    mkdirSync(join(directory, ".."), { recursive: true });
    writeFileSync(directory, "");
    expect(() => createFolderStorage({ directory })).toThrow(/can not create the folder .*writable/);
    rmSync(directory);
    const storage = createFolderStorage({ directory });
    rmSync(directory, { recursive: true });
    await expect(storage.writeLatestIndex(0)).rejects.toThrow(/can not write index.json .*writable/);
  });

  it("refuses a folder that no location can name", () => {
    for (const name of ["a%20b", "a?b", "a#b", "ä", "a\\b", "a\nb"]) {
      expect(() => createFolderStorage({ directory: join(directory, name) })).toThrow(/not a folder's location/);
    }
    expect(existsSync(directory)).toBe(false);
  });
});

describe("a hostile folder", () => {
  const read = () => createFolderReader({ directory }).checkpoint(0);
  const path = () => join(directory, "0_with_id.json");
  let good: string;
  beforeEach(async () => {
    const storage = createFolderStorage({ directory });
    await storage.writeCheckpoint(await sign(checkpointAt(0)));
    good = readFileSync(path(), "utf8");
    rmSync(path());
  });
  const edited = (edit: (json: { [key: string]: unknown }) => unknown) => JSON.stringify(edit(JSON.parse(good)));

  it("reads what is good, with unknown fields and hex in any case", async () => {
    writeFileSync(path(), ` ${edited((json) => ({ ...json, extra: 1 }))}\n`);
    expect((await read())?.checkpoint).toEqual(checkpointAt(0));
    writeFileSync(path(), good.replaceAll("ab", "AB"));
    expect((await read())?.checkpoint).toEqual(checkpointAt(0));
  });

  it("reads r and s without leading zeros", async () => {
    const signature = `0x${"00".repeat(31)}07${"00".repeat(31)}091b`;
    const short = { signature: { r: "0x7", s: "0x9", v: 27 }, serialized_signature: signature };
    writeFileSync(
      path(),
      edited((json) => ({ ...json, ...short })),
    );
    expect((await read())?.signature).toBe(signature);
  });

  it.each<[string, (good: string) => string | Uint8Array]>([
    ["empty", () => ""],
    ["truncated", (json) => json.slice(0, -10)],
    ["not JSON", () => "hello"],
    ["not UTF-8", () => Uint8Array.of(0x22, 0xff, 0xfe, 0x22)],
    ["null", () => "null"],
    ["an array", (json) => `[${json}]`],
    ["deep", () => "[".repeat(25_000) + "]".repeat(25_000)],
    ["deep in a field", (json) => json.replace("31337", `${"[".repeat(20_000)}${"]".repeat(20_000)}`)],
    ["a prototype", () => '{"__proto__":{"value":{},"signature":{}}}'],
    ["a float domain", (json) => json.replace("31337", "31337.5")],
    ["a domain beyond uint32", (json) => json.replace("31337", "4294967296")],
    ["a negative index", (json) => json.replace('"index":0', '"index":-1')],
    ["an index beyond uint32", (json) => json.replace('"index":0', '"index":4294967296')],
    ["an index as a string", (json) => json.replace('"index":0', '"index":"0"')],
    ["an infinite index", (json) => json.replace('"index":0', '"index":1e999')],
    ["a short root", (json) => json.replace("abab", "ab")],
    ["a root that is no hex", (json) => json.replace("abab", "zzzz")],
    ["a tree that is no address", (json) => json.replace(`0x${"00".repeat(12)}`, `0x01${"00".repeat(11)}`)],
    ["a long signature", (json) => json.replace(/("serialized_signature":"0x)/, "$1ff")],
    ["signatures that differ", (json) => json.replace(/"v":(27|28)/, '"v":0')],
  ])("refuses an object that is %s", async (_, spoil) => {
    const content = spoil(good);
    expect(content).not.toBe(good);
    writeFileSync(path(), content);
    await expect(read()).rejects.toThrow(StorageError);
  });

  it("refuses 50 MB without reading them", async () => {
    writeFileSync(path(), good);
    truncateSync(path(), 50_000_000);
    const before = process.memoryUsage().arrayBuffers;
    await expect(read()).rejects.toThrow(/larger than 51200 bytes/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  });

  it("reads up to the limit and not beyond", async () => {
    writeFileSync(path(), good.padEnd(50 * 1024));
    expect(await read()).toBeDefined();
    writeFileSync(path(), good.padEnd(50 * 1024 + 1));
    await expect(read()).rejects.toThrow(/larger/);
  });

  it("refuses a pipe without waiting for it", async () => {
    expect(spawnSync("mkfifo", [path()]).status).toBe(0);
    await expect(read()).rejects.toThrow(/not a regular file/);
  });

  it("refuses a symbolic link, a folder and a device in a file's place", async () => {
    writeFileSync(join(directory, "elsewhere.json"), good);
    symlinkSync(join(directory, "elsewhere.json"), path());
    await expect(read()).rejects.toThrow(/not a regular file/);
    rmSync(path());
    mkdirSync(path());
    await expect(read()).rejects.toThrow(/not a regular file/);
    await expect(createFolderReader({ directory: "/dev/null" }).latestIndex()).rejects.toThrow(StorageError);
  });

  it.each(["-1", "1.5", "4294967296", '"1"', "{}", "[0]", "null", "", "1 2", "NaN", "1e999"])(
    "refuses the latest index %s",
    async (content) => {
      writeFileSync(join(directory, "index.json"), content);
      await expect(createFolderReader({ directory }).latestIndex()).rejects.toThrow(StorageError);
    },
  );

  it("never takes an unreadable flag for none", async () => {
    const reader = createFolderReader({ directory });
    for (const content of ["", "{}", "null", "x".repeat(60_000)]) {
      writeFileSync(join(directory, "reorg_flag.json"), content);
      await expect(reader.reorgFlag()).rejects.toThrow(StorageError);
    }
    rmSync(join(directory, "reorg_flag.json"));
    symlinkSync("/nonexistent", join(directory, "reorg_flag.json"));
    await expect(reader.reorgFlag()).rejects.toThrow(StorageError);
  });

  it("does not remember failures or absence", async () => {
    const reader = createFolderReader({ directory });
    expect(await reader.checkpoint(0)).toBeUndefined();
    writeFileSync(path(), "{");
    await expect(reader.checkpoint(0)).rejects.toThrow(StorageError);
    writeFileSync(path(), good);
    expect(await reader.checkpoint(0)).toBeDefined();
  });
});

describe("checkpoints with BLS signatures", () => {
  const signer = createBlsSigner(`0x${"11".repeat(32)}`);
  const blsSigned = (checkpoint: Checkpoint) => ({
    checkpoint,
    key: signer.key,
    signature: signer.sign(checkpointDigest(checkpoint)),
  });

  it("are written beside the others and read again", async () => {
    const storage = createFolderStorage({ directory });
    const signed = [3, 4].map((index) => blsSigned(checkpointAt(index)));
    await storage.writeBlsCheckpoints(signed);
    expect(readdirSync(directory).sort()).toEqual(["3_bls.json", "4_bls.json"]);
    const reader = createFolderReader({ directory });
    expect(await reader.blsCheckpoint(4)).toEqual(signed[1]);
    expect(await reader.blsCheckpoint(5)).toBeUndefined();
    expect(await reader.checkpoint(4)).toBeUndefined();
  });

  it("are never replaced by another checkpoint, and stay when another key signs the same", async () => {
    const storage = createFolderStorage({ directory });
    const signed = blsSigned(checkpointAt(3));
    await storage.writeBlsCheckpoints([signed]);
    const other = blsSigned(checkpointAt(3, `0x${"ee".repeat(32)}`));
    await expect(storage.writeBlsCheckpoints([other])).rejects.toThrow(CheckpointConflictError);
    await storage.writeBlsCheckpoints([{ ...signed, key: createBlsSigner(`0x${"22".repeat(32)}`).key }]);
    expect(await storage.blsCheckpoint(3)).toEqual(signed);
  });

  it.each([
    ["no JSON", "<html>"],
    ["too large", " ".repeat(60_000)],
    ["without a key", JSON.stringify({ value: {} })],
  ])("are refused when they are %s", async (_, content) => {
    const storage = createFolderStorage({ directory });
    writeFileSync(join(directory, "3_bls.json"), content);
    await expect(storage.blsCheckpoint(3)).rejects.toThrow(StorageError);
  });

  it("are read as theirs only for the expected checkpoint and key, and verified when asked", async () => {
    const storage = createFolderStorage({ directory });
    const expected = checkpointAt(3);
    const signed = blsSigned(expected);
    await storage.writeBlsCheckpoints([signed]);
    const read = (change: object) =>
      readBlsCheckpoint({ reader: storage, key: signer.key, expected, verify: true, ...change });
    expect(await read({})).toEqual({ status: "signed", signature: signed.signature });
    expect(await read({ expected: checkpointAt(4) })).toEqual({ status: "absent" });
    const rejected = (reason: RegExp) => ({ status: "rejected", reason: expect.stringMatching(reason) });
    expect(await read({ key: createBlsSigner(`0x${"22".repeat(32)}`).key })).toEqual(rejected(/not the one/));
    expect(await read({ expected: checkpointAt(3, `0x${"ee".repeat(32)}`) })).toEqual(rejected(/expected/));
    const forged = { ...signed, signature: signer.sign(`0x${"77".repeat(32)}`) };
    const holding = { ...storage, blsCheckpoint: async () => forged };
    expect(await read({ reader: holding })).toEqual(rejected(/BLS signature is not/));
    expect(await read({ reader: holding, verify: false })).toEqual({ status: "signed", signature: forged.signature });
  });
});
