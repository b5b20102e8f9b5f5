import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { createWalletClient, type Hex, http, type LocalAccount, toFunctionSelector } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { merkleTreeHookAbi, validatorAnnounceAbi } from "../../contracts/abi.ts";
import { createBlsSigner } from "../../protocol/bls.ts";
import { type Checkpoint, checkpointDigest } from "../../protocol/checkpoint.ts";
import { CheckpointConflictError, StorageError } from "../../storage/checkpointStorage.ts";
import { createFolderStorage } from "../../storage/folderStorage.ts";
import { readBlsCheckpoint } from "../../storage/readBlsCheckpoint.ts";
import { readSignedCheckpoint } from "../../storage/readSignedCheckpoint.ts";
import { openStore, type Store } from "../../store/openStore.ts";
import { isCallOf, type Origin, richAccount, startOrigin } from "../originIndex.testkit.ts";
import { ChainNotReadyError, TreeMismatchError } from "../originIndexErrors.ts";
import {
  type CreateValidatorParameters,
  createValidator,
  type ValidatorEvent,
  type ValidatorTables,
  validatorMigrations,
} from "./validator.ts";
import { ValidatorHaltedError, ValidatorRefusedError } from "./validatorErrors.ts";

const NOW = 1_700_000_000_000;
const key = richAccount(3);
const stranger = richAccount(4);

let origin: Origin;
let deployed: Hex;
let directory: string;
let folder: string;
let stores: Store<ValidatorTables>[];
let events: ValidatorEvent[];
/** Every digest that the key has signed, in hex. */
let signed: string[];

beforeAll(async () => {
  origin = await startOrigin();
});
afterAll(() => origin.anvil.stop());
beforeEach(async () => {
  deployed = await origin.node.snapshot();
  directory = mkdtempSync(join(tmpdir(), "validator-"));
  folder = join(directory, "checkpoints");
  stores = [];
  events = [];
  signed = [];
});
afterEach(async () => {
  await origin.node.revert({ id: deployed });
  for (const store of stores) await store.close();
  rmSync(directory, { recursive: true });
});

/** An account that is seen signing. */
const watched = (account: LocalAccount): LocalAccount => ({
  ...account,
  signMessage: async ({ message }) => {
    if (typeof message === "object") signed.push(String(message.raw));
    return await account.signMessage({ message });
  },
});

/** Starts a validator, or starts it again: with the same store file and folder, unless told otherwise. */
async function open(changes: Partial<CreateValidatorParameters> & { file?: string; announces?: boolean } = {}) {
  const { file = "validator.db", announces = true, ...parameters } = changes;
  const store = await openStore<ValidatorTables>({ file: join(directory, file), migrations: validatorMigrations });
  stores.push(store);
  return await createValidator({
    chain: origin.chain,
    client: origin.client,
    account: watched(key),
    storage: createFolderStorage({ directory: folder }),
    store,
    log: pino({ level: "silent" }),
    now: () => NOW,
    onEvent: (event) => events.push(event),
    ...(announces && {
      announce: {
        walletClient: createWalletClient({ account: richAccount(5), transport: http(origin.chain.rpcUrl) }),
      },
    }),
    ...parameters,
  });
}

const loseStore = (file = "validator.db") => renameSync(join(directory, file), join(directory, `${file}.lost`));
const storage = () => createFolderStorage({ directory: folder });
const checkpointFiles = () => readdirSync(folder).filter((name) => name.endsWith("_with_id.json")).length;
const countOf = (type: ValidatorEvent["type"]) => events.filter((event) => event.type === type).length;
const bodies = (count: number) => Array.from({ length: count }, (_, index) => `message ${index}`);

async function announcedLocations(): Promise<readonly string[] | undefined> {
  const [locations] = await origin.node.readContract({
    address: origin.chain.validatorAnnounce,
    abi: validatorAnnounceAbi,
    functionName: "getAnnouncedStorageLocations",
    args: [[key.address]],
  });
  return locations;
}

async function signCheckpoint(account: LocalAccount, changes: Partial<Checkpoint> & { index: number }) {
  const checkpoint: Checkpoint = {
    origin: origin.chain.domain,
    merkleTreeHook: origin.chain.merkleTreeHook,
    root: `0x${"01".repeat(32)}`,
    messageId: `0x${"02".repeat(32)}`,
    ...changes,
  };
  return { checkpoint, signature: await account.signMessage({ message: { raw: checkpointDigest(checkpoint) } }) };
}

