import { expect, it } from "vitest";
import { createChainClient } from "./client.ts";
import { describeError } from "./describeError.ts";

it("says what failed without the URL, which may hold a key", async () => {
  const client = createChainClient({ rpcUrl: "http://127.0.0.1:9/secret-key" });
  const error = await client.getBlockNumber().catch((cause: unknown) => cause);
  expect(String(error)).toContain("secret-key");
  expect(describeError(error)).toMatch(/HTTP request failed/);
  expect(describeError(error)).not.toContain("secret-key");
});

it("describes whatever is thrown", () => {
  expect(describeError(new RangeError("too far"))).toBe("RangeError: too far");
  expect(describeError("text")).toBe("text");
});
