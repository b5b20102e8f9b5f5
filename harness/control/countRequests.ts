import { publicActions } from "viem";
import { isAnswer, isRevert } from "../agents/relayer/rpcError.ts";
import type { ChainClient } from "../chains/client.ts";

/**
 * - `refused`: the node answered with an error that is not a reverted call: limits, missing state, a wrong method
 * - `unreachable`: no answer, none in time, or none of JSON-RPC
 */
export type RequestResult = "ok" | "refused" | "unreachable";

/** A client that does what `client` does and tells of every request how it ended. That a call reverts is an answer. */
export function countRequests(client: ChainClient, onResult: (result: RequestResult) => void): ChainClient {
  const ask = client.request as (...parameters: unknown[]) => Promise<unknown>;
  const request = (async (...parameters: unknown[]) => {
    try {
      const answer = await ask(...parameters);
      onResult("ok");
      return answer;
    } catch (error) {
      onResult(isRevert(error) ? "ok" : isAnswer(error) ? "refused" : "unreachable");
      throw error;
    }
  }) as ChainClient["request"];
  const counted = { ...client, request };
  return { ...counted, ...publicActions(counted) };
}
