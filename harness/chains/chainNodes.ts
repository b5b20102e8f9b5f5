import { errorText } from "../agents/relayer/rpcError.ts";
import { askAll, type ChainNode } from "./askAll.ts";
import type { ChainClient } from "./client.ts";

/**
 * The nodes of a chain that one reader believes only together. What they must agree on is what a signature rests on; what can be checked
 * against that is read from any one of them.
 */
export type ChainNodes = {
  /** One of them, for answers that are checked in another way. */
  client(): ChainClient;
  /** What that one answered was of no use: the next `client` is another. */
  suspect(): void;
  /**
   * What enough of them answer alike and none otherwise. Undefined is the answer of who does not know, or not yet: it contradicts
   * nobody, and is the result when enough know nothing and less than enough know anything.
   * @throws TooFewNodesError, NodesDisagreeError
   */
  agreed<T>(what: string, ask: (client: ChainClient) => Promise<T>): Promise<T>;
  /** The highest number that enough of them have reached. @throws TooFewNodesError */
  reached(what: string, ask: (client: ChainClient) => Promise<bigint>): Promise<bigint>;
};

/** Too few nodes answer. It is never made do with fewer: who silences the honest ones must not be left with a liar. Retry later. */
export class TooFewNodesError extends Error {
  override name = "TooFewNodesError";
}

/** Nodes answer differently: one lies, or they are on different branches for the moment. Nobody knows which. Retry later. */
export class NodesDisagreeError extends Error {
  override name = "NodesDisagreeError";
}

/** A single node, believed in everything: its errors are its own. */
export function oneNode(client: ChainClient): ChainNodes {
  return { client: () => client, suspect: () => {}, agreed: (_, ask) => ask(client), reached: (_, ask) => ask(client) };
}

/**
 * Several nodes of different operators.
 * @param parameters.quorum how many must agree; none may contradict in any case
 * @example const nodes = createChainNodes({ nodes: [{ name: "alpha node 1", client }, …], quorum: 2 });
 */
export function createChainNodes(parameters: {
  nodes: readonly [ChainNode, ChainNode, ...ChainNode[]];
  quorum: number;
}): ChainNodes {
  const { nodes, quorum } = parameters;
  let turn = 0;

  return {
    client: () => (nodes[turn] ?? nodes[0]).client,

    suspect() {
      turn = (turn + 1) % nodes.length;
    },

    async agreed<T>(what: string, ask: (client: ChainClient) => Promise<T>): Promise<T> {
      let ignorant = 0;
      const result = await askAll({
        what,
        views: nodes,
        quorum,
        ask: async (client) => {
          const answer = await ask(client);
          if (answer !== undefined) return answer;
          ignorant += 1;
          throw new Error("does not know");
        },
      });
      if (result.status === "agreed") return result.value;
      if (result.status === "differs") throw new NodesDisagreeError(result.problem);
      if (ignorant >= quorum) return undefined as T; // then T has it: somebody answered so
      throw new TooFewNodesError(result.problem);
    },

    async reached(what, ask) {
      const results = await Promise.allSettled(nodes.map(({ client }) => ask(client)));
      const numbers = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
      const highest = numbers.sort((a, b) => (a < b ? 1 : a > b ? -1 : 0))[quorum - 1];
      if (highest !== undefined) return highest;
      const failures = results.flatMap((result, i) =>
        result.status === "rejected" ? [`${nodes[i]?.name}: ${errorText(result.reason)}`] : [],
      );
      throw new TooFewNodesError(
        `${numbers.length} of ${quorum} nodes needed answer: ${what} (${failures.join("; ")})`,
      );
    },
  };
}
