import type { Address } from "viem";
import type { ChainConfig } from "../../chains/chainConfig.ts";
import { addressToBytes32 } from "../../protocol/address.ts";
import { type RawCheckpoint, rawCheckpointDigest, recoverSigner } from "../../protocol/checkpoint.ts";
import { FormatError } from "../../protocol/wireFormat.ts";
import type { CheckpointReader, SignedCheckpoint } from "../../storage/checkpointStorage.ts";
import { openReader } from "../../storage/openReader.ts";
import { createLimit } from "../relayer/limit.ts";
import { errorText } from "../relayer/rpcError.ts";
import type { CandidateSignature } from "./calldataSignatures.ts";
import type { TowerContext } from "./context.ts";
import { planReads } from "./readingPlan.ts";
import type { LocationTable } from "./schema.ts";
import type { SeenSignature, Signatures } from "./signatures.ts";
import type { WatchedKeys } from "./watchedKeys.ts";

export type Collector = {
  /** The locations of one key to read in this tick: the newest, and others in turn. */
  locationsOf(chain: ChainConfig, key: Address): Promise<LocationTable[]>;
  /** Reads a part of one location. Never throws for what a validator does. */
  readLocation(chain: ChainConfig, location: LocationTable, count: number): Promise<void>;
  /** Keeps those of the candidates that are signatures of watched keys. */
  keep(candidates: readonly CandidateSignature[], source: string): Promise<void>;
};

const READS_AT_ONCE = 16;

/** Collects signatures of watched keys. Every place they are in belongs to somebody who may be hostile. */
export function createCollector(context: TowerContext, signatures: Signatures, keys: WatchedKeys): Collector {
  const { db, log, now, random, alerts, metrics, options } = context;
  const turns = new Map<string, number>();

  async function keep(candidates: readonly CandidateSignature[], source: string): Promise<void> {
    const known = await signatures.known(candidates);
    const seen: SeenSignature[] = [];
    for (const { checkpoint, digest, signature } of candidates) {
      if (known.has(`${digest} ${signature}`)) continue;
      const signer = await signerOf({ digest, signature });
      if (signer === undefined || !keys.has(signer)) {
        metrics.count("signatures_of_nobody");
        continue;
      }
      const { origin, tree, root, index: leaf_index, messageId: message_id } = checkpoint;
      seen.push({ signer, origin, tree, leaf_index, digest, root, message_id, signature, source });
    }
    const { added, dropped } = await signatures.record(seen);
    if (added > 0) metrics.count("signatures_seen", {}, added);
    if (dropped > 0) metrics.count("signatures_dropped", {}, dropped);
  }

  async function refuse({ key, location, origin }: LocationTable, error: unknown): Promise<void> {
    await alerts.raise({
      key: `location:${origin}:${key}:${location}`,
      kind: "location-unreadable",
      severity: "warning",
      text: `validator ${key} of domain ${origin} is not watched at ${location}: ${errorText(error)}`,
    });
  }

  async function readFlag(reader: CheckpointReader, { key, location, origin }: LocationTable): Promise<void> {
    const flag = await reader.reorgFlag().catch(() => undefined);
    if (flag === undefined) return;
    await alerts.raise({
      key: `reorg-flag:${origin}:${key}:${location}`,
      kind: "reorg-flag",
      severity: "warning",
      text: `validator ${key} of domain ${origin} has stopped: it flagged a reorganisation at index ${flag.checkpointIndex}`,
      details: { validator: key, origin, index: flag.checkpointIndex },
    });
  }

  return {
    keep,

    async locationsOf(chain, key) {
      const all = await db
        .selectFrom("tower_location")
        .selectAll()
        .where("origin", "=", chain.domain)
        .where("key", "=", key)
        .orderBy("position", "desc")
        .execute();
      const [newest, ...older] = all;
      if (newest === undefined) return [];
      const turn = turns.get(`${chain.domain} ${key}`) ?? 0;
      const others = Math.min(options.locationsPerTick - 1, older.length);
      turns.set(`${chain.domain} ${key}`, turn + others);
      const inTurn = Array.from({ length: others }, (_, i) => older[(turn + i) % older.length]);
      return [newest, ...inTurn.filter((location) => location !== undefined)];
    },

    async readLocation(chain, location, count) {
      let reader: CheckpointReader;
      try {
        reader = openReader({ location: location.location, allowLocal: options.allowLocalStorage });
      } catch (error) {
        await refuse(location, error);
        return;
      }
      const deadline = now() + options.locationBudgetMs;
      await readFlag(reader, location);
      const claimed = await reader.latestIndex().catch(() => undefined);
      const { next_index: next, sweep_index: sweep } = location;
      const plan = planReads({ count, claimed, next, sweep, reads: options, random });

      const limit = createLimit(READS_AT_ONCE);
      const read = new Set<number>();
      let late = false;
      const found = await Promise.all(
        plan.indices.map((index) =>
          limit(async () => {
            late ||= now() > deadline;
            if (late) return undefined;
            read.add(index);
            return readOne(reader, index);
          }),
        ),
      );
      await keep(found.filter((candidate) => candidate !== undefined).map(toCandidate), location.location);
      if (late) await refuse(location, new Error(`reading takes longer than ${options.locationBudgetMs} ms`));
      let reached = next;
      while (reached < plan.next && read.has(reached)) reached += 1;
      await db
        .updateTable("tower_location")
        .set({ next_index: reached, sweep_index: late ? sweep : plan.sweep })
        .where("origin", "=", chain.domain)
        .where("key", "=", location.key)
        .where("location", "=", location.location)
        .execute();
    },
  };

  async function readOne(reader: CheckpointReader, index: number): Promise<SignedCheckpoint | undefined> {
    try {
      metrics.count("storage_reads");
      return await reader.checkpoint(index);
    } catch (error) {
      metrics.count("storage_read_failures");
      log.debug({ index, error: errorText(error) }, "an object of a validator can not be read");
      return undefined;
    }
  }
}

function toCandidate({ checkpoint, signature }: SignedCheckpoint): CandidateSignature {
  const { origin, root, index, messageId, merkleTreeHook } = checkpoint;
  const raw: RawCheckpoint = { origin, root, index, messageId, tree: addressToBytes32(merkleTreeHook) };
  return { checkpoint: raw, digest: rawCheckpointDigest(raw), signature };
}

/** Undefined when no account can have made it. */
async function signerOf(signed: Pick<CandidateSignature, "digest" | "signature">): Promise<Address | undefined> {
  try {
    return await recoverSigner(signed);
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}
