import { setImmediate as nextTurn } from "node:timers/promises";
import type { LocalAccount } from "viem";
import { type Checkpoint, checkpointDigest } from "../../protocol/checkpoint.ts";
import type { SignedCheckpoint } from "../../storage/checkpointStorage.ts";

/** Signatures in the making at once: what a remote signer is asked for at a time. A local key makes one by one. */
const CONCURRENT_SIGNATURES = 16;

/**
 * Signs checkpoints, EIP-191, in their order. Between two signatures everything else in the process gets its turn,
 * above all the files of the signatures before.
 */
export async function signCheckpoints(
  account: LocalAccount,
  checkpoints: readonly Checkpoint[],
): Promise<SignedCheckpoint[]> {
  const signed: SignedCheckpoint[] = [];
  const queue = checkpoints.entries(); // one iterator, shared by all workers
  const workers = Array.from({ length: Math.min(CONCURRENT_SIGNATURES, checkpoints.length) }, async () => {
    for (const [position, checkpoint] of queue) {
      const signature = await account.signMessage({ message: { raw: checkpointDigest(checkpoint) } });
      signed[position] = { checkpoint, signature };
      await nextTurn();
    }
  });
  await Promise.all(workers);
  return signed;
}
