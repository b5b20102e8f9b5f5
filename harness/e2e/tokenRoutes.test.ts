import { type Address, parseEther, parseUnits, walletActions } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { localAccounts } from "../chains/localChains.ts";
import { hypERC20Abi } from "../contracts/abi.ts";
import { addressToBytes32 } from "../protocol/address.ts";
import { checkRoute } from "../route/checkRoute.ts";
import { deployRoute, type Routers } from "../route/deployRoute.ts";
import { enrollRoute } from "../route/enrollRoute.ts";
import { type RouteConfig, routeConfigSchema } from "../route/routeConfig.ts";
import { transferRemote } from "../route/transferRemote.ts";
import { createWorld, type World } from "../world/createWorld.ts";
import { control, deploy, write } from "./kit.ts";

type Name = "alpha" | "beta" | "gamma";
const { deployer, sender } = localAccounts;
const HOLDER = sender.address;
const UNKNOWN = "0x00000000000000000000000000000000000000AA";

// Native on alpha, synthetic on beta, and on gamma an ERC-20 of six decimals. Messages have 18.
let world: World<3>;
let token: Awaited<ReturnType<typeof deploy>>;
let payee: Awaited<ReturnType<typeof deploy>>;
let route: RouteConfig;
let routers: Routers = {};

const configs = () => ({
  alpha: world.chains.alpha.config,
  beta: world.chains.beta.config,
  gamma: world.chains.gamma.config,
});
const check = () => checkRoute({ route, chains: configs(), routers });
const routerOn = (name: Name) => ({ address: routers[name] ?? expect.unreachable(), abi: hypERC20Abi });

async function onToken(functionName: string, args: readonly unknown[]): Promise<void> {
  await write(world.chains.gamma, { ...token, functionName, args });
}

async function onRouter(name: Name, functionName: string, args: readonly unknown[]): Promise<void> {
  await write(world.chains[name], { ...routerOn(name), functionName, args });
}

/** Sends and delivers. The amount is in units of the token of `from`. */
async function transfer(from: Name, to: Name, amount: bigint, recipient: Address = HOLDER): Promise<void> {
  const { rpcUrl } = world.chains[from].config;
  const destination = world.chains[to].config.domain;
  const router = routerOn(from).address;
  await transferRemote({
    ...{ rpcUrl, account: sender, router, destination, amount },
    recipient: addressToBytes32(recipient),
  });
  await world.deliver();
}

/** Units of its token that an account has on a chain. */
function balance(name: Name, account: Address = HOLDER): Promise<bigint> {
  return control(world.chains[name]).readContract({ ...routerOn(name), functionName: "balanceOf", args: [account] });
}

function claimable(name: Name, account: Address): Promise<bigint> {
  const args = [addressToBytes32(account)] as const;
  return control(world.chains[name]).readContract({ ...routerOn(name), functionName: "claimable", args });
}

beforeAll(async () => {
  world = await createWorld({
    chains: 3,
    gasPaymaster: { gasPrice: 10n, tokenExchangeRate: 10n ** 10n, overhead: 150_000 },
  });
  token = await deploy(world.chains.gamma, "FreezableToken", [6]);
  payee = await deploy(world.chains.alpha, "Payee");
  route = routeConfigSchema.parse({
    chains: {
      alpha: { type: "native", gas: 200_000 },
      beta: { type: "synthetic", name: "Mixed", symbol: "MIX", decimals: 18, gas: 150_000 },
      gamma: { type: "collateral", token: token.address, decimals: 6, gas: 180_000 },
    },
  });
}, 120_000);

afterAll(() => world?.[Symbol.asyncDispose]());

