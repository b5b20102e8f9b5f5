import type { Hash } from "viem";
import type { RelayerContext } from "../context.ts";
import { readLocks, toLocked } from "../escrow/locks.ts";
import { dueMessages, howToPay, isUnpaid, type StoredMessage, storeExcluded, storeUnpaid } from "../messages.ts";
import { readPayments } from "../payments/paid.ts";
import type { MessageRules } from "./messageRules.ts";
import { isMet, lacking, type Offer, type Shortfall, wantsLock } from "./paymentPolicy.ts";

/** Unpaid messages that are looked at on chain all the same, per tick: somebody else may have delivered them. */
const LOOKS = 4;

type Refusal = { excluded: string } | { unpaid: Shortfall };

/**
 * The messages whose attempt is due, without those that the lists exclude and those that too little is paid for. These cost
 * one look into the store for all of them together, no request, and are not looked at again for long.
 * @param readTo up to which block of an origin the payments are known
 * @param earns whether a message pays by itself, as a receipt does that opens locks for us
 */
export async function admitDue(
  context: RelayerContext,
  rules: MessageRules,
  parameters: {
    destination: number;
    limit: number;
    readTo: (origin: number) => Promise<number>;
    earns?: (message: StoredMessage) => Promise<boolean>;
  },
): Promise<StoredMessage[]> {
  const { destination, limit, readTo, earns = async () => false } = parameters;
  const admitted: StoredMessage[] = [];
  let looks = 0;
  while (admitted.length < limit) {
    const page = await dueMessages(context, { destination, limit, offset: admitted.length });
    const refusals = rules.areNone ? new Map<Hash, Refusal>() : await refuse(page);
    await store(page, refusals);
    admitted.push(...page.filter(({ id }) => !refusals.has(id)));
    await context.leases.release([...refusals.keys()]);
    if (page.length < limit) break;
  }
  await context.leases.release(admitted.slice(limit).map(({ id }) => id));
  return admitted.slice(0, limit);

  async function refuse(page: readonly StoredMessage[]): Promise<Map<Hash, Refusal>> {
    const refusals = new Map<Hash, Refusal>();
    const paying: StoredMessage[] = [];
    for (const message of page) {
      const excluded = rules.excludes(message);
      if (excluded !== undefined) refusals.set(message.id, { excluded });
      else if (rules.policy(message).type !== "none") paying.push(message);
    }
    if (paying.length === 0) return refusals;

    const known = new Map<number, number>();
    for (const { origin } of paying) if (!known.has(origin)) known.set(origin, await readTo(origin));
    const payments = await readPayments(context.db, paying);
    const locks = await readLocks(
      context.db,
      paying.filter((message) => wantsLock(rules.policy(message))),
    );
    const time = Math.floor(context.now() / 1_000);
    for (const message of paying) {
      const paid = payments.get(message.id) ?? { payment: 0n, gas: 0n };
      const offer = { ...paid, locked: toLocked(locks.get(message.id), rules.trust) };
      const unpaid = lacking(rules.policy(message), offer, { time }) ?? lackingStill(message, offer);
      if (unpaid === undefined || (await earns(message))) continue;
      // What could not be read yet may be there: the message waits as others do.
      if (message.dispatched_block > (known.get(message.origin) ?? -1)) continue;
      if (isUnpaid(message) && looks++ < LOOKS) continue;
      refusals.set(message.id, { unpaid });
    }
    return refusals;
  }

  async function store(page: readonly StoredMessage[], refusals: ReadonlyMap<Hash, Refusal>): Promise<void> {
    if (refusals.size === 0) return;
    await context.commit(async (trx) => {
      for (const message of page) {
        const refusal = refusals.get(message.id);
        if (refusal === undefined) continue;
        if ("excluded" in refusal) await storeExcluded(context, trx, message.id, refusal.excluded);
        else await storeUnpaid(context, trx, message, refusal.unpaid);
      }
    });
    for (const { id, reason: before } of page) {
      const refusal = refusals.get(id);
      if (refusal === undefined) continue;
      const reason = "excluded" in refusal ? refusal.excluded : refusal.unpaid.reason;
      if (before?.startsWith(reason) !== true) context.emit({ type: "waiting", id, reason });
    }
  }
}

/** What was lacking when the delivery was last estimated, as long as it is not paid. */
function lackingStill(message: StoredMessage, offer: Offer): Shortfall | undefined {
  const { id, wanted_wei: wei, wanted_gas: gas, wanted_lock: lock } = message;
  if ((wei === null && gas === null && lock === null) || isMet(message, offer)) return undefined;
  const lacks = { reason: "", wantedWei: amount(wei), wantedGas: amount(gas), wantedLock: amount(lock) };
  return { ...lacks, reason: (message.reason ?? "").replace(howToPay(id, lacks), "") };
}

function amount(text: string | null): bigint | null {
  return text === null ? null : BigInt(text);
}
