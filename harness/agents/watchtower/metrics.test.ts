import { expect, it } from "vitest";
import { createMetrics } from "./metrics.ts";

it("adds up counters, keeps the last of present values, and labels both", () => {
  const metrics = createMetrics();
  metrics.count("ticks");
  metrics.count("ticks", {}, 2);
  metrics.count("offences", { kind: "equivocation" });
  metrics.set("agreed_block", 5, { chain: "alpha" });
  metrics.set("agreed_block", 6, { chain: "alpha" });
  expect(metrics.snapshot()).toEqual({
    'agreed_block{chain="alpha"}': 6,
    'offences{kind="equivocation"}': 1,
    ticks: 3,
  });
});

it("gives a snapshot that later counts do not change", () => {
  const metrics = createMetrics();
  const before = metrics.snapshot();
  metrics.count("ticks");
  expect(before).toEqual({});
});
