import { type Address, concat, type Hex } from "viem";
import { checkedAddress, checkedHex, FormatError, hexSize, hexSlice } from "./wireFormat.ts";

/**
 * What the sender of a message tells the hooks. Each field may be absent, but only together with all those behind it.
 *
 * | offset | bytes | field         |
 * |--------|-------|---------------|
 * | 0      | 2     | variant = 1   |
 * | 2      | 32    | msgValue      |
 * | 34     | 32    | gasLimit      |
 * | 66     | 20    | refundAddress |
 * | 86     | rest  | custom        |
 */
export type HookMetadata = {
  /** Wei to hand to the recipient, for hooks that carry value. */
  msgValue?: bigint;
  /** Gas for `handle` on the destination; 50,000 when absent. */
  gasLimit?: bigint;
  /** Who receives what was paid too much. */
  refundAddress?: Address;
  /** Any bytes, for hooks that know them. */
  custom?: Hex;
};

const VARIANT = "0x0001";
const FIELDS = ["msgValue", "gasLimit", "refundAddress", "custom"] as const;
const ENDS: readonly number[] = [2, 34, 66, 86];

/**
 * Writes hook metadata; without any field it is empty.
 * @throws FormatError when a number does not fit 256 bits, or a field is absent while a later one is given
 */
export function encodeHookMetadata(metadata: HookMetadata): Hex {
  const given = FIELDS.filter((field) => metadata[field] !== undefined);
  const gap = FIELDS.find((field, i) => i < given.length && metadata[field] === undefined);
  if (gap !== undefined) {
    throw new FormatError(`hook metadata has ${given.join(", ")} but no ${gap}, which comes first: give that too`);
  }
  if (given.length === 0) return "0x";

  const { msgValue, gasLimit, refundAddress, custom } = metadata;
  return concat([
    VARIANT,
    msgValue === undefined ? "0x" : uint256ToHex("hook metadata msgValue", msgValue),
    gasLimit === undefined ? "0x" : uint256ToHex("hook metadata gasLimit", gasLimit),
    refundAddress === undefined ? "0x" : checkedAddress("hook metadata refundAddress", refundAddress),
    custom === undefined ? "0x" : checkedHex("hook metadata custom", custom),
  ]);
}

/**
 * Reads hook metadata.
 * @returns the fields that are there, hex in lower case; none for empty metadata
 * @throws FormatError when the variant is not 1, or the bytes end in the middle of a field
 */
export function decodeHookMetadata(bytes: Hex): HookMetadata {
  const metadata = checkedHex("hook metadata", bytes);
  const size = hexSize(metadata);
  if (size === 0) return {};
  if (size < 86 && !ENDS.includes(size)) {
    throw new FormatError(`hook metadata is ${size} bytes, it ends in the middle of a field`);
  }
  if (hexSlice(metadata, 0, 2) !== VARIANT) {
    throw new FormatError(`hook metadata is of variant ${hexSlice(metadata, 0, 2)}, only variant 1 is known`);
  }
  return {
    ...(size >= 34 && { msgValue: BigInt(hexSlice(metadata, 2, 34)) }),
    ...(size >= 66 && { gasLimit: BigInt(hexSlice(metadata, 34, 66)) }),
    ...(size >= 86 && { refundAddress: hexSlice(metadata, 66, 86) }),
    ...(size > 86 && { custom: hexSlice(metadata, 86) }),
  };
}

function uint256ToHex(field: string, value: bigint): Hex {
  if (typeof value !== "bigint" || value < 0n || value >= 2n ** 256n) {
    throw new FormatError(`${field} is not an integer from 0 to 2^256 - 1: ${String(value)}`);
  }
  return `0x${value.toString(16).padStart(64, "0")}`;
}
