import { keccak256 } from "viem";

export type Hex = `0x${string}`;

export const hex = (bytes: Uint8Array): Hex => `0x${Buffer.from(bytes).toString("hex")}`;
export const bytes = (value: string): Buffer => Buffer.from(value.slice(2), "hex");
export const text = (value: string): Buffer => Buffer.from(value, "utf8");
export const keccak = (...parts: Uint8Array[]): Buffer => Buffer.from(keccak256(Buffer.concat(parts), "bytes"));

export function uint(value: number | bigint, size: number): Buffer {
  return Buffer.from(
    BigInt(value)
      .toString(16)
      .padStart(2 * size, "0"),
    "hex",
  );
}

/** Rows to parallel arrays, the shape that forge's vm.parseJson*Array reads. */
export function columns<T extends Record<string, unknown>>(rows: T[]): Record<string, unknown[]> {
  const result: Record<string, unknown[]> = {};
  for (const row of rows) {
    for (const [key, value] of Object.entries(row)) result[key] = [...(result[key] ?? []), value];
  }
  return result;
}

export const UINT32_MAX = 2 ** 32 - 1;
/** 32 bytes, or an address, that look random and are always the same. */
export const word = (label: string): Buffer => keccak(text(`causeway test ${label}`));
export const address = (label: string): Buffer => word(label).subarray(12);
export const addr32 = (value: Buffer): Buffer => Buffer.concat([Buffer.alloc(12), value]);
