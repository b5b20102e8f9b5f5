import { isDeepStrictEqual } from "node:util";
import type { Address, Hex } from "viem";
import type { ChainConfig } from "../../../chains/chainConfig.ts";
import type { ChainClient } from "../../../chains/client.ts";
import type { Checkpoint } from "../../../protocol/checkpoint.ts";
import type { MerkleTree } from "../../../protocol/merkleTree.ts";
import type { CheckpointReader } from "../../../storage/checkpointStorage.ts";
import { readBlsCheckpoint } from "../../../storage/readBlsCheckpoint.ts";
import { readSignedCheckpoint } from "../../../storage/readSignedCheckpoint.ts";
import { withTimeout } from "../../../storage/withTimeout.ts";
import { createLimit, type Limit } from "../limit.ts";
import { printable } from "../rpcError.ts";
import { type AnnouncedStorage, openAnnouncedStorage } from "./announcedStorage.ts";

export type ValidatorAnswer =
  | { status: "signed"; signature: Hex }
  | { status: "absent" }
  | { status: "rejected"; reason: string };

/** What the validators of one origin published, and what the origin's own tree says to it. */
export type CheckpointSource = {
  /** Number of leaves in the origin's tree. */
  count(): number;
  /** What an honest validator signs for `index`, from the origin's own tree. @throws FormatError when it has no such leaf */
  checkpointAt(index: number): Checkpoint;
  proof(index: number, count: number): Hex[];
  multiproof(indices: readonly number[], count: number): Hex[];
  /** What one validator published for exactly `expected`. Never throws. */
  read(validator: Address, expected: Checkpoint, options: ReadOptions): Promise<ValidatorAnswer>;
  /** The same for a signature by `key`, one of the validator's BLS keys. Never throws. */
  readBls(validator: Address, key: Hex, expected: Checkpoint, options: ReadOptions): Promise<ValidatorAnswer>;
  /** The newest index that a validator claims to have signed; undefined when it does not tell. Never throws. */
  latestIndex(validator: Address): Promise<number | undefined>;
  /** The validators in the order in which to ask them: those that failed last time come last. */
  bestFirst(validators: readonly Address[]): Address[];
};

export type ReadOptions = {
  /**
   * Whether to recover the signer. That is most of what a delivery costs in time, and the module does it again when the
   * delivery is simulated: it is done where that failed, and for validators that failed before.
   */
  verify: boolean;
  /** Asked when the read's turn comes. */
  isNeeded: () => boolean;
};

/** Reads at a time of one validator: a slow one queues behind itself. */
const READS_PER_VALIDATOR = 16;

/** Reads one of a validator's storages. */
type ReadOne = (reader: CheckpointReader) => Promise<ValidatorAnswer>;

type KnownValidator = { storage: Promise<AnnouncedStorage>; latest?: Promise<number | undefined>; limit: Limit };

/**
 * Opens the validators of one origin for one tick: where they announced to publish is asked once, as is whether they flagged
 * a reorganisation, and who did not answer in time once is not waited for again.
 *
 * @param suspects who failed in ticks before, kept by the caller between ticks
 */
