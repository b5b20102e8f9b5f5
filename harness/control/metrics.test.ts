import { expect, it } from "vitest";
import { createMetrics } from "./metrics.ts";

const catalogue = {
  ticks: { type: "counter", help: "rounds" },
  block: { type: "gauge", help: "its newest block", labels: ["chain"] },
  found: { type: "counter", help: "what was found", labels: ["kind", "state"] },
} as const;
const create = () => createMetrics({ prefix: "test_", catalogue });

it("counts and sets by name and labels", async () => {
  const metrics = create();
  metrics.count("ticks");
  metrics.count("ticks", {}, 2);
  metrics.count("found", { state: "new", kind: "a" });
  metrics.set("block", 5, { chain: "alpha" });
  metrics.set("block", 6, { chain: "alpha" });
  expect(await metrics.snapshot()).toEqual({ ticks: 3, 'found{kind="a",state="new"}': 1, 'block{chain="alpha"}': 6 });
  metrics.clear("block");
  expect(await metrics.snapshot()).toEqual({ ticks: 3, 'found{kind="a",state="new"}': 1 });
});

it("tells Prometheus of every metric there is, also of those without a series yet", async () => {
  const text = await create().text();
  for (const name of Object.keys(catalogue)) expect(text).toContain(`# HELP test_${name} `);
  expect(text).toContain("# TYPE test_block gauge");
  expect(text).toContain("test_ticks 0");
});

it("has no series of what a stranger wrote, and never more than a thousand", async () => {
  const metrics = create();
  for (const chain of ['a"} 1\ntest_ticks 99', "<script>", "x".repeat(81), "", "ünïcode"]) {
    metrics.set("block", 1, { chain });
  }
  expect(await metrics.snapshot()).toEqual({ ticks: 0, 'block{chain="other"}': 1 });
  expect(await metrics.text()).not.toMatch(/script|99/);

  for (let i = 0; i < 3_000; i++) metrics.count("found", { kind: `kind-${i}`, state: "new" });
  const series = Object.entries(await metrics.snapshot()).filter(([name]) => name.startsWith("found"));
  expect(series.length).toBe(1_001);
  expect(Object.fromEntries(series)['found{kind="other",state="other"}']).toBe(2_000);
});

it("refuses what is not in the catalogue, and to set a counter", () => {
  const metrics = create();
  expect(() => metrics.set("ticks", 1)).toThrow("ticks is a counter");
  expect(() => createMetrics<string>({ prefix: "", catalogue }).count("other")).toThrow("there is no metric other");
});
