import type { ClaimOptions } from "./claimOptions.ts";

export type ClaimPrices = {
  /** Wei of the origin's token per gas there. */
  originGas: bigint;
  /** Wei of the destination's token per gas there. */
  destinationGas: bigint;
  /** Wei of the origin's token for 10^10 wei of the destination's, as gas oracles say it. */
  exchangeRate: bigint;
};

/** A delivery that a lock pays for. */
export type Earning = {
  /** Wei of the origin's token. */
  amount: bigint;
  /** Seconds until the lock may be refunded; negative when it may be already. */
  endsIn: number;
};

export const EXCHANGE_RATE_SCALE = 10n ** 10n;

/** Gas of `sendReceipts`, and of each message in it: measured (snapshots/PayOnDelivery.json), with some room. */
const SEND_GAS = 65_000n;
const SEND_GAS_PER_MESSAGE = 5_000n;
/** Gas of a withdrawal, to an account that may be new. */
export const WITHDRAW_GAS = 60_000n;

/** Wei of the origin's token that a receipt for `count` messages costs: sent, brought back, and its share withdrawn. */
export function claimCost(
  { count, sendGas }: { count: number; sendGas?: bigint },
  prices: ClaimPrices,
  options: Pick<ClaimOptions, "receiptGas" | "receiptGasPerMessage">,
): bigint {
  const there = sendGas ?? SEND_GAS + SEND_GAS_PER_MESSAGE * BigInt(count);
  const here = options.receiptGas + options.receiptGasPerMessage * BigInt(count) + WITHDRAW_GAS;
  return inOriginToken(there * prices.destinationGas, prices) + here * prices.originGas;
}

/** Wei of the origin's token that bringing a receipt for `count` messages back costs. */
export function receiptCost(
  count: number,
  prices: Pick<ClaimPrices, "originGas">,
  options: Pick<ClaimOptions, "receiptGas" | "receiptGasPerMessage">,
): bigint {
  return (options.receiptGas + options.receiptGasPerMessage * BigInt(count)) * prices.originGas;
}

/**
 * Wei of the origin's token that a delivery costs under an escrow, with its share of a receipt for `count` deliveries.
 * @param parameters.spent wei of the destination's token that were spent on it before
 */
export function deliveryCost(
  { gas, spent, count }: { gas: bigint; spent: bigint; count: number },
  prices: ClaimPrices,
  options: Pick<ClaimOptions, "receiptGas" | "receiptGasPerMessage">,
): bigint {
  const claim = claimCost({ count }, prices, options);
  const share = (claim + BigInt(count) - 1n) / BigInt(count);
  return inOriginToken(gas * prices.destinationGas + spent, prices) + share;
}

/** Wei of the origin's token that one message more in a receipt costs: what earns less is not worth being in one. */
export function costOfOneMore(prices: ClaimPrices, options: Pick<ClaimOptions, "receiptGasPerMessage">): bigint {
  const there = inOriginToken(SEND_GAS_PER_MESSAGE * prices.destinationGas, prices);
  return there + options.receiptGasPerMessage * prices.originGas;
}

/**
 * Which deliveries to claim by one receipt now: those that earn most, if that pays off; or else those that are about to end and
 * what may go with them, if that earns anything. However many small ones there are, they hold none up that is worth a claim.
 */
export function worthClaiming<T extends Earning>(
  earnings: readonly T[],
  prices: ClaimPrices,
  options: ClaimOptions,
): T[] {
  const least = costOfOneMore(prices, options);
  const best = earnings.filter(({ amount }) => amount > least).sort((a, b) => (a.amount < b.amount ? 1 : -1));
  const urgent = best.filter((earning) => isUrgent(earning, options));
  for (const batch of [best, [...urgent, ...best.filter((earning) => !urgent.includes(earning))]]) {
    const group = batch.slice(0, options.batch);
    if (isWorthClaiming(group, claimCost({ count: group.length }, prices, options), options)) return group;
  }
  return [];
}

/** Whether to claim now: because it earns enough, or because an escrow is about to end and it earns something. */
export function isWorthClaiming(
  earnings: readonly Earning[],
  cost: bigint,
  options: Pick<ClaimOptions, "ratio" | "marginSeconds">,
): boolean {
  const sum = earnings.reduce((total, { amount }) => total + amount, 0n);
  if (sum <= cost) return false;
  return isMultiple(sum, cost, options.ratio) || earnings.some((earning) => isUrgent(earning, options));
}

/** Whether the lock is about to end. What has ended may be gone before a receipt is there: no reason to hurry. */
export function isUrgent({ endsIn }: Earning, { marginSeconds }: Pick<ClaimOptions, "marginSeconds">): boolean {
  return endsIn >= 0 && endsIn < marginSeconds;
}

/** Whether `amount` is at least `ratio` times `cost`; the ratio counts to a hundredth. */
export function isMultiple(amount: bigint, cost: bigint, ratio: number): boolean {
  return amount * 100n >= cost * BigInt(Math.round(ratio * 100));
}

function inOriginToken(wei: bigint, { exchangeRate }: ClaimPrices): bigint {
  return (wei * exchangeRate) / EXCHANGE_RATE_SCALE;
}
