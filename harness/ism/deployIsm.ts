import { type Address, zeroAddress } from "viem";
import { readAbi } from "../contracts/artifact.ts";
import type { Deployer } from "../contracts/deployer.ts";
import { inTurn } from "../contracts/inTurn.ts";
import { ISM_FACTORIES, type IsmFactories } from "../contracts/ismFactories.ts";
import type { IsmConfig } from "./ismConfig.ts";

export type DeployIsmParameters = {
  deployer: Deployer;
  config: IsmConfig;
  /** The chain's. */
  mailbox: Address;
  factories: IsmFactories;
};

/**
 * Deploys a module with all that are below it, the lowest first. Modules with a fixed set that are there already are used again.
 *
 * @returns the address of the uppermost
 * @throws Error when a transaction fails; what was deployed before stays and does no harm
 * @example await deployIsm({ deployer, config: { type: "pausableIsm", owner }, mailbox, factories: core })
 */
export async function deployIsm(parameters: DeployIsmParameters): Promise<Address> {
  const { deployer, config, mailbox, factories } = parameters;
  if (typeof config === "string") return config;
  const below = (child: IsmConfig) => deployIsm({ ...parameters, config: child });
  const create = async (name: string, args: readonly unknown[]) => (await deployer.create(name, args)).address;
  const make = (factory: keyof IsmFactories, args: readonly unknown[]) =>
    deployer.make(config.type, { address: factories[factory], abi: readAbi(ISM_FACTORIES[factory]) }, args);

  switch (config.type) {
    case "messageIdMultisigIsm":
      return make("messageIdMultisigIsmFactory", [config.validators, config.threshold]);
    case "merkleRootMultisigIsm":
      return make("merkleRootMultisigIsmFactory", [config.validators, config.threshold]);
    case "storageMessageIdMultisigIsm":
      return create("StorageMessageIdMultisigIsm", [config.owner, config.validators, config.threshold]);
    case "storageMerkleRootMultisigIsm":
      return create("StorageMerkleRootMultisigIsm", [config.owner, config.validators, config.threshold]);
    case "weightedMessageIdMultisigIsm":
      return make("messageIdWeightedMultisigIsmFactory", weighted(config));
    case "weightedMerkleRootMultisigIsm":
      return make("merkleRootWeightedMultisigIsmFactory", weighted(config));
    case "staticAggregationIsm": {
      const modules = await inTurn(config.modules, below);
      return make("aggregationIsmFactory", [modules, config.threshold]);
    }
    case "storageAggregationIsm": {
      const modules = await inTurn(config.modules, below);
      return create("StorageAggregationIsm", [config.owner, modules, config.threshold]);
    }
    case "domainRoutingIsm":
      return create("DomainRoutingIsm", [config.owner, await routes(config.domains, below)]);
    case "incrementalDomainRoutingIsm":
      return create("IncrementalDomainRoutingIsm", [config.owner, await routes(config.domains, below)]);
    case "defaultFallbackRoutingIsm":
      return create("DefaultFallbackRoutingIsm", [mailbox, config.owner, await routes(config.domains, below)]);
    case "amountRoutingIsm": {
      const [lower, upper] = await inTurn([config.lowerIsm, config.upperIsm], below);
      return create("AmountRoutingIsm", [lower, upper, config.threshold]);
    }
    case "pausableIsm":
      return create("PausableIsm", [config.owner, config.guardian ?? zeroAddress]);
    case "trustedRelayerIsm":
      return create("TrustedRelayerIsm", [mailbox, config.relayer]);
    case "rateLimitedIsm":
      return create("RateLimitedIsm", [mailbox, config.owner, config.maxCapacity, config.duration, config.recipient]);
    case "attestationCcipReadIsm":
      return create("AttestationCcipReadIsm", [config.owner, config.urls, config.attester]);
    case "optimisticIsm": {
      const { owner, fraudWindow, watchers, threshold } = config;
      return create("OptimisticIsm", [owner, await below(config.submodule), fraudWindow, watchers, threshold]);
    }
    case "noopIsm":
      return create("NoopIsm", []);
  }
}

function weighted(config: {
  validators: readonly { address: Address; weight: bigint }[];
  thresholdWeight: bigint;
}): readonly unknown[] {
  const infos = config.validators.map((validator) => ({ signingAddress: validator.address, weight: validator.weight }));
  return [infos, config.thresholdWeight];
}

async function routes(
  domains: Record<string, IsmConfig>,
  below: (child: IsmConfig) => Promise<Address>,
): Promise<{ domain: number; module: Address }[]> {
  return inTurn(Object.entries(domains), async ([domain, child]) => ({
    domain: Number(domain),
    module: await below(child),
  }));
}
