import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { privateKeyToAccount } from "viem/accounts";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createBlsSigner } from "../protocol/bls.ts";
import { readBlsKey, readKey } from "./readKey.ts";
import { UsageError } from "./usageError.ts";

const KEY = `0x${"5a".repeat(32)}` as const;
const { address } = privateKeyToAccount(KEY);
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "causeway-key-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function keyFile(content: string, mode = 0o600): string {
  const file = join(folder, "key");
  writeFileSync(file, content);
  chmodSync(file, mode);
  return file;
}

it("reads a key from the environment or from a file, with or without 0x", () => {
  expect(readKey({ env: "K" }, { K: KEY }).address).toBe(address);
  expect(readKey({ env: "K" }, { K: KEY.slice(2) }).address).toBe(address);
  expect(readKey({ file: keyFile(`${KEY}\n`) }).address).toBe(address);
});

it("refuses a key file that others can read", () => {
  expect(() => readKey({ file: keyFile(KEY, 0o644) })).toThrow(/chmod 600/);
  expect(() => readKey({ file: keyFile(KEY, 0o640) })).toThrow(/chmod 600/);
});

it("names where a key is missing", () => {
  expect(() => readKey({ env: "K" }, {})).toThrow("no private key in the environment variable K");
  expect(() => readKey({ file: join(folder, "none") })).toThrow(/can not read the key file/);
});

it.each([
  ["too short", KEY.slice(0, -2)],
  ["not hex", `${KEY.slice(0, -1)}g`],
  ["zero", `0x${"00".repeat(32)}`],
  ["above the order of the curve", `0x${"ff".repeat(32)}`],
])("refuses what is %s and does not repeat it", (_, text) => {
  let thrown: unknown;
  try {
    readKey({ env: "K" }, { K: text });
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(UsageError);
  expect(String(thrown)).toMatch(/is no private key/);
  expect(String(thrown)).not.toContain(text.slice(2, 20));
});

it("reads a BLS secret in the same way, and does not show one that is none", () => {
  const { key } = createBlsSigner(`0x${"5a".repeat(32)}`);
  expect(readBlsKey({ env: "K" }, { K: "5a".repeat(32) }).key).toBe(key);
  expect(readBlsKey({ file: keyFile("5a".repeat(32)) }).key).toBe(key);
  const tooLarge = "ff".repeat(32);
  expect(() => readBlsKey({ env: "K" }, { K: tooLarge })).toThrow(UsageError);
  expect(() => readBlsKey({ env: "K" }, { K: tooLarge })).not.toThrow(new RegExp(tooLarge));
  expect(() => readBlsKey({ file: keyFile("5a".repeat(32), 0o644) })).toThrow(/chmod 600/);
});