/** Everything up to `count` is published, signed by the key, and nothing was signed twice. */
async function expectPublished(count: number, from = 0) {
  expect(await storage().latestIndex()).toBe(count - 1);
  for (let index = from; index < count; index++) {
    const { domain, merkleTreeHook } = origin.chain;
    const expected = { origin: domain, merkleTreeHook, index };
    const result = await readSignedCheckpoint({ reader: storage(), validator: key.address, expected });
    expect(result).toMatchObject({ status: "signed" });
  }
  expect(checkpointFiles()).toBe(count - from);
}

/** A promise and the function that fulfils it. */
function awaited() {
  let resolve = () => {};
  const promise = new Promise<void>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}

describe("signing", () => {
  it("signs nothing while there is nothing", async () => {
    await (await open()).tick();
    expect(checkpointFiles()).toBe(0);
    expect(await storage().latestIndex()).toBeUndefined();
  });

  it("signs the first message ever, with the chain's own root", async () => {
    await origin.dispatch(["first"]);
    await (await open()).tick();
    await expectPublished(1);
    const root = await origin.node.readContract({
      address: origin.chain.merkleTreeHook,
      abi: merkleTreeHookAbi,
      functionName: "root",
    });
    const published = await storage().checkpoint(0);
    expect(published?.checkpoint).toMatchObject({ root, index: 0, origin: 31_337 });
    expect(events.filter((event) => event.type === "signed")).toEqual([
      {
        type: "signed",
        origin: 31_337,
        validator: key.address.toLowerCase(),
        index: 0,
        root,
        messageId: published?.checkpoint.messageId,
      },
    ]);
  });

  it("signs every index, also of messages that share a block, and each once", async () => {
    const validator = await open();
    await origin.dispatch(bodies(7), { oneBlock: true });
    await validator.tick();
    await validator.tick();
    await origin.dispatch(bodies(3));
    await validator.tick();
    await expectPublished(10);
    expect(countOf("signed")).toBe(10);
    for (let index = 0; index < 10; index++) {
      const published = await storage().checkpoint(index);
      const digest = published && checkpointDigest(published.checkpoint);
      expect(signed.filter((other) => other === digest)).toHaveLength(1);
    }
  });

  it("has every digest on record before it signs it", async () => {
    await origin.dispatch(bodies(3));
    const onRecord: boolean[] = [];
    const account: LocalAccount = {
      ...key,
      signMessage: async ({ message }) => {
        const digest = typeof message === "object" ? String(message.raw) : "";
        const db = stores.at(-1)?.db;
        const row = db?.selectFrom("validator_signature").select("leaf_index").where("digest", "=", digest);
        onRecord.push((await row?.executeTakeFirst()) !== undefined);
        return await key.signMessage({ message });
      },
    };
    await (await open({ account, announces: false })).tick();
    // Twice the announcement, for the storage and for whoever sends it to the chain; then the checkpoints.
    expect(onRecord).toEqual([false, false, true, true, true]);
  });

  it("signs more than one batch", async () => {
    await origin.dispatch(bodies(260), { oneBlock: true });
    await (await open()).tick();
    await expectPublished(260);
  });

  it("signs nothing that is not final", async () => {
    const validator = await open({ chain: { ...origin.chain, finality: { blocks: 2 } } });
    await origin.dispatch(["a"]);
    await origin.node.mine({ blocks: 1 });
    await validator.tick();
    expect(checkpointFiles()).toBe(0);
    await origin.node.mine({ blocks: 1 });
    await validator.tick();
    await expectPublished(1);
  });

  it("goes on after a restart without signing anything again", async () => {
    await origin.dispatch(bodies(3));
    await (await open()).tick();
    signed = [];
    await origin.dispatch(["later"]);
    await (await open()).tick();
    await expectPublished(4);
    expect(countOf("signed")).toBe(4);
  });

  it("keeps a fault of the node to the tick it happens in", async () => {
    await origin.dispatch(bodies(2));
    let broken = true;
    const client = origin.clientWith(async (request, forward) => {
      if (broken && request.method === "eth_getLogs") throw new Error("connection reset");
      return await forward();
    });
    const validator = await open({ client });
    await expect(validator.tick()).rejects.toThrow(/connection reset/);
    expect(checkpointFiles()).toBe(0);
    broken = false;
    await validator.tick();
    await expectPublished(2);
  });

  it("signs nothing while events are hidden, although it signed before, and goes on when they are back", async () => {
    let hide = false;
    const client = origin.clientWith(async (request, forward) => {
      const answer = await forward();
      return hide && request.method === "eth_getLogs" ? [] : answer;
    });
    const validator = await open({ client });
    await origin.dispatch(["signed"]);
    await validator.tick();
    await origin.dispatch(["hidden"]);
    hide = true;
    await expect(validator.tick()).rejects.toThrow(TreeMismatchError);
    await expect(validator.tick()).rejects.toThrow(TreeMismatchError);
    await expectPublished(1);
    expect(await storage().reorgFlag()).toBeUndefined();
    hide = false;
    await validator.tick();
    await expectPublished(2);
  });
});

