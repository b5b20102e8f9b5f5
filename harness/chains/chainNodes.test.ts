import { expect, it } from "vitest";
import { createChainNodes, NodesDisagreeError, TooFewNodesError } from "./chainNodes.ts";
import type { ChainClient } from "./client.ts";
import { NodesConfigError, openChainNodes } from "./openChainNodes.ts";

/** Nodes that answer as given, or fail. */
function nodesThatSay(answers: readonly [unknown, unknown, ...unknown[]], quorum: number) {
  const node = (answer: unknown, i: number) => ({
    name: `node ${i + 1}`,
    client: { answer } as unknown as ChainClient,
  });
  const [first, second, ...others] = answers;
  const rest = others.map((answer, i) => node(answer, i + 2));
  return createChainNodes({ nodes: [node(first, 0), node(second, 1), ...rest], quorum });
}

async function answerOf<T>(client: ChainClient): Promise<T> {
  const { answer } = client as unknown as { answer: T };
  if (answer instanceof Error) throw answer;
  return answer;
}

const down = new Error("down");

it("believes what enough say and none contradicts", async () => {
  expect(await nodesThatSay([7, 7, 7], 2).agreed("it", answerOf)).toBe(7);
  expect(await nodesThatSay([7, down, 7], 2).agreed("it", answerOf)).toBe(7);
  expect(await nodesThatSay([7, undefined, 7], 2).agreed("it", answerOf)).toBe(7);
});

it("believes nothing that too few say: the one that is left may be the liar that silenced the others", async () => {
  await expect(nodesThatSay([down, 666, down], 2).agreed("it", answerOf)).rejects.toThrow(TooFewNodesError);
  await expect(nodesThatSay([down, 666, down], 2).agreed("it", answerOf)).rejects.toThrow(
    "1 of 2 nodes needed answer: it (node 1: down; node 3: down)",
  );
  await expect(nodesThatSay([undefined, 666, down], 2).agreed("it", answerOf)).rejects.toThrow(TooFewNodesError);
});

it("believes no majority while one contradicts", async () => {
  await expect(nodesThatSay([7, 7, 666], 2).agreed("it", answerOf)).rejects.toThrow(NodesDisagreeError);
  await expect(nodesThatSay([666, down, 7], 2).agreed("it", answerOf)).rejects.toThrow(
    "node 1 and node 3 answer differently: it",
  );
});

it("knows that enough know nothing", async () => {
  expect(await nodesThatSay([undefined, undefined, down], 2).agreed("it", answerOf)).toBeUndefined();
  expect(await nodesThatSay([undefined, undefined, 666], 2).agreed("it", answerOf)).toBeUndefined();
  await expect(nodesThatSay([undefined, down, down], 2).agreed("it", answerOf)).rejects.toThrow(TooFewNodesError);
});

it("goes as far as enough have come, however far one claims to be", async () => {
  expect(await nodesThatSay([10n, 12n, 11n], 2).reached("it", answerOf)).toBe(11n);
  expect(await nodesThatSay([10n, 12n, 11n], 3).reached("it", answerOf)).toBe(10n);
  expect(await nodesThatSay([10n, 10n ** 9n, down], 2).reached("it", answerOf)).toBe(10n);
  await expect(nodesThatSay([down, 10n ** 9n, down], 2).reached("it", answerOf)).rejects.toThrow(
    "1 of 2 nodes needed answer: it (node 1: down; node 3: down)",
  );
});

it("reads what is checked otherwise from one, and from the next when that was of no use", () => {
  const nodes = nodesThatSay([1, 2, 3], 2);
  const turns = Array.from({ length: 4 }, () => {
    const { answer } = nodes.client() as unknown as { answer: number };
    nodes.suspect();
    return answer;
  });
  expect(turns).toEqual([1, 2, 3, 1]);
});

it("refuses nodes that are one and the same, and a quorum that is no majority", () => {
  const open = (rpcUrls: string[], quorum?: number) => () =>
    openChainNodes({ name: "alpha", rpcUrls, ...(quorum !== undefined && { quorum }) });
  const [a, b, c, d] = ["http://a", "http://b", "http://c", "http://d"] as const;
  expect(open([a])).toThrow(NodesConfigError);
  expect(open([a, a])).toThrow(/2 are configured, 1 of them different/);
  expect(open([a, "http://a/"])).toThrow(NodesConfigError);
  expect(open([a, b, c], 1)).toThrow(/quorum of alpha is 1/);
  expect(open([a, b, c, d], 2)).toThrow(/more than half of its 4/);
  expect(open([a, b], 3)).toThrow(NodesConfigError);
  expect(open([a, b, c], 2)).not.toThrow();
  expect(open([a, b])).not.toThrow();
});
