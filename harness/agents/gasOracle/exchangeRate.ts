import { GasDataRefusedError } from "./gasDataRefused.ts";
import type { TokenPrice } from "./tokenPrices.ts";

/** An exchange rate of this is one to one. */
export const EXCHANGE_RATE_SCALE = 10n ** 10n;

/** With fewer digits a rate would be off by a percent or more. */
const MIN_RATE = 100n;
const MAX_RATE = 2n ** 104n - 1n;

/**
 * What the smallest unit of a destination's token is worth in that of the origin's, times 1e10, rounded up: in favour of who delivers.
 *
 * @throws GasDataRefusedError when the tokens are worth so differently that the contract has no number for it
 * @example exchangeRate({ destination: { price: "3000", decimals: 18 }, origin: { price: "1.5", decimals: 18 } }) // 2000e10
 */
export function exchangeRate({ destination, origin }: { destination: TokenPrice; origin: TokenPrice }): bigint {
  const [of, to] = [toFraction(destination), toFraction(origin)];
  const numerator = EXCHANGE_RATE_SCALE * of.numerator * to.denominator;
  const denominator = of.denominator * to.numerator;
  const rate = (numerator + denominator - 1n) / denominator;
  if (rate < MIN_RATE || rate > MAX_RATE) {
    throw new GasDataRefusedError(
      `the exchange rate would be ${rate}, and must be from ${MIN_RATE} to ${MAX_RATE}: see to the prices and the decimals`,
    );
  }
  return rate;
}

/** The price of a token's smallest unit. */
function toFraction({ price, decimals }: TokenPrice): { numerator: bigint; denominator: bigint } {
  const [whole = "", places = ""] = price.split(".");
  return { numerator: BigInt(whole + places), denominator: 10n ** BigInt(places.length + decimals) };
}
