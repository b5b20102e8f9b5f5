import type { Address, Hex } from "viem";
import { checkpointDigest, recoverSigner } from "../protocol/checkpoint.ts";
import type { CheckpointReader, SignedCheckpoint } from "./checkpointStorage.ts";

export type ReadSignedCheckpointParameters = {
  reader: CheckpointReader;
  /** Whose signature it must be. */
  validator: Address;
  expected: { origin: number; merkleTreeHook: Address; index: number; messageId?: Hex };
};

export type ReadSignedCheckpointReturnType =
  | { status: "signed"; signed: SignedCheckpoint }
  | { status: "absent" }
  | { status: "rejected"; reason: string };

/**
 * Reads one validator's checkpoint for an index and makes sure that it is what was asked for, signed by that validator.
 * It never throws: whatever is wrong with one validator is that validator's matter alone.
 * @example await readSignedCheckpoint({ reader, validator, expected: { origin, merkleTreeHook, index: 7, messageId } })
 */
export async function readSignedCheckpoint(
  parameters: ReadSignedCheckpointParameters,
): Promise<ReadSignedCheckpointReturnType> {
  const { reader, validator, expected } = parameters;
  try {
    const signed = await reader.checkpoint(expected.index);
    if (signed === undefined) return { status: "absent" };
    const { checkpoint, signature } = signed;
    const difference =
      differs("domain", checkpoint.origin, expected.origin) ??
      differs("tree", checkpoint.merkleTreeHook.toLowerCase(), expected.merkleTreeHook.toLowerCase()) ??
      differs("index", checkpoint.index, expected.index) ??
      (expected.messageId && differs("message id", checkpoint.messageId, expected.messageId.toLowerCase())) ??
      differs(
        "signer",
        await recoverSigner({ digest: checkpointDigest(checkpoint), signature }),
        validator.toLowerCase(),
      );
    return difference === undefined ? { status: "signed", signed } : { status: "rejected", reason: difference };
  } catch (error) {
    return { status: "rejected", reason: error instanceof Error ? error.message : String(error) };
  }
}

function differs(field: string, found: string | number, expected: string | number): string | undefined {
  return found === expected ? undefined : `its ${field} is ${found}, expected ${expected}`;
}
