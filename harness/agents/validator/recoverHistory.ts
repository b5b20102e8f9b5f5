import type { Address } from "viem";
import type { MerkleTree } from "../../protocol/merkleTree.ts";
import type { CheckpointStorage } from "../../storage/checkpointStorage.ts";
import { readSignedCheckpoint } from "../../storage/readSignedCheckpoint.ts";
import { ChainNotReadyError } from "../originIndexErrors.ts";
import type { SigningHistory, SigningRecord } from "./signingHistory.ts";
import { ValidatorRefusedError } from "./validatorErrors.ts";

export type RecoverHistoryParameters = {
  history: SigningHistory;
  storage: CheckpointStorage;
  validator: Address;
  origin: number;
  merkleTreeHook: Address;
  /** The first `count` leaves are the chain's. */
  tree: MerkleTree;
  count: number;
  /** Where this validator is announced on chain. */
  announced: () => Promise<readonly string[]>;
  /** The operator's word that nothing was signed from this index on, although the history is lost. */
  acceptLostHistoryFrom?: number;
};

export type RecoverHistoryReturnType =
  /** The history is complete; `firstIndex` is the first index that may be signed at all. */
  | { status: "complete"; firstIndex: number }
  /** The chain is no longer the one that was signed. */
  | { status: "contradicted"; signed: SigningRecord };

const CONCURRENT_READS = 64;
const HINT =
  "Restore the store or the storage from a backup. If neither exists, pass acceptLostHistoryFrom with an index above " +
  "everything this key can have signed";

/**
 * Makes sure, before a validator signs for the first time since its start, that the store knows all it has ever signed.
 * What the storage holds beyond the store (the store was lost, or an old backup was restored) is taken over from there.
 * @throws ValidatorRefusedError when something may have been signed that neither knows
 * @throws ChainNotReadyError when the chain is not yet as long as what was signed: try again later
 */
export async function recoverHistory(parameters: RecoverHistoryParameters): Promise<RecoverHistoryReturnType> {
  const { history, storage, validator, announced, acceptLostHistoryFrom } = parameters;
  const start = await history.start();
  if (start !== undefined && start.validator !== validator) {
    throw new ValidatorRefusedError(
      `the store holds the signing history of ${start.validator}, not of ${validator}: give each key a store of its own`,
    );
  }
  const firstIndex = start?.firstIndex ?? acceptLostHistoryFrom ?? 0;
  const published = await storage.latestIndex();

  let next = Math.max(firstIndex, ((await history.latest())?.index ?? -1) + 1);
  for (;;) {
    const batch = await readBatch(parameters, next);
    const contradicted = batch.find((record) => !isOnChain(parameters, record));
    if (contradicted !== undefined) return { status: "contradicted", signed: contradicted };
    await history.record(batch);
    next += batch.length;
    if (batch.length < CONCURRENT_READS) break;
  }
  if (published !== undefined && published >= next) {
    throw new ValidatorRefusedError(
      `${storage.location} says that everything up to index ${published} is signed, but lacks index ${next}. ${HINT}`,
    );
  }

  if (start === undefined) {
    const recovered = (await history.latest()) !== undefined;
    const places = acceptLostHistoryFrom === undefined ? await announced() : [];
    const unknown = places.filter((location) => location !== storage.location || !recovered);
    if (unknown.length > 0) {
      throw new ValidatorRefusedError(
        `validator ${validator} is announced at ${unknown.join(", ")}, so it may have signed before, but neither this ` +
          `store nor ${storage.location} knows what. ${HINT}`,
      );
    }
    await history.setStart({ validator, firstIndex });
  }
  return { status: "complete", firstIndex };
}

/** The checkpoints stored from `start` on, up to the first that is absent. */
async function readBatch(parameters: RecoverHistoryParameters, start: number): Promise<SigningRecord[]> {
  const { storage, validator, origin, merkleTreeHook } = parameters;
  const indices = Array.from({ length: CONCURRENT_READS }, (_, offset) => start + offset);
  const results = await Promise.all(
    indices.map((index) =>
      readSignedCheckpoint({ reader: storage, validator, expected: { origin, merkleTreeHook, index } }),
    ),
  );
  const records: SigningRecord[] = [];
  for (const [offset, result] of results.entries()) {
    const index = start + offset;
    if (result.status === "absent") break;
    if (result.status === "rejected") {
      throw new ValidatorRefusedError(
        `${storage.location} holds a checkpoint for index ${index} that is not to be relied on: ${result.reason}. ${HINT}`,
      );
    }
    const { root, messageId } = result.signed.checkpoint;
    records.push({ index, root, messageId });
  }
  return records;
}

function isOnChain({ tree, count }: RecoverHistoryParameters, { index, root, messageId }: SigningRecord): boolean {
  if (index >= count) {
    throw new ChainNotReadyError(
      `index ${index} is signed, but the chain's final block has only ${count} messages: try again later`,
    );
  }
  return root === tree.root(index + 1) && messageId === tree.leaf(index);
}
