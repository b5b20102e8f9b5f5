/** The largest index of a leaf. */
const LAST_INDEX = 2 ** 32 - 2;

export type ReadingPlan = {
  /** Each once. */
  indices: number[];
  next: number;
  sweep: number;
};

/**
 * Which objects of a storage to read in this tick. What is there may be replaced or deleted later, may be hidden behind a latest
 * index that says nothing of it, and may come late: so the newest are read every tick, those not yet read in order, all again and
 * again in order (nothing stays replaced unnoticed for longer than a round takes), and some at random (nobody knows when
 * an index is looked at next).
 *
 * @param count leaves of the origin's tree
 * @param claimed the newest index that the validator claims to have signed
 * @param next the lowest index that was not yet read in order
 * @param sweep where the endless second reading stands
 */
export function planReads(parameters: {
  count: number;
  claimed: number | undefined;
  next: number;
  sweep: number;
  reads: { recentReads: number; lookaheadReads: number; forwardReads: number; sweepReads: number; randomReads: number };
  random: () => number;
}): ReadingPlan {
  const { count, claimed, reads, random } = parameters;
  const { recentReads, lookaheadReads, forwardReads, sweepReads, randomReads } = reads;
  const indices = new Set<number>();
  const add = (from: number, to: number) => {
    for (let index = Math.max(0, from); index <= Math.min(to, LAST_INDEX); index++) indices.add(index);
  };
  add(count - recentReads, count - 1 + lookaheadReads);
  if (claimed !== undefined) add(claimed - recentReads + 1, claimed + 1);

  // A claim beyond what can be there is not followed.
  const last = Math.min(claimed ?? -1, count - 1 + lookaheadReads);
  const next = Math.max(parameters.next, Math.min(last + 1, parameters.next + forwardReads));
  add(parameters.next, next - 1);

  const round = Math.min(sweepReads, count);
  const start = parameters.sweep < count ? parameters.sweep : 0;
  for (let i = 0; i < round; i++) indices.add((start + i) % count);
  for (let i = 0; i < Math.min(randomReads, count); i++) indices.add(Math.floor(random() * count));
  return { indices: [...indices], next, sweep: count === 0 ? 0 : (start + round) % count };
}
