import type { RelayerContext } from "../context.ts";
import type { DeliveryRound } from "../deliverMessage.ts";
import type { Limit } from "../limit.ts";
import type { StoredMessage } from "../messages.ts";
import { readPaid } from "../payments/paid.ts";
import { type Circumstances, lacking, type Offer, type Shortfall, wantsLock } from "../rules/paymentPolicy.ts";
import { deliveryCost } from "./claimWorth.ts";
import { earningIds, isSentByUs } from "./earnings.ts";
import { inspectLock, readLock, timeOn } from "./inspectLock.ts";
import { readLocks, toLocked } from "./locks.ts";
import { readClaimPrices } from "./readPrices.ts";

/** `unpaid`: somebody has to pay. `waiting`: it pays for itself, as soon as gas is cheaper. */
export type Refusal = { status: "unpaid"; lacks: Shortfall } | { status: "waiting"; reason: string };

export type PaymentCheck = {
  /**
   * Why the message is not delivered; undefined if it is. Without an estimate what the store says is enough; with one, locks
   * are looked at on their chain, right before anything is spent.
   */
  refusal(gas?: bigint): Promise<Refusal | undefined>;
  /** Whether the estimate matters to it. */
  weighsGas: boolean;
  /** Runs what checks and submits, alone if the message is a receipt that has to pay for itself. */
  turn: Limit;
};

/** Whether a message is paid for: as its policy wants, or because it is a receipt that earns more than its delivery costs. */
export function createPaymentCheck(
  context: RelayerContext,
  round: DeliveryRound,
  { message, spent }: { message: StoredMessage; spent: bigint },
): PaymentCheck {
  const { db, now, options } = context;
  const { chain, client, account } = round.destination;
  const { rules } = round;
  const policy = rules.policy(message);
  const receipt = policy.type === "none" ? undefined : round.receiptIn(message);

  /** Wei that the message brings us as a receipt, by the store or, right before it is delivered, by the escrow. */
  async function earned(isAtLast: boolean): Promise<bigint> {
    const escrow = chain.escrowPaymaster;
    if (receipt === undefined || escrow === undefined) return 0n;
    const ids = await earningIds(db, message, { receipt, account: account.address, trust: rules.trust });
    if (!isAtLast) return BigInt(ids.length);
    const held = await Promise.all(ids.map((id) => readLock(client, escrow, id)));
    return held.reduce((sum, { amount }) => sum + amount, 0n);
  }

  async function offerOf(isAtLast: boolean): Promise<Offer> {
    const paid = await readPaid(db, message);
    if (!wantsLock(policy)) return paid;
    const stored = toLocked((await readLocks(db, [message])).get(message.id), rules.trust);
    const origin = round.origin(message.origin);
    if (!isAtLast || stored === undefined || stored.refused !== undefined || origin === undefined) {
      return { ...paid, locked: stored };
    }
    const settled = { ...stored, refused: "it is not locked any more" };
    return { ...paid, locked: (await inspectLock(origin, message.id, rules.trust)) ?? settled };
  }

  async function circumstances(gas: bigint | undefined, { locked }: Offer): Promise<Circumstances> {
    const time = Math.floor(now() / 1_000);
    if (gas === undefined) return { time };
    const origin = round.origin(message.origin);
    if (locked === undefined || origin?.chain.escrowPaymaster === undefined) return { time, gas };
    const prices = await readClaimPrices({
      origin: origin.client,
      destination: client,
      escrow: origin.chain.escrowPaymaster,
      destinationDomain: chain.domain,
    });
    return {
      time: await timeOn(origin.client, now()),
      gas,
      cost: (count) => deliveryCost({ gas, spent, count }, prices, options.claims),
    };
  }

  return {
    async refusal(gas) {
      if (policy.type === "none") return undefined;
      const earns = await earned(gas !== undefined);
      const costs = gas === undefined || earns === 0n ? 0n : gas * (await client.getGasPrice());
      if (earns > costs) return undefined;
      const offer = await offerOf(gas !== undefined);
      const lacks = lacking(policy, offer, await circumstances(gas, offer));
      if (lacks === undefined) return undefined;
      if (earns === 0n || !(await isSentByUs(db, message.dispatched_tx))) return { status: "unpaid", lacks };
      return { status: "waiting", reason: `this receipt earns ${earns} wei, and its delivery costs ${costs} now` };
    },

    weighsGas: policy.type !== "none",

    turn: receipt === undefined ? (run) => run() : round.oneReceipt,
  };
}
