import { z } from "zod";

/** When messages are delivered together, in one `processBatch`. */
export const batchOptionsSchema = z.strictObject({
  /** Messages in one transaction. */
  maxMessages: z.int().min(2).max(1_000).default(50),
  /** How long a message waits for others to go with, in milliseconds. */
  maxDelay: z.int().min(0).max(60_000).default(100),
  /** Gas of one transaction; never more than half of what a block holds. */
  maxGas: z
    .string()
    .regex(/^\d{1,12}$/, "is no whole number of gas")
    .transform(BigInt)
    .default(15_000_000n),
});

export type BatchOptions = z.infer<typeof batchOptionsSchema>;
