import { setImmediate as nextTurn } from "node:timers/promises";
import type { BlsSigner } from "../../protocol/bls.ts";
import { type Checkpoint, checkpointDigest } from "../../protocol/checkpoint.ts";
import type { BlsSignedCheckpoint } from "../../storage/checkpointStorage.ts";

/**
 * Signs checkpoints with a BLS key, in their order: their digests without EIP-191's prefix. As for `signCheckpoints`, what is
 * signed must be in the signing history first. Between two signatures everything else in the process gets its turn.
 */
export async function signBlsCheckpoints(
  signer: BlsSigner,
  checkpoints: readonly Checkpoint[],
): Promise<BlsSignedCheckpoint[]> {
  const signed: BlsSignedCheckpoint[] = [];
  for (const checkpoint of checkpoints) {
    signed.push({ checkpoint, key: signer.key, signature: signer.sign(checkpointDigest(checkpoint)) });
    await nextTurn();
  }
  return signed;
}
