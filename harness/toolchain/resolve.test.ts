import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isTool, resolveTool } from "./resolve.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "causeway-resolve-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function executable(...path: string[]): string {
  const file = join(folder, ...path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, "#!/bin/sh\n");
  chmodSync(file, 0o755);
  return file;
}

const noPackage = (): string => {
  throw new Error("not installed");
};

describe("resolveTool", () => {
  test("prefers the binary of npm's package for this machine over PATH", () => {
    executable("onPath", "forge");
    const file = executable("package", "bin", "forge");
    const asked: string[] = [];
    const resolvePackage = (specifier: string) => {
      asked.push(specifier);
      return join(folder, "package", "package.json");
    };
    const options = { path: join(folder, "onPath"), resolvePackage, platform: "darwin", arch: "arm64" };
    expect(resolveTool("forge", options)).toBe(file);
    expect(asked).toEqual(["@foundry-rs/forge-darwin-arm64/package.json"]);
  });

  test("names the packages as their publishers do", () => {
    const asked: string[] = [];
    const resolvePackage = (specifier: string) => {
      asked.push(specifier);
      return noPackage();
    };
    for (const tool of ["forge", "anvil", "cast", "biome"] as const) {
      expect(() => resolveTool(tool, { path: folder, resolvePackage, platform: "linux", arch: "x64" })).toThrow();
    }
    expect(asked).toEqual([
      "@foundry-rs/forge-linux-amd64/package.json",
      "@foundry-rs/anvil-linux-amd64/package.json",
      "@foundry-rs/cast-linux-amd64/package.json",
      "@biomejs/cli-linux-x64/package.json",
    ]);
  });

  test("falls back to the first executable file on PATH", () => {
    mkdirSync(join(folder, "aFolder", "anvil"), { recursive: true });
    mkdirSync(join(folder, "notExecutable"));
    writeFileSync(join(folder, "notExecutable", "anvil"), "");
    const file = executable("second", "anvil");
    executable("third", "anvil");
    const path = ["aFolder", "notExecutable", "second", "third"].map((name) => join(folder, name)).join(delimiter);
    expect(resolveTool("anvil", { path, resolvePackage: noPackage })).toBe(file);
  });

  test("an empty PATH entry does not mean the current folder", () => {
    const cwd = process.cwd();
    executable("cast");
    process.chdir(folder);
    try {
      expect(() => resolveTool("cast", { path: delimiter, resolvePackage: noPackage })).toThrow("cast not found");
    } finally {
      process.chdir(cwd);
    }
  });

  test("says what was searched and what to install", () => {
    const options = { path: folder, resolvePackage: noPackage, platform: "linux", arch: "arm64" };
    expect(() => resolveTool("forge", options)).toThrow(
      `forge not found: neither the npm package @foundry-rs/forge-linux-arm64 nor PATH (${folder}) has it. ` +
        "Run `npm ci` with optional dependencies, or install Foundry 1.7.1",
    );
    expect(() => resolveTool("biome", { ...options, path: "" })).toThrow("install Biome 2.6.8");
  });
});

test("isTool accepts the four tools and no inherited names", () => {
  expect(["forge", "anvil", "cast", "biome"].every(isTool)).toBe(true);
  expect(["toString", "solc", ""].some(isTool)).toBe(false);
});
