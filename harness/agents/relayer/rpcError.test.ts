import { encodeErrorResult, type Hex, HttpRequestError, parseAbi, RpcRequestError, stringToHex } from "viem";
import { expect, test } from "vitest";
import { errorText, isAnswer, isRevert, printable, revertReason } from "./rpcError.ts";
import { readRefusal } from "./submitter/broadcast.ts";

const answer = (message: string, code = -32_000, data?: unknown) =>
  new RpcRequestError({ body: {}, url: "http://node", error: { code, message, data } });
const silence = new HttpRequestError({ url: "http://node", details: "connection refused" });

test("reverts are named by what they say", () => {
  const abi = parseAbi([
    "error NotVerified(bytes32 messageId, address ism)",
    "error Error(string)",
    "error Unheard(uint256)",
  ]);
  const ism = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
  const id = `0x${"01".repeat(32)}` as const;
  expect(revertReason(encodeErrorResult({ abi, errorName: "NotVerified", args: [id, ism] }))).toBe(
    `NotVerified(${id}, ${ism.toLowerCase()})`,
  );
  expect(revertReason(encodeErrorResult({ abi, errorName: "Error", args: ["no\u001b[2J way"] }))).toBe('"no [2J way"');
  expect(revertReason(encodeErrorResult({ abi, errorName: "Unheard", args: [1n] }))).toMatch(
    /^error 0x[0-9a-f]{8} \(unknown, 36 bytes\)$/,
  );
  expect(revertReason("0x")).toBe("without a reason");
  expect(revertReason(`0x08c379a0${"ff".repeat(100)}`)).toContain("error 0x08c379a0");
});

test("a reason within a reason is named, so far", () => {
  const abi = parseAbi(["error CallFailed(uint256 index, address to, bytes reason)", "error Error(string)"]);
  const to = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
  const failed = (reason: Hex) => encodeErrorResult({ abi, errorName: "CallFailed", args: [1n, to, reason] });
  const text = encodeErrorResult({ abi, errorName: "Error", args: ["no"] });
  const outer = `CallFailed(1, ${to.toLowerCase()}, `;
  expect(revertReason(failed(text))).toBe(`${outer}"no")`);
  expect(revertReason(failed("0x"))).toBe(`${outer}without a reason)`);
  expect(revertReason(failed("0x12345678"))).toBe(`${outer}error 0x12345678 (unknown, 4 bytes))`);
  let deep = text;
  for (let i = 0; i < 100; i++) deep = failed(deep);
  expect(revertReason(deep).length).toBeLessThan(400);
});

test("a hostile text is cut and keeps no control characters", () => {
  expect(printable(`a\u0000b\r\nc\u202ed`)).toBe("a b c d");
  expect(printable("x".repeat(10_000))).toHaveLength(301);
  const huge = answer("execution reverted", 3, stringToHex("x".repeat(1_000_000)));
  expect(errorText(huge).length).toBeLessThan(400);
});

test("what the node answered is told from what it did not", () => {
  expect([isAnswer(answer("nonce too low")), isAnswer(silence), isAnswer(new Error("x"))]).toEqual([
    true,
    false,
    false,
  ]);
  expect(isRevert(answer("execution reverted", 3, "0x"))).toBe(true);
  expect(isRevert(answer("out of gas"))).toBe(true);
  expect(isRevert(answer("EVM error OutOfGas"))).toBe(true);
  expect(isRevert(answer("rate limit", -32_005))).toBe(false);
  expect(isRevert(silence)).toBe(false);
});

test.each([
  ["already known", "accepted"],
  ["transaction already imported", "accepted"],
  ["insufficient funds for gas * price + value", "refused"],
  ["replacement transaction underpriced", "refused"],
  ["max fee per gas less than block base fee", "refused"],
  ["exceeds block gas limit", "refused"],
  ["intrinsic gas too low", "refused"],
  ["nonce too low: next nonce 5, tx nonce 4", "unknown"],
  ["rate limit exceeded", "unknown"],
  ["internal error", "unknown"],
])("a broadcast that is answered with %j is %s", (message, status) => {
  expect(readRefusal(answer(message)).status).toBe(status);
});

test("a broadcast without an answer may have arrived", () => {
  expect(readRefusal(silence).status).toBe("unknown");
  expect(readRefusal(new HttpRequestError({ url: "http://node", details: "insufficient funds" })).status).toBe(
    "unknown",
  );
});
