import { type Address, type Hex, hexToNumber, size, slice } from "viem";
import type { ChainClient } from "../chains/client.ts";
import { readArtifact } from "../contracts/artifact.ts";

const SMALLEST = 64;

/** Whether the code is that of our module that verifies everything. False when that is not compiled here. */
export async function isNoop(client: ChainClient, address: Address): Promise<boolean> {
  const code = await client.getCode({ address });
  let creation: Hex;
  try {
    creation = readArtifact("NoopIsm").bytecode;
  } catch {
    return false;
  }
  const own = withoutMetadata(code ?? "0x");
  // What a constructor that does nothing returns stands at the end of the code that creates it.
  return size(own) >= SMALLEST && withoutMetadata(creation).endsWith(own.slice(2));
}

/** Without what solc appends about sources, and the length of that in two bytes. */
function withoutMetadata(code: Hex): Hex {
  if (size(code) < 2) return code;
  const end = size(code) - 2 - hexToNumber(slice(code, -2));
  return end > 0 ? slice(code, 0, end) : code;
}
