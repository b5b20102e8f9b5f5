import { isDeepStrictEqual } from "node:util";
import type { ChainClient } from "../../chains/client.ts";
import { errorText } from "../relayer/rpcError.ts";
import type { ChainView } from "./followChain.ts";

export type AskAllReturnType<T> =
  | { status: "agreed"; value: T }
  /** Too few answered. A retry may help. */
  | { status: "short"; problem: string }
  /** They answered differently: somebody lags, or lies. */
  | { status: "differs"; problem: string };

/**
 * Asks every node the same, and takes an answer only when enough give it and none gives another.
 * @param what for the problem's text
 */
export async function askAll<T>(parameters: {
  what: string;
  views: readonly ChainView[];
  quorum: number;
  ask: (client: ChainClient) => Promise<T>;
}): Promise<AskAllReturnType<T>> {
  const { what, views, quorum, ask } = parameters;
  const results = await Promise.allSettled(views.map(({ client }) => ask(client)));
  const answers: { view: ChainView; value: T }[] = [];
  const failures: string[] = [];
  for (const [i, view] of views.entries()) {
    const result = results[i];
    if (result?.status === "fulfilled") answers.push({ view, value: result.value });
    else failures.push(`${view.name}: ${errorText(result?.reason)}`);
  }
  const [first, ...others] = answers;
  const other = first && others.find(({ value }) => !isDeepStrictEqual(value, first.value));
  if (first !== undefined && other !== undefined) {
    return { status: "differs", problem: `${first.view.name} and ${other.view.name} answer differently: ${what}` };
  }
  if (first === undefined || answers.length < quorum) {
    const why = failures.length === 0 ? "" : ` (${failures.join("; ")})`;
    return { status: "short", problem: `${answers.length} of ${quorum} nodes needed answer: ${what}${why}` };
  }
  return { status: "agreed", value: first.value };
}
