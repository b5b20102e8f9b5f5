import type { Formula } from "./formula.ts";

/** So many of these parties, whichever. */
export type Choice = { count: number; of: string[] };

export type SmallestSet = {
  /** How many parties; 0: it takes nobody. */
  size: number;
  /** False: the search was given up; smaller sets were not found, but may be there. */
  exact: boolean;
  /** All of these choices together. Within a choice the parties are interchangeable. */
  choices: Choice[];
};

/** Comparisons; about a second. */
const MAX_STEPS = 3_000_000;
/** Of those, for one gate. */
const MAX_GATE_STEPS = 50_000;

/** `estimated`: some gate had too many combinations to look at, so that what was found may not be the smallest. */
type Budget = { steps: number; estimated: boolean };

/**
 * The fewest parties that make a formula hold; undefined when nobody can.
 *
 * Parties that stand in the same places are interchangeable, so that only their number counts. A party that stands in several places
 * is first taken apart: each place pays its share of it. What that costs can be computed place by place, is never more than the truth,
 * and is the truth where all its places agree on it. Where they do not, both cases are looked at: with or without a module that it
 * would take, or with fewer or more parties of a kind.
 *
 * @param maxSteps what the search may cost; then the best set that was found is returned, and `exact` is false
 */
export function smallestSet(formula: Formula, maxSteps: number = MAX_STEPS): SmallestSet | undefined {
  const problem = prepare(formula);
  const { classes } = problem;
  const budget: Budget = { steps: maxSteps, estimated: false };
  let best: { size: number; counts: number[] } | undefined;
  const open: Range[] = [
    { least: classes.map(() => 0), most: classes.map(({ of }) => of.length), needed: new Set(), left: new Set() },
  ];
  for (let range = open.pop(); range !== undefined; range = open.pop()) {
    if (best !== undefined && budget.steps <= 0) return describe(problem, best, false);
    const relaxed = relax(problem, range, budget);
    if (relaxed === undefined || (best !== undefined && relaxed.bound >= best.size)) continue;
    const counts = withoutSuperfluous(problem, relaxed.counts, budget);
    const size = counts.reduce((sum, count) => sum + count, 0);
    if (best === undefined || size < best.size) best = { size, counts };
    if (relaxed.bound >= best.size || relaxed.disputed === undefined) continue;
    const { disputed, gate } = relaxed;
    if (gate !== undefined) {
      open.push({ ...range, left: new Set([...range.left, gate]) });
      open.push({ ...range, needed: new Set([...range.needed, gate]) });
    } else {
      open.push({ ...range, most: range.most.with(disputed.index, disputed.at) });
      open.push({ ...range, least: range.least.with(disputed.index, disputed.at + 1) });
    }
  }
  return best && describe(problem, best, !budget.estimated);
}

/** Interchangeable parties, and in how many gates they stand. */
type Class = { of: string[]; places: number };
type Gate = {
  need: bigint;
  parties: { index: number; weight: bigint }[];
  gates: { gate: Gate; weight: bigint }[];
};
type Problem = { root: Gate; gates: Gate[]; classes: Class[] };
type Range = {
  /** How many of each class are taken for certain, and how many may be. */
  least: number[];
  most: number[];
  /** Gates that hold. What is above them is among them, or the root. */
  needed: ReadonlySet<Gate>;
  /** Gates that are not relied on. */
  left: ReadonlySet<Gate>;
};

/**
 * What a whole party costs, so that shares of it are whole numbers: divisible by all numbers to 22. Where a party stands in more
 * places its shares are rounded down, which makes all of them together too small by less than a unit.
 */
const UNIT = 232_792_560;

function prepare(formula: Formula): Problem {
  const gates: (Gate & { weights: Map<string, bigint> })[] = [];
  const places = new Map<string, string[]>();

  function gateOf(below: Formula): Gate {
    const { need, of } = "party" in below ? { need: 1n, of: [{ weight: 1n, formula: below }] } : below;
    const gate = { need, parties: [], gates: [] as Gate["gates"], weights: new Map<string, bigint>() };
    const id = gates.push(gate);
    for (const { weight, formula: child } of of) {
      if (weight <= 0n) continue;
      if ("party" in child) gate.weights.set(child.party, (gate.weights.get(child.party) ?? 0n) + weight);
      else gate.gates.push({ weight, gate: gateOf(child) });
    }
    for (const [key, weight] of gate.weights) {
      const known = places.get(key);
      if (known === undefined) places.set(key, [`${id}:${weight}`]);
      else known.push(`${id}:${weight}`);
    }
    return gate;
  }
  const root = gateOf(formula);

  const bySignature = new Map<string, number>();
  const indexOf = new Map<string, number>();
  const classes: Class[] = [];
  for (const [key, signature] of [...places].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const text = signature.sort().join();
    const index = bySignature.get(text) ?? classes.push({ of: [], places: signature.length }) - 1;
    bySignature.set(text, index);
    const members = classes[index]?.of;
    if (members?.length === 0) indexOf.set(key, index);
    members?.push(key);
  }
  for (const gate of gates) {
    for (const [key, weight] of gate.weights) {
      const index = indexOf.get(key); // that of the first member stands for all
      if (index !== undefined) gate.parties.push({ index, weight });
    }
  }
  return { root, gates, classes };
}

