import type { GasData } from "./gasData.ts";
import { GasDataRefusedError } from "./gasDataRefused.ts";

const SCALE = 10_000n;

/** In wei. */
type Bounds = { min: bigint; max: bigint };

/**
 * How far prices may go in one write from what is known. A gas price, which does jump, goes as far as it may. An exchange rate that
 * jumps is not believed at all: of the price of a token a typing error or wrong decimals are likelier.
 *
 * @param known what is on chain, or what its node says of it; where it is zero nothing is known, and any price may be written
 * @param maxChange the largest factor, up or down; above one, and infinite for no limit
 * @param bounds what gas prices can be: `now` is within them, and what is not goes there at once, lest a node that lies about what
 *   is on chain has its lie written
 * @throws GasDataRefusedError when the exchange rate jumps
 * @example limitMove({ tokenExchangeRate: 5n, gasPrice: 10n }, { tokenExchangeRate: 5n, gasPrice: 90n }, 2, { min: 1n, max: 99n }).gasPrice // 20n
 */
export function limitMove(known: GasData, now: GasData, maxChange: number, bounds: Bounds): GasData {
  if (maxChange === Number.POSITIVE_INFINITY || known.tokenExchangeRate === 0n || known.gasPrice === 0n) return now;
  const factor = BigInt(Math.floor(maxChange * Number(SCALE)));
  const { tokenExchangeRate: rate } = known;
  const wanted = now.tokenExchangeRate;
  if (wanted * SCALE > rate * factor || wanted * factor < rate * SCALE) {
    throw new GasDataRefusedError(
      `the exchange rate would go from ${rate} to ${wanted}, by more than a factor of ${maxChange}: ` +
        "see to the file of prices, and if it is right write it once with --once --accept-jump",
    );
  }
  const limited = between(lowest(known.gasPrice, factor), now.gasPrice, highest(known.gasPrice, factor));
  return { tokenExchangeRate: wanted, gasPrice: between(bounds.min, limited, bounds.max) };
}

/** Never zero. */
function lowest(price: bigint, factor: bigint): bigint {
  return (price * SCALE + factor - 1n) / factor;
}

/** At least one more: a price of a few wei must be able to rise. */
function highest(price: bigint, factor: bigint): bigint {
  const limit = (price * factor) / SCALE;
  return limit > price ? limit : price + 1n;
}

function between(least: bigint, value: bigint, most: bigint): bigint {
  if (value < least) return least;
  return value > most ? most : value;
}
