import { type Address, getAddress, pad, zeroAddress } from "viem";
import { describe, expect, it } from "vitest";
import { assertSafeSet, UnsafeSetError } from "./assertSafeSet.ts";

const validators = Array.from({ length: 256 }, (_, i) => pad(`0x${(i + 0xa0).toString(16)}`, { size: 20 }) as Address);
const set = (count: number, threshold: number) => ({ validators: validators.slice(0, count), threshold });

describe("on a chain of value", () => {
  it.each([
    [2, 2],
    [3, 2],
    [255, 255],
  ])("accepts %i validators with threshold %i", (count, threshold) => {
    expect(() => assertSafeSet(set(count, threshold), false)).not.toThrow();
  });

  it.each([
    [1, 1],
    [2, 1],
    [255, 1],
  ])("refuses %i validators with threshold %i: one stolen key forges everything", (count, threshold) => {
    expect(() => assertSafeSet(set(count, threshold), false)).toThrow(/one stolen key.*--development/);
  });
});

it("allows one validator and threshold one on a development chain", () => {
  expect(() => assertSafeSet(set(1, 1), true)).not.toThrow();
});

it.each([
  ["no validator", set(0, 0)],
  ["threshold 0", set(3, 0)],
  ["a threshold above the set", set(3, 4)],
  ["a fraction as threshold", set(3, 1.5)],
  ["256 validators", set(256, 2)],
  ["the zero address", { validators: [...validators.slice(0, 2), zeroAddress], threshold: 2 }],
  ["one validator twice", { validators: [validators[0], validators[0]] as Address[], threshold: 2 }],
  [
    "one validator twice, in another spelling",
    { validators: [validators[11], getAddress(validators[11] as Address)] as Address[], threshold: 2 },
  ],
])("refuses %s, on a development chain too", (_, unsafe) => {
  expect(() => assertSafeSet(unsafe, true)).toThrow(UnsafeSetError);
});
