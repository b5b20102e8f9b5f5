import { expect, it } from "vitest";
import { withTimeout } from "./withTimeout.ts";

const error = () => new Error("too slow");

it("passes on what the work gives or throws", async () => {
  expect(await withTimeout(Promise.resolve(1), { timeoutMs: 60_000, error })).toBe(1);
  await expect(withTimeout(Promise.reject(new Error("broken")), { timeoutMs: 60_000, error })).rejects.toThrow(
    "broken",
  );
});

it("gives up on work that does not end", async () => {
  await expect(withTimeout(new Promise(() => {}), { timeoutMs: 1, error })).rejects.toThrow("too slow");
});
