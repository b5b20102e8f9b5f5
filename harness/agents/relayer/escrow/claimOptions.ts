import { z } from "zod";

/** When to claim what escrows owe for deliveries. */
export const claimOptionsSchema = z.strictObject({
  /** Deliveries are claimed when what they earn is this many times what claiming costs. */
  ratio: z.number().min(1).max(1_000).default(3),
  /** Less than so many seconds before an escrow ends, it is enough that claiming costs less than it earns. */
  marginSeconds: z
    .int()
    .min(0)
    .default(6 * 3_600),
  /** Most messages in one receipt. */
  batch: z.int().min(1).max(256).default(100),
  /** Most transactions that claim one message: a receipt that is never accepted must not drain the account. */
  maxAttempts: z.int().min(0).default(3),
  /** Gas that the delivery of a receipt is taken to use on the origin, and for each message in it. */
  receiptGas: z.int().min(0).default(150_000).transform(BigInt),
  receiptGasPerMessage: z.int().min(0).default(20_000).transform(BigInt),
  /** What an escrow owes is withdrawn when it is this many times what that costs. */
  withdrawRatio: z.number().min(1).max(1_000_000).default(10),
});

export type ClaimOptions = z.infer<typeof claimOptionsSchema>;

export const DEFAULT_CLAIM_OPTIONS: ClaimOptions = claimOptionsSchema.parse({});
