import type { Address, Hex } from "viem";
import { checkedAddress, checkedHex, FormatError, hexSlice } from "./wireFormat.ts";

const PADDING = `0x${"00".repeat(12)}` as const;

/**
 * Left-pads an address with zeros to 32 bytes (`addr32`).
 * @returns 32 bytes, lower case
 * @throws FormatError when `address` is not 20 bytes, or is in mixed case with a wrong checksum
 */
export function addressToBytes32(address: Address): Hex {
  return `${PADDING}${checkedAddress("address", address).slice(2)}`;
}

/**
 * Reads the address out of its 32-byte form.
 * @returns the address in lower case
 * @throws FormatError when `value` is not 32 bytes or its top 12 bytes are not zero: it is never truncated
 */
export function bytes32ToAddress(value: Hex): Address {
  const bytes = checkedHex("address in 32 bytes", value, 32);
  if (hexSlice(bytes, 0, 12) !== PADDING) {
    throw new FormatError(`this is not the address of an EVM account, its top 12 bytes are not zero: ${bytes}`);
  }
  return hexSlice(bytes, 12);
}
