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

/** Wei of the origin's token that one message more in a receipt costs: what earns less is not worth being in one. */
export function costOfOneMore(prices: ClaimPrices, options: Pick<ClaimOptions, "receiptGasPerMessage">): bigint {
  const there = inOriginToken(SEND_GAS_PER_MESSAGE * prices.destinationGas, prices);
  return there + options.receiptGasPerMessage * prices.originGas;
}

/** Whether to claim now: because it earns enough, or because an escrow is about to end and it earns something. */
export function isWorthClaiming(
  earnings: readonly Earning[],
  cost: bigint,
  options: Pick<ClaimOptions, "ratio" | "marginSeconds">,
): boolean {
  const sum = earnings.reduce((total, { amount }) => total + amount, 0n);
  if (sum <= cost) return false;
  return isMultiple(sum, cost, options.ratio) || earnings.some(({ endsIn }) => endsIn < options.marginSeconds);
}

/** Whether `amount` is at least `ratio` times `cost`; the ratio counts to a hundredth. */
export function isMultiple(amount: bigint, cost: bigint, ratio: number): boolean {
  return amount * 100n >= cost * BigInt(Math.round(ratio * 100));
}

function inOriginToken(wei: bigint, { exchangeRate }: ClaimPrices): bigint {
  return (wei * exchangeRate) / EXCHANGE_RATE_SCALE;
}
