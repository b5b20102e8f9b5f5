import { type Hex, hexToBigInt, numberToHex, size, slice } from "viem";
import { FormatError } from "./wireFormat.ts";

/**
 * What an aggregation module (type 2) of n modules wants: for each a start and an end, uint32 each, offsets into all of it, a start of
 * 0 where there is nothing for that module; then the modules' metadata.
 *
 * @param modules per module its metadata, or undefined where there is none
 */
export function encodeAggregationMetadata(modules: readonly (Hex | undefined)[]): Hex {
  let offset = modules.length * 8;
  let table = "";
  let rest = "";
  for (const metadata of modules) {
    const start = metadata === undefined ? 0 : offset;
    if (metadata !== undefined) offset += size(metadata);
    const end = metadata === undefined ? 0 : offset;
    table += numberToHex(start, { size: 4 }).slice(2) + numberToHex(end, { size: 4 }).slice(2);
    rest += metadata?.slice(2) ?? "";
  }
  return `0x${table}${rest}`;
}

/**
 * Per module its metadata, or undefined where there is none.
 * @throws FormatError when the table is cut short or names bytes that are not there
 */
export function decodeAggregationMetadata(metadata: Hex, modules: number): (Hex | undefined)[] {
  const length = size(metadata);
  const number = (at: number) => Number(hexToBigInt(slice(metadata, at, at + 4)));
  return Array.from({ length: modules }, (_, i) => {
    if (length < 8 * i + 8) throw new FormatError(`aggregation metadata of ${length} bytes has no entry ${i}`);
    const start = number(8 * i);
    const end = number(8 * i + 4);
    if (start === 0) return undefined;
    if (end < start || end > length) {
      throw new FormatError(`aggregation metadata of ${length} bytes has no part from ${start} to ${end}`);
    }
    return start === end ? "0x" : slice(metadata, start, end);
  });
}
