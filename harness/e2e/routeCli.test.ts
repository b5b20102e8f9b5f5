import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { type Address, getAddress, parseEther } from "viem";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { localAccounts, localKey } from "../chains/localChains.ts";
import { routeCommand } from "../cli/commands/route.ts";
import { readRouters } from "../route/routersFile.ts";
import { createWorld, type World } from "../world/createWorld.ts";
import { writeConfig } from "./agentProcess.ts";
import { control, deploy, write } from "./kit.ts";

type Contract = Awaited<ReturnType<typeof deploy>>;
type Name = "alpha" | "beta";

const OWNER = localAccounts.deployer.address;
const MAX = 2n ** 256n - 1n;
let world: World;
let config: string;
let keyFile: string;

beforeAll(async () => {
  world = await createWorld();
  config = writeConfig(world, "route-config", {});
  keyFile = join(world.directory, "key");
  writeFileSync(keyFile, localKey(localAccounts.deployer), { mode: 0o600 });
}, 120_000);
afterAll(() => world?.[Symbol.asyncDispose]());

/** Runs `causeway route` on a description. */
async function causeway(...args: string[]): Promise<{ printed: string; said: string }> {
  const program = new Command().exitOverride().option("-c, --config <file>").addCommand(routeCommand());
  const printed = vi.spyOn(console, "log").mockReturnValue();
  const said = vi.spyOn(console, "error").mockReturnValue();
  try {
    await program.parseAsync(["--config", config, "route", ...args], { from: "user" });
    return { printed: printed.mock.calls.flat().join("\n"), said: said.mock.calls.flat().join("\n") };
  } finally {
    printed.mockRestore();
    said.mockRestore();
  }
}

/** Writes a description of a route that has no routers yet. */
function describe(chains: Record<Name, object>, other: object = {}): string {
  const file = join(world.directory, "route.json");
  rmSync(join(world.directory, "route.routers.json"), { force: true });
  writeFileSync(file, JSON.stringify({ chains, ...other }));
  return file;
}

async function deployed(chains: Record<Name, object>): Promise<{ file: string; routers: Record<Name, Address> }> {
  const file = describe(chains);
  await causeway("deploy", file, "--key-file", keyFile);
  return { file, routers: readRouters(join(world.directory, "route.routers.json")) as Record<Name, Address> };
}

async function transfer(file: string, from: Name, amount: string): Promise<void> {
  const to = from === "alpha" ? "beta" : "alpha";
  const { printed } = await causeway("transfer", file, from, to, amount, "--key-file", keyFile);
  expect(printed).toMatch(/^0x[0-9a-f]{64}$/);
  await world.deliver();
}

async function check(file: string): Promise<{ printed: string; said: string; code: typeof process.exitCode }> {
  const before = process.exitCode;
  const output = await causeway("check", file);
  const code = process.exitCode;
  process.exitCode = before;
  return { ...output, code };
}

const read = (name: Name, contract: Pick<Contract, "address" | "abi">, functionName: string, ...args: unknown[]) =>
  control(world.chains[name]).readContract({ ...contract, functionName, args });
const onChain = (name: Name, contract: Contract, functionName: string, ...args: unknown[]) =>
  write(world.chains[name], { ...contract, functionName, args });

it.each([false, true])("moves a token of a collection, with URI: %s", async (uri) => {
  const collection = await deploy(world.chains.alpha, "AnyCollection");
  await onChain("alpha", collection, "mint", OWNER, 7n, "ipfs://seven");
  const { file, routers } = await deployed({
    alpha: { type: "erc721Collateral", token: collection.address, uri, gas: "200000" },
    beta: { type: "erc721", name: "Synthetic", symbol: "SYN", uri, gas: "300000" },
  });
  const there = { ...collection, address: routers.beta };

  await transfer(file, "alpha", "7");
  expect(await read("alpha", collection, "ownerOf", 7n)).toBe(getAddress(routers.alpha));
  expect(await read("beta", there, "ownerOf", 7n)).toBe(OWNER);
  if (uri) expect(await read("beta", there, "tokenURI", 7n)).toBe("ipfs://seven");
  expect(await check(file)).toMatchObject({ printed: "", said: expect.stringContaining("collateral 1, supply 1,") });

  await transfer(file, "beta", "7");
  expect(await read("alpha", collection, "ownerOf", 7n)).toBe(OWNER);
  await expect(transfer(file, "alpha", "7.5")).rejects.toThrow('"7.5" is no amount of a token with 0 decimals');
});

