import type { Address, LocalAccount } from "viem";
import { errorText, isRevert } from "../relayer/rpcError.ts";
import { broadcast } from "../relayer/submitter/broadcast.ts";
import { readNonce } from "../relayer/submitter/destinationHead.ts";
import { FeeLimitError, larger, marketFees, replacementFees } from "../relayer/submitter/fees.ts";
import { type Inclusion, readBlockHash, readInclusion } from "../relayer/submitter/receipts.ts";
import type { ActionKind, Actions, Plan, Planner } from "./actions.ts";
import { askAll } from "./askAll.ts";
import type { TowerContext } from "./context.ts";
import type { Agreement, ChainView, WatchedChain } from "./followChain.ts";
import type { ActionTable, TowerTransactionTable } from "./schema.ts";
import { createTransactions } from "./transactions.ts";

export type Sender = {
  account: Address;
  /** Settles what was sent, and does what is due. Never throws: the next round tries again. */
  run(agreement: Agreement): Promise<void>;
};

/**
 * Does what is intended on one chain by one account, which nobody else may send from. One transaction at a time is on its way, stored
 * before it is broadcast; what is to be done, the chain says each time anew. So that it may be killed at any moment, others may be
 * faster, and the chain may be reorganised, and nothing is done twice.
 */
export function createSender(
  context: TowerContext,
  parameters: {
    watched: WatchedChain;
    account: LocalAccount;
    actions: Actions;
    planners: Readonly<Record<ActionKind, Planner>>;
  },
): Sender {
  const { db, log, now, alerts, metrics, options } = context;
  const { watched, account, actions, planners } = parameters;
  const { chain, quorum } = watched;
  const transactions = createTransactions({ db, chain: chain.domain, account, now });
  const startedAt = now();

  async function run(agreement: Agreement): Promise<void> {
    await settle(agreement);
    await keepUp(agreement);
    for (const action of await actions.due(chain.domain, account.address)) {
      await attempt(action, agreement);
    }
  }

  /* ------------------------------------------- what was sent before ------------------------------------------- */

  async function settle(agreement: Agreement): Promise<void> {
    const nonces = byNonce(await transactions.live());
    for (const [nonce, slot] of nonces) await settleNonce(nonce, slot, agreement);
  }

  async function settleNonce(nonce: number, slot: TowerTransactionTable[], agreement: Agreement): Promise<void> {
    const inclusion = await findInclusion(slot, agreement.views);
    if (inclusion === undefined) {
      for (const { hash, state } of slot) {
        if (state !== "included") continue;
        log.warn({ chain: chain.name, tx: hash }, "a transaction was reorganised out of its block");
        const nowhere = { block_number: null, block_hash: null, success: null, broadcast_at: null };
        await transactions.update(hash, { state: "pending", ...nowhere });
      }
      if (await isUsed(nonce, agreement)) {
        log.warn({ chain: chain.name, nonce }, "a nonce was used by a transaction that is not ours");
        await transactions.drop(nonce);
      }
      return;
    }
    const { hash, block, blockHash, success } = inclusion;
    const isFinal = BigInt(block) <= agreement.block;
    const where = { block_number: block, block_hash: blockHash, success: success ? 1 : 0 };
    const before = slot.find((row) => row.hash === hash);
    await transactions.update(hash, { state: isFinal ? "final" : "included", ...where });
    if (isFinal) await transactions.drop(nonce, hash);
    if (before?.state !== "pending") return;
    metrics.count("transactions", { result: success ? "included" : "reverted" });
    log.info({ chain: chain.name, tx: hash, action: before.action, step: before.step, block, success }, "included");
    if (!success) await fail(before.action, `transaction ${hash} reverted in block ${block}`);
  }

  /** Where one of a nonce's transactions is, by the first node that knows; in a block that the node still has. */
  async function findInclusion(
    slot: readonly TowerTransactionTable[],
    views: readonly ChainView[],
  ): Promise<Inclusion | undefined> {
    for (const { client } of views) {
      for (const { hash } of slot) {
        const inclusion = await readInclusion(client, hash);
        if (inclusion === undefined) continue;
        if ((await readBlockHash(client, inclusion.block)) === inclusion.blockHash) return inclusion;
      }
    }
    return undefined;
  }

  async function isUsed(nonce: number, { views, block }: Agreement): Promise<boolean> {
    const ask = ({ client }: ChainView) => readNonce(client, account.address, Number(block));
    const answers = await Promise.allSettled(views.map(ask));
    // A node that has dropped the state of that block does not tell; nothing else needs it.
    return answers.every((answer) => answer.status === "fulfilled" && nonce < answer.value);
  }

  /** Broadcasts again what no node may have, and replaces what does not get in. */
  async function keepUp({ views }: Agreement): Promise<void> {
    const [head] = (await transactions.live()).filter(({ state }) => state === "pending");
    if (head === undefined) return;
    if (now() - head.created_at >= options.stuckAfterMs && (await replace(head, views))) return;
    const given = head.broadcast_at ?? 0;
    if (given < startedAt || now() - given >= options.stuckAfterMs / 2) await give(head, views);
  }

  async function replace(head: TowerTransactionTable, [lead]: readonly ChainView[]): Promise<boolean> {
    if (lead === undefined) return false;
    const old = {
      maxFeePerGas: BigInt(head.max_fee_per_gas),
      maxPriorityFeePerGas: BigInt(head.max_priority_fee_per_gas),
    };
    const market = await marketFees(lead.client, options.maxFeePerGas).catch((error: unknown) => {
      if (error instanceof FeeLimitError) return undefined;
      throw error;
    });
    const fees = market && replacementFees(old, market, options.maxFeePerGas);
    if (fees === undefined) {
      log.warn({ chain: chain.name, nonce: head.nonce }, "a transaction is stuck, and maxFeePerGas leaves no room");
      return false;
    }
    const { nonce, action, step } = head;
    const { chainId, ...call } = transactions.callOf(head);
    const row = await transactions.sign({ chainId, nonce, action, step, call, fees });
    log.info({ chain: chain.name, nonce, tx: row.hash }, "replaces a transaction that is stuck");
    await give(row, [lead]);
    return true;
  }

  /** Gives a transaction to all nodes: one that drops it does not stop it. @returns why no node has it, if that is certain */
  async function give(row: TowerTransactionTable, views: readonly ChainView[]): Promise<string | undefined> {
    const answers = await Promise.all(views.map(({ client }) => broadcast(client, [row.raw])));
    const results = answers.flat();
    if (results.every(({ status }) => status === "refused")) {
      const reason = results.map((result) => result.reason).join("; ");
      log.warn({ chain: chain.name, tx: row.hash, reason }, "no node takes a transaction");
      return reason;
    }
    await transactions.update(row.hash, { broadcast_at: now() });
    return undefined;
  }

  /* ----------------------------------------------- what is to be done ----------------------------------------------- */

  async function attempt(action: ActionTable, agreement: Agreement): Promise<void> {
    try {
      const subject: unknown = JSON.parse(action.subject);
      const planner = planners[action.kind as ActionKind];
      const plan = await planner({ subject, account: account.address, watched, agreement });
      if (plan.status === "call") await send(action, plan, agreement);
      else if (plan.status === "wait") await wait(action, plan.reason, plan.forMs);
      else await conclude(action, plan, agreement);
    } catch (error) {
      await wait(action, errorText(error));
    }
  }

  /** Done is only what a final block says is done. */
  async function conclude(
    action: ActionTable,
    { status, reason }: { status: "done" | "moot"; reason: string },
    agreement: Agreement,
  ): Promise<void> {
    const { key } = action;
    let since = action.outcome === status ? action.outcome_block : null;
    if (since === null) {
      const heads = await Promise.all(agreement.views.map(({ client }) => client.getBlockNumber()));
      since = Number(heads.reduce(larger, agreement.block));
      await actions.update(key, { outcome: status, outcome_block: since, reason });
      await alerts.raise({
        key: `outcome:${key}`,
        kind: `action-${status}`,
        severity: "info",
        text: `${key} on ${chain.name}: ${reason}`,
        details: { action: key, chain: chain.domain },
      });
    }
    if (BigInt(since) > agreement.block) return;
    await actions.update(key, { state: status, reason });
    metrics.count("actions", { kind: action.kind, state: status });
  }

  async function send(
    action: ActionTable,
    plan: Extract<Plan, { status: "call" }>,
    agreement: Agreement,
  ): Promise<void> {
    const live = await transactions.live();
    // Another one is on its way, or this one is in a block that some node has not seen yet.
    if (live.some(({ state }) => state === "pending")) return;
    if (live.some((row) => row.action === action.key && row.step === plan.step && row.success === 1)) return;
    if (action.outcome !== null) await actions.update(action.key, { outcome: null, outcome_block: null });

    const gas = await simulate(action, plan, agreement);
    if (gas === undefined) return;
    const [lead] = agreement.views;
    if (lead === undefined) return;
    // One that lies must not have it sign for another chain, or with a number that never comes.
    const place = await askAll({
      what: `which transaction of ${account.address} comes next`,
      views: agreement.views,
      quorum,
      ask: async (client) => ({
        chainId: await client.getChainId(),
        nonce: await readNonce(client, account.address, "latest"),
      }),
    });
    if (place.status !== "agreed") return await wait(action, place.problem);
    const { chainId, nonce } = place.value;
    const fees = await marketFees(lead.client, options.maxFeePerGas);
    const call = { to: plan.to, data: plan.data, gas };
    const row = await transactions.sign({ chainId, nonce, action: action.key, step: plan.step, call, fees });
    log.info({ chain: chain.name, action: action.key, step: plan.step, tx: row.hash, nonce }, "sends a transaction");
    metrics.count("transactions", { result: "sent" });
    const refusal = await give(row, agreement.views);
    if (refusal === undefined) {
      await settleNonce(nonce, [row], agreement);
      return;
    }
    await transactions.drop(nonce);
    await fail(action.key, `no node takes its transaction: ${refusal}`);
  }

  /** Every node must find that the call works, on its own state. @returns the gas to give */
  async function simulate(
    action: ActionTable,
    { to, data }: { to: Address; data: `0x${string}` },
    { views }: Agreement,
  ): Promise<bigint | undefined> {
    const estimates: bigint[] = [];
    const answer = await askAll({
      what: `whether ${action.key} would work`,
      views,
      quorum,
      ask: async (client) => {
        try {
          estimates.push(await client.estimateGas({ account: account.address, to, data }));
          return "works";
        } catch (error) {
          if (isRevert(error)) return errorText(error);
          throw error;
        }
      },
    });
    if (answer.status !== "agreed") {
      await wait(action, answer.problem);
      return undefined;
    }
    const most = estimates.reduce(larger, 0n);
    const reason = answer.value === "works" ? tooMuch(most) : `it would fail: ${answer.value}`;
    if (reason === undefined) return (most * 3n) / 2n;
    await fail(action.key, reason);
    return undefined;
  }

  function tooMuch(gas: bigint): string | undefined {
    return gas > options.maxGas ? `it needs ${gas} gas, ${options.maxGas} are allowed` : undefined;
  }

  /* ------------------------------------------------------ failures ------------------------------------------------------ */

  async function wait(action: ActionTable, reason: string, forMs = 0): Promise<void> {
    if (reason !== action.reason) log.info({ chain: chain.name, action: action.key, reason }, "an action waits");
    await actions.update(action.key, { reason, next_attempt_at: now() + forMs });
  }

  async function fail(key: string, reason: string): Promise<void> {
    const row = await db.selectFrom("tower_action").selectAll().where("key", "=", key).executeTakeFirst();
    if (row === undefined) return;
    const attempts = row.attempts + 1;
    const pause = Math.min(options.retryBaseMs * 2 ** Math.min(attempts, 30), options.retryCapMs);
    await actions.update(key, { attempts, reason, next_attempt_at: now() + pause });
    metrics.count("action_failures", { kind: row.kind });
    await alerts.raise({
      key: `action:${key}`,
      kind: "action-failed",
      severity: "warning",
      text: `${key} on ${chain.name} has failed ${attempts} times: ${reason}. It is tried again`,
      details: { action: key, chain: chain.domain, attempts },
    });
  }

  return {
    account: account.address,
    async run(agreement) {
      try {
        await run(agreement);
      } catch (error) {
        log.warn({ chain: chain.name, error: errorText(error) }, "could not act, trying again");
        metrics.count("sender_failures");
      }
    },
  };
}

/** By nonce, ascending. */
function byNonce(rows: readonly TowerTransactionTable[]): Map<number, TowerTransactionTable[]> {
  const nonces = new Map<number, TowerTransactionTable[]>();
  for (const row of rows) nonces.set(row.nonce, [...(nonces.get(row.nonce) ?? []), row]);
  return nonces;
}
