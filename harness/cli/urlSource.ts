import { z } from "zod";
import { UsageError } from "./usageError.ts";

/** A URL, or the environment variable that has it, where it holds a secret. */
export const urlSourceSchema = z.union([z.url({ protocol: /^https?$/ }), z.strictObject({ env: z.string().min(1) })]);
export type UrlSource = z.infer<typeof urlSourceSchema>;

/** @throws UsageError, which never repeats the URL: it may hold a secret */
export function readUrl(source: UrlSource, env: NodeJS.ProcessEnv = process.env): string {
  if (typeof source === "string") return source;
  const url = env[source.env];
  if (url === undefined || !/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new UsageError(`the environment variable ${source.env} is to hold an http or https URL: set it`);
  }
  return url;
}
