/**
 * Time until the next try after failures, in milliseconds: doubling from `baseMs` up to `capMs`, then spread by ±25 %, so that
 * messages that failed together do not come back together.
 * @param attempts failures so far, at least 1
 * @param random uniform in [0, 1)
 */
export function retryDelay(parameters: {
  attempts: number;
  baseMs: number;
  capMs: number;
  random: () => number;
}): number {
  const { attempts, baseMs, capMs, random } = parameters;
  const doubled = baseMs * 2 ** Math.min(Math.max(attempts, 1) - 1, 40);
  return spread(Math.min(doubled, capMs), random);
}

/**
 * Time until a message that waits for a known moment is looked at again, in milliseconds: no later than `waitingDelay` says, since
 * something else may happen, and before long once the moment has come.
 * @param expectedInMs how far the moment is ahead; negative when it is past
 */
export function expectingDelay(parameters: {
  expectedInMs: number;
  ageMs: number;
  minMs: number;
  capMs: number;
  random: () => number;
}): number {
  const { expectedInMs, ageMs, ...bounds } = parameters;
  if (expectedInMs <= 0) return waitingDelay({ ageMs: -expectedInMs, ...bounds });
  return Math.min(expectedInMs, waitingDelay({ ageMs, ...bounds }));
}

/**
 * Time until a message that lacks signatures is looked at again, in milliseconds: an eighth of the time it has waited, within
 * bounds. What waited a second is looked at every few blocks, what waited a day does not cost reads every second, and each is
 * noticed at most an eighth late.
 */
export function waitingDelay(parameters: {
  ageMs: number;
  minMs: number;
  capMs: number;
  random: () => number;
}): number {
  const { ageMs, minMs, capMs, random } = parameters;
  return spread(Math.min(Math.max(ageMs / 8, minMs), capMs), random);
}

function spread(delay: number, random: () => number): number {
  return Math.round(delay * (0.75 + random() * 0.5));
}
