import { type Address, type Hex, hexToBytes } from "viem";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { checkpointDigest, recoverSigner } from "./checkpoint.ts";
import { createMerkleTree } from "./merkleTree.ts";
import { decodeMessage, messageId } from "./message.ts";
import { decodeMultisigBatchMetadata, encodeMultisigBatchMetadata } from "./multisigBatchMetadata.ts";
import { createRandom, flipByte, hexColumn, numberColumn, readVectors, rows } from "./testkit.ts";
import { FormatError, hexSize, hexSlice } from "./wireFormat.ts";

const vectors = readVectors(
  "batch",
  z.object({
    validators: hexColumn,
    messages: hexColumn,
    multisig: z.object({
      chosen: hexColumn,
      merkleTreeHook: hexColumn,
      signedMessageId: hexColumn,
      signedIndex: numberColumn,
      root: hexColumn,
      siblings: z.array(z.custom<Hex>()),
      signerCount: numberColumn,
      signatures: hexColumn,
      encoded: hexColumn,
    }),
  }),
);
const multisig = rows(vectors.multisig);

function split(value: Hex, size: number): Hex[] {
  return Array.from({ length: hexSize(value) / size }, (_, i) => hexSlice(value, size * i, size * (i + 1)));
}

describe("golden vectors", () => {
  const tree = createMerkleTree();
  for (const message of vectors.messages) tree.append(messageId(message));

  test.each(multisig)("messages $chosen under $signedIndex", async (row) => {
    const { merkleTreeHook, signedMessageId, signedIndex, root } = row;
    const chosen = [...hexToBytes(row.chosen)];
    const siblings = tree.multiproof(chosen, signedIndex + 1);
    const signatures = split(row.signatures, 65);
    const metadata = { merkleTreeHook, signedMessageId, signedIndex, siblings, signatures };
    expect(encodeMultisigBatchMetadata(metadata)).toBe(row.encoded);
    expect(decodeMultisigBatchMetadata(row.encoded)).toEqual(metadata);
    expect(split(row.siblings, 32)).toEqual(siblings);

    expect(tree.root(signedIndex + 1)).toBe(root);
    const { origin } = decodeMessage(vectors.messages[0] ?? "0x");
    const digest = checkpointDigest({ origin, merkleTreeHook, root, index: signedIndex, messageId: signedMessageId });
    const signers = await Promise.all(signatures.map((signature) => recoverSigner({ digest, signature })));
    expect(signers).toHaveLength(row.signerCount);
    expect(vectors.validators.filter((validator) => signers.includes(validator))).toEqual(signers);
  });
});

describe("hostile metadata", () => {
  const random = createRandom(9);
  const encoded = multisig[4]?.encoded ?? "0x";
  const recode = (bytes: Hex) => encodeMultisigBatchMetadata(decodeMultisigBatchMetadata(bytes));

  test("only a header, whole siblings and whole signatures are taken", () => {
    const { siblings } = decodeMultisigBatchMetadata(encoded);
    expect(siblings.length).toBeGreaterThan(0);
    const long: Hex = `${encoded}${random.hex(200).slice(2)}`;
    for (let size = 0; size <= hexSize(long); size++) {
      const bytes = hexSlice(long, 0, size);
      const signatures = (size - 70 - 32 * siblings.length) / 65;
      if (signatures >= 1 && Number.isInteger(signatures)) expect(recode(bytes)).toBe(bytes);
      else expect(() => recode(bytes), `${size} bytes`).toThrow(FormatError);
    }
  });

  test("a hook that is not an address is refused", () => {
    for (let offset = 0; offset < 12; offset++) expect(() => recode(flipByte(encoded, offset))).toThrow(FormatError);
  });

  test("not hex", () => {
    expect(() => recode(`${encoded}0`)).toThrow(FormatError);
  });
});

describe("the encoder refuses", () => {
  const word: Hex = `0x${"11".repeat(32)}`;
  const merkleTreeHook: Address = `0x${"22".repeat(20)}`;
  const signatures: Hex[] = [`0x${"33".repeat(65)}`];
  const good = { merkleTreeHook, signedMessageId: word, signedIndex: 0, siblings: [word], signatures };

  test.each([
    ["no signature", { signatures: [] }],
    ["64 bytes of signature", { signatures: [`0x${"33".repeat(64)}` as Hex] }],
    ["a hook in 32 bytes", { merkleTreeHook: word }],
    ["a sibling of 31 bytes", { siblings: [word, hexSlice(word, 1)] }],
    ["2^16 siblings", { siblings: Array.from({ length: 2 ** 16 }, () => word) }],
    ["a signed index of 2^32", { signedIndex: 2 ** 32 }],
    ["a signed id of 33 bytes", { signedMessageId: `${word}00` as Hex }],
  ])("%s", (_, part) => {
    expect(encodeMultisigBatchMetadata(good)).toMatch(/^0x/);
    expect(() => encodeMultisigBatchMetadata({ ...good, ...part })).toThrow(FormatError);
  });
});
