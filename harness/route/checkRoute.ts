import {
  type Address,
  createPublicClient,
  erc20Abi,
  type Hex,
  http,
  isAddressEqual,
  type PublicClient,
  zeroAddress,
  zeroHash,
} from "viem";
import type { ChainConfig } from "../chains/chainConfig.ts";
import { hypERC20Abi, hypERC4626CollateralAbi, hypXERC20LockboxAbi } from "../contracts/abi.ts";
import { addressToBytes32 } from "../protocol/address.ts";
import type { Routers } from "./deployRoute.ts";
import { isCollection, isSynthetic, madeFor, type RouteConfig, type RouterConfig, scaleOf } from "./routeConfig.ts";

/** A call that the router's owner can make to repair a difference. */
export type Fix = { functionName: string; args: readonly unknown[] };
export type Difference = { chain: string; what: string; fix?: Fix };

/** What the routers hold and what stands for it, in units of the message; or tokens of a collection. */
export type RouteBalance = { collateral: bigint; supply: bigint };

export type CheckedRoute = {
  differences: Difference[];
  /** Who owns each router that is there. */
  owners: Record<string, Address>;
  /** Undefined where a token of the route is minted, or locked, by others too. */
  balance: RouteBalance | undefined;
};

export type CheckRouteParameters = {
  route: RouteConfig;
  chains: Record<string, ChainConfig>;
  routers: Routers;
};

/**
 * Reads a route from its chains and tells all in which it is not what its description says.
 *
 * @throws Error of viem when an RPC does not answer
 */
export async function checkRoute(parameters: CheckRouteParameters): Promise<CheckedRoute> {
  const names = Object.keys(parameters.route.chains);
  const checked = await Promise.all(names.map((name) => checkRouter(parameters, name)));
  const balance = { collateral: 0n, supply: 0n };
  const owners: Record<string, Address> = {};
  for (const { name, owner, held = 0n, synthetic } of checked) {
    if (owner !== undefined) owners[name] = owner;
    balance[synthetic ? "supply" : "collateral"] += held;
  }
  const differences = checked.flatMap((one) => one.differences);
  if (checked.some(({ held }) => held === undefined)) return { differences, owners, balance: undefined };
  if (balance.collateral < balance.supply && checked.some(({ synthetic }) => !synthetic)) {
    const what = `collateral of ${balance.collateral} stands behind a supply of ${balance.supply} (units of messages)`;
    differences.push({ chain: "all", what });
  }
  return { differences, owners, balance };
}

type CheckedRouter = {
  name: string;
  differences: Difference[];
  owner?: Address;
  /** Collateral, or supply; undefined where it is not the route's alone. */
  held: bigint | undefined;
  synthetic: boolean;
};

