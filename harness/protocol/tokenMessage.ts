import { type Hex, hexToBigInt, size, slice } from "viem";
import { FormatError } from "./wireFormat.ts";

/**
 * The amount, or the id, in the body of a token transfer: recipient (32 bytes) ‖ uint256 amount ‖ metadata.
 * @throws FormatError when the body is shorter than 64 bytes
 */
export function messageTokenAmount(body: Hex): bigint {
  if (size(body) < 64) throw new FormatError(`a body of ${size(body)} bytes is no token transfer: it takes 64`);
  return hexToBigInt(slice(body, 32, 64));
}
