import type { Hash } from "viem";
import type { ChainConfig } from "../../chains/chainConfig.ts";
import type { ChainClient } from "../../chains/client.ts";
import { mailboxAbi } from "../../contracts/abi.ts";
import { errorText } from "../relayer/rpcError.ts";
import type { ForeignClass } from "./classifyForeign.ts";
import type { TowerContext } from "./context.ts";
import type { Agreement, WatchedChain } from "./followChain.ts";
import type { ForeignState, ForeignTable, SightingTable } from "./schema.ts";

const DISPATCH_ID = mailboxAbi.find((item) => item.type === "event" && item.name === "DispatchId");
const ROWS = 1_000;

/** What is known of an origin now. */
export type WatchedOrigin = { watched: WatchedChain; agreement: Agreement | undefined };

/**
 * Takes over what all nodes of a destination tell alike. What only some of them tell is nobody's: it is waited for until they have
 * come as far, and then it is one that lies.
 * @param scanned up to which block each node's view was read
 */
export async function confirmSightings(
  context: TowerContext,
  { chain, quorum, views }: WatchedChain,
  agreement: Agreement | undefined,
  scanned: ReadonlyMap<string, bigint>,
): Promise<void> {
  const { db, now, alerts } = context;
  const rows = await db
    .selectFrom("tower_sighting")
    .selectAll()
    .where("chain", "=", chain.domain)
    .limit(ROWS)
    .execute();
  for (const group of grouped(rows)) {
    const [first] = group;
    if (first === undefined) continue;
    const asked = [...scanned].filter(([view]) => views.some(({ id }) => id === view));
    const told = (view: string) => group.find((row) => row.view === view);
    const behind = asked.some(([view, to]) => to < BigInt(first.block_number) && told(view) === undefined);
    const agreed = asked.filter(([view]) => told(view)?.block_hash === first.block_hash);
    if (!behind && agreed.length === asked.length && asked.length >= quorum) {
      await takeOver(first, Math.max(...group.map(({ block_timestamp }) => block_timestamp)));
    } else if (!behind && asked.length >= quorum && agreement !== undefined && isFinal(group, agreement)) {
      await alerts.raise({
        key: `disagreement:${chain.domain}:${first.message_id}`,
        kind: "rpc-disagreement",
        severity: "critical",
        text: `nodes of ${chain.name} differ on whether, or where, message ${first.message_id} was delivered`,
        details: { message: first.message_id, transaction: first.tx_hash, block: first.block_number },
      });
    }
  }

  async function takeOver(row: SightingTable, block_timestamp: number): Promise<void> {
    const { kind, emitter, message_id, round, origin, recipient, block_number, tx_hash } = row;
    const subject = { chain: chain.domain, kind, emitter, message_id, round, recipient };
    await db.transaction().execute(async (tx) => {
      await tx
        .insertInto("tower_foreign")
        .values({
          ...subject,
          origin,
          block_number,
          block_timestamp,
          tx_hash,
          state: "pending",
          class: null,
          why: null,
          found_at: now(),
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      await tx
        .deleteFrom("tower_sighting")
        .where("chain", "=", chain.domain)
        .where("kind", "=", kind)
        .where("emitter", "=", emitter)
        .where("message_id", "=", message_id)
        .where("round", "=", round)
        .execute();
    });
  }
}

/** What the nodes tell of the same thing. */
function grouped(rows: readonly SightingTable[]): SightingTable[][] {
  const groups = new Map<string, SightingTable[]>();
  for (const row of rows) {
    const { kind, emitter, message_id, round } = row;
    const key = `${kind} ${emitter} ${message_id} ${round}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}

function isFinal(group: readonly SightingTable[], { block }: Agreement): boolean {
  return group.every(({ block_number }) => BigInt(block_number) <= block);
}

/** Everything that may still turn out to be foreign, and what its origins say to it now. */
export async function judgeForeign(
  context: TowerContext,
  parameters: {
    /** The origins whose messages it may be. */
    originsOf: (row: ForeignTable) => readonly WatchedOrigin[];
    /** Whether it matters. */
    classify: (row: ForeignTable) => Promise<ForeignClass>;
    /** It came past a module that is to be protected: suspected, and then certain. May be called again. */
    onForeign: (row: ForeignTable) => Promise<void>;
  },
): Promise<void> {
  const { db, log, alerts, metrics, options } = context;
  const rows = await db
    .selectFrom("tower_foreign")
    .selectAll()
    .where("state", "in", ["pending", "suspected"])
    .orderBy("found_at")
    .limit(ROWS)
    .execute();
  for (const row of rows) {
    try {
      await treat(row);
    } catch (error) {
      log.warn({ message: row.message_id, error: errorText(error) }, "can not tell whether a delivery is foreign yet");
    }
  }

  async function treat(row: ForeignTable): Promise<void> {
    const origins = parameters.originsOf(row);
    const state = origins.length === 0 ? row.state : await judge(row, origins);
    if (state === row.state) return;
    let next: ForeignTable = { ...row, state };
    if (state === "explained") {
      if (row.state === "suspected") await tellExplained(next);
    } else {
      // Once it is known, it stays: who paused a module since does not change what came past it.
      const found = row.class === null ? await parameters.classify(next) : { class: row.class, why: row.why ?? "" };
      next = { ...next, ...found };
      // Acting comes first: it is intended once however often it is asked for, and lost if the state were stored before.
      if (found.class === "proven") await parameters.onForeign(next);
      await tell(next, found);
    }
    await store(next);
    metrics.count("foreign_messages", { kind: row.kind, state });
  }

  async function judge(row: ForeignTable, origins: readonly WatchedOrigin[]): Promise<ForeignState> {
    const past = row.block_timestamp + options.clockSkewSeconds;
    let certain = true;
    for (const { watched, agreement } of origins) {
      if (agreement === undefined) return row.state;
      if ((await agreement.find(row.message_id)) !== undefined) return "explained";
      if (agreement.timestamp >= past) continue;
      certain = false;
      if (row.state === "suspected") continue;
      if (!(await isMissingUpToHead(watched.chain, agreement, row.message_id, past))) return row.state;
    }
    return certain ? "certain" : "suspected";
  }

  async function tell(row: ForeignTable, found: ForeignClass): Promise<void> {
    const { chain, kind, emitter, message_id, origin, block_number, tx_hash, state } = row;
    const what = kind === "delivery" ? "delivered" : "pre-verified";
    const from = origin === null ? "no watched origin" : `domain ${origin}`;
    const certainty = state === "certain" ? "up to a final block" : "up to its newest block";
    const isElsewhere = found.class === "elsewhere";
    // What comes past other modules anyone can bring about, as often as he likes: that is counted.
    const key = isElsewhere ? `foreign:${chain}:elsewhere` : `foreign:${chain}:${kind}:${emitter}:${message_id}`;
    await alerts.raise({
      key,
      kind: isElsewhere ? "foreign-elsewhere" : `foreign-${kind}`,
      severity: isElsewhere ? "warning" : "critical",
      text:
        `message ${message_id} was ${what} on domain ${chain}, but ${from} never dispatched it, ${certainty}: ` +
        `${found.why}. ${isElsewhere ? "" : "Whoever vouches for its messages is compromised"}`,
      details: { message: message_id, chain, origin, block: block_number, transaction: tx_hash, emitter, state },
    });
  }

  async function tellExplained({ chain, message_id }: ForeignTable): Promise<void> {
    await alerts.raise({
      key: `foreign:${chain}:explained:${message_id}`,
      kind: "foreign-explained",
      severity: "info",
      text: `message ${message_id}, delivered on domain ${chain}, was found on its origin after all`,
      details: { message: message_id, chain },
    });
  }

  async function store(row: ForeignTable): Promise<void> {
    const { chain, kind, emitter, message_id, round, state, why } = row;
    await db
      .updateTable("tower_foreign")
      .set({ state, class: row.class, why })
      .where("chain", "=", chain)
      .where("kind", "=", kind)
      .where("emitter", "=", emitter)
      .where("message_id", "=", message_id)
      .where("round", "=", round)
      .execute();
  }
}

/** Whether every node's newest block is past that time, and none has such a message up to it. */
async function isMissingUpToHead(chain: ChainConfig, agreement: Agreement, id: Hash, past: number): Promise<boolean> {
  const answers = await Promise.allSettled(
    agreement.views.map(({ client }) => isMissing(client, chain, agreement, id, past)),
  );
  return answers.every((answer) => answer.status === "fulfilled" && answer.value);
}

async function isMissing(
  client: ChainClient,
  chain: ChainConfig,
  agreement: Agreement,
  messageId: Hash,
  past: number,
): Promise<boolean> {
  if (DISPATCH_ID?.type !== "event") throw new Error("the Mailbox's ABI has no event DispatchId");
  const head = await client.getBlock({ blockTag: "latest" });
  if (Number(head.timestamp) < past) return false;
  const logs = await client.getLogs({
    address: chain.mailbox,
    event: DISPATCH_ID,
    args: { messageId },
    fromBlock: agreement.block + 1n,
    toBlock: head.number,
  });
  return logs.every(({ removed }) => removed === true);
}