export function createCheckpointSource(parameters: {
  chain: ChainConfig;
  client: ChainClient;
  tree: MerkleTree;
  allowLocalStorage: boolean;
  readTimeoutMs: number;
  suspects: Set<Address>;
}): CheckpointSource {
  const { chain, client, tree, allowLocalStorage, readTimeoutMs, suspects } = parameters;
  const known = new Map<Address, KnownValidator>();
  const slow = new Set<Address>();

  function lookUp(validator: Address): KnownValidator {
    const found = known.get(validator);
    if (found !== undefined) return found;
    const storage = openAnnouncedStorage({ chain, client, validator, allowLocal: allowLocalStorage });
    const opened = { storage, limit: createLimit(READS_PER_VALIDATOR) };
    known.set(validator, opened);
    return opened;
  }

  async function inTime<T>(validator: Address, run: () => Promise<T>): Promise<T> {
    const tooSlow = () => new Error(`no answer within ${readTimeoutMs} ms`);
    if (slow.has(validator)) throw tooSlow();
    return withTimeout(run(), {
      timeoutMs: readTimeoutMs,
      error: () => {
        slow.add(validator);
        return tooSlow();
      },
    });
  }

  async function readAll(validator: Address, read: ReadOne): Promise<ValidatorAnswer> {
    const { readers, problem } = await lookUp(validator).storage;
    const problems = problem === undefined ? [] : [problem];
    for (const reader of readers) {
      const answer = await read(reader);
      if (answer.status === "signed") return answer;
      if (answer.status === "rejected") problems.push(answer.reason);
    }
    if (problems.length === 0) return { status: "absent" };
    return { status: "rejected", reason: printable(problems.join("; ")) };
  }

  async function readInTurn(
    validator: Address,
    { verify, isNeeded }: ReadOptions,
    how: (verify: boolean) => ReadOne,
  ): Promise<ValidatorAnswer> {
    const answer = await lookUp(validator).limit(async (): Promise<ValidatorAnswer> => {
      if (!isNeeded()) return { status: "absent" };
      try {
        return await inTime(validator, () => readAll(validator, how(verify || suspects.has(validator))));
      } catch (error) {
        return { status: "rejected", reason: printable(error instanceof Error ? error.message : String(error)) };
      }
    });
    if (answer.status === "signed") suspects.delete(validator);
    if (answer.status === "rejected") suspects.add(validator);
    return answer;
  }

  return {
    count: () => tree.count,

    checkpointAt: (index) => ({
      origin: chain.domain,
      merkleTreeHook: chain.merkleTreeHook.toLowerCase() as Address,
      root: tree.root(index + 1),
      index,
      messageId: tree.leaf(index),
    }),

    proof: (index, count) => tree.proof(index, count),
    multiproof: (indices, count) => tree.multiproof(indices, count),

    read: (validator, expected, options) =>
      readInTurn(validator, options, (verify) => async (reader) => {
        const trusted = verify ? undefined : await readTrusting(reader, expected);
        return trusted ?? (await readVerified(reader, validator, expected));
      }),

    readBls: (validator, key, expected, options) =>
      readInTurn(validator, options, (verify) => (reader) => readBlsCheckpoint({ reader, key, expected, verify })),

    latestIndex(validator) {
      const entry = lookUp(validator);
      entry.latest ??= inTime(validator, async () => {
        const { readers } = await entry.storage;
        const indices = await Promise.all(readers.map((reader) => reader.latestIndex().catch(() => undefined)));
        const told = indices.filter((index) => index !== undefined);
        return told.length === 0 ? undefined : Math.max(...told);
      }).catch(() => undefined);
      return entry.latest;
    },

    bestFirst(validators) {
      const trusted = validators.filter((validator) => !suspects.has(validator) && !slow.has(validator));
      return [...trusted, ...validators.filter((validator) => !trusted.includes(validator))];
    },
  };
}

async function readVerified(
  reader: CheckpointReader,
  validator: Address,
  expected: Checkpoint,
): Promise<ValidatorAnswer> {
  const answer = await readSignedCheckpoint({ reader, validator, expected });
  if (answer.status !== "signed") return answer;
  const { checkpoint, signature } = answer.signed;
  if (checkpoint.root === expected.root) return { status: "signed", signature };
  return { status: "rejected", reason: `it signed root ${checkpoint.root}, the origin's is ${expected.root}` };
}

/** The signature that is stored for exactly the expected checkpoint, whosesoever it is; else undefined. */
async function readTrusting(reader: CheckpointReader, expected: Checkpoint): Promise<ValidatorAnswer | undefined> {
  const signed = await reader.checkpoint(expected.index).catch(() => undefined);
  if (signed === undefined || !isDeepStrictEqual(signed.checkpoint, expected)) return undefined;
  return { status: "signed", signature: signed.signature };
}
