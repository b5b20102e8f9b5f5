import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bytesToHex, decodeFunctionData, type Hash, hexToBytes, numberToHex } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mailboxAbi } from "../../../contracts/abi.ts";
import { type Checkpoint, checkpointDigest, recoverSigner } from "../../../protocol/checkpoint.ts";
import { decodeMessageIdMetadata } from "../../../protocol/multisigMetadata.ts";
import { createFolderStorage } from "../../../storage/folderStorage.ts";
import { getMessage } from "../messageStatus.ts";
import { startTestWorld, type TestRelayer, type TestValidator, type TestWorld } from "../testWorld.ts";

// Two of five must sign. The first three of the set are hostile, the last two are not.
const HOSTILE = [0, 1, 2];
const HONEST = [3, 4];

let world: TestWorld;
let running: TestRelayer;
beforeAll(async () => {
  world = await startTestWorld({ validators: 5, threshold: 2 });
  running = await world.startRelayer({ readTimeoutMs: 500 });
});
afterAll(async () => {
  await running.relayer.stop();
  await world[Symbol.asyncDispose]();
});

async function stored(id: Hash) {
  const found = await getMessage(running.store.db, id);
  if (found === undefined) throw new Error(`message ${id} is not stored`);
  return found.message;
}

const hostile = (): TestValidator[] => HOSTILE.map((i) => world.validators[i]).filter((v) => v !== undefined);
const fileOf = ({ directory }: TestValidator, index: number) => join(directory, `${index}_with_id.json`);

async function writeSigned(
  validator: TestValidator,
  index: number,
  change: Partial<Checkpoint>,
  signer = validator.account,
) {
  const checkpoint = { ...world.checkpointAt(index), ...change };
  const signature = await signer.signMessage({ message: { raw: checkpointDigest(checkpoint) } });
  const directory = join(world.directory, `forge-${index}-${validator.account.address}`);
  await createFolderStorage({ directory }).writeCheckpoint({ checkpoint, signature });
  writeFileSync(fileOf(validator, index), readFileSync(join(directory, `${checkpoint.index}_with_id.json`)));
}

/** The same signature with s in the upper half: it recovers to the same signer. */
function malleate(file: string): void {
  const json = JSON.parse(readFileSync(file, "utf8"));
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  const bytes = hexToBytes(json.serialized_signature);
  const s = order - BigInt(bytesToHex(bytes.slice(32, 64)));
  const v = bytes[64] === 27 ? 28 : 27;
  const serialized = bytesToHex(
    new Uint8Array([...bytes.slice(0, 32), ...hexToBytes(numberToHex(s, { size: 32 })), v]),
  );
  json.signature = { ...json.signature, s: numberToHex(s, { size: 32 }), v };
  json.serialized_signature = serialized;
  writeFileSync(file, JSON.stringify(json));
}

const behaviours: Record<string, (validator: TestValidator, index: number) => unknown> = {
  // First, while nobody is suspected yet: only the simulation gives it away.
  "signed by another key": (validator, index) =>
    writeSigned(validator, index, {}, privateKeyToAccount(generatePrivateKey())),
  absent: () => {},
  "no JSON": (validator, index) => writeFileSync(fileOf(validator, index), "<html>"),
  "JSON of another form": (validator, index) => writeFileSync(fileOf(validator, index), '{"value":[1,2,3]}'),
  truncated: async (validator, index) => {
    await writeSigned(validator, index, {});
    truncateSync(fileOf(validator, index), 100);
  },
  "50 MB": (validator, index) => {
    writeFileSync(fileOf(validator, index), "{}");
    truncateSync(fileOf(validator, index), 50 * 1024 * 1024);
  },
  "a folder instead of a file": (validator, index) => mkdirSync(fileOf(validator, index)),
  "a pipe that nobody writes": (validator, index) => execFileSync("mkfifo", [fileOf(validator, index)]),
  "of another domain": (validator, index) => writeSigned(validator, index, { origin: 1 }),
  "of another tree": (validator, index) =>
    writeSigned(validator, index, { merkleTreeHook: "0x00000000000000000000000000000000000000aa" }),
  "of another root": (validator, index) => writeSigned(validator, index, { root: `0x${"ab".repeat(32)}` }),
  "of another message": (validator, index) => writeSigned(validator, index, { messageId: `0x${"cd".repeat(32)}` }),
  "of a future index": (validator, index) => writeSigned(validator, index, { index: index + 1_000 }),
  "with a malleable signature": async (validator, index) => {
    await writeSigned(validator, index, {});
    malleate(fileOf(validator, index));
  },
};

