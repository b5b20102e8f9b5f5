import type { Kysely, Transaction } from "kysely";
import type { Hex } from "viem";
import type { OffenceTable, SignatureTable, TowerTables, Verdict } from "./schema.ts";

/** A signature of a key that is watched, over a checkpoint of whatever tree. All hex in lower case. */
export type SeenSignature = Pick<
  SignatureTable,
  "signer" | "origin" | "tree" | "leaf_index" | "digest" | "root" | "message_id" | "signature" | "source"
>;

export type RecordSignaturesReturnType = {
  /** Not known before. */
  added: number;
  /** Known to be more of the same, or more than is kept of one key. */
  dropped: number;
  /** Indices for which their key is now known to have signed two things. */
  equivocations: number;
};

/** Of one digest, as of one index, more prove nothing more; and a key makes as many as it likes. */
const SIGNATURES_PER_DIGEST = 2;
const DIGESTS_PER_INDEX = 8;
/**
 * Signatures of one key that are not the tree's own, about one origin; and about all origins together that are not watched, of which it
 * may name as many as it likes. Beyond, only what makes an equivocation is kept. Each has a number of its own: what costs nothing must
 * not use up what is kept of what is punished.
 */
const DEVIATIONS_PER_KEY = 100_000;
const DEVIATIONS = ["wrong-message-id", "wrong-root", "ahead", "premature", "foreign-tree"] as const;
const ROWS_PER_READ = 500;

export type Signatures = ReturnType<typeof createSignatures>;

