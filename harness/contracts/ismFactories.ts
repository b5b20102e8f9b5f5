import type { Address } from "viem";

/** What makes a chain's modules, by the name of each in a deployment and in the configuration. */
export const ISM_FACTORIES = {
  messageIdMultisigIsmFactory: "StaticMessageIdMultisigIsmFactory",
  merkleRootMultisigIsmFactory: "StaticMerkleRootMultisigIsmFactory",
  messageIdWeightedMultisigIsmFactory: "StaticMessageIdWeightedMultisigIsmFactory",
  merkleRootWeightedMultisigIsmFactory: "StaticMerkleRootWeightedMultisigIsmFactory",
  aggregationIsmFactory: "StaticAggregationIsmFactory",
  domainRoutingIsmFactory: "DomainRoutingIsmFactory",
} as const;

export type IsmFactories = Record<keyof typeof ISM_FACTORIES, Address>;

export const ISM_FACTORY_NAMES = Object.keys(ISM_FACTORIES) as (keyof IsmFactories)[];