async function checkRouter(parameters: CheckRouteParameters, name: string): Promise<CheckedRouter> {
  const { route, routers } = parameters;
  const chain = parameters.chains[name];
  const config = route.chains[name];
  if (chain === undefined || config === undefined) throw new Error(`no chain is called "${name}"`);
  const synthetic = isSynthetic(config);
  const differences: Difference[] = [];
  const differs = (what: string, fix?: Fix) => differences.push({ chain: name, what, ...(fix && { fix }) });
  const address = routers[name];
  const client = createPublicClient({ transport: http(chain.rpcUrl) });
  if (address === undefined || (await client.getCode({ address })) === undefined) {
    differs(address === undefined ? "no router was deployed" : `there is no contract at ${address}`);
    return { name, differences, held: 0n, synthetic };
  }

  const router = { address, abi: hypERC20Abi } as const;
  const view = (functionName: "mailbox" | "token" | "hook" | "interchainSecurityModule" | "owner" | "pendingOwner") =>
    client.readContract({ ...router, functionName });
  const expectAddress = (what: string, is: Address, expected: Address, setter?: string) => {
    if (isAddressEqual(is, expected)) return;
    const fix = setter === undefined ? undefined : { functionName: setter, args: [expected] };
    differs(`its ${what} is ${is}, not ${expected}`, fix);
  };

  expectAddress("Mailbox", await view("mailbox"), chain.mailbox);
  const purpose = madeFor(config, address);
  const abi = [...hypERC20Abi, ...hypXERC20LockboxAbi, ...hypERC4626CollateralAbi] as const;
  expectAddress(purpose.view, await client.readContract({ address, abi, functionName: purpose.view }), purpose.is);
  expectAddress("hook", await view("hook"), config.hook, "setHook");
  const module = await view("interchainSecurityModule");
  expectAddress("security module", module, config.interchainSecurityModule, "setInterchainSecurityModule");

  const scale = scaleOf(route, config);
  const [numerator, denominator] = await Promise.all([
    client.readContract({ ...router, functionName: "scaleNumerator" }),
    client.readContract({ ...router, functionName: "scaleDenominator" }),
  ]);
  if (numerator !== scale.numerator || denominator !== scale.denominator) {
    differs(
      `its scale is ${numerator}/${denominator}, not ${scale.numerator}/${scale.denominator}: it must be replaced`,
    );
  }
  const counted = purpose.view === "vault" ? purpose.is : await view("token");
  if (!isCollection(config) && !isAddressEqual(counted, zeroAddress)) {
    const decimals = await client.readContract({ abi: erc20Abi, address: counted, functionName: "decimals" });
    if (decimals !== config.decimals) differs(`its token has ${decimals} decimals, not ${config.decimals}`);
  }

  await checkPeers(parameters, { name, address, rpcUrl: chain.rpcUrl, differs });
  const owner = await view("owner");
  const wanted = config.owner ?? owner;
  if (!isAddressEqual(owner, wanted)) {
    const offered = isAddressEqual(await view("pendingOwner"), wanted);
    if (offered) differs(`its owner is ${owner} until ${wanted} calls acceptOwnership on ${address}`);
    else differs(`its owner is ${owner}, not ${wanted}`, { functionName: "transferOwnership", args: [wanted] });
  }

  const held = await heldBy(config, client, address, counted);
  return { name, differences, owner, held: held && (held * scale.numerator) / scale.denominator, synthetic };
}

/** Supply, or what is locked, in units of what is counted there. */
async function heldBy(
  config: RouterConfig,
  client: PublicClient,
  router: Address,
  counted: Address,
): Promise<bigint | undefined> {
  if (config.type === "xERC20" || config.type === "xERC20Lockbox") return undefined;
  if (config.type === "native") return client.getBalance({ address: router });
  const token = { address: counted, abi: erc20Abi } as const;
  if (isSynthetic(config)) return client.readContract({ ...token, functionName: "totalSupply" });
  return client.readContract({ ...token, functionName: "balanceOf", args: [router] });
}

/** Whom it obeys, and the gas that deliveries there are paid for. */
async function checkPeers(
  { route, chains, routers }: CheckRouteParameters,
  at: { name: string; address: Address; rpcUrl: string; differs: (what: string, fix?: Fix) => void },
): Promise<void> {
  const client = createPublicClient({ transport: http(at.rpcUrl) });
  const router = { address: at.address, abi: hypERC20Abi } as const;
  const peers = new Map<number, { name: string; config: RouterConfig; address: Hex }>();
  for (const [name, config] of Object.entries(route.chains)) {
    const [domain, address] = [chains[name]?.domain, routers[name]];
    if (name === at.name || domain === undefined || address === undefined) continue;
    peers.set(domain, { name, config, address: addressToBytes32(address) });
  }

  for (const domain of await client.readContract({ ...router, functionName: "domains" })) {
    if (peers.has(domain)) continue;
    const what = `it obeys a router of domain ${domain}, which is no part of the route`;
    at.differs(what, { functionName: "unenrollRemoteRouter", args: [domain] });
  }
  for (const [domain, peer] of peers) {
    const [enrolled, gas] = await Promise.all([
      client.readContract({ ...router, functionName: "routers", args: [domain] }),
      client.readContract({ ...router, functionName: "destinationGas", args: [domain] }),
    ]);
    if (enrolled !== peer.address) {
      const what = enrolled === zeroHash ? "no router" : `${enrolled}, not ${peer.address}`;
      const fix = { functionName: "enrollRemoteRouter", args: [domain, peer.address] };
      at.differs(`for ${peer.name} it obeys ${what}`, fix);
    }
    if (gas !== peer.config.gas) {
      const fix = { functionName: "setDestinationGas", args: [domain, peer.config.gas] };
      at.differs(`deliveries on ${peer.name} are paid for with ${gas} gas, not ${peer.config.gas}`, fix);
    }
  }
}