/** All signatures ever seen. Whatever is overwritten or deleted where it was found, stays here. */
export function createSignatures(parameters: {
  db: Kysely<TowerTables>;
  now: () => number;
  /** Domains whose trees are known. */
  watched: readonly number[];
  maxDeviations?: number;
}) {
  const { db, now, watched, maxDeviations = DEVIATIONS_PER_KEY } = parameters;

  /** One signature, and the offence that it makes with another. */
  async function insert(
    tx: Transaction<TowerTables>,
    seen: SeenSignature,
  ): Promise<"known" | "added" | "dropped" | "equivocation"> {
    const { signer, origin, tree, leaf_index } = seen;
    const rows = await tx
      .selectFrom("tower_signature")
      .select(["digest", "signature"])
      .where("signer", "=", signer)
      .where("origin", "=", origin)
      .where("tree", "=", tree)
      .where("leaf_index", "=", leaf_index)
      .orderBy("seen_at")
      .execute();
    const same = rows.filter(({ digest }) => digest === seen.digest);
    if (same.some(({ signature }) => signature === seen.signature)) return "known";
    if (same.length >= SIGNATURES_PER_DIGEST) return "dropped";
    const other = rows.find(({ digest }) => digest !== seen.digest);
    const digests = new Set(rows.map(({ digest }) => digest)).size;
    if (same.length === 0 && digests >= DIGESTS_PER_INDEX) return "dropped";
    if (rows.length === 0 && (await deviationsOf(tx, seen)) >= maxDeviations) return "dropped";

    const verdict: Verdict = watched.includes(origin) ? "unjudged" : "unwatched";
    const row = { ...seen, seen_at: now(), verdict, ahead_since: null, ahead_at: null };
    await tx.insertInto("tower_signature").values(row).execute();
    if (other === undefined) return "added";
    const offence: OffenceTable = {
      ...{ signer, origin, tree, leaf_index },
      kind: "equivocation",
      digest: other.digest,
      signature: other.signature,
      other_digest: seen.digest,
      other_signature: seen.signature,
      found_at: now(),
      handled: 0,
    };
    return (await storeOffence(tx, offence)) ? "equivocation" : "added";
  }

  async function deviationsOf(
    tx: Transaction<TowerTables>,
    { signer, origin }: Pick<SeenSignature, "signer" | "origin">,
  ): Promise<number> {
    const ofKey = tx
      .selectFrom("tower_signature")
      .select((select) => select.fn.countAll<number>().as("count"))
      .where("signer", "=", signer);
    const alike = watched.includes(origin)
      ? ofKey.where("origin", "=", origin).where("verdict", "in", DEVIATIONS)
      : ofKey.where("verdict", "=", "unwatched");
    const { count } = await alike.executeTakeFirstOrThrow();
    return Number(count);
  }

  return {
    /** Which of these exact signatures over these digests are known, as `digest signature`. */
    async known(signatures: readonly { digest: Hex; signature: Hex }[]): Promise<Set<string>> {
      if (signatures.length === 0) return new Set();
      const rows = await db
        .selectFrom("tower_signature")
        .select(["digest", "signature"])
        .where(
          "signature",
          "in",
          signatures.map(({ signature }) => signature),
        )
        .execute();
      return new Set(rows.map(({ digest, signature }) => `${digest} ${signature}`));
    },

    /** Keeps signatures, and finds out whether a key has signed two things for one index. */
    async record(seen: readonly SeenSignature[]): Promise<RecordSignaturesReturnType> {
      const result: RecordSignaturesReturnType = { added: 0, dropped: 0, equivocations: 0 };
      if (seen.length === 0) return result;
      await db.transaction().execute(async (tx) => {
        for (const signature of seen) {
          const outcome = await insert(tx, signature);
          if (outcome === "dropped") result.dropped += 1;
          if (outcome === "added" || outcome === "equivocation") result.added += 1;
          if (outcome === "equivocation") result.equivocations += 1;
        }
      });
      return result;
    },

    /** Signatures of an origin's checkpoints that have one of these verdicts, of leaves below `below`; a page of them. */
    async withVerdict(page: {
      origin: number;
      verdicts: readonly Verdict[];
      below?: number;
    }): Promise<SignatureTable[]> {
      let query = db
        .selectFrom("tower_signature")
        .selectAll()
        .where("origin", "=", page.origin)
        .where("verdict", "in", page.verdicts);
      if (page.below !== undefined) query = query.where("leaf_index", "<", page.below);
      return await query.orderBy("seen_at").limit(ROWS_PER_READ).execute();
    },

    /** What was ahead of its tree longer than the chain and time allow; the oldest first. */
    async suspects(of: { origin: number; aheadBefore: bigint; aheadUntil: number }): Promise<SignatureTable[]> {
      return await db
        .selectFrom("tower_signature")
        .selectAll()
        .where("origin", "=", of.origin)
        .where("verdict", "=", "ahead")
        .where("ahead_since", "<", Number(of.aheadBefore))
        .where("ahead_at", "<=", of.aheadUntil)
        .orderBy("seen_at")
        .limit(ROWS_PER_READ)
        .execute();
    },

    async count(origin: number, verdict: Verdict): Promise<number> {
      const { count } = await db
        .selectFrom("tower_signature")
        .select((select) => select.fn.countAll<number>().as("count"))
        .where("origin", "=", origin)
        .where("verdict", "=", verdict)
        .executeTakeFirstOrThrow();
      return Number(count);
    },

    /** Judges signatures, and keeps what was found against their signers. */
    async judge(
      verdicts: readonly { row: SignatureTable; set: Partial<SignatureTable>; offence?: OffenceTable }[],
    ): Promise<void> {
      await db.transaction().execute(async (tx) => {
        for (const { row, set, offence } of verdicts) {
          await tx
            .updateTable("tower_signature")
            .set(set)
            .where("signer", "=", row.signer)
            .where("origin", "=", row.origin)
            .where("tree", "=", row.tree)
            .where("leaf_index", "=", row.leaf_index)
            .where("digest", "=", row.digest)
            .where("signature", "=", row.signature)
            .execute();
          if (offence !== undefined) await storeOffence(tx, offence);
        }
      });
    },

    /** What was found and nobody has acted on, oldest first. */
    async unhandledOffences(): Promise<OffenceTable[]> {
      return await db
        .selectFrom("tower_offence")
        .selectAll()
        .where("handled", "=", 0)
        .orderBy("found_at")
        .limit(ROWS_PER_READ)
        .execute();
    },

    /** What is known against a key for one index, of whatever kind. */
    async offencesAt(at: Pick<OffenceTable, "signer" | "origin" | "tree" | "leaf_index">): Promise<OffenceTable[]> {
      return await db
        .selectFrom("tower_offence")
        .selectAll()
        .where("signer", "=", at.signer)
        .where("origin", "=", at.origin)
        .where("tree", "=", at.tree)
        .where("leaf_index", "=", at.leaf_index)
        .execute();
    },

    /** What follows from an offence is intended. */
    async markHandled({ signer, origin, tree, leaf_index, kind }: OffenceTable): Promise<void> {
      await db
        .updateTable("tower_offence")
        .set({ handled: 1 })
        .where("signer", "=", signer)
        .where("origin", "=", origin)
        .where("tree", "=", tree)
        .where("leaf_index", "=", leaf_index)
        .where("kind", "=", kind)
        .execute();
    },

    /** Judges anew what came before its domain was watched. Of domains that are not, signatures are kept for their equivocations. */
    async followConfiguration(): Promise<void> {
      const turned = { unjudged: "unwatched", unwatched: "unjudged" } as const;
      for (const [from, is] of [
        ["unjudged", "not in"],
        ["unwatched", "in"],
      ] as const) {
        await db
          .updateTable("tower_signature")
          .set({ verdict: turned[from] })
          .where("verdict", "=", from)
          .where("origin", is, watched)
          .execute();
      }
    },

    /** All that is known against anybody; a page of it, oldest first. */
    async offences(offset: number): Promise<OffenceTable[]> {
      return await db
        .selectFrom("tower_offence")
        .selectAll()
        .orderBy("found_at")
        .orderBy("signer")
        .orderBy("leaf_index")
        .orderBy("kind")
        .limit(ROWS_PER_READ)
        .offset(offset)
        .execute();
    },

    /** The checkpoint that a digest stands for. @throws Error when it was never seen */
    async checkpointOf(digest: Hex): Promise<{ origin: number; tree: Hex; root: Hex; index: number; messageId: Hex }> {
      const row = await db
        .selectFrom("tower_signature")
        .select(["origin", "tree", "root", "leaf_index", "message_id"])
        .where("digest", "=", digest)
        .limit(1)
        .executeTakeFirst();
      if (row === undefined) throw new Error(`no signature over ${digest} was ever seen`);
      return { origin: row.origin, tree: row.tree, root: row.root, index: row.leaf_index, messageId: row.message_id };
    },
  };
}

/** @returns whether it was not known */
async function storeOffence(tx: Transaction<TowerTables>, offence: OffenceTable): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("tower_offence")
    .values(offence)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows !== 0n;
}
