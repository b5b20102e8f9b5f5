import { privateKeyToAccount } from "viem/accounts";
import { describe, expect, it } from "vitest";
import { type Checkpoint, checkpointDigest } from "../protocol/checkpoint.ts";
import { type CheckpointReader, type SignedCheckpoint, StorageError } from "./checkpointStorage.ts";
import { readSignedCheckpoint } from "./readSignedCheckpoint.ts";

const account = privateKeyToAccount(`0x${"11".repeat(32)}`);
const stranger = privateKeyToAccount(`0x${"22".repeat(32)}`);
const checkpoint: Checkpoint = {
  origin: 31337,
  merkleTreeHook: "0x00000000000000000000000000000000000000aa",
  root: `0x${"ab".repeat(32)}`,
  index: 4,
  messageId: `0x${"cd".repeat(32)}`,
};
const { origin, merkleTreeHook, index, messageId } = checkpoint;
const expected = { origin, merkleTreeHook, index, messageId };

async function signedBy(signer: typeof account, signs: Checkpoint): Promise<SignedCheckpoint> {
  return { checkpoint: signs, signature: await signer.signMessage({ message: { raw: checkpointDigest(signs) } }) };
}

const holding = (signed: SignedCheckpoint | undefined): CheckpointReader => ({
  latestIndex: async () => undefined,
  latestIndexWrittenAt: async () => undefined,
  checkpoint: async () => signed,
  blsCheckpoint: async () => undefined,
  reorgFlag: async () => undefined,
});

const readFrom = (reader: CheckpointReader) => readSignedCheckpoint({ reader, validator: account.address, expected });

describe("readSignedCheckpoint", () => {
  it("returns what the validator signed for the message", async () => {
    const signed = await signedBy(account, checkpoint);
    expect(await readFrom(holding(signed))).toEqual({ status: "signed", signed });
  });

  it("takes any message id when none is expected", async () => {
    const signed = await signedBy(account, { ...checkpoint, messageId: `0x${"77".repeat(32)}` });
    const reader = holding(signed);
    const { messageId: _, ...without } = expected;
    const result = await readSignedCheckpoint({ reader, validator: account.address, expected: without });
    expect(result).toEqual({ status: "signed", signed });
  });

  it("tells absence from rejection", async () => {
    expect(await readFrom(holding(undefined))).toEqual({ status: "absent" });
  });

  it.each<[string, Partial<Checkpoint>, RegExp]>([
    ["domain", { origin: 1 }, /domain is 1, expected 31337/],
    ["tree", { merkleTreeHook: `0x${"bb".repeat(20)}` }, /tree is 0xbb/],
    ["past index", { index: 3 }, /index is 3, expected 4/],
    ["future index", { index: 5 }, /index is 5, expected 4/],
    ["message", { messageId: `0x${"99".repeat(32)}` }, /message id is 0x99/],
  ])("rejects a signature for another %s", async (_, other, reason) => {
    const result = await readFrom(holding(await signedBy(account, { ...checkpoint, ...other })));
    expect(result).toEqual({ status: "rejected", reason: expect.stringMatching(reason) });
  });

  it("rejects a stranger's signature, and one for another root", async () => {
    const result = await readFrom(holding(await signedBy(stranger, checkpoint)));
    expect(result).toMatchObject({ status: "rejected", reason: expect.stringMatching(/signer/) });
    const { signature } = await signedBy(account, { ...checkpoint, root: `0x${"01".repeat(32)}` });
    expect(await readFrom(holding({ checkpoint, signature }))).toMatchObject({ status: "rejected" });
  });

  it.each(["00".repeat(65), "ff".repeat(65), `${"01".repeat(64)}00`])("rejects the signature 0x%s", async (bytes) => {
    const result = await readFrom(holding({ checkpoint, signature: `0x${bytes}` }));
    expect(result).toMatchObject({ status: "rejected" });
  });

  it("rejects instead of throwing when the storage fails", async () => {
    const failing: CheckpointReader = {
      ...holding(undefined),
      checkpoint: async () => {
        throw new StorageError("too large");
      },
    };
    expect(await readFrom(failing)).toEqual({ status: "rejected", reason: "too large" });
  });
});
