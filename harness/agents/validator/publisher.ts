import type { Address, LocalAccount } from "viem";
import type { BlsSigner } from "../../protocol/bls.ts";
import type { Checkpoint } from "../../protocol/checkpoint.ts";
import type { MerkleTree } from "../../protocol/merkleTree.ts";
import {
  type BlsSignedCheckpoint,
  CheckpointConflictError,
  type CheckpointStorage,
  type SignedCheckpoint,
} from "../../storage/checkpointStorage.ts";
import { readSignedCheckpoint } from "../../storage/readSignedCheckpoint.ts";
import type { HaltSwitch } from "./haltSwitch.ts";
import { signBlsCheckpoints } from "./signBlsCheckpoints.ts";
import { signCheckpoints } from "./signCheckpoints.ts";
import { EquivocationRefusedError, type SigningHistory, type SigningRecord } from "./signingHistory.ts";
import { ValidatorRefusedError } from "./validatorErrors.ts";

export type Publisher = {
  /**
   * Signs and publishes the checkpoints of these indices, in order, `to` not included.
   * @throws ValidatorHaltedError, ValidatorRefusedError when one was signed or published otherwise before
   */
  publish(from: number, to: number, signal: AbortSignal): Promise<void>;
};

const BATCH = 256;

/**
 * What a validator does about an index, in this order: it records the digest, signs it, publishes the signature, then the
 * index that points to it.
 */
export function createPublisher(parameters: {
  origin: Pick<Checkpoint, "origin" | "merkleTreeHook">;
  tree: MerkleTree;
  history: SigningHistory;
  account: LocalAccount;
  blsSigner?: BlsSigner;
  storage: CheckpointStorage;
  halt: HaltSwitch["halt"];
  /** Can be read by everybody now. */
  onPublished: (signed: readonly SignedCheckpoint[]) => void;
}): Publisher {
  const { origin, tree, history, account, blsSigner, storage, halt, onPublished } = parameters;
  const validator = account.address.toLowerCase() as Address;

  function recordAt(index: number): SigningRecord {
    return { index, root: tree.root(index + 1), messageId: tree.leaf(index) };
  }

  async function record(records: readonly SigningRecord[]): Promise<void> {
    try {
      await history.record(records);
    } catch (error) {
      if (!(error instanceof EquivocationRefusedError)) throw error;
      await halt(error.recorded, tree.root(error.recorded.index + 1));
    }
  }

  async function write(signed: readonly SignedCheckpoint[], blsSigned: readonly BlsSignedCheckpoint[]): Promise<void> {
    try {
      await storage.writeCheckpoints(signed);
      await storage.writeBlsCheckpoints(blsSigned);
    } catch (error) {
      if (error instanceof CheckpointConflictError) await explainConflict(error);
      throw error;
    }
    const last = signed.at(-1)?.checkpoint.index;
    if (last === undefined) return;
    await storage.writeLatestIndex(last);
    onPublished(signed);
  }

  /** Whose the other checkpoint is decides whether the chain or the operator has to explain it. */
  async function explainConflict(error: CheckpointConflictError): Promise<never> {
    const expected = { ...origin, index: error.index };
    const found = await readSignedCheckpoint({ reader: storage, validator, expected });
    if (found.status === "signed") return await halt(found.signed.checkpoint, tree.root(error.index + 1));
    throw new ValidatorRefusedError(`another validator writes to the same storage: ${error.message}`, { cause: error });
  }

  return {
    /** In batches: while one is written, the next is signed already. */
    async publish(from, to, signal) {
      let writing: Promise<void> = Promise.resolve();
      try {
        for (let next = from; next < to; next += BATCH) {
          signal.throwIfAborted();
          const records = Array.from({ length: Math.min(BATCH, to - next) }, (_, offset) => recordAt(next + offset));
          await record(records);
          const checkpoints = records.map((record) => ({ ...origin, ...record }));
          const signed = await signCheckpoints(account, checkpoints);
          const blsSigned = blsSigner === undefined ? [] : await signBlsCheckpoints(blsSigner, checkpoints);
          await writing;
          writing = write(signed, blsSigned);
          writing.catch(() => {}); // it is waited for, but perhaps not at once
        }
      } finally {
        await writing;
      }
    },
  };
}
