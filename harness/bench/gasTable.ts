/** What an operation costs; means are not whole. */
export type Row = {
  operation: string;
  gas: number;
  goal?: number;
  /** What can not be avoided. */
  floor?: number;
  /** The same operation of the contracts that are compared with, or that one of them. */
  peer?: number;
  peerOperation?: string;
};

/** The rows as a Markdown table. The columns of the peer are there if any row has one. */
export function formatRows(rows: readonly Row[]): string {
  const figure = (gas: number | undefined) => (gas === undefined ? "" : Math.round(gas).toLocaleString("en-US"));
  const compared = rows.some(({ peer }) => peer !== undefined);
  const lines = rows.map(({ operation, gas, goal, floor, peer }) => {
    const verdict = goal === undefined ? "" : gas <= goal ? "met" : `missed by ${figure(gas - goal)}`;
    const ratio = peer === undefined ? "" : `${((100 * gas) / peer).toFixed(0)} %`;
    const above = floor === undefined ? "" : figure(gas - floor);
    const more = compared ? [figure(peer), ratio] : [];
    return [operation, figure(gas), ...more, figure(floor), above, figure(goal), verdict];
  });
  const more = compared ? ["peer", "of it"] : [];
  const head = ["operation", "gas", ...more, "floor", "above it", "goal", ""];
  const rule = head.map((_, i) => (i === 0 || i === head.length - 1 ? "---" : "---:"));
  return [head, rule, ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
