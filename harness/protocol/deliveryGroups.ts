import { concatHex, type Hex } from "viem";
import { checkedHex, FormatError, hexSize, hexSlice, hexUint32At, uint32ToHex } from "./wireFormat.ts";

/**
 * One group of a `processBatch`: the next messages of the batch, verified at once by the module that their recipients name.
 *
 * | offset | bytes  | field                                                                       |
 * |--------|--------|-----------------------------------------------------------------------------|
 * | 0      | 2      | n, the number of messages; 1 is verified by `verify`, more by `verifyBatch` |
 * | 2      | 4      | gas for the `handle` of each message                                        |
 * | 6      | 4      | length of the metadata                                                      |
 * | 10     | length | metadata                                                                    |
 */
export type DeliveryGroup = {
  /** Number of messages: 1 to 65,535. */
  count: number;
  /** Gas for the `handle` of each of them, uint32. */
  gasLimit: number;
  /** What the module wants for the group. */
  metadata: Hex;
};

const HEADER = 10;
const MAX_MESSAGES = 2 ** 16 - 1;

/**
 * Writes the metadata of `processBatch`.
 * @throws FormatError when a group has no messages or too many, or its gas limit is no uint32
 */
export function encodeDeliveryGroups(groups: readonly DeliveryGroup[]): Hex {
  return concatHex(
    groups.flatMap(({ count, gasLimit, metadata }) => [
      uint16ToHex(count),
      uint32ToHex("gasLimit", gasLimit),
      uint32ToHex("metadata length", hexSize(metadata)),
      checkedHex("metadata", metadata),
    ]),
  );
}

/**
 * Reads the metadata of `processBatch`.
 * @throws FormatError when the bytes end in the middle of a group, or one has no messages
 */
export function decodeDeliveryGroups(bytes: Hex): DeliveryGroup[] {
  const groups: DeliveryGroup[] = [];
  let rest = checkedHex("delivery groups", bytes);
  while (hexSize(rest) > 0) {
    const size = hexSize(rest);
    const end = size < HEADER ? HEADER : HEADER + hexUint32At(rest, 6);
    if (end > size) throw new FormatError(`group ${groups.length} needs ${end} bytes, there are ${size}`);
    const count = Number(hexSlice(rest, 0, 2));
    if (count === 0) throw new FormatError(`group ${groups.length} has no messages`);
    groups.push({ count, gasLimit: hexUint32At(rest, 2), metadata: hexSlice(rest, HEADER, end) });
    rest = hexSlice(rest, end);
  }
  return groups;
}

function uint16ToHex(count: number): Hex {
  if (!Number.isInteger(count) || count < 1 || count > MAX_MESSAGES) {
    throw new FormatError(`a group has 1 to ${MAX_MESSAGES} messages, not ${count}`);
  }
  return `0x${count.toString(16).padStart(4, "0")}`;
}
