import { z } from "zod";
import { StorageError } from "./checkpointStorage.ts";

const UINT32_MAX = 2 ** 32 - 1;

export const uint32 = z.int().min(0).max(UINT32_MAX);

/** Hex of exactly `bytes` bytes in any case, made lower case. */
export function hexOf(bytes: number) {
  return z
    .string()
    .regex(new RegExp(`^0x[0-9a-fA-F]{${2 * bytes}}$`), `not ${bytes} bytes of hex`)
    .transform((value) => value.toLowerCase() as `0x${string}`);
}

/**
 * Parses the JSON of a stored object and checks it against a schema.
 * @param name how errors call the object
 * @throws StorageError when it is not UTF-8, not JSON or not of the schema
 */
export function parseObject<T>(name: string, bytes: Uint8Array, schema: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new StorageError(`${name} is not JSON in UTF-8 (${bytes.length} bytes)`, { cause });
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, 3).map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new StorageError(`${name} is malformed: ${issues.join("; ").slice(0, 300)}`);
}
