import { z } from "zod";

/** Where a private key is: in an environment variable or in a file of its own. Never in the configuration itself. */
export const localKeySourceSchema = z.union([
  z.strictObject({ env: z.string().min(1) }),
  z.strictObject({ file: z.string().min(1) }),
]);
export type LocalKeySource = z.infer<typeof localKeySourceSchema>;

/** The same, or in AWS KMS, which it never leaves: key id, ARN or alias. */
export const keySourceSchema = z.union([
  ...localKeySourceSchema.options,
  z.strictObject({ kms: z.string().min(1), region: z.string().min(1).exactOptional() }),
]);
export type KeySource = z.infer<typeof keySourceSchema>;
