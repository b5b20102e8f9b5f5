import { type Address, type Hex, isAddress } from "viem";

/**
 * A value does not have the form that its wire format prescribes.
 * The same input always fails again: correct or discard it, do not retry.
 */
export class FormatError extends Error {
  override name = "FormatError";
}

const HEX = /^0x[0-9a-fA-F]*$/;
const UINT32_END = 2 ** 32;

/**
 * Checks that `value` is whole bytes in hex, exactly `length` of them when a length is given.
 * @returns the value in lower case
 * @throws FormatError naming `field`
 */
export function checkedHex(field: string, value: Hex, length?: number): Hex {
  if (typeof value !== "string" || value.length % 2 !== 0 || !HEX.test(value)) {
    throw new FormatError(`${field} is not hex of whole bytes with 0x in front: ${excerpt(value)}`);
  }
  if (length !== undefined && hexSize(value) !== length) {
    throw new FormatError(`${field} is ${hexSize(value)} bytes, not ${length}: ${excerpt(value)}`);
  }
  return value.toLowerCase() as Hex;
}

/**
 * Checks an address: 20 bytes, and the checksum where the case is mixed.
 * @returns the address in lower case
 * @throws FormatError naming `field`
 */
export function checkedAddress(field: string, value: Address): Address {
  if (typeof value !== "string" || !isAddress(value)) {
    throw new FormatError(`${field} is not an address of 20 bytes with a valid checksum: ${excerpt(value)}`);
  }
  return value.toLowerCase() as Address;
}

/**
 * Checks that `value` is an integer in 0 .. 2^32 - 1.
 * @throws FormatError naming `field`
 */
export function checkedUint32(field: string, value: number): number {
  if (!Number.isInteger(value) || value < 0 || value >= UINT32_END) {
    throw new FormatError(`${field} is not an integer from 0 to ${UINT32_END - 1}: ${String(value)}`);
  }
  return value;
}

/**
 * Writes a uint32 as 4 big-endian bytes.
 * @throws FormatError naming `field`
 */
export function uint32ToHex(field: string, value: number): Hex {
  return `0x${checkedUint32(field, value).toString(16).padStart(8, "0")}`;
}

/**
 * Writes a uint48 as 6 big-endian bytes.
 * @throws FormatError naming `field`
 */
export function uint48ToHex(field: string, value: number): Hex {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** 48) {
    throw new FormatError(`${field} is not an integer from 0 to 2^48 - 1: ${String(value)}`);
  }
  return `0x${value.toString(16).padStart(12, "0")}`;
}

/**
 * Writes a uint64 as 8 big-endian bytes.
 * @throws FormatError naming `field`
 */
export function uint64ToHex(field: string, value: bigint): Hex {
  if (typeof value !== "bigint" || value < 0n || value >= 2n ** 64n) {
    throw new FormatError(`${field} is not an integer from 0 to 2^64 - 1: ${String(value)}`);
  }
  return `0x${value.toString(16).padStart(16, "0")}`;
}

/** The number of bytes in well-formed hex. */
export function hexSize(value: Hex): number {
  return (value.length - 2) / 2;
}

/** Bytes `start` (inclusive) to `end` (exclusive, by default the end) of well-formed hex that is long enough. */
export function hexSlice(value: Hex, start: number, end: number = hexSize(value)): Hex {
  return `0x${value.slice(2 + 2 * start, 2 + 2 * end)}`;
}

/** Reads the big-endian uint32 at byte `offset` of well-formed hex that is long enough. */
export function hexUint32At(value: Hex, offset: number): number {
  return Number(hexSlice(value, offset, offset + 4));
}

/** Reads the big-endian uint48 at byte `offset` of well-formed hex that is long enough. */
export function hexUint48At(value: Hex, offset: number): number {
  return Number(hexSlice(value, offset, offset + 6));
}

/** Hostile values end up in error messages: they are cut, and never trusted to be strings. */
function excerpt(value: unknown): string {
  const text = JSON.stringify(String(value));
  return text.length <= 80 ? text : `${text.slice(0, 80)}… (${String(value).length} characters)`;
}
