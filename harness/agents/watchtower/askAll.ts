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
  const answers: { view: ChainView; value: T }[] = [];
  const failures: string[] = [];
  await Promise.all(
    views.map(async (view) => {
      try {
        answers.push({ view, value: await ask(view.client) });
      } catch (error) {
        failures.push(`${view.name}: ${errorText(error)}`);
      }
    }),
  );
  const [first, ...others] = answers;
  const other = first && others.find(({ value }) => comparable(value) !== comparable(first.value));
  if (first !== undefined && other !== undefined) {
    return { status: "differs", problem: `${first.view.name} and ${other.view.name} answer differently: ${what}` };
  }
  if (first === undefined || answers.length < quorum) {
    const why = failures.length === 0 ? "" : ` (${failures.join("; ")})`;
    return { status: "short", problem: `${answers.length} of ${quorum} nodes needed answer: ${what}${why}` };
  }
  return { status: "agreed", value: first.value };
}

function comparable(value: unknown): string {
  return JSON.stringify(value, (_, item) => (typeof item === "bigint" ? `${item}n` : item)) ?? "undefined";
}
