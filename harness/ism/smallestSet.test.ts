import { describe, expect, test } from "vitest";
import { ALWAYS, allOf, anyOf, atLeast, dual, type Formula, holds, NEVER, party } from "./formula.ts";
import { type SmallestSet, smallestSet } from "./smallestSet.ts";

/** Numbers in [0, limit), always the same ones (mulberry32). */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

const PARTIES = 8;
const name = (i: number) => `party ${i}`;
const ask = (count: number, from = 0) => Array.from({ length: count }, (_, i) => party(name(from + i)));

function randomFormula(next: (limit: number) => number, depth: number): Formula {
  const kind = next(12);
  if (kind === 0) return next(2) === 0 ? ALWAYS : NEVER;
  if (depth === 0 || kind < 3) return party(name(next(PARTIES)));
  const weighted = next(3) === 0;
  const of = Array.from({ length: 1 + next(5) }, () => ({
    weight: weighted ? BigInt(next(6)) : 1n,
    formula: randomFormula(next, depth - 1),
  }));
  const total = of.reduce((sum, { weight }) => sum + Number(weight), 0);
  return { need: BigInt(next(total + 2)), of };
}

function bruteForce(formula: Formula): number | undefined {
  let least: number | undefined;
  for (let mask = 0; mask < 2 ** PARTIES; mask++) {
    const acting = new Set(
      Array.from({ length: PARTIES }, (_, i) => i).flatMap((i) => (mask & (1 << i) ? [name(i)] : [])),
    );
    if (holds(formula, acting) && acting.size < (least ?? PARTIES + 1)) least = acting.size;
  }
  return least;
}

/** One way to make the choices: `turn` says from where on in each. */
function chosen({ choices }: SmallestSet, turn: number): Set<string> {
  return new Set(
    choices.flatMap(({ count, of }) => Array.from({ length: count }, (_, i) => of[(i + turn) % of.length] ?? "")),
  );
}

test("is what trying all sets finds, over random formulas with parties in several places", () => {
  const next = numbers(1);
  const sizes = new Map<number | undefined, number>();
  for (let i = 0; i < 1_000; i++) {
    const formula = randomFormula(next, 3);
    const expected = bruteForce(formula);
    const found = smallestSet(formula);
    const text = () => JSON.stringify(formula, (_, value) => (typeof value === "bigint" ? `${value}` : value));
    expect(found?.size, text()).toBe(expected);
    sizes.set(expected, (sizes.get(expected) ?? 0) + 1);
    if (found === undefined) continue;
    expect(found.exact).toBe(true);
    for (let turn = 0; turn < PARTIES; turn++) {
      const set = chosen(found, turn);
      expect(set.size, text()).toBe(found.size);
      expect(holds(formula, set), text()).toBe(true);
    }
  }
  // The formulas were not all trivial.
  for (const size of [undefined, 0, 1, 2, 3, 4]) expect(sizes.get(size) ?? 0, `size ${size}`).toBeGreaterThan(8);
});

test("the dual holds of exactly those sets that the others can not do without", () => {
  const next = numbers(2);
  for (let i = 0; i < 100; i++) {
    const formula = randomFormula(next, 3);
    const missing = dual(formula);
    for (let mask = 0; mask < 2 ** PARTIES; mask++) {
      const all = Array.from({ length: PARTIES }, (_, party) => party);
      const gone = new Set(all.filter((party) => mask & (1 << party)).map(name));
      const there = new Set(all.map(name).filter((key) => !gone.has(key)));
      expect(holds(missing, gone)).toBe(!holds(formula, there));
    }
  }
});

describe("given up", () => {
  test("a set is still one, and said to be one that may not be the smallest", () => {
    const next = numbers(3);
    let gaveUp = 0;
    for (let i = 0; i < 300; i++) {
      const sets = Array.from({ length: 12 }, () =>
        atLeast(
          3n,
          Array.from({ length: 9 }, () => party(name(next(30)))),
        ),
      );
      const formula = atLeast(7n, sets);
      const found = smallestSet(formula, 400);
      if (found === undefined || found.exact) continue;
      gaveUp += 1;
      expect(holds(formula, chosen(found, 0))).toBe(true);
    }
    expect(gaveUp).toBeGreaterThan(50);
  });
});

describe("large sets are no matter", () => {
  test("171 of 255", () => {
    expect(smallestSet(atLeast(171n, ask(255)))).toEqual({
      size: 171,
      exact: true,
      choices: [
        {
          count: 171,
          of: ask(255)
            .map((one) => ("party" in one ? one.party : ""))
            .sort(),
        },
      ],
    });
  });

  test("255 different weights", () => {
    const of = ask(255).map((formula, i) => ({ weight: 1_000_003n * BigInt(i * i + 1), formula }));
    const total = of.reduce((sum, { weight }) => sum + weight, 0n);
    const heaviest = of.toReversed().map(({ weight }) => weight);
    let sum = 0n;
    const expected =
      1 +
      heaviest.findIndex((weight) => {
        sum += weight;
        return sum >= total / 2n;
      });
    expect(smallestSet({ need: total / 2n, of })?.size).toBe(expected);
  });

  test("the same 255 behind two modules count once", () => {
    const formula = allOf([atLeast(171n, ask(255)), atLeast(200n, ask(255))]);
    expect(smallestSet(formula)).toMatchObject({ size: 200, exact: true });
    expect(smallestSet(dual(formula))).toMatchObject({ size: 56, exact: true });
  });

  test("two sets of 120 that have 60 in common", () => {
    const found = smallestSet(allOf([atLeast(81n, ask(120)), atLeast(81n, ask(120, 60))]));
    expect(found).toMatchObject({ size: 60 + 21 + 21, exact: true });
  });

  test("two of three sets of 30, each with 10 of each other's", () => {
    const sets = [ask(30), ask(30, 20), [...ask(10, 40), ...ask(10), ...ask(10, 50)]];
    const found = smallestSet(
      atLeast(
        2n,
        sets.map((set) => atLeast(21n, set)),
      ),
    );
    // The 10 in common, and of each set 11 more.
    expect(found).toMatchObject({ size: 10 + 11 + 11, exact: true });
  });

  test("60 modules of 255 validators each, almost all of them shared: bounded, and a set that is one", () => {
    const formula = atLeast(
      40n,
      Array.from({ length: 60 }, (_, i) => atLeast(171n, ask(255, i * 4))),
    );
    const found = smallestSet(formula);
    if (found === undefined) throw new Error("all together can");
    expect(holds(formula, chosen(found, 0))).toBe(true);
    expect(found.size).toBeLessThanOrEqual(255);
  });

  test("20 modules of 255 random weights each: the same", () => {
    const next = numbers(4);
    const weighted = (from: number): Formula => {
      const of = ask(255, from).map((formula) => ({ weight: 1n + 2n ** 60n * BigInt(next(1_000_000)), formula }));
      return { need: (of.reduce((sum, { weight }) => sum + weight, 0n) * 2n) / 3n, of };
    };
    const formula = atLeast(
      14n,
      Array.from({ length: 20 }, (_, i) => weighted(i * 4)),
    );
    const found = smallestSet(formula);
    if (found === undefined) throw new Error("all together can");
    expect(holds(formula, chosen(found, 0))).toBe(true);
    expect(found.exact).toBe(false);
  });

  test("an owner beside them all", () => {
    expect(smallestSet(anyOf([party("owner"), atLeast(171n, ask(255))]))).toEqual({
      size: 1,
      exact: true,
      choices: [{ count: 1, of: ["owner"] }],
    });
  });
});
