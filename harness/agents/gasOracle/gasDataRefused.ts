/**
 * Prices that must not be written: a source is too old, absurd or silent. What is on chain stays, and a retry helps once the source
 * is right again or the configuration is changed.
 */
export class GasDataRefusedError extends Error {
  override name = "GasDataRefusedError";
}
