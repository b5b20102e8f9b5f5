import { type Address, getAddress, type Hex, zeroAddress } from "viem";
import { afterAll, beforeAll, expect, it } from "vitest";
import { localAccounts } from "../chains/localChains.ts";
import { addressToBytes32 } from "../protocol/address.ts";
import { createWorld, type World } from "../world/createWorld.ts";
import { control, deploy, write } from "./kit.ts";

type Contract = Awaited<ReturnType<typeof deploy>>;
type Name = "alpha" | "beta";

const OWNER = localAccounts.deployer.address;
const RECIPIENT = localAccounts.sender.address;
const MAX = 2n ** 256n - 1n;
let world: World;

beforeAll(async () => {
  world = await createWorld();
}, 120_000);
afterAll(() => world?.[Symbol.asyncDispose]());

const router = (name: Name, contract: string, ...what: readonly unknown[]): Promise<Contract> =>
  deploy(world.chains[name], contract, [...what, world.chains[name].config.mailbox, zeroAddress, zeroAddress, OWNER]);

async function connect(alpha: Contract, beta: Contract): Promise<void> {
  const { config } = world.chains.alpha;
  const enroll = (domain: number, { address }: Contract) => [domain, addressToBytes32(address)];
  const call = { functionName: "enrollRemoteRouter" };
  await write(world.chains.alpha, { ...alpha, ...call, args: enroll(world.chains.beta.config.domain, beta) });
  await write(world.chains.beta, { ...beta, ...call, args: enroll(config.domain, alpha) });
}

const read = (name: Name, contract: Contract, functionName: string, args: readonly unknown[] = []) =>
  control(world.chains[name]).readContract({ ...contract, functionName, args });
const onChain = (name: Name, contract: Contract, functionName: string, args: readonly unknown[]) =>
  write(world.chains[name], { ...contract, functionName, args });

/** Sends as the deployer and delivers. */
async function transfer(from: Name, contract: Contract, recipient: Address, amountOrId: bigint): Promise<void> {
  const to = from === "alpha" ? "beta" : "alpha";
  const args: [number, Hex, bigint] = [world.chains[to].config.domain, addressToBytes32(recipient), amountOrId];
  await onChain(from, contract, "transferRemote", args);
  await world.deliver();
}

it.each(["", "URI"] as const)("a token of a collection, and back: %s", async (uri) => {
  const collection = await deploy(world.chains.alpha, "AnyCollection");
  const here = await router("alpha", `HypERC721${uri}Collateral`, collection.address);
  const there = await router("beta", uri ? "HypERC721URIStorage" : "HypERC721", "Synthetic", "SYN");
  await connect(here, there);
  await onChain("alpha", collection, "mint", [OWNER, 7n, "ipfs://seven"]);
  await onChain("alpha", collection, "approve", [here.address, 7n]);

  await transfer("alpha", here, OWNER, 7n);
  expect(await read("alpha", collection, "ownerOf", [7n])).toBe(getAddress(here.address));
  expect(await read("beta", there, "ownerOf", [7n])).toBe(OWNER);
  if (uri) expect(await read("beta", there, "tokenURI", [7n])).toBe("ipfs://seven");

  await transfer("beta", there, RECIPIENT, 7n);
  expect(await read("alpha", collection, "ownerOf", [7n])).toBe(RECIPIENT);
  expect(await read("beta", there, "totalSupply")).toBe(0n);
});

it("an xERC20 by its lockbox, to one without, and back", async () => {
  const token = await deploy(world.chains.alpha, "FreezableToken", [18]);
  const x = await deploy(world.chains.alpha, "LimitedXERC20");
  const lockbox = await deploy(world.chains.alpha, "Lockbox", [x.address, token.address]);
  const far = await deploy(world.chains.beta, "LimitedXERC20");
  const here = await router("alpha", "HypXERC20Lockbox", lockbox.address, 1n, 1n);
  const there = await router("beta", "HypXERC20", far.address, 1n, 1n);
  await connect(here, there);
  for (const bridge of [lockbox, here]) await onChain("alpha", x, "setLimits", [bridge.address, MAX, MAX]);
  await onChain("beta", far, "setLimits", [there.address, 600n, MAX]);
  await onChain("alpha", token, "mint", [OWNER, 1_000n]);
  await onChain("alpha", token, "approve", [here.address, MAX]);
  await onChain("beta", far, "approve", [there.address, MAX]);

  await transfer("alpha", here, OWNER, 600n);
  expect(await read("beta", far, "balanceOf", [OWNER])).toBe(600n);
  await transfer("alpha", here, OWNER, 400n); // more than may be minted
  expect(await read("beta", there, "claimable", [addressToBytes32(OWNER)])).toBe(400n);
  await onChain("beta", far, "setLimits", [there.address, 400n, MAX]);
  await onChain("beta", there, "claim", [addressToBytes32(OWNER), OWNER]);
  expect(await read("alpha", token, "balanceOf", [lockbox.address])).toBe(1_000n);
  expect(await read("alpha", x, "totalSupply")).toBe(0n);

  await transfer("beta", there, RECIPIENT, 1_000n);
  expect(await read("alpha", token, "balanceOf", [RECIPIENT])).toBe(1_000n);
  expect(await read("beta", far, "totalSupply")).toBe(0n);
});

it("a vault's shares, that earn in the meantime, and back", async () => {
  const token = await deploy(world.chains.alpha, "FreezableToken", [18]);
  const vault = await deploy(world.chains.alpha, "TestVault", [token.address]);
  const here = await router("alpha", "HypERC4626Collateral", vault.address, 1n, 1n);
  const there = await router("beta", "HypERC20", "Share", "SHARE", 18, 1n, 1n);
  await connect(here, there);
  await onChain("alpha", token, "mint", [OWNER, 1_000n]);
  await onChain("alpha", token, "approve", [here.address, MAX]);

  await transfer("alpha", here, OWNER, 1_000n);
  expect(await read("beta", there, "balanceOf", [OWNER])).toBe(1_000n);
  expect(await read("alpha", vault, "balanceOf", [here.address])).toBe(1_000n);
  await onChain("alpha", token, "mint", [vault.address, 1_001n]);

  await transfer("beta", there, RECIPIENT, 1_000n);
  expect(await read("alpha", token, "balanceOf", [RECIPIENT])).toBe(2_000n);
  expect(await read("beta", there, "totalSupply")).toBe(0n);
});
