import { type Address, isAddressEqual, zeroAddress } from "viem";
import { AGGREGATION_HOOK_FACTORY } from "../contracts/aggregationHookFactory.ts";
import { readAbi } from "../contracts/artifact.ts";
import type { Deployer } from "../contracts/deployer.ts";
import { deployGasPaymaster } from "../contracts/deployGasPaymaster.ts";
import { inTurn } from "../contracts/inTurn.ts";
import type { HookConfig } from "./hookConfig.ts";

export type DeployHookParameters = {
  deployer: Deployer;
  config: HookConfig;
  /** Of the chain. */
  mailbox: Address;
  merkleTreeHook: Address;
  /** Makes aggregations. Default: a new one, if there is any. */
  aggregationHookFactory?: Address | undefined;
};

/**
 * Deploys a hook with all that are below it, the lowest first. An aggregation of the same hooks that is there already is used again.
 *
 * @returns the address of the uppermost
 * @throws Error when a transaction fails; what was deployed before stays and does no harm
 * @example await deployHook({ deployer, config: { type: "pausableHook", owner }, mailbox, merkleTreeHook })
 */
export async function deployHook(parameters: DeployHookParameters): Promise<Address> {
  const { deployer, mailbox, merkleTreeHook } = parameters;
  let factory = parameters.aggregationHookFactory;
  const create = async (name: string, args: readonly unknown[]) => (await deployer.create(name, args)).address;

  async function routes(domains: Record<string, HookConfig>): Promise<{ destination: number; hook: Address }[]> {
    return inTurn(Object.entries(domains), async ([domain, config]) => ({
      destination: Number(domain),
      hook: await deploy(config),
    }));
  }

  async function deploy(config: HookConfig): Promise<Address> {
    if (typeof config === "string") return config;
    switch (config.type) {
      case "merkleTreeHook":
        return merkleTreeHook;
      case "defaultHook":
        return create("DefaultHook", [mailbox]);
      case "aggregationHook": {
        const hooks = await inTurn(config.hooks, deploy);
        factory ??= await create(AGGREGATION_HOOK_FACTORY, []);
        return deployer.make(config.type, { address: factory, abi: readAbi(AGGREGATION_HOOK_FACTORY) }, [hooks]);
      }
      case "domainRoutingHook":
        return create("DomainRoutingHook", [config.owner, await routes(config.domains)]);
      case "fallbackRoutingHook": {
        const domains = await routes(config.domains);
        return create("FallbackDomainRoutingHook", [config.owner, domains, await deploy(config.fallback)]);
      }
      case "recipientRoutingHook": {
        const recipients = await inTurn(config.recipients, async (r) => ({ ...r, hook: await deploy(r.hook) }));
        return create("RecipientRoutingHook", [config.owner, recipients, await deploy(config.fallback)]);
      }
      case "amountRoutingHook": {
        const [lower, upper] = await inTurn([config.lowerHook, config.upperHook], deploy);
        return create("AmountRoutingHook", [lower, upper, config.threshold]);
      }
      case "pausableHook":
        return create("PausableHook", [config.owner, config.guardian ?? zeroAddress]);
      case "rateLimitedHook":
        return create("RateLimitedHook", [mailbox, config.owner, config.maxCapacity, config.duration, config.sender]);
      case "protocolFee": {
        const { maxProtocolFee, protocolFee, beneficiary, owner } = config;
        return create("ProtocolFee", [maxProtocolFee, protocolFee, beneficiary, owner]);
      }
      case "interchainGasPaymaster": {
        const { owner } = config;
        const address = await deployGasPaymaster({ deployer, mailbox, config, beneficiary: owner });
        if (!isAddressEqual(owner, deployer.account.address)) {
          const what = `offering ${address} to ${owner}, who must call acceptOwnership on it`;
          const abi = readAbi("InterchainGasPaymaster");
          await deployer.write(what, { address, abi, functionName: "transferOwnership", args: [owner] });
        }
        return address;
      }
      case "escrowPaymaster":
        return create("EscrowPaymaster", [mailbox, await deploy(config.gasPaymaster)]);
    }
  }

  return deploy(parameters.config);
}
