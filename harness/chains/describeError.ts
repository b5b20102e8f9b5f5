import { BaseError } from "viem";

/** What an error says, for logs: viem's full messages name the RPC's URL, and URLs hold keys. */
export function describeError(error: unknown): string {
  if (error instanceof BaseError) return [error.shortMessage, error.details].filter(Boolean).join(" ");
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
