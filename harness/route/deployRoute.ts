import type { Address, LocalAccount } from "viem";
import type { ChainConfig } from "../chains/chainConfig.ts";
import { createDeployer } from "../contracts/deployer.ts";
import { ROUTER_CONTRACTS, type RouteConfig, scaleOf } from "./routeConfig.ts";

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
    const common = [
      numerator,
      denominator,
      chain.mailbox,
      config.hook,
      config.interchainSecurityModule,
      account.address,
    ];
    const own = {
      synthetic: () => (config.type === "synthetic" ? [config.name, config.symbol, config.decimals] : []),
      collateral: () => (config.type === "collateral" ? [config.token] : []),
      native: () => [],
    };
    const { address } = await deployer.create(ROUTER_CONTRACTS[config.type], [...own[config.type](), ...common]);
    routers = { ...routers, [name]: address };
    await parameters.onRouter?.(routers);
  }
  return routers;
}
