import { type Hex, keccak256, recoverMessageAddress, toHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { announcementDigest, checkpointDigest, rawCheckpointDigest, recoverSigner } from "./checkpoint.ts";
import { createRandom, flipByte, hexColumn, numberColumn, readVectors, rows } from "./testkit.ts";
import { FormatError } from "./wireFormat.ts";

const vectors = readVectors(
  "checkpoint",
  z.object({
    validators: z.object({ privateKey: hexColumn, address: hexColumn }),
    checkpoints: z.object({
      origin: numberColumn,
      merkleTreeHook: hexColumn,
      root: hexColumn,
      index: numberColumn,
      messageId: hexColumn,
      digest: hexColumn,
    }),
    signatures: z.object({ checkpoint: numberColumn, validator: hexColumn, signature: hexColumn }),
    rejected: z.object({
      name: z.array(z.string()).nonempty(),
      digest: hexColumn,
      validator: hexColumn,
      signature: hexColumn,
    }),
    announcements: z.object({
      origin: numberColumn,
      mailbox: hexColumn,
      storageLocation: z.array(z.string()).nonempty(),
      digest: hexColumn,
      validator: hexColumn,
      signature: hexColumn,
    }),
  }),
);

const checkpoints = rows(vectors.checkpoints);
const signatures = rows(vectors.signatures);
const announcements = rows(vectors.announcements);
const validators = rows(vectors.validators);

describe("golden vectors", () => {
  test.each(checkpoints)("checkpoint $digest", ({ digest, ...checkpoint }) => {
    expect(checkpointDigest(checkpoint)).toBe(digest);
  });

  test("every field counts: no two digests are equal", () => {
    const digests = [...vectors.checkpoints.digest, ...vectors.announcements.digest];
    expect(new Set(digests).size).toBe(digests.length);
  });

  test.each(signatures)("signature of checkpoint $checkpoint by $validator", async (row) => {
    const digest = vectors.checkpoints.digest[row.checkpoint] ?? "0x";
    expect(await recoverSigner({ digest, signature: row.signature })).toBe(row.validator);
  });

  test.each(announcements)(
    "announcement of $storageLocation on $origin",
    async ({ digest, validator, signature, ...a }) => {
      expect(announcementDigest(a)).toBe(digest);
      expect(await recoverSigner({ digest, signature })).toBe(validator);
    },
  );

  test("signing an account's raw digest gives the same bytes", async () => {
    for (const { checkpoint, validator, signature } of signatures) {
      const key = validators.find(({ address }) => address === validator)?.privateKey ?? "0x";
      const raw = vectors.checkpoints.digest[checkpoint] ?? "0x";
      expect(await privateKeyToAccount(key).signMessage({ message: { raw } })).toBe(signature);
    }
  });

  test.each(rows(vectors.rejected))("not a signature: $name", async ({ digest, signature }) => {
    await expect(recoverSigner({ digest, signature })).rejects.toThrow(FormatError);
  });
});

test("a changed bit in digest or signature never leads to the signer", async () => {
  const random = createRandom(3);
  for (let i = 0; i < 100; i++) {
    const row = signatures[random.below(signatures.length)];
    const digest = vectors.checkpoints.digest[row?.checkpoint ?? 0] ?? "0x";
    const signature = row?.signature ?? "0x";
    const mask = 1 << random.below(8);
    const tampered =
      i % 2 === 0
        ? { digest: flipByte(digest, random.below(32), mask), signature }
        : { digest, signature: flipByte(signature, random.below(65), mask) };
    const signer = await recoverSigner(tampered).catch((error: unknown) => {
      expect(error).toBeInstanceOf(FormatError);
      return "none";
    });
    expect(signer).not.toBe(row?.validator);
  }
});

test("recovers whom viem recovers, and nobody where it finds nobody", async () => {
  const random = createRandom(4);
  const words = ["00", "01", "7f", "ff"].map((byte) => byte.repeat(32));
  const outcomes = { account: 0, nobody: 0 };
  for (let i = 0; i < 200; i++) {
    const { signature: valid = "0x" } = signatures[random.below(signatures.length)] ?? {};
    const [r, s] = [valid.slice(2, 66), valid.slice(66, 130)];
    const word = words[random.below(words.length)] ?? "";
    const v = random.below(2) === 0 ? "1b" : "1c";
    const digest = keccak256(toHex(`digest ${i}`));
    const signature: Hex = `0x${random.below(2) === 0 ? word : r}${random.below(4) === 0 ? "00".repeat(32) : s}${v}`;
    const theirs = await recoverMessageAddress({ message: { raw: digest }, signature }).catch(() => "nobody");
    const ours = await recoverSigner({ digest, signature }).catch((error: unknown) => {
      expect(error).toBeInstanceOf(FormatError);
      return "nobody";
    });
    expect(ours).toBe(theirs.toLowerCase());
    outcomes[ours === "nobody" ? "nobody" : "account"] += 1;
  }
  expect(Math.min(outcomes.account, outcomes.nobody)).toBeGreaterThan(20);
});

test("a digest of another length is refused", async () => {
  const signature = signatures[0]?.signature ?? "0x";
  await expect(recoverSigner({ digest: `0x${"00".repeat(31)}`, signature })).rejects.toThrow(FormatError);
  await expect(recoverSigner({ digest: `0x${"00".repeat(33)}`, signature })).rejects.toThrow(FormatError);
});

test("fields that are not of their type have no digest", () => {
  const word = `0x${"11".repeat(32)}` as const;
  const checkpoint = {
    origin: 1,
    merkleTreeHook: `0x${"22".repeat(20)}`,
    root: word,
    index: 0,
    messageId: word,
  } as const;
  expect(checkpointDigest(checkpoint)).toMatch(/^0x[0-9a-f]{64}$/);
  const tree = `0x${"00".repeat(12)}${"22".repeat(20)}` as const;
  expect(rawCheckpointDigest({ ...checkpoint, tree })).toBe(checkpointDigest(checkpoint));
  expect(rawCheckpointDigest({ ...checkpoint, tree: word })).not.toBe(checkpointDigest(checkpoint));
  expect(() => rawCheckpointDigest({ ...checkpoint, tree: checkpoint.merkleTreeHook })).toThrow(FormatError);
  expect(() => checkpointDigest({ ...checkpoint, origin: 2 ** 32 })).toThrow(FormatError);
  expect(() => checkpointDigest({ ...checkpoint, index: -1 })).toThrow(FormatError);
  expect(() => checkpointDigest({ ...checkpoint, root: "0x00" })).toThrow(FormatError);
  expect(() => checkpointDigest({ ...checkpoint, messageId: `0x${"00".repeat(33)}` })).toThrow(FormatError);
  expect(() => checkpointDigest({ ...checkpoint, merkleTreeHook: `0x${"00".repeat(32)}` })).toThrow(FormatError);
  const mailbox = checkpoint.merkleTreeHook;
  expect(() => announcementDigest({ origin: -1, mailbox, storageLocation: "" })).toThrow(FormatError);
  expect(() => announcementDigest({ origin: 1, mailbox: "0x00", storageLocation: "" })).toThrow(FormatError);
});
