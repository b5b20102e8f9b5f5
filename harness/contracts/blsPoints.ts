import { concat, type Hex } from "viem";
import { BLS_KEY_SIZE, BLS_SIGNATURE_SIZE } from "../protocol/bls.ts";
import { checkedHex, FormatError, hexSlice } from "../protocol/wireFormat.ts";

const G1_WORDS = ["xHigh", "xLow", "yHigh", "yLow"] as const;
const G2_WORDS = ["x0High", "x0Low", "x1High", "x1Low", "y0High", "y0Low", "y1High", "y1Low"] as const;

/** A signature or proof as contracts take it: each coordinate in two words. */
export type G1Point = Record<(typeof G1_WORDS)[number], Hex>;
/** A key as contracts take it. */
export type G2Point = Record<(typeof G2_WORDS)[number], Hex>;

/** The 96 bytes of a signature as contracts take it. @throws FormatError when they are not 96 */
export function toG1Point(signature: Hex): G1Point {
  const bytes = checkedHex("BLS signature", signature, BLS_SIGNATURE_SIZE);
  const padding = "00".repeat(16);
  return {
    xHigh: `0x${padding}${hexSlice(bytes, 0, 16).slice(2)}`,
    xLow: hexSlice(bytes, 16, 48),
    yHigh: `0x${padding}${hexSlice(bytes, 48, 64).slice(2)}`,
    yLow: hexSlice(bytes, 64),
  };
}

/** The 256 bytes of a key as contracts take it. @throws FormatError when they are not 256 */
export function toG2Point(key: Hex): G2Point {
  const bytes = checkedHex("BLS key", key, BLS_KEY_SIZE);
  const word = (i: number) => hexSlice(bytes, 32 * i, 32 * (i + 1));
  return {
    x0High: word(0),
    x0Low: word(1),
    x1High: word(2),
    x1Low: word(3),
    y0High: word(4),
    y0Low: word(5),
    y1High: word(6),
    y1Low: word(7),
  };
}

/** The 256 bytes of a key that a contract told. */
export function fromG2Point(point: G2Point | undefined): Hex {
  if (point === undefined) throw new FormatError("no BLS key");
  return concat(G2_WORDS.map((word) => point[word]));
}
