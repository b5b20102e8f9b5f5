import type { Notify } from "./alerts.ts";

/**
 * Posts alerts as JSON to a URL of the operator's choice: it may be of a private address, and may hold a secret, so it is
 * never part of an error. Redirects are not followed, and nothing of the answer but its status is read.
 */
export function createWebhook(parameters: { url: string; timeoutMs: number }): Notify {
  const { url, timeoutMs } = parameters;
  return async (message) => {
    let response: Response;
    try {
      response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(message),
        redirect: "manual",
        signal: AbortSignal.timeout(timeoutMs),
      });
    } catch (error) {
      const inTime = !(error instanceof Error && error.name === "TimeoutError");
      const code = error instanceof Error && error.cause instanceof Error ? codeOf(error.cause) : undefined;
      throw new Error(
        inTime
          ? `the webhook can not be reached${code === undefined ? "" : ` (${code})`}`
          : `no answer in ${timeoutMs} ms`,
      );
    }
    await response.body?.cancel().catch(() => {});
    if (response.status < 200 || response.status > 299) throw new Error(`the webhook answers with ${response.status}`);
  };
}

function codeOf(error: Error): string | undefined {
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}
