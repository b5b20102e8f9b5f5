import { readFileSync } from "node:fs";
import { z } from "zod";
import { UsageError } from "./usageError.ts";

/**
 * Reads a JSON file that somebody wrote by hand.
 *
 * @param otherwise What the file describes if the schema refuses it: "no module".
 * @throws UsageError that names the file, the field and what is wrong with it
 */
export function readJson<T>(file: string, schema: z.ZodType<T>, otherwise: string): T {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new UsageError(`can not read ${file}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new UsageError(`${file} describes ${otherwise}:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
