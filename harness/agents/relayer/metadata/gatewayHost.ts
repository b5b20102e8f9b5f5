import { printable } from "../rpcError.ts";

/** Of a gateway's URL, what may be shown: neither its path nor its query, where secrets are. */
export function gatewayHost(url: string): string {
  const bare = url.slice(0, 2_048).replaceAll(/[{}]/g, "");
  return printable(URL.canParse(bare) ? new URL(bare).host : "a gateway");
}
