import { describe, expect, it } from "vitest";
import { planReads } from "./readingPlan.ts";

const reads = { recentReads: 3, lookaheadReads: 2, forwardReads: 10, sweepReads: 4, randomReads: 2 };
const plan = (changes: Partial<Parameters<typeof planReads>[0]> = {}) =>
  planReads({ count: 0, claimed: undefined, next: 0, sweep: 0, reads, random: () => 0, ...changes });

describe("planReads", () => {
  it("looks where the first signatures will be, while there is nothing", () => {
    expect(plan()).toEqual({ indices: [0, 1], next: 0, sweep: 0 });
  });

  it("reads the newest every time, and a little in front of them", () => {
    const { indices } = plan({ count: 1_000, next: 1_000, sweep: 500 });
    expect(indices).toEqual(expect.arrayContaining([997, 998, 999, 1_000, 1_001]));
    expect(indices).not.toContain(1_002);
  });

  it("reads in order up to what is claimed, so many at a time", () => {
    expect(plan({ count: 100, claimed: 50 }).next).toBe(10);
    expect(plan({ count: 100, claimed: 50, next: 45 }).next).toBe(51);
    expect(plan({ count: 100, claimed: 50, next: 51 }).next).toBe(51);
    expect(plan({ count: 100, claimed: 50 }).indices).toEqual(expect.arrayContaining([0, 9, 48, 49, 50, 51]));
  });

  it("follows no claim beyond what can be there, yet looks at it", () => {
    const { next, indices } = plan({ count: 5, claimed: 2 ** 32 - 2, next: 5, sweep: 0 });
    expect(next).toBe(7);
    expect(indices).toContain(2 ** 32 - 2);
    expect(Math.max(...indices)).toBe(2 ** 32 - 2);
    expect(indices.length).toBeLessThan(20);
  });

  it("never goes back in order, whatever is claimed later", () => {
    expect(plan({ count: 100, claimed: 3, next: 60 }).next).toBe(60);
    expect(plan({ count: 100, next: 60 }).next).toBe(60);
  });

  it("reads what a validator hides behind a latest index that says nothing of it, within a round", () => {
    const seen = new Set<number>();
    let sweep = 0;
    for (let tick = 0; tick < 25; tick++) {
      const next = plan({ count: 100, claimed: undefined, sweep });
      for (const index of next.indices) seen.add(index);
      sweep = next.sweep;
    }
    expect([...seen].filter((index) => index < 100)).toHaveLength(100);
    expect(sweep).toBe(0);
  });

  it("starts the round anew when the tree has become smaller", () => {
    expect(plan({ count: 3, sweep: 80 })).toMatchObject({ sweep: 0 });
    expect(plan({ count: 6, sweep: 80 })).toMatchObject({ sweep: 4 });
  });

  it("reads some that nobody can foresee", () => {
    const numbers = [0.5, 0.999];
    const { indices } = plan({ count: 1_000, next: 1_000, random: () => numbers.shift() ?? 0 });
    expect(indices).toContain(500);
    expect(indices).toContain(999);
  });

  it("reads each index once", () => {
    const { indices } = plan({ count: 4, claimed: 3 });
    expect(indices).toHaveLength(new Set(indices).size);
  });
});
