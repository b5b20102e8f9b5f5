import { createPublicClient, createTestClient, custom, type EIP1193RequestFn, type Hex, http } from "viem";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type Anvil, startAnvil } from "../../chains/anvil.ts";
import { createEstimate, estimateGas, RevertError } from "./estimateGas.ts";

const FROM = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
const NOBODY = "0x1111111111111111111111111111111111111111";
const REFUSES = "0x2222222222222222222222222222222222222222";
const LIMIT = 100_000n;
let anvil: Anvil;
let asked: string[] = [];
beforeAll(async () => {
  anvil = await startAnvil({ chainId: 31_337 });
  const node = createTestClient({ mode: "anvil", transport: http(anvil.rpcUrl) });
  await node.setCode({ address: REFUSES, bytecode: "0x5f5ffd" });
});
afterAll(() => anvil.stop());
beforeEach(() => {
  asked = [];
});

/** Each byte costs 40 gas (EIP-7623): 100 of them need 25,000, are given 27,500, and are tried with 25,782. */
const bytes = (count: number): Hex => `0x${"01".repeat(count)}`;

function client() {
  const request = http(anvil.rpcUrl)({}).request;
  const counting = (async (args: { method: string }) => {
    asked.push(args.method);
    return request(args as Parameters<typeof request>[0]);
  }) as EIP1193RequestFn;
  return createPublicClient({ transport: custom({ request: counting }, { retryCount: 0 }), cacheTime: 0 });
}

const to = (address: Hex, count: number) => ({ from: FROM, to: address, data: bytes(count), limit: LIMIT }) as const;

it("has one estimate for many of a kind, which each has been tried with", async () => {
  const estimate = createEstimate(client());
  const [first, ...others] = await Promise.all([100, 90, 105, 115].map((count) => estimate("a", to(NOBODY, count))));
  expect(first).toBe(27_500n);
  expect(others).toEqual([first, first, first]);
  expect(asked.sort()).toEqual(["eth_call", "eth_call", "eth_call", "eth_estimateGas"]);
});

it("estimates what needs more, also what needs no more than is left for surprises", async () => {
  const estimate = createEstimate(client());
  await estimate("a", to(NOBODY, 100));
  expect(await estimate("a", to(NOBODY, 125))).toBe(28_600n);
  expect(await estimate("a", to(NOBODY, 200))).toBe(31_900n);
  expect(asked.filter((method) => method === "eth_estimateGas")).toHaveLength(3);
});

it("keeps kinds apart", async () => {
  const estimate = createEstimate(client());
  await estimate("a", to(NOBODY, 200));
  expect(await estimate("b", to(NOBODY, 100))).toBe(27_500n);
});

it("never gives more than the limit of a transaction", async () => {
  const estimate = createEstimate(client());
  await estimate("a", to(NOBODY, 200));
  expect(await estimate("a", { ...to(NOBODY, 100), limit: 26_000n })).toBe(26_000n);
});

it("tells why one reverts, whatever others of its kind did", async () => {
  const estimate = createEstimate(client());
  const refused = () => estimate("a", to(REFUSES, 100));
  const both = await Promise.allSettled([refused(), refused()]);
  for (const one of both) expect(one).toMatchObject({ status: "rejected", reason: expect.any(RevertError) });
  expect(await estimate("a", to(NOBODY, 100))).toBe(27_500n);
  await expect(refused()).rejects.toThrow(/^simulation with 100000 gas: /);
});

it("says when the node fails", async () => {
  const silent = createPublicClient({ transport: http("http://127.0.0.1:1", { retryCount: 0 }) });
  await expect(estimateGas(silent, to(NOBODY, 1))).rejects.toThrow(/^simulation failed: /);
});
