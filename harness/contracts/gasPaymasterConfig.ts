import { z } from "zod";
import { addressField as address, domainField, uintField } from "./configFields.ts";

/** A positive whole number below 2^bits; in JSON as a string where it may be large. */
function positive(bits: number) {
  return uintField.refine(
    (value) => value > 0n && value < 2n ** BigInt(bits),
    `must be above zero and below 2^${bits}`,
  );
}

const destinationSchema = z.strictObject({
  /** What the smallest unit of the destination's native token is worth in that of this chain, times 1e10. */
  tokenExchangeRate: positive(104),
  /** Of the destination, in the smallest unit of its native token. */
  gasPrice: positive(72),
  /** Gas of a delivery besides that of `handle`. */
  overhead: z
    .int()
    .min(0)
    .max(2 ** 32 - 1),
});

/** What `causeway deploy --paymaster` reads: a paymaster that is its own oracle. */
export const gasPaymasterSchema = z.strictObject({
  /** Gets the payments. Default: the owner. */
  beneficiary: address.exactOptional(),
  /** May write prices, as `causeway gas-oracle` does. Default: the owner alone. */
  updater: address.exactOptional(),
  /** By domain. */
  destinations: z.record(domainField, destinationSchema),
});

export type GasPaymasterConfig = z.infer<typeof gasPaymasterSchema>;