describe("a route that is stopped half-way", () => {
  it("creates what is missing, and nothing twice", async () => {
    const stopped = deployRoute({
      ...{ route, chains: configs(), account: deployer, routers },
      onRouter: (now) => {
        routers = now;
        return Object.keys(now).length === 2 ? Promise.reject(new Error("stopped")) : Promise.resolve();
      },
    });
    await expect(stopped).rejects.toThrow("stopped");
    const before = routers;
    expect(Object.keys(before)).toEqual(["alpha", "beta"]);
    expect((await check()).differences).toContainEqual({ chain: "gamma", what: "no router was deployed" });

    const created: Routers[] = [];
    routers = await deployRoute({
      ...{ route, chains: configs(), account: deployer, routers },
      onRouter: async (now) => void created.push(now),
    });
    expect(created).toEqual([routers]);
    expect(routers).toMatchObject(before);
  });

  it("enrolls every pair with its gas, once", async () => {
    const enroll = () =>
      enrollRoute({ route, chains: configs(), routers, account: deployer, onStep: (s) => steps.push(s) });
    const steps: string[] = [];
    expect(await enroll()).toEqual([]);
    expect(steps).toHaveLength(12); // of three routers each: two peers, and the gas of two
    expect(await check()).toMatchObject({ differences: [], balance: { collateral: 0n, supply: 0n } });
    expect(await enroll()).toEqual([]);
    expect(steps).toHaveLength(12);
  });
});

describe("transfers", () => {
  it("native to synthetic, and back", async () => {
    await transfer("alpha", "beta", parseEther("5"));
    expect(await balance("beta")).toBe(parseEther("5"));
    expect(await balance("alpha", routerOn("alpha").address)).toBe(parseEther("5"));

    await transfer("beta", "alpha", parseEther("2"), UNKNOWN);
    expect(await balance("beta")).toBe(parseEther("3"));
    expect(await balance("alpha", UNKNOWN)).toBe(parseEther("2"));
  });

  it("collateral to synthetic, and back", async () => {
    await onToken("mint", [HOLDER, parseUnits("100", 6)]);
    await transfer("gamma", "beta", parseUnits("10", 6));
    expect(await balance("beta")).toBe(parseEther("13"));
    expect(await balance("gamma", routerOn("gamma").address)).toBe(parseUnits("10", 6));

    await transfer("beta", "gamma", parseEther("4"));
    expect(await balance("beta")).toBe(parseEther("9"));
    expect(await balance("gamma")).toBe(parseUnits("94", 6));
  });

  it("between chains that both hold collateral", async () => {
    await transfer("gamma", "alpha", parseUnits("1", 6), UNKNOWN);
    expect(await balance("alpha", UNKNOWN)).toBe(parseEther("3"));
    await transfer("alpha", "gamma", parseEther("1"));
    expect(await balance("gamma")).toBe(parseUnits("94", 6));
  });

  it("keeps digits that the token can not express, until they make one", async () => {
    const before = await balance("gamma");
    await transfer("beta", "gamma", parseUnits("0.5", 12));
    expect(await balance("gamma")).toBe(before);
    await transfer("beta", "gamma", parseUnits("0.5", 12));
    expect(await balance("gamma")).toBe(before + 1n);
  });
});

describe("recipients that can not be paid", () => {
  it("claims native coin that it refused", async () => {
    const { abi, address } = payee;
    const set = (mode: number) => write(world.chains.alpha, { abi, address, functionName: "set", args: [mode] });
    await set(1);
    await transfer("beta", "alpha", parseEther("1"), address);
    expect(await balance("alpha", address)).toBe(0n);
    expect(await claimable("alpha", address)).toBe(parseEther("1"));

    await set(0);
    await onRouter("alpha", "claim", [addressToBytes32(address), address]);
    expect(await balance("alpha", address)).toBe(parseEther("1"));
    expect(await claimable("alpha", address)).toBe(0n);
  });

  it("claims a token whose issuer had frozen its account", async () => {
    await onToken("freeze", [UNKNOWN, true]);
    await transfer("beta", "gamma", parseEther("1"), UNKNOWN);
    expect(await claimable("gamma", UNKNOWN)).toBe(parseUnits("1", 6));

    await onToken("freeze", [UNKNOWN, false]);
    await onRouter("gamma", "claim", [addressToBytes32(UNKNOWN), UNKNOWN]);
    expect(await balance("gamma", UNKNOWN)).toBe(parseUnits("1", 6));
  });
});

