import type { Address, Hex } from "viem";
import { describe, expect, test } from "vitest";
import {
  checkedAddress,
  checkedHex,
  checkedUint32,
  FormatError,
  hexSize,
  hexSlice,
  hexUint32At,
  uint32ToHex,
} from "./wireFormat.ts";

const hostile: [string, unknown][] = [
  ["no 0x", "aa"],
  ["0X", "0Xaa"],
  ["half a byte", "0xa"],
  ["a letter that is no digit", "0xag"],
  ["a newline at the end", "0xaa\n"],
  ["a space and a digit", "0xaa a"],
  ["a sign", "0x-1"],
  ["digits of another script", "0x１１"],
  ["empty", ""],
  ["undefined", undefined],
  ["null", null],
  ["a number", 10],
  ["a bigint", 10n],
  ["an array", ["0xaa"]],
  ["bytes", new Uint8Array(2)],
];

describe("checkedHex", () => {
  test.each(hostile)("refuses %s", (_, value) => {
    expect(() => checkedHex("field", value as Hex)).toThrow(FormatError);
  });

  test("returns lower case", () => {
    expect(checkedHex("field", "0xABcd")).toBe("0xabcd");
    expect(checkedHex("field", "0x")).toBe("0x");
  });

  test("takes exactly the given length", () => {
    expect(checkedHex("field", "0xaabb", 2)).toBe("0xaabb");
    expect(() => checkedHex("field", "0xaabb", 1)).toThrow("field is 2 bytes, not 1");
    expect(() => checkedHex("field", "0xaabb", 3)).toThrow("field is 2 bytes, not 3");
    expect(() => checkedHex("field", "0x", 1)).toThrow(FormatError);
  });

  test("takes large values, and quotes only their beginning when it refuses them", () => {
    const large: Hex = `0x${"ab".repeat(4_000_000)}`;
    expect(checkedHex("field", large)).toBe(large);
    expect(() => checkedHex("field", `${large}z`)).toThrow(/^.{0,200}$/);
  });
});

describe("checkedAddress", () => {
  test("returns lower case, and checks the checksum of mixed case", () => {
    expect(checkedAddress("field", "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")).toBe(
      "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266",
    );
    expect(() => checkedAddress("field", "0xF39Fd6e51aad88F6F4ce6aB8827279cffFb92266")).toThrow(FormatError);
  });

  test.each([...hostile, ["19 bytes", `0x${"00".repeat(19)}`], ["32 bytes", `0x${"00".repeat(32)}`]])(
    "refuses %s",
    (_, value) => {
      expect(() => checkedAddress("field", value as Address)).toThrow(FormatError);
    },
  );
});

describe("uint32", () => {
  test.each([0, 1, 0xff, 0x01020304, 2 ** 31, 2 ** 32 - 1])("%d survives", (value) => {
    const hex = uint32ToHex("field", value);
    expect(hexSize(hex)).toBe(4);
    expect(hexUint32At(hex, 0)).toBe(value);
  });

  test("is big-endian", () => {
    expect(uint32ToHex("field", 0x01020304)).toBe("0x01020304");
    expect(hexUint32At("0xffff010203040000", 2)).toBe(0x01020304);
  });

  test.each([-1, 0.5, 2 ** 32, Number.NaN, Number.POSITIVE_INFINITY])("%d is refused", (value) => {
    expect(() => checkedUint32("field", value)).toThrow(FormatError);
  });

  test.each([
    ["a string", "1"],
    ["a bigint", 1n],
    ["undefined", undefined],
    ["null", null],
  ])("refuses %s", (_, value) => {
    expect(() => checkedUint32("field", value as unknown as number)).toThrow(FormatError);
  });
});

test("hexSlice counts bytes", () => {
  expect(hexSlice("0x00112233", 1, 3)).toBe("0x1122");
  expect(hexSlice("0x00112233", 1)).toBe("0x112233");
  expect(hexSlice("0x00112233", 4)).toBe("0x");
});
