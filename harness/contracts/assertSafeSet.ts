import { type Address, zeroAddress } from "viem";

export type ValidatorSet = { validators: readonly Address[]; threshold: number };

/** A set of validators that must not guard a deployment. A retry does not help; another set does. */
export class UnsafeSetError extends Error {
  override name = "UnsafeSetError";
}

/**
 * Refuses a validator set that one stolen key, or one operator, could forge messages through.
 *
 * @param development a chain whose messages are worth nothing: one validator and threshold one are then allowed
 * @throws UnsafeSetError that names what is wrong with the set and what to do
 */
export function assertSafeSet({ validators, threshold }: ValidatorSet, development: boolean): void {
  if (validators.includes(zeroAddress)) {
    throw new UnsafeSetError("the zero address is no validator");
  }
  const duplicate = validators.find((v, i) => validators.some((w, j) => j < i && w.toLowerCase() === v.toLowerCase()));
  if (duplicate !== undefined) {
    throw new UnsafeSetError(`validator ${duplicate} is given twice and would count twice: name each validator once`);
  }
  if (!Number.isInteger(threshold) || threshold < 1 || threshold > validators.length || validators.length > 255) {
    throw new UnsafeSetError(
      `threshold ${threshold} of ${validators.length} validators: it must be from 1 to the number of validators, at most 255`,
    );
  }
  if (development) return;
  if (validators.length < 2 || threshold < 2) {
    throw new UnsafeSetError(
      `a threshold of ${threshold} of ${validators.length} lets one stolen key forge every message: ` +
        "name at least two validators and a threshold of at least two, or pass --development for a chain without value",
    );
  }
}
