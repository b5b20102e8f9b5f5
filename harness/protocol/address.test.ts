import { expect, test } from "vitest";
import { addressToBytes32, bytes32ToAddress } from "./address.ts";
import { createRandom, flipByte } from "./testkit.ts";
import { FormatError } from "./wireFormat.ts";

const random = createRandom(1);

test("pads on the left", () => {
  expect(addressToBytes32("0x00112233445566778899aabbccddeeff01020304")).toBe(
    "0x00000000000000000000000000112233445566778899aabbccddeeff01020304",
  );
});

test("every address survives", () => {
  for (let i = 0; i < 100; i++) {
    const address = random.hex(20);
    expect(bytes32ToAddress(addressToBytes32(address))).toBe(address);
  }
});

test("any bit in the top 12 bytes is refused, never cut off", () => {
  const padded = addressToBytes32(random.hex(20));
  for (let bit = 0; bit < 96; bit++) {
    expect(() => bytes32ToAddress(flipByte(padded, bit >> 3, 1 << (bit & 7)))).toThrow(FormatError);
  }
});

test.each([0, 20, 31, 33, 64])("%d bytes are refused", (size) => {
  expect(() => bytes32ToAddress(`0x${"00".repeat(size)}`)).toThrow(FormatError);
});
