import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Abi, Hex } from "viem";
import { z } from "zod";

const artifactSchema = z.object({
  abi: z.custom<Abi>(Array.isArray),
  bytecode: z.object({ object: z.templateLiteral(["0x", z.string().regex(/^[0-9a-f]+$/)]) }),
});

/**
 * What forge compiled of the contract `name`: its ABI and creation code.
 *
 * @throws Error that says to run the build, when it is not there
 */
export function readArtifact(name: string): { abi: Abi; bytecode: Hex } {
  const file = fileURLToPath(new URL(`../../out/${name}.sol/${name}.json`, import.meta.url));
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new Error(`no compiled ${name} at ${file}: run \`npm run build\``, { cause });
  }
  const artifact = artifactSchema.safeParse(JSON.parse(text));
  if (!artifact.success) {
    // Two forge processes at once can leave an artifact without its code, which a plain build does not repair.
    throw new Error(`${file} has no bytecode: run \`npm run forge -- build --force\``, { cause: artifact.error });
  }
  return { abi: artifact.data.abi, bytecode: artifact.data.bytecode.object };
}
