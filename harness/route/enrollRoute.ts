import { type Address, encodeFunctionData, type Hex, isAddressEqual, type LocalAccount } from "viem";
import { hypERC20Abi } from "../contracts/abi.ts";
import { readAbi } from "../contracts/artifact.ts";
import { createDeployer } from "../contracts/deployer.ts";
import { type CheckRouteParameters, checkRoute } from "./checkRoute.ts";

/** A call that somebody else has to make. */
export type OwnersCall = { chain: string; what: string; from: Address; to: Address; data: Hex };

/**
 * Makes every call that a route lacks to be what its description says: routers enrolled, gas, hooks, modules, the owner last. What is
 * there already is left alone, so it can be repeated after it was stopped.
 *
 * @returns the calls that the account can not make, because another one owns the router
 * @throws Error of viem when an RPC does not answer or a transaction fails
 */
export async function enrollRoute(
  parameters: CheckRouteParameters & { account: LocalAccount; onStep?: (step: string) => void },
): Promise<OwnersCall[]> {
  const { account, chains, routers, onStep } = parameters;
  const { differences, owners } = await checkRoute(parameters);
  const abi = readAbi("HypERC20");
  const others: OwnersCall[] = [];
  for (const { chain, what, fix } of differences) {
    const [config, to, owner] = [chains[chain], routers[chain], owners[chain]];
    if (fix === undefined || config === undefined || to === undefined || owner === undefined) continue;
    if (!isAddressEqual(owner, account.address)) {
      others.push({ chain, what, from: owner, to, data: encodeFunctionData({ abi, ...fix }) });
      continue;
    }
    const deployer = await createDeployer({ rpcUrl: config.rpcUrl, account });
    onStep?.(`${chain}: ${what}: ${fix.functionName}`);
    await deployer.write(`${fix.functionName} on ${chain}`, { address: to, abi: hypERC20Abi, ...fix });
  }
  return others;
}
