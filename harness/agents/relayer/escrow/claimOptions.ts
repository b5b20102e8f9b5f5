export type ClaimOptions = {
  /** Deliveries are claimed when what they earn is this many times what claiming costs. */
  ratio: number;
  /** Less than so many seconds before an escrow ends, it is enough that claiming costs less than it earns. */
  marginSeconds: number;
  /** Most messages in one receipt. */
  batch: number;
  /** Most transactions that claim one message: a receipt that is never accepted must not drain the account. */
  maxAttempts: number;
  /** Gas that the delivery of a receipt is taken to use on the origin, and for each message in it. */
  receiptGas: bigint;
  receiptGasPerMessage: bigint;
  /** What an escrow owes is withdrawn when it is this many times what that costs. */
  withdrawRatio: number;
};

export const DEFAULT_CLAIM_OPTIONS: ClaimOptions = {
  ratio: 3,
  marginSeconds: 6 * 3_600,
  batch: 100,
  maxAttempts: 3,
  receiptGas: 150_000n,
  receiptGasPerMessage: 20_000n,
  withdrawRatio: 10,
};