describe("killed between any two steps", () => {
  const failing = (step: "writeCheckpoints" | "writeLatestIndex" | "writeAnnouncement") => ({
    ...storage(),
    [step]: async () => {
      throw new Error("killed");
    },
  });

  it.each(["writeCheckpoints", "writeLatestIndex", "writeAnnouncement"] as const)("before %s", async (step) => {
    await origin.dispatch(bodies(3));
    await expect((await open({ storage: failing(step) })).tick()).rejects.toThrow("killed");
    expect(await storage().latestIndex()).toBeUndefined();
    await origin.dispatch(["later"]);
    await (await open()).tick();
    await expectPublished(4);
    expect(new Set(signed).size).toBe(5); // four checkpoints and the announcement, whatever was signed twice alike
  });

  it("with only some files written", async () => {
    await origin.dispatch(bodies(5));
    const partial = {
      ...storage(),
      writeCheckpoints: async (checkpoints: Parameters<ReturnType<typeof storage>["writeCheckpoints"]>[0]) => {
        await storage().writeCheckpoints(checkpoints.filter((_, index) => index % 2 === 0));
        throw new Error("killed");
      },
    };
    await expect((await open({ storage: partial })).tick()).rejects.toThrow("killed");
    expect(checkpointFiles()).toBe(3);
    await (await open()).tick();
    await expectPublished(5);
  });

  it("with the store lost as well", async () => {
    await origin.dispatch(bodies(5));
    await expect((await open({ storage: failing("writeLatestIndex") })).tick()).rejects.toThrow("killed");
    loseStore();
    await (await open({ file: "new.db" })).tick();
    await expectPublished(5);
  });
});

describe("with a BLS key", () => {
  const inner = createBlsSigner(`0x${"11".repeat(32)}`);
  let blsSigned: string[];
  beforeEach(() => {
    blsSigned = [];
  });
  const blsSigner = {
    ...inner,
    sign: (digest: Hex) => {
      blsSigned.push(digest);
      return inner.sign(digest);
    },
  };

  it("signs the same checkpoints once more, each once, and publishes them before it says so", async () => {
    await origin.dispatch(bodies(3));
    const writesIndex = failingIndex();
    await expect((await open({ blsSigner, storage: writesIndex })).tick()).rejects.toThrow("killed");
    for (let index = 0; index < 3; index++) {
      const published = await storage().checkpoint(index);
      if (published === undefined) throw new Error("it is published");
      const expected = published.checkpoint;
      const answer = await readBlsCheckpoint({ reader: storage(), key: inner.key, expected, verify: true });
      expect(answer.status).toBe("signed");
      expect(blsSigned.filter((digest) => digest === checkpointDigest(expected))).toHaveLength(1);
    }
    await (await open({ blsSigner })).tick();
    await expectPublished(3);
    expect(new Set(blsSigned).size).toBe(3); // what was signed twice alike
  });

  const failingIndex = () => ({
    ...storage(),
    writeLatestIndex: async () => {
      throw new Error("killed");
    },
  });

  it("signs with it from where it is when it gets one", async () => {
    await origin.dispatch(bodies(2));
    await (await open()).tick();
    await origin.dispatch(["later"]);
    await (await open({ blsSigner })).tick();
    expect(blsSigned).toHaveLength(1);
    expect(await storage().blsCheckpoint(1)).toBeUndefined();
    expect((await storage().blsCheckpoint(2))?.key).toBe(inner.key);
  });

  it("never signs a digest with it when another one is on record for the index", async () => {
    const validator = await open({ blsSigner });
    await validator.tick();
    await stores
      .at(-1)
      ?.db.insertInto("validator_signature")
      .values({
        origin: origin.chain.domain,
        merkle_tree_hook: origin.chain.merkleTreeHook,
        leaf_index: 0,
        digest: `0x${"77".repeat(32)}`,
        root: `0x${"01".repeat(32)}`,
        message_id: `0x${"02".repeat(32)}`,
      })
      .execute();
    await origin.dispatch(["a"]);
    await expect(validator.tick()).rejects.toThrow(ValidatorHaltedError);
    expect(blsSigned).toEqual([]);
  });

  it("signs nothing with it after the chain was reorganised", async () => {
    const validator = await open({ blsSigner });
    await origin.undone(async () => {
      await origin.dispatch(["one", "two"]);
      await validator.tick();
    });
    expect(blsSigned).toHaveLength(2);
    await origin.dispatch(["other", "others"]);
    await expect(validator.tick()).rejects.toThrow(ValidatorHaltedError);
    await expect((await open({ blsSigner })).tick()).rejects.toThrow(ValidatorHaltedError);
    expect(blsSigned).toHaveLength(2);
  });
});

