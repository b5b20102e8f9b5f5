import type { Analysis } from "./analyzeIsm.ts";
import type { WarningCode } from "./warnings.ts";

/** A tree of modules that must not guard a deployment. A retry does not help; another tree does. */
export class UnsafeModuleError extends Error {
  override name = "UnsafeModuleError";
}

/**
 * What no chain of value should rely on. Owners who are a key are not among it: a deployment may hand its modules over afterwards, and
 * `causeway ism explain` tells of those that did not.
 */
const UNSAFE: ReadonlySet<WarningCode> = new Set([
  "anyone-can-forge",
  "single-forger",
  "no-op",
  "unknown-module",
  "no-code",
  "cycle",
  "too-large",
]);

/**
 * Refuses a tree of modules through which anyone, or one party alone, could forge messages, which verifies nothing, or of which too
 * little is known to tell.
 *
 * @param development a chain whose messages are worth nothing: everything is allowed
 * @throws UnsafeModuleError that names all that is wrong and what to do
 */
export function assertSafeModule(
  { warnings, cases }: Pick<Analysis, "warnings" | "cases">,
  development: boolean,
): void {
  if (development) return;
  // That messages from domains without a route are never verified is what routes are for.
  const isUseless = cases.every(({ forge }) => forge === undefined);
  const unsafe = warnings.filter(({ code }) => UNSAFE.has(code) || (isUseless && code === "never-verifies"));
  if (unsafe.length === 0) return;
  const reasons = unsafe.map(({ contract, text }) => `  ${contract}: ${text}`);
  throw new UnsafeModuleError(
    `this module is not safe:\n${reasons.join("\n")}\nchange it, or pass --development for a chain without value`,
  );
}