it("has locked what is out, to the unit", async () => {
  const { differences, balance } = await check();
  expect(differences).toEqual([]);
  expect(balance?.supply).toBeGreaterThan(0n);
  expect(balance?.collateral).toBe(balance?.supply);
});

describe("a route that is not what its description says", () => {
  it("lists each difference, and repairs what its owner can", async () => {
    const { domain } = world.chains.beta.config;
    await onRouter("alpha", "unenrollRemoteRouter", [domain]);
    await onRouter("alpha", "enrollRemoteRouter", [99, addressToBytes32(UNKNOWN)]);
    await onRouter("beta", "setDestinationGas", [world.chains.gamma.config.domain, 1n]);
    await onRouter("beta", "setHook", [world.chains.beta.config.merkleTreeHook]);
    await onRouter("gamma", "setInterchainSecurityModule", [world.chains.gamma.core.defaultIsm]);
    const { gamma } = route.chains;
    route = { ...route, chains: { ...route.chains, ...(gamma && { gamma: { ...gamma, owner: HOLDER } }) } };

    const what = async () => (await check()).differences.map(({ chain, what }) => `${chain}: ${what}`);
    const found = await what();
    expect(found).toHaveLength(6);
    const expected = [
      "alpha: it obeys a router of domain 99",
      "alpha: for beta it obeys no router",
      "beta: its hook is",
      "beta: deliveries on gamma are paid for with 1 gas, not 180000",
      "gamma: its security module is",
      `gamma: its owner is ${deployer.address}, not ${HOLDER}`,
    ];
    for (const [i, part] of expected.entries()) expect(found[i]).toContain(part);

    expect(await enrollRoute({ route, chains: configs(), routers, account: deployer })).toEqual([]);
    expect(await what()).toEqual([
      `gamma: its owner is ${deployer.address} until ${HOLDER} calls acceptOwnership on ${routerOn("gamma").address}`,
    ]);
  });

  it("finds scales and decimals that can not be repaired, and a supply that nothing stands behind", async () => {
    const { alpha, beta, gamma } = route.chains;
    if (alpha === undefined || beta === undefined || gamma === undefined) return expect.unreachable();
    const chains = { alpha, beta, gamma: { ...gamma, decimals: 4 } };
    const wrong = await checkRoute({ route: { ...route, chains }, chains: configs(), routers });
    const found = wrong.differences.map(({ what }) => what);
    expect(found).toContain(`its scale is ${10n ** 12n}/1, not ${10n ** 14n}/1: it must be replaced`);
    expect(found).toContain("its token has 6 decimals, not 4");

    const stolen = await balance("alpha", routerOn("alpha").address);
    await control(world.chains.alpha).setBalance({ address: routerOn("alpha").address, value: stolen - 1n });
    const { differences, balance: held } = await check();
    expect((held?.supply ?? 0n) - (held?.collateral ?? 0n)).toBe(1n);
    expect(differences).toContainEqual(expect.objectContaining({ chain: "all" }));
  });

  it("hands out the calls that another owner has to make", async () => {
    const call = { ...routerOn("gamma"), functionName: "acceptOwnership" as const };
    await control(world.chains.gamma).impersonateAccount({ address: HOLDER });
    const wallet = control(world.chains.gamma).extend(walletActions);
    await wallet.writeContract({ ...call, account: HOLDER, chain: null });
    const { gamma } = route.chains;
    route = {
      ...route,
      chains: {
        ...route.chains,
        ...(gamma && { gamma: { ...gamma, hook: world.chains.gamma.config.merkleTreeHook } }),
      },
    };

    const calls = await enrollRoute({ route, chains: configs(), routers, account: deployer });
    expect(calls).toMatchObject([
      { chain: "gamma", from: HOLDER, to: call.address, what: expect.stringContaining("hook") },
    ]);
    for (const { from, to, data } of calls) await wallet.sendTransaction({ account: from, to, data, chain: null });
    expect((await check()).differences.filter(({ chain }) => chain !== "all")).toEqual([]);
  });
});
