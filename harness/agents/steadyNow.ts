/**
 * The time in milliseconds since 1970 as this process has counted it since its start. What it puts off for a minute comes after a
 * minute, whoever sets the machine's clock meanwhile, and wherever to.
 */
export function steadyNow(): number {
  return Math.floor(performance.timeOrigin + performance.now());
}