type Item = { cost: number; weight: bigint; count: number; index?: number; gate?: Gate };
type Solved = { cost: number; taken: { item: Item; count: number }[] };

/**
 * The cheapest solution where each place pays its own share.
 * @returns undefined when there is none within the range; else how many of each class all places together take, a bound that no
 * solution within the range is below; and where not all places of a class take as many, that class with the number to divide its range
 * at, and a gate that was taken and need not have been
 */
function relax({ root, classes }: Problem, range: Range, budget: Budget) {
  const { least, most, needed, left } = range;
  const solutions = new Map<Gate, Solved | undefined>();
  const places = classes.map(() => 0);
  function count(gate: Gate): void {
    for (const { index } of gate.parties) places[index] = (places[index] ?? 0) + 1;
    for (const { gate: child } of gate.gates) if (!left.has(child)) count(child);
  }
  count(root);

  function solve(gate: Gate): Solved | undefined {
    let missing = gate.need;
    let certain = 0;
    const items: Item[] = [];
    const taken: Solved["taken"] = [];
    for (const { index, weight } of gate.parties) {
      const sure = least[index] ?? 0;
      const count = (most[index] ?? 0) - sure;
      missing -= weight * BigInt(sure);
      if (count > 0) items.push({ cost: Math.floor(UNIT / (places[index] ?? 1)), weight, count, index });
    }
    for (const { gate: child, weight } of gate.gates) {
      if (left.has(child)) continue;
      const solution = solve(child);
      const isNeeded = needed.has(child);
      if (solution === undefined && isNeeded) return undefined;
      if (solution === undefined) continue;
      const item = { cost: solution.cost, weight, count: 1, gate: child };
      if (solution.cost > 0 && !isNeeded) {
        items.push(item);
        continue;
      }
      missing -= weight;
      certain += solution.cost;
      taken.push({ item, count: 1 });
    }
    budget.steps -= 1 + gate.parties.length + gate.gates.length;
    const rest = cover(items, missing, budget);
    if (rest === undefined) return undefined;
    const solution = { cost: certain + rest.cost, taken: [...taken, ...rest.taken] };
    solutions.set(gate, solution);
    return solution;
  }

  const solution = solve(root);
  if (solution === undefined) return undefined;

  const extra = classes.map(() => ({ most: 0, all: 0 }));
  function collect(gate: Gate): void {
    for (const { item, count } of solutions.get(gate)?.taken ?? []) {
      if (item.gate !== undefined) collect(item.gate);
      const use = item.index === undefined ? undefined : extra[item.index];
      if (use === undefined) continue;
      use.most = Math.max(use.most, count);
      use.all += count;
    }
  }
  collect(root);

  const sure = least.reduce((sum, count) => sum + count, 0);
  let disputed: { index: number; at: number } | undefined;
  let widest = 0;
  for (const [index, use] of extra.entries()) {
    const even = use.all / Math.max(places[index] ?? 1, 1);
    if (use.most - even <= widest) continue;
    widest = use.most - even;
    disputed = { index, at: (least[index] ?? 0) + Math.floor(even) };
  }
  return {
    bound: sure + Math.ceil(solution.cost / UNIT),
    counts: least.map((count, index) => count + (extra[index]?.most ?? 0)),
    disputed,
    gate: undecided(root),
  };

  /** A gate that was taken although its like could have been, the highest first. */
  function undecided(gate: Gate): Gate | undefined {
    const taken = (solutions.get(gate)?.taken ?? []).flatMap(({ item }) => item.gate ?? []);
    const free = taken.find((child) => !needed.has(child) && (solutions.get(child)?.cost ?? 0) > 0);
    if (free !== undefined) return free;
    for (const child of taken) {
      const below = needed.has(child) ? undecided(child) : undefined;
      if (below !== undefined) return below;
    }
    return undefined;
  }
}

type Point = { cost: number; weight: bigint; last?: { group: number; count: number; before: Point } };

