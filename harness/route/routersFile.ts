import { existsSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { z } from "zod";
import { addressField } from "../contracts/configFields.ts";
import { replaceFile } from "../storage/atomicFile.ts";
import type { Routers } from "./deployRoute.ts";

const routersSchema = z.record(z.string(), addressField);

/** Where the routers of a route are remembered: beside its description. */
export function routersFile(description: string): string {
  return description.replace(/(\.json)?$/, ".routers.json");
}

/** The routers that are remembered, none if the file is not there. @throws Error that names the file, when it holds something else */
export function readRouters(file: string): Routers {
  if (!existsSync(file)) return {};
  try {
    return routersSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (cause) {
    throw new Error(`${file} does not name routers by their chains: mend it, or remove it to deploy anew`, { cause });
  }
}

/** Remembers routers; a crash leaves the file as it was or as it should be. */
export async function writeRouters(file: string, routers: Routers): Promise<void> {
  await replaceFile(dirname(file), { name: basename(file), content: `${JSON.stringify(routers, null, 2)}\n` });
}
