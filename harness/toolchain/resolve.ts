import { createRequire } from "node:module";
import { dirname } from "node:path";
import { findOnPath, isExecutable } from "./findOnPath.ts";

const FOUNDRY = "install Foundry 1.7.1 (https://getfoundry.sh, then `foundryup --install v1.7.1`)";

/** Where each native tool comes from: npm's package for this machine, and what to do where npm has none. */
const TOOLS = {
  forge: { file: "bin/forge", install: FOUNDRY },
  anvil: { file: "bin/anvil", install: FOUNDRY },
  cast: { file: "bin/cast", install: FOUNDRY },
  biome: { file: "biome", install: "install Biome 2.6.8 (https://biomejs.dev/guides/manual-installation/)" },
};

export type Tool = keyof typeof TOOLS;

export type ResolveToolParameters = {
  /** Folders to search, as in the environment's PATH. */
  path?: string;
  /** Resolves a package's file like `require.resolve`; throws when the package is not installed. */
  resolvePackage?: (specifier: string) => string;
  platform?: string;
  arch?: string;
};

/** Narrows a name that came from a command line. */
export function isTool(name: string): name is Tool {
  return Object.hasOwn(TOOLS, name);
}

/**
 * The absolute path of a native tool: the binary inside npm's package for this machine, whose version package-lock.json pins,
 * else the first one on PATH. npm's launcher scripts of the same names are not used: they exit 0 when the tool fails.
 *
 * @throws Error that names the package, the searched PATH and what to install, when neither has it.
 * @example resolveTool("forge") // "/…/node_modules/@foundry-rs/forge-linux-amd64/bin/forge"
 */
export function resolveTool(
  tool: Tool,
  {
    path = process.env.PATH ?? "",
    resolvePackage = createRequire(import.meta.url).resolve,
    platform = process.platform,
    arch = process.arch,
  }: ResolveToolParameters = {},
): string {
  const name = packageName(tool, platform, arch);
  const packaged = packageFolder(name, resolvePackage)?.concat("/", TOOLS[tool].file);
  const found = packaged !== undefined && isExecutable(packaged) ? packaged : findOnPath(tool, path);
  if (found === undefined) {
    throw new Error(
      `${tool} not found: neither the npm package ${name} nor PATH (${path}) has it. ` +
        `Run \`npm ci\` with optional dependencies, or ${TOOLS[tool].install}.`,
    );
  }
  return found;
}

function packageName(tool: Tool, platform: string, arch: string): string {
  return tool === "biome"
    ? `@biomejs/cli-${platform}-${arch}`
    : `@foundry-rs/${tool}-${platform}-${arch === "x64" ? "amd64" : arch}`;
}

function packageFolder(name: string, resolvePackage: (specifier: string) => string): string | undefined {
  try {
    return dirname(resolvePackage(`${name}/package.json`));
  } catch {
    return undefined;
  }
}
