import type { Address, Hex } from "viem";
import type { ChainConfig } from "../../../chains/chainConfig.ts";
import type { ChainClient } from "../../../chains/client.ts";
import type { Checkpoint } from "../../../protocol/checkpoint.ts";
import type { MerkleTree } from "../../../protocol/merkleTree.ts";
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
  /** One validator's signature over exactly `expected`, unless `isNeeded` says no when its turn comes. Never throws. */
  read(validator: Address, expected: Checkpoint, isNeeded: () => boolean): Promise<ValidatorAnswer>;
  /** The newest index that a validator claims to have signed; undefined when it does not tell. Never throws. */
  latestIndex(validator: Address): Promise<number | undefined>;
  /** The validators in the order in which to ask them: those that failed last time come last. */
  bestFirst(validators: readonly Address[]): Address[];
};

/** Reads at a time of one validator: a slow one queues behind itself. */
const READS_PER_VALIDATOR = 16;

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

  async function readAll(validator: Address, expected: Checkpoint): Promise<ValidatorAnswer> {
    const { readers, problem } = await lookUp(validator).storage;
    const problems = problem === undefined ? [] : [problem];
    const { root, messageId } = expected;
    for (const reader of readers) {
      const answer = await readSignedCheckpoint({ reader, validator, expected });
      if (answer.status === "rejected") problems.push(answer.reason);
      if (answer.status !== "signed") continue;
      const { checkpoint, signature } = answer.signed;
      if (checkpoint.root === root && checkpoint.messageId === messageId) return { status: "signed", signature };
      problems.push(`it signed root ${checkpoint.root}, the origin's is ${root}`);
    }
    return problems.length === 0
      ? { status: "absent" }
      : { status: "rejected", reason: printable(problems.join("; ")) };
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

    async read(validator, expected, isNeeded) {
      const answer = await lookUp(validator).limit(async (): Promise<ValidatorAnswer> => {
        if (!isNeeded()) return { status: "absent" };
        try {
          return await inTime(validator, () => readAll(validator, expected));
        } catch (error) {
          return { status: "rejected", reason: printable(error instanceof Error ? error.message : String(error)) };
        }
      });
      if (answer.status === "signed") suspects.delete(validator);
      if (answer.status === "rejected") suspects.add(validator);
      return answer;
    },

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
