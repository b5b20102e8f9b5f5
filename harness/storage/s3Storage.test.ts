import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import type { Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { announcementDigest, type Checkpoint, checkpointDigest } from "../protocol/checkpoint.ts";
import { CheckpointConflictError, type SignedCheckpoint, StorageError } from "./checkpointStorage.ts";
import { CREDENTIALS, startS3 } from "./s3.testkit.ts";
import { createS3Reader } from "./s3Reader.ts";
import { createS3Storage } from "./s3Storage.ts";

const account = privateKeyToAccount(`0x${"11".repeat(32)}`);
const BUCKET = "checkpoints";
const TREE = "0x00000000000000000000000000000000000000aa";

let s3: Awaited<ReturnType<typeof startS3>>;
beforeAll(async () => {
  s3 = await startS3(BUCKET);
});
afterAll(() => s3.stop());

let folders = 0;
/** A validator's storage in a folder of its own, what everybody reads of it, and the URL of its objects. */
function open(endpoint = s3.endpoint) {
  folders += 1;
  const location = `s3://${BUCKET}/eu-central-1/folder-${folders}`;
  return {
    location,
    storage: createS3Storage({ location, endpoint, credentials: CREDENTIALS }),
    reader: createS3Reader({ location, endpoint: s3.endpoint }),
    url: `${s3.endpoint}/${BUCKET}/folder-${folders}`,
  };
}

async function sign(index: number, root: Hex = `0x${"ab".repeat(32)}`): Promise<SignedCheckpoint> {
  const checkpoint: Checkpoint = {
    origin: 31337,
    merkleTreeHook: TREE,
    root,
    index,
    messageId: `0x${"cd".repeat(32)}`,
  };
  return { checkpoint, signature: await account.signMessage({ message: { raw: checkpointDigest(checkpoint) } }) };
}

describe("createS3Storage", () => {
  it("has nothing at first", async () => {
    for (const reader of [open().storage, open().reader]) {
      expect(await reader.latestIndex()).toBeUndefined();
      expect(await reader.latestIndexWrittenAt()).toBeUndefined();
      expect(await reader.checkpoint(0)).toBeUndefined();
      expect(await reader.blsCheckpoint(0)).toBeUndefined();
      expect(await reader.reorgFlag()).toBeUndefined();
    }
  });

  it("writes what everybody reads, under the keys of the ecosystem", async () => {
    const { location, storage, reader, url } = open();
    const many = await Promise.all(Array.from({ length: 20 }, (_, index) => sign(index)));
    await storage.writeCheckpoints(many);
    await storage.writeLatestIndex(18);
    await storage.writeLatestIndex(19);
    expect(storage.location).toBe(location);
    for (const from of [storage, reader]) {
      expect(await from.latestIndex()).toBe(19);
      expect(Date.now() - ((await from.latestIndexWrittenAt()) ?? 0)).toBeLessThan(60_000);
      for (const index of [0, 10, 19]) expect(await from.checkpoint(index)).toEqual(many[index]);
      expect(await from.checkpoint(20)).toBeUndefined();
    }
    const response = await fetch(`${url}/checkpoint_7_with_id.json`);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.json()).toMatchObject({
      value: { checkpoint: { index: 7 } },
      serialized_signature: many[7]?.signature,
    });

    const announcement = { origin: 1, mailbox: TREE, storageLocation: location } as const;
    const signature = await account.signMessage({ message: { raw: announcementDigest(announcement) } });
    await storage.writeAnnouncement({ announcement, validator: account.address, signature });
    expect(await (await fetch(`${url}/announcement.json`)).json()).toMatchObject({
      value: { storage_location: location },
    });
    await storage.writeMetadata({ version: "causeway 0.1.0", rpcHashes: ["0x12"] });
    expect(await (await fetch(`${url}/metadata_latest.json`)).json()).toEqual({
      git_sha: "causeway 0.1.0",
      rpcs: ["0x12"],
    });
  });

  it("accepts the same checkpoint again, refuses another and keeps the first, on a store without conditions too", async () => {
    const { storage, reader } = open();
    const first = await sign(3);
    await storage.writeCheckpoint(first);
    await storage.writeCheckpoint(first);
    const other = await sign(3, `0x${"99".repeat(32)}`);
    await expect(storage.writeCheckpoint(other)).rejects.toThrow(CheckpointConflictError);
    expect(await reader.checkpoint(3)).toEqual(first);
  });

  it("refuses to write over what it can not read", async () => {
    const { storage, url } = open();
    await fetch(`${url}/checkpoint_3_with_id.json`, { method: "PUT", body: "{" });
    await expect(storage.writeCheckpoint(await sign(3))).rejects.toThrow(StorageError);
    expect(await (await fetch(`${url}/checkpoint_3_with_id.json`)).text()).toBe("{");
    await fetch(`${url}/checkpoint_4_with_id.json`, { method: "PUT", body: " ".repeat(60 * 1024) });
    await expect(storage.writeCheckpoint(await sign(4))).rejects.toThrow(/larger than 51200 bytes/);
  });

  it("writes on condition that nobody else did since it looked", async () => {
    // s3rver ignores the condition; in front of it stands what a store does that knows it: another validator's process has
    // written between our look and our write, and the write is refused.
    const other = await sign(3, `0x${"99".repeat(32)}`);
    const between = open();
    const conditional = createServer((incoming, response) => {
      const passOn = () => {
        const { method, headers, url: path } = incoming;
        const onward = request(`${s3.endpoint}${path}`, { method, headers }, (answer) => {
          response.writeHead(answer.statusCode ?? 500, answer.headers);
          answer.pipe(response);
        });
        incoming.pipe(onward);
      };
      if (incoming.headers["if-none-match"] !== "*") return passOn();
      incoming.resume();
      const theirs = createS3Storage({
        location: between.location,
        endpoint: s3.endpoint,
        credentials: CREDENTIALS,
      }).writeCheckpoint(other);
      theirs.then(() => response.writeHead(412).end("<Error><Code>PreconditionFailed</Code></Error>"));
    });
    await new Promise<void>((resolve) => conditional.listen(0, "127.0.0.1", resolve));
    const endpoint = `http://127.0.0.1:${(conditional.address() as AddressInfo).port}`;
    const storage = createS3Storage({ location: between.location, endpoint, credentials: CREDENTIALS });
    await expect(storage.writeCheckpoint(await sign(3))).rejects.toThrow(CheckpointConflictError);
    expect(await between.reader.checkpoint(3)).toEqual(other);
    await storage.writeCheckpoint(other);
    conditional.closeAllConnections();
    conditional.close();
  });

  it("keeps the first reorg flag", async () => {
    const { storage, reader } = open();
    const flag = {
      localMerkleRoot: `0x${"01".repeat(32)}`,
      canonicalMerkleRoot: `0x${"02".repeat(32)}`,
      checkpointIndex: 5,
      unixTimestamp: 1_700_000_000,
      reorgPeriod: "finalized",
    } as const;
    await storage.writeReorgFlag(flag);
    await storage.writeReorgFlag({ ...flag, checkpointIndex: 9 });
    expect(await storage.reorgFlag()).toEqual(flag);
    expect(await reader.reorgFlag()).toEqual(flag);
  });

  it("says what to do when there is no bucket, and does not take that for no flag", async () => {
    const location = "s3://no-such-bucket/eu-central-1";
    const storage = createS3Storage({ location, endpoint: s3.endpoint, credentials: CREDENTIALS });
    await expect(storage.writeLatestIndex(1)).rejects.toThrow(
      /can not write s3:\/\/no-such-bucket.*NoSuchBucket.*Check/,
    );
    await expect(storage.reorgFlag()).rejects.toThrow(/NoSuchBucket/);
    const reader = createS3Reader({ location, endpoint: s3.endpoint });
    await expect(reader.reorgFlag()).rejects.toThrow(/NoSuchBucket/);
  });
});
