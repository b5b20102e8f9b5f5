import { expect, it } from "vitest";
import { differenceOf, type ViewReport } from "./agreement.ts";

const report: ViewReport = { view: "one", number: 7n, hash: "0xaa", timestamp: 100, count: 3, root: "0xbb" };

it("finds nothing where all tell the same", () => {
  expect(differenceOf([])).toBeUndefined();
  expect(differenceOf([report])).toBeUndefined();
  expect(differenceOf([report, { ...report, view: "two" }, { ...report, view: "three" }])).toBeUndefined();
});

it.each<[Partial<ViewReport>, string]>([
  [{ number: 8n }, "its number is 7 by the one, 8 by the other"],
  [{ hash: "0xab" }, "its hash is 0xaa by the one, 0xab by the other"],
  [{ timestamp: 99 }, "its time is 100 by the one, 99 by the other"],
  [{ count: 4 }, "its number of leaves is 3 by the one, 4 by the other"],
  [{ root: "0xbc" }, "its tree's root is 0xbb by the one, 0xbc by the other"],
])("one that differs in %o is enough, whoever else agrees", (change, text) => {
  const others = [report, { ...report, view: "two" }, { ...report, view: "liar", ...change }];
  expect(differenceOf(others)).toBe(`one and liar differ about block 7: ${text}`);
});
