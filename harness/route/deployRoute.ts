import type { Address, LocalAccount } from "viem";
import type { ChainConfig } from "../chains/chainConfig.ts";
import { createDeployer } from "../contracts/deployer.ts";
import { contractOf, isCollection, type RouteConfig, type RouterConfig, scaleOf } from "./routeConfig.ts";

/** The routers of a route that there are, by chain. */
export type Routers = Record<string, Address>;

/**
 * Creates the routers that a route lacks, one after the other. They obey nobody yet: see enrollRoute.
 *
 * @param parameters.routers Those that there are.
 * @param parameters.onRouter Called for each new one, to remember it: what is not remembered is created again.
 * @returns all
 * @throws Error of viem when the RPC or a transaction fails; what was created before stays
 */
export async function deployRoute(parameters: {
  route: RouteConfig;
  chains: Record<string, ChainConfig>;
  account: LocalAccount;
  routers: Routers;
  onRouter?: (routers: Routers) => Promise<void>;
  onStep?: (step: string) => void;
}): Promise<Routers> {
  const { route, account, onStep } = parameters;
  let routers = parameters.routers;
  for (const [name, config] of Object.entries(route.chains)) {
    const chain = parameters.chains[name];
    if (chain === undefined) throw new Error(`no chain is called "${name}"`);
    if (routers[name] !== undefined) continue;

    const deployer = await createDeployer({
      rpcUrl: chain.rpcUrl,
      account,
      ...(onStep && { onStep: (step: string) => onStep(`${name}: ${step}`) }),
    });
    const { numerator, denominator } = scaleOf(route, config);
    const scale = isCollection(config) ? [] : [numerator, denominator];
    const common = [chain.mailbox, config.hook, config.interchainSecurityModule, account.address];
    const { address } = await deployer.create(contractOf(config), [...ownArguments(config), ...scale, ...common]);
    routers = { ...routers, [name]: address };
    await parameters.onRouter?.(routers);
  }
  return routers;
}

/** What each kind's constructor takes before the rest. */
function ownArguments(config: RouterConfig): unknown[] {
  if (config.type === "synthetic") return [config.name, config.symbol, config.decimals];
  if (config.type === "erc721") return [config.name, config.symbol];
  return config.type === "native" ? [] : [config.token];
}