describe("a chain that contradicts what was signed", () => {
  async function signThenReorganise(validator: Awaited<ReturnType<typeof open>>) {
    await origin.undone(async () => {
      await origin.dispatch(["one", "two"]);
      await validator.tick();
    });
    await origin.dispatch(["other", "others"]);
  }

  it("is flagged, and nothing is signed ever after", async () => {
    const validator = await open();
    await signThenReorganise(validator);
    const before = await storage().checkpoint(1);
    signed = [];
    await expect(validator.tick()).rejects.toThrow(ValidatorHaltedError);
    const flag = await storage().reorgFlag();
    const canonical = await origin.node.readContract({
      address: origin.chain.merkleTreeHook,
      abi: merkleTreeHookAbi,
      functionName: "root",
    });
    expect(flag).toEqual({
      localMerkleRoot: before?.checkpoint.root,
      canonicalMerkleRoot: canonical,
      checkpointIndex: 1,
      unixTimestamp: NOW / 1000,
      reorgPeriod: 0,
    });
    expect(events.at(-1)).toMatchObject({ type: "halted", flag });

    await origin.dispatch(bodies(3));
    await expect(validator.tick()).rejects.toThrow(ValidatorHaltedError);
    await expect((await open()).tick()).rejects.toThrow(ValidatorHaltedError);
    expect(signed).toEqual([]);
    expect(checkpointFiles()).toBe(2);
    expect(await storage().checkpoint(1)).toEqual(before);
    expect(countOf("halted")).toBe(1);
  });

  it("is noticed when it happened while the validator was not running", async () => {
    await signThenReorganise(await open());
    await expect((await open()).tick()).rejects.toThrow(ValidatorHaltedError);
  });

  it("is noticed with the same number of messages in the same number of blocks, or with fewer", async () => {
    const validator = await open();
    await origin.undone(async () => {
      await origin.dispatch(["one", "two"]);
      await validator.tick();
    });
    await origin.node.mine({ blocks: 2 });
    await expect(validator.tick()).rejects.toThrow(ValidatorHaltedError);
  });

  it("is noticed by the tree alone", async () => {
    const root = toFunctionSelector("root()");
    let lie = false;
    const client = origin.clientWith(async (request, forward) =>
      lie && isCallOf(request, root) ? `0x${"77".repeat(32)}` : await forward(),
    );
    const validator = await open({ client });
    await origin.dispatch(["one"]);
    await validator.tick();
    lie = true;
    await expect(validator.tick()).rejects.toThrow(ValidatorHaltedError);
    expect(await storage().reorgFlag()).toMatchObject({ canonicalMerkleRoot: `0x${"77".repeat(32)}` });
  });

  it("stays flagged when the store is lost, and when the storage is", async () => {
    const validator = await open();
    await signThenReorganise(validator);
    await expect(validator.tick()).rejects.toThrow(ValidatorHaltedError);
    await expect((await open({ file: "new.db" })).tick()).rejects.toThrow(ValidatorHaltedError);
    rmSync(join(folder, "reorg_flag.json"));
    await expect((await open({ file: "new.db" })).tick()).rejects.toThrow(ValidatorHaltedError);
    expect(await storage().reorgFlag()).toMatchObject({ checkpointIndex: 1 });
  });

  it("stops the validator even if the flag can not be written", async () => {
    const full = {
      ...storage(),
      writeReorgFlag: async () => {
        throw new StorageError("disk full");
      },
    };
    const validator = await open({ storage: full });
    await signThenReorganise(validator);
    await expect(validator.tick()).rejects.toThrow(ValidatorHaltedError);
    await expect(validator.tick()).rejects.toThrow(ValidatorHaltedError);
    await expect((await open()).tick()).rejects.toThrow(ValidatorHaltedError);
    expect(await storage().reorgFlag()).toBeDefined();
  });

  it("is nothing to worry about above what was signed", async () => {
    const validator = await open({ chain: { ...origin.chain, finality: { blocks: 2 } }, announces: false });
    await origin.dispatch(["one", "two", "three"]);
    await validator.tick();
    await expectPublished(1);
    await origin.node.request({ method: "anvil_reorg" as never, params: [2, []] as never });
    await origin.dispatch(["new two", "new three", "new four"]);
    await validator.tick();
    await expectPublished(2);
  });

  it("can not be told from a node that lags, so the validator waits", async () => {
    const validator = await open();
    await origin.undone(async () => {
      await origin.dispatch(["one"]);
      await validator.tick();
    });
    await expect(validator.tick()).rejects.toThrow(ChainNotReadyError);
    expect(await storage().reorgFlag()).toBeUndefined();
  });

  it.each(["", "{}", "[]"])("counts as flagged while the flag is unreadable (%j)", async (content) => {
    await origin.dispatch(["one"]);
    const validator = await open();
    writeFileSync(join(folder, "reorg_flag.json"), content);
    await expect(validator.tick()).rejects.toThrow(StorageError);
    expect(signed).toEqual([]);
    rmSync(join(folder, "reorg_flag.json"));
    await validator.tick();
    await expectPublished(1);
  });
});

