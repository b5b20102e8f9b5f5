import { isIP } from "node:net";
import { z } from "zod";
import { type HttpConfig, httpOptions } from "./httpConfig.ts";
import { UsageError } from "./usageError.ts";

const TIMEOUT_MS = 10_000;
const answerSchema = z.looseObject({ message: z.string().exactOptional() });

/**
 * Has a running agent do something. An agent that does not run, or is configured without `http.token`, is commanded through its store,
 * which it reads before each step.
 *
 * @param offline does the same to the store
 * @throws UsageError with the agent's words when it refuses
 */
export async function commandAgent(
  http: HttpConfig | undefined,
  { path, body, offline }: { path: string; body?: object; offline: () => Promise<void> },
): Promise<void> {
  if (http?.token === undefined) return offline();
  const { host, port, token } = httpOptions(http);
  const url = new URL(path, `http://${isIP(host) === 6 ? `[${host}]` : host}:${port}`);
  let response: Response;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, ...(body && { "content-type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    if (isRefused(error)) return offline(); // nobody listens: the agent does not run
    throw new UsageError(
      `the agent at ${url.origin} does not answer: ${error instanceof Error ? error.message : error}`,
    );
  }
  if (response.ok) return;
  const { message = "no reason given" } = answerSchema.catch({}).parse(await response.json().catch(() => ({})));
  throw new UsageError(`the agent at ${url.origin} refused (${response.status}): ${message}`);
}

function isRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "code" in cause && cause.code === "ECONNREFUSED";
}
