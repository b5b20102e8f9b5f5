import type { Address } from "viem";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  aggregateBlsKeys,
  aggregateBlsSignatures,
  blsConsentDigest,
  createBlsSecret,
  createBlsSigner,
  verifyBls,
  verifyBlsProof,
} from "./bls.ts";
import { decodeBlsMultisigMetadata, encodeBlsMultisigMetadata } from "./blsMultisigMetadata.ts";
import { checkpointDigest, recoverSigner } from "./checkpoint.ts";
import { flipByte, hexColumn, hexSchema, numberColumn, readVectors, rows } from "./testkit.ts";
import { FormatError, hexSize } from "./wireFormat.ts";

const vectors = readVectors(
  "bls",
  z.object({
    checkpoint: z.object({
      origin: z.number(),
      merkleTreeHook: hexSchema,
      root: hexSchema,
      index: z.number(),
      messageId: hexSchema,
      digest: hexSchema,
    }),
    secrets: hexColumn,
    keys: hexColumn,
    registrations: z.object({
      secret: hexColumn,
      key: hexColumn,
      validator: hexColumn,
      proofOfPossession: hexColumn,
      consent: hexColumn,
      signature: hexColumn,
    }),
    aggregates: z.object({ signers: numberColumn, key: hexColumn, signature: hexColumn }),
  }),
);
const BLS_ORDER = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n;
const { digest, ...checkpoint } = vectors.checkpoint;
const signers = vectors.secrets.map(createBlsSigner);
const [first, second] = signers;
if (first === undefined || second === undefined) throw new Error("the vectors have secrets");

describe("BLS signatures", () => {
  it("have the keys of the vectors and sign the checkpoint's digest", () => {
    expect(signers.map(({ key }) => key)).toEqual(vectors.keys);
    expect(checkpointDigest(checkpoint)).toBe(digest);
  });

  it("add up to those of the vectors, which the sums of the keys verify", () => {
    const made = signers.map((signer) => signer.sign(digest));
    for (const { signers: bits, key, signature } of rows(vectors.aggregates)) {
      const isMember = (_: unknown, i: number) => ((bits >> i) & 1) === 1;
      expect(aggregateBlsKeys(vectors.keys.filter(isMember))).toBe(key);
      expect(aggregateBlsSignatures(made.filter(isMember))).toBe(signature);
      expect(verifyBls({ digest, signature, key })).toBe(true);
    }
  });

  it("do not add up with what is no point of the curve, nor to infinity", () => {
    expect(() => aggregateBlsSignatures([flipByte(first.sign(digest), 50)])).toThrow("no point of the curve");
    expect(() => aggregateBlsKeys([first.key, flipByte(second.key, 255)])).toThrow("no point of the curve");
    expect(() => aggregateBlsKeys([])).toThrow("no BLS keys");
    expect(() => aggregateBlsSignatures([])).toThrow("no BLS signatures");
    const opposite = createBlsSigner(
      `0x${(BLS_ORDER - BigInt(vectors.secrets[0] ?? 0)).toString(16).padStart(64, "0")}`,
    );
    expect(() => aggregateBlsKeys([first.key, opposite.key])).toThrow("infinity");
    expect(() => aggregateBlsSignatures([first.sign(digest), opposite.sign(digest)])).toThrow("infinity");
  });

  it("verify for one key and one digest only, in one encoding", () => {
    const signature = first.sign(digest);
    const { key } = first;
    expect(verifyBls({ digest, signature, key })).toBe(true);
    expect(verifyBls({ digest: flipByte(digest, 3), signature, key })).toBe(false);
    expect(verifyBls({ digest, signature, key: second.key })).toBe(false);
    for (let i = 0; i < hexSize(signature); i += 7) {
      expect(verifyBls({ digest, signature: flipByte(signature, i), key })).toBe(false);
    }
    for (let i = 0; i < hexSize(key); i += 13) {
      expect(verifyBls({ digest, signature, key: flipByte(key, i) })).toBe(false);
    }
    expect(verifyBls({ digest, signature: `0x${"00".repeat(96)}`, key })).toBe(false);
    expect(verifyBls({ digest, signature: `0x${"ff".repeat(96)}`, key })).toBe(false);
    expect(verifyBls({ digest, signature: `${signature}00`, key })).toBe(false);
    expect(verifyBls({ digest, signature, key: `0x${"00".repeat(256)}` })).toBe(false);
  });

  it("are refused for a point of the curve outside of the subgroup", () => {
    const y = "0a989badd40d6212b33cffc3f3763e9bc760f988c9926b26da9dd85e928483446346b8ed00e1de5d5ea93e354abe706c";
    const outside = `0x${"4".padStart(96, "0")}${y}` as const;
    expect(aggregateBlsSignatures([outside])).toBe(outside); // on the curve: sums are looked at when they are verified
    expect(verifyBls({ digest, signature: outside, key: first.key })).toBe(false);
  });
});

