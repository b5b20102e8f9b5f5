import { expect, it } from "vitest";
import { chainConfigSchema } from "./chainConfig.ts";

const valid = {
  name: "anvil",
  domain: 31337,
  rpcUrl: "http://127.0.0.1:8545",
  mailbox: "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045",
  merkleTreeHook: "0x00000000000000000000000000000000000000aa",
  validatorAnnounce: "0x00000000000000000000000000000000000000bb",
  fromBlock: 0,
  finality: { blocks: 5 },
};

it("accepts a full configuration and lowers its addresses", () => {
  expect(chainConfigSchema.parse(valid)).toEqual({ ...valid, mailbox: valid.mailbox.toLowerCase() });
  expect(chainConfigSchema.parse({ ...valid, finality: "safe", pollIntervalMs: 100 })).toMatchObject({
    finality: "safe",
    pollIntervalMs: 100,
  });
});

it.each<[string, object]>([
  ["no finality", { finality: undefined }],
  ["an unknown tag", { finality: "latest" }],
  ["negative blocks", { finality: { blocks: -1 } }],
  ["a surplus field", { colour: "red" }],
  ["a domain beyond uint32", { domain: 2 ** 32 }],
  ["a wrong checksum", { mailbox: "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96046" }],
  ["a short address", { mailbox: "0xd8dA" }],
  ["another protocol", { rpcUrl: "file:///etc/passwd" }],
  ["a fraction of a block", { fromBlock: 0.5 }],
])("refuses %s", (_, change) => {
  expect(chainConfigSchema.safeParse({ ...valid, ...change }).success).toBe(false);
});
