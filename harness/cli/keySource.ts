import { z } from "zod";

/** Where a private key is: in an environment variable or in a file of its own. Never in the configuration itself. */
export const keySourceSchema = z.union([
  z.strictObject({ env: z.string().min(1) }),
  z.strictObject({ file: z.string().min(1) }),
]);
export type KeySource = z.infer<typeof keySourceSchema>;
