import { z } from "zod";
import type { HttpOptions } from "../control/serve.ts";
import { localKeySourceSchema } from "./keySource.ts";
import { readToken } from "./readKey.ts";

/** Part `http` of an agent: where it serves health, metrics and pages, and takes commands. Default: nowhere. */
export const httpSchema = z.strictObject({
  port: z.int().min(1).max(65_535),
  /** An address of this machine. What is served there everybody can read who reaches it; put a proxy with TLS before it. */
  host: z.string().min(1).default("127.0.0.1"),
  /** Names by which it is asked there, beside `localhost` and addresses. */
  hosts: z.array(z.string().min(1)).default([]),
  /** Who has this may command the agent. Without it, nobody may. */
  token: localKeySourceSchema.exactOptional(),
});
export type HttpConfig = z.infer<typeof httpSchema>;

/** With the token itself. @throws UsageError when it is configured and can not be had: then the agent must not start */
export function httpOptions({ token, ...http }: HttpConfig): HttpOptions {
  return { ...http, ...(token !== undefined && { token: readToken(token) }) };
}
