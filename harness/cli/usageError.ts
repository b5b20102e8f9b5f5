/** What the user asked for can not be done as asked. The message says why and what to do; it is printed without a stack. */
export class UsageError extends Error {
  override name = "UsageError";
}
