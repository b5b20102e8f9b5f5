import { createKeccak } from "hash-wasm";
import { bytesToHex, type Hash, type Hex, hexToBytes } from "viem";

const hasher = await createKeccak(256);

/** keccak-256 in WebAssembly, ten times as fast as in JavaScript: agents hash each message and each signature many times. */
export function keccakBytes(bytes: Uint8Array): Uint8Array {
  return hasher.init().update(bytes).digest("binary");
}

/** As `keccakBytes`, of and as hex. */
export function keccak256(bytes: Hex): Hash {
  return bytesToHex(keccakBytes(hexToBytes(bytes)));
}