/** The cheapest items that weigh at least `missing`. Of items that cost alike the heaviest come first. */
function cover(items: readonly Item[], missing: bigint, budget: Budget): Solved | undefined {
  if (missing <= 0n) return { cost: 0, taken: [] };
  const total = items.reduce((sum, { weight, count }) => sum + weight * BigInt(count), 0n);
  if (total < missing) return undefined;
  if (items.every(({ weight }) => weight === items[0]?.weight)) return cheapestFirst(items, missing, true);
  const byCost = new Map<number, Item[]>();
  for (const item of items) {
    const alike = byCost.get(item.cost);
    if (alike === undefined) byCost.set(item.cost, [item]);
    else alike.push(item);
  }
  const groups = [...byCost.values()].map((group) =>
    group.sort((a, b) => (a.weight === b.weight ? (a.index ?? 0) - (b.index ?? 0) : a.weight > b.weight ? -1 : 1)),
  );

  let cheapest: Point | undefined;
  let points: Point[] = [{ cost: 0, weight: 0n }];
  for (const [group, members] of groups.entries()) {
    const cost = members[0]?.cost ?? 0;
    const next: Point[] = [...points];
    const sums = prefixSums(members, missing);
    if (points.length * sums.length > MAX_GATE_STEPS || budget.steps <= 0) {
      budget.estimated = true;
      return cheapestFirst(items, missing, false);
    }
    for (const before of points) {
      for (const [i, sum] of sums.entries()) {
        budget.steps -= 1;
        const point = { cost: before.cost + cost * (i + 1), weight: before.weight + sum };
        if (cheapest !== undefined && point.cost >= cheapest.cost) break;
        const reached = { ...point, last: { group, count: i + 1, before } };
        if (point.weight >= missing) {
          cheapest = reached;
          break;
        }
        next.push(reached);
      }
    }
    budget.steps -= next.length * 4; // for the sorting
    points = undominated(next);
  }
  if (cheapest === undefined) return undefined;

  const taken: Solved["taken"] = [];
  for (let { last } = cheapest; last !== undefined; last = last.before.last) {
    let left = last.count;
    for (const item of groups[last.group] ?? []) {
      if (left === 0) break;
      const count = Math.min(left, item.count);
      taken.push({ item, count });
      left -= count;
    }
  }
  return { cost: cheapest.cost, taken };
}

/**
 * The items with the most weight for their cost: the cheapest solution, where all items weigh alike. Elsewhere the cost returned is what it
 * would be if the last item could be taken in part, and so not more than that of the cheapest.
 */
function cheapestFirst(items: readonly Item[], missing: bigint, alike: boolean): Solved {
  const perWeight = (item: Item) => item.cost / Number(item.weight);
  const sorted = [...items].sort((a, b) => perWeight(a) - perWeight(b) || (a.index ?? 0) - (b.index ?? 0));
  const taken: Solved["taken"] = [];
  let cost = 0;
  let left = missing;
  for (const item of sorted) {
    if (left <= 0n) break;
    const wanted = (left + item.weight - 1n) / item.weight;
    const count = wanted < BigInt(item.count) ? Number(wanted) : item.count;
    const weight = item.weight * BigInt(count);
    const part = weight > left ? Number(left) / Number(item.weight) : count;
    cost += alike ? item.cost * count : Math.floor(item.cost * part);
    taken.push({ item, count });
    left -= weight;
  }
  return { cost, taken };
}

/** What the first 1, 2, … members weigh, until that is enough. */
function prefixSums(members: readonly Item[], enough: bigint): bigint[] {
  const sums: bigint[] = [];
  let sum = 0n;
  for (const { weight, count } of members) {
    for (let i = 0; i < count && sum < enough; i++) {
      sum += weight;
      sums.push(sum);
    }
  }
  return sums;
}

/** Without points that weigh no more than another one that costs no more. */
function undominated(points: Point[]): Point[] {
  points.sort((a, b) => a.cost - b.cost || (a.weight > b.weight ? -1 : 1));
  let heaviest = -1n;
  return points.filter(({ weight }) => {
    if (weight <= heaviest) return false;
    heaviest = weight;
    return true;
  });
}

/** Takes away what a solution can do without. */
function withoutSuperfluous({ gates, root, classes }: Problem, counts: readonly number[], budget: Budget) {
  const result = [...counts];
  const size = gates.reduce((sum, gate) => sum + gate.parties.length + gate.gates.length, 0);
  const holdsNow = () => {
    budget.steps -= size;
    return satisfied(gates, root, result);
  };
  // What stands in few places is given up first.
  const order = classes.map((_, index) => index).sort((a, b) => (classes[a]?.places ?? 0) - (classes[b]?.places ?? 0));
  for (const index of order) {
    let [low, high] = [0, result[index] ?? 0];
    while (low < high && budget.steps > 0) {
      const middle = Math.floor((low + high) / 2);
      result[index] = middle;
      if (holdsNow()) high = middle;
      else low = middle + 1;
    }
    result[index] = high;
  }
  return result;
}

/** @param gates each before those below it */
function satisfied(gates: readonly Gate[], root: Gate, counts: readonly number[]): boolean {
  const held = new Set<Gate>();
  for (const gate of gates.toReversed()) {
    let weight = 0n;
    for (const party of gate.parties) weight += party.weight * BigInt(counts[party.index] ?? 0);
    for (const child of gate.gates) if (held.has(child.gate)) weight += child.weight;
    if (weight >= gate.need) held.add(gate);
  }
  return held.has(root);
}

function describe({ classes }: Problem, { size, counts }: { size: number; counts: number[] }, exact: boolean) {
  const choices = classes.flatMap(({ of }, index) => {
    const count = counts[index] ?? 0;
    return count === 0 ? [] : [{ count, of }];
  });
  return { size, exact, choices };
}
