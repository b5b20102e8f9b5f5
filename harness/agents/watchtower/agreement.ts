import type { Hash, Hex } from "viem";

/** What one node says of its chain at a block: its tree there is built from the events that this node alone has told. */
export type ViewReport = {
  view: string;
  number: bigint;
  hash: Hash;
  /** Seconds since 1970. */
  timestamp: number;
  /** Leaves of the tree after that block, and its root. */
  count: number;
  root: Hex;
};

const FIELDS = ["number", "hash", "timestamp", "count", "root"] as const;

/**
 * In what reports on the same block differ, undefined when they do not. There is no majority: who is right, a node can not
 * tell, and an accusation must not rest on a guess.
 */
export function differenceOf(reports: readonly ViewReport[]): string | undefined {
  const [first, ...others] = reports;
  for (const other of others) {
    const field = first && FIELDS.find((name) => first[name] !== other[name]);
    if (first === undefined || field === undefined) continue;
    return (
      `${first.view} and ${other.view} differ about block ${first.number}: ` +
      `its ${NAMES[field]} is ${first[field]} by the one, ${other[field]} by the other`
    );
  }
  return undefined;
}

const NAMES = {
  number: "number",
  hash: "hash",
  timestamp: "time",
  count: "number of leaves",
  root: "tree's root",
} as const;
