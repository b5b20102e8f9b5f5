import type { Hash } from "viem";
import type { ChainConfig } from "../../chains/chainConfig.ts";
import type { ChainClient } from "../../chains/client.ts";
import { mailboxAbi } from "../../contracts/abi.ts";
import { createLimit } from "../relayer/limit.ts";
import { remember } from "../relayer/remember.ts";
import { errorText } from "../relayer/rpcError.ts";
import type { ForeignClass } from "./classifyForeign.ts";
import type { TowerContext } from "./context.ts";
import type { Agreement, WatchedChain } from "./followChain.ts";
import type { ForeignState, ForeignTable, SightingTable } from "./schema.ts";

const DISPATCH_ID = mailboxAbi.find((item) => item.type === "event" && item.name === "DispatchId");
const ROWS = 20_000;
const CLASSIFIED_AT_ONCE = 8;

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
    /** To be classified before all others. */
    isUrgent: (row: ForeignTable) => boolean;
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
  /** Per origin, and asked at most once: all that is not final there, by each node. */
  const asked = new Map<number, WatchedOrigin>();
  const unfinal = remember((domain: number) => readUnfinal(asked.get(domain)));

  const foreign: ForeignTable[] = [];
  for (const row of rows) {
    const origins = parameters.originsOf(row);
    const state = origins.length === 0 ? row.state : await judge(row, origins);
    if (state === "explained") await explain(row);
    else if (state !== row.state) foreign.push({ ...row, state });
  }
  const limit = createLimit(CLASSIFIED_AT_ONCE);
  const turns = inFairOrder(foreign, parameters.isUrgent);
  await Promise.all(turns.slice(0, options.classificationsPerTick).map((row) => limit(() => treat(row))));
  metrics.set("foreign_backlog", Math.max(0, turns.length - options.classificationsPerTick));

  async function explain(row: ForeignTable): Promise<void> {
    if (row.state === "suspected") await tellExplained(row);
    await store({ ...row, state: "explained" });
    metrics.count("foreign_messages", { kind: row.kind, state: "explained" });
  }

  async function treat(row: ForeignTable): Promise<void> {
    try {
      // Once it is known, it stays: who paused a module since does not change what came past it.
      const found = row.class === null ? await parameters.classify(row) : { class: row.class, why: row.why ?? "" };
      const next = { ...row, ...found };
      // Acting comes first: it is intended once however often it is asked for, and lost if the state were stored before.
      if (found.class === "proven") await parameters.onForeign(next);
      await tell(next, found);
      await store(next);
      metrics.count("foreign_messages", { kind: row.kind, state: row.state });
    } catch (error) {
      log.warn({ message: row.message_id, error: errorText(error) }, "can not tell yet how a message was verified");
    }
  }

  async function judge(row: ForeignTable, origins: readonly WatchedOrigin[]): Promise<ForeignState> {
    const past = row.block_timestamp + options.clockSkewSeconds;
    let certain = true;
    for (const origin of origins) {
      const { agreement } = origin;
      if (agreement === undefined) return row.state;
      if ((await agreement.find(row.message_id)) !== undefined) return "explained";
      if (agreement.timestamp >= past) continue;
      certain = false;
      if (row.state === "suspected") continue;
      asked.set(origin.watched.chain.domain, origin);
      const nodes = await unfinal(origin.watched.chain.domain).catch(() => undefined);
      // Every node's newest block must be past that time, and none must have such a message up to it.
      const isMissing = nodes?.every(({ timestamp, ids }) => timestamp >= past && !ids.has(row.message_id));
      if (isMissing !== true) return row.state;
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

/** What the nodes of an origin have beyond the block that is agreed on. @throws viem's errors when one does not answer */
async function readUnfinal(
  origin: WatchedOrigin | undefined,
): Promise<{ timestamp: number; ids: Set<Hash> }[] | undefined> {
  if (origin?.agreement === undefined) return undefined;
  const { block, views } = origin.agreement;
  return await Promise.all(views.map(({ client }) => readUnfinalBy(client, origin.watched.chain, block)));
}

async function readUnfinalBy(
  client: ChainClient,
  chain: ChainConfig,
  block: bigint,
): Promise<{ timestamp: number; ids: Set<Hash> }> {
  if (DISPATCH_ID?.type !== "event") throw new Error("the Mailbox's ABI has no event DispatchId");
  const { number, timestamp } = await client.getBlock({ blockTag: "latest" });
  const range = { fromBlock: block + 1n, toBlock: number };
  const logs =
    number > block ? await client.getLogs({ address: chain.mailbox, event: DISPATCH_ID, ...range, strict: true }) : [];
  const ids = logs.filter(({ removed }) => !removed).map(({ args }) => args.messageId);
  return { timestamp: Number(timestamp), ids: new Set(ids) };
}

/** What is urgent first; then, of each recipient, one after the other: nobody's many stand before another's one. */
function inFairOrder(rows: readonly ForeignTable[], isUrgent: (row: ForeignTable) => boolean): ForeignTable[] {
  const turns = new Map<string, number>();
  return rows
    .map((row) => {
      const recipient = `${row.chain} ${row.recipient}`;
      const turn = turns.get(recipient) ?? 0;
      turns.set(recipient, turn + 1);
      return { row, turn: isUrgent(row) ? -1 : turn };
    })
    .sort((a, b) => a.turn - b.turn)
    .map(({ row }) => row);
}
