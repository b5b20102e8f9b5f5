import { expect, it } from "vitest";
import type { ChainClient } from "../../chains/client.ts";
import { askAll } from "./askAll.ts";
import type { ChainView } from "./followChain.ts";

/** Nodes that answer as given, or fail. */
function ask(answers: readonly unknown[], quorum = 2) {
  const views = answers.map((answer, i) => ({ name: `node ${i + 1}`, client: { answer } as unknown as ChainClient }));
  return askAll({
    what: "what it is",
    views: views as unknown as ChainView[],
    quorum,
    ask: async (client) => {
      const { answer } = client as unknown as { answer: unknown };
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
}

it("takes what all answer alike", async () => {
  expect(await ask([1, 1])).toEqual({ status: "agreed", value: 1 });
  expect(
    await ask([
      { a: 1n, b: ["0x"] },
      { a: 1n, b: ["0x"] },
      { a: 1n, b: ["0x"] },
    ]),
  ).toMatchObject({
    status: "agreed",
  });
});

it("takes what enough answer while others fail, and no less", async () => {
  expect(await ask([true, true, new Error("down")])).toEqual({ status: "agreed", value: true });
  expect(await ask([true, new Error("down")])).toEqual({
    status: "short",
    problem: "1 of 2 nodes needed answer: what it is (node 2: down)",
  });
  expect(await ask([new Error("a"), new Error("b")])).toMatchObject({ status: "short" });
  expect(await ask([])).toMatchObject({ status: "short" });
});

it("takes nothing when one answers otherwise, whatever the majority says", async () => {
  expect(await ask([1, 1, 1, 2])).toEqual({
    status: "differs",
    problem: "node 1 and node 4 answer differently: what it is",
  });
  expect(await ask([1n, "1n"])).toMatchObject({ status: "differs" });
  expect(await ask([null, undefined])).toMatchObject({ status: "differs" });
});
