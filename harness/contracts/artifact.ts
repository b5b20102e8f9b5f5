import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Abi, Hex } from "viem";
import { z } from "zod";

const artifactSchema = z.object({
  abi: z.custom<Abi>(Array.isArray),
  bytecode: z.object({ object: z.string() }),
});
const codeSchema = z.templateLiteral(["0x", z.string().regex(/^[0-9a-f]+$/)]);

/**
 * What forge compiled of the contract `name`: its ABI and creation code.
 *
 * @throws Error that says to run the build, when it is not there, or when it has no code, as an interface has none
 */
export function readArtifact(name: string): { abi: Abi; bytecode: Hex } {
  const { file, artifact } = read(name);
  const code = codeSchema.safeParse(artifact.bytecode.object);
  if (!code.success) {
    // Two forge processes at once can leave an artifact without its code, which a plain build does not repair.
    throw new Error(`${file} has no bytecode: run \`npm run forge -- build --force\``, { cause: code.error });
  }
  return { abi: artifact.abi, bytecode: code.data };
}

/** The ABI alone, of interfaces and abstract contracts too. @throws Error that says to run the build, when it is not there */
export function readAbi(name: string): Abi {
  return read(name).artifact.abi;
}

function read(name: string) {
  const file = fileURLToPath(new URL(`../../out/${name}.sol/${name}.json`, import.meta.url));
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new Error(`no compiled ${name} at ${file}: run \`npm run build\``, { cause });
  }
  return { file, artifact: artifactSchema.parse(JSON.parse(text)) };
}