it("moves an xERC20 by its lockbox, and one without", async () => {
  const token = await deploy(world.chains.alpha, "FreezableToken", [18]);
  const x = await deploy(world.chains.alpha, "LimitedXERC20");
  const lockbox = await deploy(world.chains.alpha, "Lockbox", [x.address, token.address]);
  const far = await deploy(world.chains.beta, "LimitedXERC20");
  await onChain("alpha", token, "mint", OWNER, parseEther("3"));
  const { file, routers } = await deployed({
    alpha: { type: "xERC20Lockbox", token: lockbox.address, decimals: 18 },
    beta: { type: "xERC20", token: far.address, decimals: 18 },
  });
  for (const bridge of [lockbox.address, routers.alpha]) await onChain("alpha", x, "setLimits", bridge, MAX, MAX);
  await onChain("beta", far, "setLimits", routers.beta, MAX, MAX);

  await transfer(file, "alpha", "2.5");
  expect(await read("beta", far, "balanceOf", OWNER)).toBe(parseEther("2.5"));
  await transfer(file, "beta", "1.5");
  expect(await read("alpha", token, "balanceOf", OWNER)).toBe(parseEther("2"));
  expect(await check(file)).toMatchObject({ printed: "", said: expect.stringContaining("balances are not compared") });
});

it("moves a vault's shares", async () => {
  const token = await deploy(world.chains.alpha, "FreezableToken", [18]);
  const vault = await deploy(world.chains.alpha, "TestVault", [token.address]);
  await onChain("alpha", token, "mint", OWNER, parseEther("3"));
  const { file, routers } = await deployed({
    alpha: { type: "collateralVaultRebase", token: vault.address, decimals: 18 },
    beta: { type: "synthetic", name: "Share", symbol: "SHARE", decimals: 18 },
  });

  await transfer(file, "alpha", "2");
  expect(await read("alpha", vault, "balanceOf", routers.alpha)).toBe(parseEther("2"));
  const locked = `collateral ${parseEther("2")}, supply ${parseEther("2")},`;
  expect(await check(file)).toMatchObject({ printed: "", said: expect.stringContaining(locked) });
  await transfer(file, "beta", "2");
  expect(await read("alpha", token, "balanceOf", OWNER)).toBe(parseEther("3"));

  describe({
    alpha: { type: "collateralVaultRebase", token: token.address, decimals: 6 },
    beta: { type: "synthetic", name: "Share", symbol: "SHARE", decimals: 18 },
  });
  writeFileSync(join(world.directory, "route.routers.json"), JSON.stringify(routers));
  const { printed, code } = await check(file);
  expect(printed).toContain(`its vault is ${vault.address}`.slice(0, 20));
  expect(code).toBe(1);
});

const erc721 = { type: "erc721", name: "Synthetic", symbol: "SYN" };
const collection = { type: "erc721Collateral", token: OWNER };
it.each<[string, Record<Name, object>, string]>([
  ["an amount and a collection", { alpha: collection, beta: { type: "native" } }, "mixes a collection with amounts"],
  ["no collection", { alpha: erc721, beta: erc721 }, "has 0 chains with a collection of its own"],
  ["two collections", { alpha: collection, beta: collection }, "has 2 chains with a collection of its own"],
  ["URIs on one side", { alpha: collection, beta: { ...erc721, uri: true } }, "has URIs on some chains only"],
  ["decimals of ids", { alpha: collection, beta: { ...erc721, decimals: 1 } }, "decimals"],
  ["an unknown kind", { alpha: { type: "collateralFiat" }, beta: { type: "native" } }, "type"],
])("refuses a route of %s before anything is sent", async (_, chains, problem) => {
  const before = await control(world.chains.alpha).getTransactionCount({ address: OWNER });
  await expect(causeway("deploy", describe(chains), "--key-file", keyFile)).rejects.toThrow(problem);
  expect(await control(world.chains.alpha).getTransactionCount({ address: OWNER })).toBe(before);
});