describe("a registration", () => {
  it("is proved and agreed to as in the vectors", async () => {
    for (const row of rows(vectors.registrations)) {
      const signer = createBlsSigner(row.secret);
      expect(signer.key).toBe(row.key);
      expect(signer.prove(row.validator)).toBe(row.proofOfPossession);
      expect(blsConsentDigest(row.key)).toBe(row.consent);
      expect(await recoverSigner({ digest: row.consent, signature: row.signature })).toBe(row.validator);
      expect(verifyBlsProof({ key: row.key, validator: row.validator, proof: row.proofOfPossession })).toBe(true);
    }
  });

  it("proves one key for one validator, and is no signature", () => {
    const validator: Address = "0x00000000000000000000000000000000000000aa";
    const proof = first.prove(validator);
    expect(verifyBlsProof({ key: first.key, validator, proof })).toBe(true);
    expect(verifyBlsProof({ key: second.key, validator, proof })).toBe(false);
    expect(verifyBlsProof({ key: first.key, validator: flipByte(validator, 19), proof })).toBe(false);
    expect(verifyBlsProof({ key: first.key, validator, proof: first.sign(digest) })).toBe(false);
  });
});

describe("a secret", () => {
  it("is made at random and accepted", () => {
    const secret = createBlsSecret();
    expect(createBlsSecret()).not.toBe(secret);
    expect(createBlsSigner(secret).key).not.toBe(first.key);
  });

  it.each(["00".repeat(32), "ff".repeat(32), "11".repeat(31), "zz".repeat(32)])(
    "is not 0x%s, and is not shown",
    (hex) => {
      let shown = "";
      try {
        createBlsSigner(`0x${hex}`);
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
        shown = String(error);
      }
      expect(shown).not.toBe("");
      expect(shown).not.toContain(hex);
    },
  );
});

describe("metadata of a BLS multisig", () => {
  const { merkleTreeHook, root, index } = checkpoint;
  const metadata = { merkleTreeHook, root, index, signers: [0, 7, 255], signature: first.sign(digest) };

  it("is 196 bytes with the signers' bits, and read again", () => {
    const encoded = encodeBlsMultisigMetadata(metadata);
    expect(hexSize(encoded)).toBe(196);
    expect(encoded.slice(2 + 2 * 68, 2 + 2 * 100)).toBe(`80${"00".repeat(30)}81`);
    expect(decodeBlsMultisigMetadata(encoded)).toEqual(metadata);
  });

  it.each([[[]], [[256]], [[-1]], [[1, 1]], [[2, 1]], [[0.5]]])("has no signers %j", (positions) => {
    expect(() => encodeBlsMultisigMetadata({ ...metadata, signers: positions })).toThrow(FormatError);
  });

  it("is not read from other lengths, or when nobody signed", () => {
    const encoded = encodeBlsMultisigMetadata(metadata);
    expect(() => decodeBlsMultisigMetadata(`${encoded}00`)).toThrow(FormatError);
    expect(() => decodeBlsMultisigMetadata(encoded.slice(0, -2) as `0x${string}`)).toThrow(FormatError);
    const nobody = `${encoded.slice(0, 2 + 2 * 68)}${"00".repeat(32)}${encoded.slice(2 + 2 * 100)}` as const;
    expect(() => decodeBlsMultisigMetadata(nobody as `0x${string}`)).toThrow(FormatError);
  });
});
