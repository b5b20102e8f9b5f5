import { readFileSync } from "node:fs";
import { type Hex, isHex } from "viem";

const FACTORIES = new URL("node_modules/@hyperlane-xyz/core/dist/typechain/factories/", import.meta.url);

/**
 * The creation code of a contract as its package publishes it.
 * @param path of the contract in the package, without extension
 * @throws Error when the package is not installed (`npm run bench:gas:peer` does that), or has no such contract
 */
export function peerBytecode(path: string): Hex {
  const file = new URL(`${path}__factory.js`, FACTORIES);
  const found = /_bytecode = "(0x[0-9a-f]+)"/.exec(readFileSync(file, "utf8"))?.[1];
  if (!isHex(found)) throw new Error(`${file.pathname} holds no creation code`);
  return found;
}
