import { countRequests, type RequestResult } from "../control/countRequests.ts";
import { type ChainNodes, createChainNodes } from "./chainNodes.ts";
import { createChainClient } from "./client.ts";

/** A node that stalls holds up the others for so long; what one fails at is not repeated, for the others are there. */
const TIMEOUT_MS = 5_000;

/** The configuration names too few nodes, or one twice. */
export class NodesConfigError extends Error {
  override name = "NodesConfigError";
}

/**
 * The nodes behind RPC URLs of one chain, of which `quorum` (default: all) must agree.
 * @throws NodesConfigError when they are not at least two different ones, or the quorum is no majority of them
 */
export function openChainNodes(parameters: {
  name: string;
  rpcUrls: readonly string[];
  quorum?: number;
  timeoutMs?: number;
  /** Told of every request to any of them. */
  onRequest?: (result: RequestResult) => void;
}): ChainNodes {
  const { name, rpcUrls, quorum = rpcUrls.length, timeoutMs = TIMEOUT_MS, onRequest = () => {} } = parameters;
  const different = new Set(rpcUrls.map((url) => new URL(url).href)).size;
  const [first, second, ...others] = rpcUrls.map((rpcUrl, i) => ({
    name: `${name} node ${i + 1}`,
    client: countRequests(createChainClient({ rpcUrl, timeoutMs, retries: 0 }), onRequest),
  }));
  if (first === undefined || second === undefined || different !== rpcUrls.length) {
    throw new NodesConfigError(
      `${name} needs at least two different RPC URLs, of operators that are independent of each other: ` +
        `${rpcUrls.length} are configured, ${different} of them different`,
    );
  }
  if (quorum * 2 <= rpcUrls.length || quorum > rpcUrls.length) {
    throw new NodesConfigError(
      `the quorum of ${name} is ${quorum}: it must be more than half of its ${rpcUrls.length} nodes, and at most all`,
    );
  }
  return createChainNodes({ nodes: [first, second, ...others], quorum });
}
