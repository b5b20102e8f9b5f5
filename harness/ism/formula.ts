/**
 * A monotone statement about which parties act together: one party does, or statements of a total weight of at least `need` hold.
 * `need` 0 always holds; a `need` above the total weight never does.
 */
export type Formula = { party: string } | { need: bigint; of: readonly WeightedFormula[] };
export type WeightedFormula = { weight: bigint; formula: Formula };

/** Holds without anybody. */
export const ALWAYS: Formula = { need: 0n, of: [] };
/** Holds for nobody. */
export const NEVER: Formula = { need: 1n, of: [] };

export function party(key: string): Formula {
  return { party: key };
}

export function atLeast(need: bigint, formulas: readonly Formula[]): Formula {
  return { need, of: formulas.map((formula) => ({ weight: 1n, formula })) };
}

export function anyOf(formulas: readonly Formula[]): Formula {
  return atLeast(1n, formulas);
}

export function allOf(formulas: readonly Formula[]): Formula {
  return atLeast(BigInt(formulas.length), formulas);
}

/** What must hold of the parties that are missing for `formula` not to hold of the others. */
export function dual(formula: Formula): Formula {
  if ("party" in formula) return formula;
  const total = formula.of.reduce((sum, { weight }) => sum + weight, 0n);
  return {
    need: max(total - formula.need + 1n, 0n),
    of: formula.of.map(({ weight, formula: below }) => ({ weight, formula: dual(below) })),
  };
}

/** Whether the formula holds when exactly these parties act. */
export function holds(formula: Formula, acting: ReadonlySet<string>): boolean {
  if ("party" in formula) return acting.has(formula.party);
  let weight = 0n;
  for (const item of formula.of) if (holds(item.formula, acting)) weight += item.weight;
  return weight >= formula.need;
}

const max = (a: bigint, b: bigint) => (a > b ? a : b);