describe("a lost or foreign history", () => {
  async function signSome(count = 3) {
    await origin.dispatch(bodies(count));
    await (await open()).tick();
    await (await open()).tick(); // sees the announcement
    expect(await announcedLocations()).toEqual([storage().location]);
    loseStore();
    signed = [];
    events = [];
  }
  const reopen = (changes: Parameters<typeof open>[0] = {}) => open({ file: "new.db", ...changes });

  it("is taken over from the storage", async () => {
    await signSome();
    await origin.dispatch(["later"]);
    await (await reopen()).tick();
    await expectPublished(4);
    expect(countOf("signed")).toBe(1);
    await (await reopen()).tick();
    expect(countOf("signed")).toBe(1);
  });

  it("is taken over in more than one batch", async () => {
    await origin.dispatch(bodies(70), { oneBlock: true });
    await (await open()).tick();
    await (await reopen()).tick();
    const rows = await stores.at(-1)?.db.selectFrom("validator_signature").selectAll().execute();
    expect(rows).toHaveLength(70);
    expect(countOf("signed")).toBe(70);
  });

  it("is completed from the storage when an old backup of the store was restored", async () => {
    await origin.dispatch(bodies(2));
    await (await open()).tick();
    const backup = stores.at(-1);
    await backup?.db.deleteFrom("validator_signature").where("leaf_index", "=", 1).execute();
    signed = [];
    await (await open()).tick();
    expect(await backup?.db.selectFrom("validator_signature").selectAll().execute()).toHaveLength(2);
    expect(signed).toHaveLength(1); // the announcement
  });

  it.each<[string, () => void | Promise<void>, RegExp]>([
    ["a missing checkpoint", () => rmSync(join(folder, "1_with_id.json")), /lacks index 1/],
    [
      "a damaged checkpoint",
      () => writeFileSync(join(folder, "1_with_id.json"), "{"),
      /index 1 that is not to be relied/,
    ],
    ["a latest index beyond", () => writeFileSync(join(folder, "index.json"), "7"), /up to index 7 .* lacks index 3/],
    [
      "a checkpoint of another key",
      async () => {
        rmSync(join(folder, "2_with_id.json"));
        await storage().writeCheckpoint(await signCheckpoint(stranger, { index: 2 }));
      },
      /index 2 .*signer/,
    ],
    [
      "a checkpoint of another tree",
      async () => {
        rmSync(join(folder, "2_with_id.json"));
        await storage().writeCheckpoint(
          await signCheckpoint(key, { index: 2, merkleTreeHook: `0x${"99".repeat(20)}` }),
        );
      },
      /index 2 .*tree/,
    ],
  ])("is refused with %s in the storage", async (_, spoil, reason) => {
    await signSome();
    await spoil();
    const validator = await reopen();
    await expect(validator.tick()).rejects.toThrow(ValidatorRefusedError);
    await expect(validator.tick()).rejects.toThrow(reason);
    await expect(validator.tick()).rejects.toThrow(/acceptLostHistoryFrom/);
    expect(signed).toEqual([]);
  });

  it("is flagged when the storage holds another root than the chain", async () => {
    await signSome();
    rmSync(join(folder, "2_with_id.json"));
    await storage().writeCheckpoint(await signCheckpoint(key, { index: 2 }));
    await expect((await reopen()).tick()).rejects.toThrow(ValidatorHaltedError);
    expect(await storage().reorgFlag()).toMatchObject({ checkpointIndex: 2, localMerkleRoot: `0x${"01".repeat(32)}` });
  });

  it("waits while the chain is shorter than what the storage holds", async () => {
    await signSome();
    const chain = { ...origin.chain, finality: { blocks: 2 } };
    const validator = await reopen({ chain });
    await expect(validator.tick()).rejects.toThrow(ChainNotReadyError);
    await origin.node.mine({ blocks: 2 });
    await validator.tick();
    await expectPublished(3);
  });

  it("is refused when this key is announced and the storage is empty", async () => {
    await signSome();
    rmSync(folder, { recursive: true });
    const validator = await reopen();
    await expect(validator.tick()).rejects.toThrow(/is announced at .*nor .* knows what/);
    expect(signed).toEqual([]);
  });

  it("is refused when this key is announced elsewhere as well", async () => {
    await signSome();
    const elsewhere = folder;
    folder = join(directory, "elsewhere");
    const validator = await reopen();
    await expect(validator.tick()).rejects.toThrow(ValidatorRefusedError);
    await expect(validator.tick()).rejects.toThrow(new RegExp(`announced at file://${elsewhere}`));
  });

  it("signs only from where the operator says, also after the next restart", async () => {
    await signSome();
    rmSync(folder, { recursive: true });
    await origin.dispatch(["three", "four"]);
    await (await reopen({ acceptLostHistoryFrom: 4 })).tick();
    await expectPublished(5, 4);
    await origin.dispatch(["five"]);
    await (await reopen()).tick();
    await expectPublished(6, 4);
  });

  it("is refused with another key", async () => {
    await origin.dispatch(["one"]);
    await (await open()).tick();
    const other = privateKeyToAccount(generatePrivateKey());
    folder = join(directory, "other");
    await expect((await open({ account: other })).tick()).rejects.toThrow(/give each key a store of its own/);
    expect(checkpointFiles()).toBe(0);
  });

  it("is refused with a key that signs for another address", async () => {
    await origin.dispatch(["one"]);
    const mixed = { ...key, signMessage: stranger.signMessage };
    await expect((await open({ account: mixed })).tick()).rejects.toThrow(/signs as/);
    expect(checkpointFiles()).toBe(0);
  });
});

