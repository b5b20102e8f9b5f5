import { recoverMessageAddress } from "viem";
import { expect, test } from "vitest";
import { z } from "zod";
import { hexColumn, numberColumn, readVectors, rows } from "./testkit.ts";
import { validatorKeyProofDigest } from "./validatorKeyProof.ts";

const vectors = readVectors(
  "validatorSet",
  z.object({
    keyProofs: z.object({
      chainId: numberColumn,
      stake: hexColumn,
      operator: hexColumn,
      key: hexColumn,
      digest: hexColumn,
      signature: hexColumn,
    }),
  }),
);

test.each(rows(vectors.keyProofs))("golden vector: chain $chainId", async (row) => {
  expect(validatorKeyProofDigest(row)).toBe(row.digest);
  const signer = await recoverMessageAddress({ message: { raw: row.digest }, signature: row.signature });
  expect(signer.toLowerCase()).toBe(row.key);
});
