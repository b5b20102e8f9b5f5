import { isIP } from "node:net";

/**
 * Whether a Host header names this server. A page of another site that has its own name resolve to this machine (DNS rebinding) is
 * to its browser of the same origin as this server, but it can not help sending that name. An address can not be rebound.
 *
 * @param names beside `localhost`, what the operator calls this machine
 */
export function isOwnHost(header: string | undefined, names: readonly string[]): boolean {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:[\]/@\s]+)(:\d{1,5})?$/.exec(header ?? "");
  const host = match?.[1]?.toLowerCase();
  if (host === undefined) return false;
  if (isIP(host.replace(/^\[(.*)\]$/, "$1")) !== 0) return true;
  return host === "localhost" || names.some((name) => name.toLowerCase() === host);
}
