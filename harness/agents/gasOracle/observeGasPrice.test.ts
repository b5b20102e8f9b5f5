import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { toHex } from "viem";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startAnvil } from "../../chains/anvil.ts";
import { type ChainClient, createChainClient } from "../../chains/client.ts";
import { control } from "../../e2e/kit.ts";
import { GasDataRefusedError } from "./gasDataRefused.ts";
import { observeGasPrice } from "./observeGasPrice.ts";

const BOUNDS = { min: 1n, max: 10n ** 12n };

/** A node that says what it likes: its answers by method; an answer may be an error. */
let answers: Record<string, unknown>;
let server: Server;
let client: ChainClient;
beforeEach(async () => {
  answers = {};
  server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const asked = JSON.parse(text) as { id: number; method: string }[] | { id: number; method: string };
    const answer = ({ id, method }: { id: number; method: string }) => {
      const result = answers[method];
      const unknown = { code: -32601, message: "the method is not known" };
      return { jsonrpc: "2.0", id, ...(result === undefined ? { error: unknown } : { result }) };
    };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(Array.isArray(asked) ? asked.map(answer) : answer(asked)));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  client = createChainClient({ rpcUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
afterEach(() => new Promise((closed) => server.close(closed)));

/** A node's history: base fees with that of the next block, tips, and how full the blocks were. */
function history(baseFees: number[], tips: number[], used = tips.map(() => 0.5)) {
  return {
    oldestBlock: "0x1",
    baseFeePerGas: baseFees.map((fee) => toHex(fee)),
    gasUsedRatio: used,
    reward: tips.map((tip) => [toHex(tip)]),
  };
}

it("takes the medians of base fees and tips", async () => {
  answers.eth_feeHistory = history([100, 90, 110, 100, 95], [5, 7, 6, 1000]);
  expect(await observeGasPrice(client, BOUNDS)).toBe(100n + 7n);
});

it("takes the next block's base fee if that is more", async () => {
  answers.eth_feeHistory = history([100, 100, 100, 112], [5, 5, 5]);
  expect(await observeGasPrice(client, BOUNDS)).toBe(117n);
});

it("is not moved by one strange block", async () => {
  answers.eth_feeHistory = history([100, 10 ** 9, 100, 100], [5, 10 ** 9, 5]);
  expect(await observeGasPrice(client, BOUNDS)).toBe(105n);
});

it("asks for a tip where all blocks were empty", async () => {
  answers.eth_feeHistory = history([100, 100, 100], [0, 0], [0, 0]);
  answers.eth_maxPriorityFeePerGas = "0x3";
  expect(await observeGasPrice(client, BOUNDS)).toBe(103n);
});

it.each([
  ["has no such method", undefined],
  ["knows no base fee", history([0, 0, 0], [0, 0])],
])("takes the gas price of a node that %s", async (_, answer) => {
  if (answer !== undefined) answers.eth_feeHistory = answer;
  answers.eth_gasPrice = "0x7b";
  expect(await observeGasPrice(client, BOUNDS)).toBe(123n);
});

it.each([
  [
    "above",
    history([10 ** 13, 10 ** 13], [1]),
    /gas costs 10000000000001 wei, and the configuration that it costs 2 to/,
  ],
  ["below", history([1, 1], [0], [0.5]), /gas costs 1 wei, and the configuration that it costs 2 to/],
])("refuses a price %s the bounds, whatever the node says", async (_, answer, message) => {
  answers.eth_feeHistory = answer;
  const observed = observeGasPrice(client, { min: 2n, max: 10n ** 12n });
  await expect(observed).rejects.toThrow(GasDataRefusedError);
  await expect(observed).rejects.toThrow(message);
});

it.each([
  ["nothing", null],
  ["no base fees", history([], [])],
  ["more than was asked for", history(Array(30).fill(1), Array(29).fill(1))],
  ["a negative fee", { ...history([1, 1], [1]), baseFeePerGas: ["-0x1", "0x1"] }],
  ["a fee beyond 256 bits", { ...history([1, 1], [1]), baseFeePerGas: [`0x1${"0".repeat(64)}`, "0x1"] }],
  ["no tips", { ...history([1, 1], [1]), reward: undefined }],
])("refuses a history of %s", async (_, answer) => {
  answers.eth_feeHistory = answer;
  await expect(observeGasPrice(client, BOUNDS)).rejects.toThrow(GasDataRefusedError);
});

it("reads a real node", async () => {
  await using anvil = await startAnvil({ chainId: 78 });
  const { rpcUrl } = anvil;
  const chain = control({ config: { rpcUrl } } as Parameters<typeof control>[0]);
  await chain.setNextBlockBaseFeePerGas({ baseFeePerGas: 10n ** 10n });
  await chain.mine({ blocks: 1 });
  const price = await observeGasPrice(createChainClient({ rpcUrl }), BOUNDS);
  expect(price).toBeGreaterThan(10n ** 9n);
  expect(price).toBeLessThan(2n * 10n ** 10n);
});