describe("a storage that somebody else writes to", () => {
  it("flags another checkpoint that this key has signed", async () => {
    await origin.dispatch(["one"]);
    const validator = await open();
    await validator.tick();
    await storage().writeCheckpoint(await signCheckpoint(key, { index: 1 }));
    await origin.dispatch(["two"]);
    await expect(validator.tick()).rejects.toThrow(ValidatorHaltedError);
    expect(await storage().latestIndex()).toBe(0);
  });

  it("refuses to share it with another key", async () => {
    await origin.dispatch(["one"]);
    const validator = await open();
    await validator.tick();
    await storage().writeCheckpoint(await signCheckpoint(stranger, { index: 1 }));
    await origin.dispatch(["two"]);
    const error = await validator.tick().catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(ValidatorRefusedError);
    expect(error).toMatchObject({ cause: expect.any(CheckpointConflictError) });
    expect(await storage().latestIndex()).toBe(0);
  });
});

describe("the announcement", () => {
  it("is published, made on chain once, and described beside it", async () => {
    const validator = await open();
    await validator.tick();
    expect(JSON.parse(readFileSync(join(folder, "announcement.json"), "utf8")).value).toEqual({
      validator: key.address.toLowerCase(),
      mailbox_address: origin.chain.mailbox,
      mailbox_domain: 31_337,
      storage_location: storage().location,
    });
    const metadata = readFileSync(join(folder, "metadata_latest.json"), "utf8");
    expect(JSON.parse(metadata)).toEqual({
      git_sha: "causeway 0.1.0",
      rpcs: [expect.stringMatching(/^0x[0-9a-f]{64}$/)],
    });
    expect(metadata).not.toContain(origin.chain.rpcUrl);

    await origin.node.mine({ blocks: 1 });
    const block = await origin.node.getBlockNumber();
    await validator.tick();
    await (await open()).tick();
    expect(await announcedLocations()).toEqual([storage().location]);
    expect(await origin.node.getBlockNumber()).toBe(block);
    expect(events).toContainEqual({
      type: "announced",
      origin: 31_337,
      validator: key.address.toLowerCase(),
      location: storage().location,
    });
  });

  it("waits for money without keeping signatures back, and is made when there is some", async () => {
    await origin.dispatch(["one"]);
    const poor = privateKeyToAccount(generatePrivateKey());
    const lines: string[] = [];
    const log = pino({ level: "warn" }, { write: (line) => lines.push(line) });
    const walletClient = createWalletClient({ account: poor, transport: http(origin.chain.rpcUrl) });
    const validator = await open({ announce: { walletClient }, log });
    await validator.tick();
    await validator.tick();
    await expectPublished(1);
    expect(lines.filter((line) => line.includes(`${poor.address} can not pay`))).toHaveLength(1);
    await origin.node.setBalance({ address: poor.address, value: 10n ** 18n });
    await validator.tick();
    await origin.node.mine({ blocks: 1 });
    await validator.tick();
    expect(await announcedLocations()).toEqual([storage().location]);
    expect(countOf("announced")).toBe(1);
  });

  it("can be made by somebody else", async () => {
    const lines: string[] = [];
    const log = pino({ level: "warn" }, { write: (line) => lines.push(line) });
    const validator = await open({ announces: false, log });
    await validator.tick();
    expect(lines.join("")).toContain(`let anybody call announce(${key.address}, ${storage().location}, 0x`);
    expect(await announcedLocations()).toEqual([]);
    const signature = /0x[0-9a-f]{130}/.exec(lines.join(""))?.[0] as Hex;
    await origin.node.writeContract({
      address: origin.chain.validatorAnnounce,
      abi: validatorAnnounceAbi,
      functionName: "announce",
      args: [key.address, storage().location, signature],
      chain: null,
    });
    await origin.node.mine({ blocks: 1 });
    await validator.tick();
    expect(countOf("announced")).toBe(1);
  });
});

