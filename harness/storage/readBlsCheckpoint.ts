import { isDeepStrictEqual } from "node:util";
import type { Hex } from "viem";
import { verifyBls } from "../protocol/bls.ts";
import { type Checkpoint, checkpointDigest } from "../protocol/checkpoint.ts";
import type { CheckpointReader } from "./checkpointStorage.ts";

export type ReadBlsCheckpointParameters = {
  reader: CheckpointReader;
  /** Whose signature it must be: 256 bytes. */
  key: Hex;
  /** Hex in lower case. */
  expected: Checkpoint;
  /** Whether to verify the signature, which takes a hundredth of a second or two. */
  verify: boolean;
};

export type ReadBlsCheckpointReturnType =
  | { status: "signed"; signature: Hex }
  | { status: "absent" }
  | { status: "rejected"; reason: string };

/**
 * Reads one validator's BLS signature over exactly the expected checkpoint. It never throws: whatever is wrong with one validator
 * is that validator's matter alone.
 * @example await readBlsCheckpoint({ reader, key, expected: checkpoint, verify: true })
 */
export async function readBlsCheckpoint(parameters: ReadBlsCheckpointParameters): Promise<ReadBlsCheckpointReturnType> {
  const { reader, key, expected, verify } = parameters;
  try {
    const signed = await reader.blsCheckpoint(expected.index);
    if (signed === undefined) return { status: "absent" };
    const { checkpoint, signature } = signed;
    if (signed.key !== key.toLowerCase()) return rejected("its BLS key is not the one that the module names");
    if (!isDeepStrictEqual(checkpoint, expected)) {
      return rejected(`it signed ${JSON.stringify(checkpoint)} with its BLS key, expected ${JSON.stringify(expected)}`);
    }
    if (verify && !verifyBls({ digest: checkpointDigest(expected), signature, key })) {
      return rejected("its BLS signature is not one of its key over the checkpoint");
    }
    return { status: "signed", signature };
  } catch (error) {
    return rejected(error instanceof Error ? error.message : String(error));
  }
}

function rejected(reason: string): { status: "rejected"; reason: string } {
  return { status: "rejected", reason };
}
