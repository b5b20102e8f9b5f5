import type { Hex } from "viem";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { checkpointDigest, recoverSigner } from "./checkpoint.ts";
import { branchRoot } from "./merkleTree.ts";
import { decodeMessage, messageId } from "./message.ts";
import {
  decodeMerkleRootMetadata,
  decodeMessageIdMetadata,
  encodeMerkleRootMetadata,
  encodeMessageIdMetadata,
} from "./multisigMetadata.ts";
import { createRandom, flipByte, hexColumn, numberColumn, readVectors, rows } from "./testkit.ts";
import { FormatError, hexSize, hexSlice } from "./wireFormat.ts";

const common = {
  message: hexColumn,
  merkleTreeHook: hexColumn,
  root: hexColumn,
  signerCount: numberColumn,
  signatures: hexColumn,
  encoded: hexColumn,
};
const vectors = readVectors(
  "metadata",
  z.object({
    validators: hexColumn,
    messageId: z.object({ ...common, index: numberColumn }),
    merkleRoot: z.object({
      ...common,
      messageIndex: numberColumn,
      signedMessageId: hexColumn,
      proof: hexColumn,
      signedIndex: numberColumn,
    }),
  }),
);
const messageIdRows = rows(vectors.messageId);
const merkleRootRows = rows(vectors.merkleRoot);

function split(value: Hex, size: number): Hex[] {
  return Array.from({ length: hexSize(value) / size }, (_, i) => hexSlice(value, size * i, size * (i + 1)));
}

async function expectSigners(digest: Hex, signatures: readonly Hex[], count: number): Promise<void> {
  expect(signatures).toHaveLength(count);
  const signers = await Promise.all(signatures.map((signature) => recoverSigner({ digest, signature })));
  expect(vectors.validators.filter((validator) => signers.includes(validator))).toEqual(signers);
}

describe("golden vectors", () => {
  test.each(messageIdRows)("message-id, $signerCount signers, index $index", async (row) => {
    const { merkleTreeHook, root, index } = row;
    const metadata = { merkleTreeHook, root, index, signatures: split(row.signatures, 65) };
    expect(encodeMessageIdMetadata(metadata)).toBe(row.encoded);
    expect(decodeMessageIdMetadata(row.encoded)).toEqual(metadata);

    const { origin } = decodeMessage(row.message);
    const digest = checkpointDigest({ origin, merkleTreeHook, root, index, messageId: messageId(row.message) });
    await expectSigners(digest, metadata.signatures, row.signerCount);
  });

  test.each(merkleRootRows)("merkle-root, $signerCount signers, $messageIndex of $signedIndex", async (row) => {
    const { merkleTreeHook, messageIndex, signedMessageId, signedIndex } = row;
    const proof = split(row.proof, 32);
    const signatures = split(row.signatures, 65);
    const metadata = { merkleTreeHook, messageIndex, signedMessageId, proof, signedIndex, signatures };
    expect(encodeMerkleRootMetadata(metadata)).toBe(row.encoded);
    expect(decodeMerkleRootMetadata(row.encoded)).toEqual(metadata);

    const root = branchRoot(messageId(row.message), proof, messageIndex);
    expect(root).toBe(row.root);
    const { origin } = decodeMessage(row.message);
    const digest = checkpointDigest({ origin, merkleTreeHook, root, index: signedIndex, messageId: signedMessageId });
    await expectSigners(digest, signatures, row.signerCount);
  });
});

describe.each([
  {
    kind: "message-id",
    header: 68,
    decode: (bytes: Hex): unknown => decodeMessageIdMetadata(bytes),
    recode: (bytes: Hex) => encodeMessageIdMetadata(decodeMessageIdMetadata(bytes)),
    encoded: messageIdRows[0]?.encoded ?? "0x",
  },
  {
    kind: "merkle-root",
    header: 1096,
    decode: (bytes: Hex): unknown => decodeMerkleRootMetadata(bytes),
    recode: (bytes: Hex) => encodeMerkleRootMetadata(decodeMerkleRootMetadata(bytes)),
    encoded: merkleRootRows[0]?.encoded ?? "0x",
  },
])("hostile $kind metadata", ({ header, decode, recode, encoded }) => {
  const random = createRandom(6);

  test("only a header and whole signatures are taken", () => {
    const long = `${encoded}${random.hex(200).slice(2)}` as const;
    for (let size = 0; size <= hexSize(long); size++) {
      const bytes = hexSlice(long, 0, size);
      const signatures = (size - header) / 65;
      if (signatures >= 1 && Number.isInteger(signatures)) expect(recode(bytes)).toBe(bytes);
      else expect(() => decode(bytes)).toThrow(FormatError);
    }
  });

  test("bytes that are taken encode to themselves: nothing is dropped, nothing has two encodings", () => {
    for (let i = 0; i < 50; i++) {
      const rest = random.hex(header - 12 + 65 * (1 + random.below(20)));
      const bytes = `0x${"00".repeat(12)}${rest.slice(2)}` as const;
      expect(recode(bytes)).toBe(bytes);
    }
  });

  test("a hook that is not an address is refused", () => {
    for (let offset = 0; offset < 12; offset++) {
      expect(() => recode(flipByte(encoded, offset))).toThrow(FormatError);
    }
  });

  test("not hex", () => {
    expect(() => recode(`${encoded}0`)).toThrow(FormatError);
    expect(() => recode(`${encoded.slice(0, -2)}zz` as Hex)).toThrow(FormatError);
  });
});

describe("encoders refuse", () => {
  const word: Hex = `0x${"11".repeat(32)}`;
  const merkleTreeHook: Hex = `0x${"22".repeat(20)}`;
  const signatures: Hex[] = [`0x${"33".repeat(65)}`];
  const byId = { merkleTreeHook, root: word, index: 0, signatures };
  const proof = Array.from({ length: 32 }, () => word);
  const byRoot = { merkleTreeHook, messageIndex: 0, signedMessageId: word, proof, signedIndex: 0, signatures };

  test.each([
    ["no signature", { signatures: [] }],
    ["64 bytes of signature", { signatures: [`0x${"33".repeat(64)}` as Hex] }],
    ["66 bytes of signature", { signatures: [...signatures, `0x${"33".repeat(66)}` as Hex] }],
    ["a hook in 32 bytes", { merkleTreeHook: word }],
    ["a root of 31 bytes", { root: hexSlice(word, 1) }],
    ["an index of 2^32", { index: 2 ** 32 }],
  ])("message-id metadata with %s", (_, part) => {
    expect(encodeMessageIdMetadata(byId)).toMatch(/^0x/);
    expect(() => encodeMessageIdMetadata({ ...byId, ...part })).toThrow(FormatError);
  });

  test.each([
    ["no signature", { signatures: [] }],
    ["a hook in 32 bytes", { merkleTreeHook: word }],
    ["31 siblings", { proof: proof.slice(1) }],
    ["33 siblings", { proof: [...proof, word] }],
    ["a sibling of 31 bytes", { proof: proof.with(5, hexSlice(word, 1)) }],
    ["a message index of 2^32", { messageIndex: 2 ** 32 }],
    ["a signed index of -1", { signedIndex: -1 }],
    ["a signed id of 33 bytes", { signedMessageId: `${word}00` as Hex }],
  ])("merkle-root metadata with %s", (_, part) => {
    expect(encodeMerkleRootMetadata(byRoot)).toMatch(/^0x/);
    expect(() => encodeMerkleRootMetadata({ ...byRoot, ...part })).toThrow(FormatError);
  });
});