describe("the loop", () => {
  it("signs until it is stopped", async () => {
    const seen = awaited();
    const validator = await open({
      onEvent: (event) => {
        if (event.type === "signed" && event.index === 1) seen.resolve();
      },
    });
    const ended = validator.start();
    expect(validator.start()).toBe(ended);
    await origin.dispatch(["one", "two"]);
    await seen.promise;
    await validator.stop();
    await ended;
    await expectPublished(2);
    await origin.dispatch(["three"]);
    await validator.tick();
    await expectPublished(3);
  });

  it("goes on after faults and ends when the validator has stopped for good", async () => {
    let faults = 2;
    const halted = awaited();
    const signedOne = awaited();
    const client = origin.clientWith(async (request, forward) => {
      if (request.method === "eth_getLogs" && faults > 0) {
        faults -= 1;
        throw new Error("connection reset");
      }
      return await forward();
    });
    const validator = await open({
      client,
      onEvent: (event) => {
        if (event.type === "signed") signedOne.resolve();
        if (event.type === "halted") halted.resolve();
      },
    });
    const snapshot = await origin.node.snapshot();
    await origin.dispatch(["one"]);
    const ended = validator.start();
    await signedOne.promise;
    await origin.node.revert({ id: snapshot });
    await origin.dispatch(["other", "others"]);
    await halted.promise;
    await expect(ended).rejects.toThrow(ValidatorHaltedError);
    await validator.stop();
  });
});
