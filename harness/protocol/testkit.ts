import { readFileSync } from "node:fs";
import type { Hex } from "viem";
import { z } from "zod";

/** Hex of whole bytes in lower case, as the vectors are written. */
export const hexSchema = z.custom<Hex>((value) => typeof value === "string" && /^0x([0-9a-f]{2})*$/.test(value));
export const hexColumn = z.array(hexSchema).nonempty();
export const numberColumn = z.array(z.number()).nonempty();

/** Reads `test/vectors/{name}.json`, which has to fit the schema. */
export function readVectors<T>(name: string, schema: z.ZodType<T>): T {
  const file = new URL(`../../test/vectors/${name}.json`, import.meta.url);
  return schema.parse(JSON.parse(readFileSync(file, "utf8")));
}

/** Parallel columns of one length to rows. */
export function rows<T extends Record<string, unknown>>(columns: { [K in keyof T]: T[K][] }): T[] {
  const entries = Object.entries<unknown[]>(columns);
  const length = entries[0]?.[1].length ?? 0;
  for (const [name, column] of entries) {
    if (column.length !== length) throw new Error(`column ${name} has ${column.length} rows, others ${length}`);
  }
  return Array.from({ length }, (_, i) => Object.fromEntries(entries.map(([name, column]) => [name, column[i]])) as T);
}

export type Random = {
  /** An integer from 0 to `end` - 1. */
  below(end: number): number;
  uint32(): number;
  hex(size: number): Hex;
};

/** A source of the same numbers for the same seed (xorshift32): a failing case can be run again. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0 || 1;
  function uint32(): number {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  }
  return {
    uint32,
    below: (end) => uint32() % end,
    hex: (size) => `0x${Array.from({ length: size }, () => (uint32() & 0xff).toString(16).padStart(2, "0")).join("")}`,
  };
}

/** Replaces the byte at `offset` of well-formed hex by a different one. */
export function flipByte(value: Hex, offset: number, mask = 0x01): Hex {
  const at = 2 + 2 * offset;
  const flipped = Number.parseInt(value.slice(at, at + 2), 16) ^ mask;
  return `0x${value.slice(2, at)}${flipped.toString(16).padStart(2, "0")}${value.slice(at + 2)}`;
}