describe.each(Object.entries(behaviours))("three of five validators publish what is %s", (_, behave) => {
  test("one honest one is no quorum, two are", async () => {
    const [id] = await world.dispatch([numberToHex(world.tree.count, { size: 4 })]);
    if (id === undefined) throw new Error("nothing was dispatched");
    const index = world.tree.count - 1;
    for (const validator of hostile()) await behave(validator, index);
    await world.sign(HONEST.slice(0, 1), [index]);
    await running.relayer.tick();
    const message = await stored(id);
    expect(message.state).toBe("waiting");
    expect(message.reason).toContain(`2 of 5 validators needed, 1 signed index ${index}: `);
    for (const { account } of hostile()) expect(message.reason).toContain(`${account.address.toLowerCase()} `);

    await world.sign(HONEST.slice(1), [index]);
    world.pass(120_000);
    await running.relayer.tick();
    await running.relayer.tick();
    expect(await stored(id)).toMatchObject({ state: "delivered", attempts: 0 });
  });
});

test("of all who signed, as many as needed are used, in the order of the set", async () => {
  const [id] = await world.dispatch(["0xffff"]);
  if (id === undefined) throw new Error("nothing was dispatched");
  const index = world.tree.count - 1;
  await world.sign(undefined, [index]);
  await running.relayer.tick();
  await running.relayer.tick();
  const { delivered_tx, state } = await stored(id);
  expect(state).toBe("delivered");
  const { input } = await world.destination.client.getTransaction({ hash: delivered_tx ?? "0x" });
  const { args } = decodeFunctionData({ abi: mailboxAbi, data: input });
  const { signatures } = decodeMessageIdMetadata(args?.[0] as Hash);
  const digest = checkpointDigest(world.checkpointAt(index));
  const signers = await Promise.all(signatures.map((signature) => recoverSigner({ digest, signature })));
  const set = world.validators.map(({ account }) => account.address.toLowerCase());
  expect(signers).toHaveLength(2);
  expect(signers).toEqual(set.filter((validator) => signers.includes(validator as `0x${string}`)));
});

test("a validator that flagged a reorganisation, or whose flag can not be read, does not count", async () => {
  const [flagged, unreadable] = hostile();
  if (flagged === undefined || unreadable === undefined) throw new Error("no validators");
  await flagged.storage.writeReorgFlag({
    localMerkleRoot: `0x${"11".repeat(32)}`,
    canonicalMerkleRoot: `0x${"22".repeat(32)}`,
    checkpointIndex: 3,
    unixTimestamp: 1_700_000_000,
    reorgPeriod: 1,
  });
  mkdirSync(join(unreadable.directory, "reorg_flag.json"));
  const [id] = await world.dispatch(["0xfffe"]);
  if (id === undefined) throw new Error("nothing was dispatched");
  const index = world.tree.count - 1;
  await world.sign([0, 1, 3], [index]);
  await running.relayer.tick();
  const { reason, state } = await stored(id);
  expect(state).toBe("waiting");
  expect(reason).toContain(`${flagged.account.address.toLowerCase()} rejected: it flagged a reorganisation at index 3`);
  expect(reason).toContain(`${unreadable.account.address.toLowerCase()} rejected: its reorg flag can not be read`);

  await world.sign([4], [index]);
  world.pass(120_000);
  await running.relayer.tick();
  await running.relayer.tick();
  expect((await stored(id)).state).toBe("delivered");
});

test("a validator that moved is read at its new location, and junk announcements are its own problem", async () => {
  const [, , moved] = world.validators;
  if (moved === undefined) throw new Error("no validator");
  const directory = join(world.directory, "moved");
  const storage = createFolderStorage({ directory });
  await world.announce(moved, "ipfs://somewhere");
  await world.announce(moved, storage.location);
  await world.announce(moved, `http://169.254.169.254/${"x".repeat(5_000)}`);
  const [id] = await world.dispatch(["0xfffd"]);
  if (id === undefined) throw new Error("nothing was dispatched");
  const index = world.tree.count - 1;
  const checkpoint = world.checkpointAt(index);
  const signature = await moved.account.signMessage({ message: { raw: checkpointDigest(checkpoint) } });
  await storage.writeCheckpoint({ checkpoint, signature });
  await world.sign([3], [index]);
  await running.relayer.tick();
  await running.relayer.tick();
  expect((await stored(id)).state).toBe("delivered");
});
