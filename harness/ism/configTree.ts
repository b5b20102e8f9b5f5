import { type Address, zeroAddress } from "viem";
import { gatewayHost } from "../agents/relayer/metadata/gatewayHost.ts";
import type { ChainClient } from "../chains/client.ts";
import { mailboxAbi } from "../contracts/abi.ts";
import type { IsmConfig } from "./ismConfig.ts";
import type { IsmKind, IsmNode, Owner } from "./ismTree.ts";
import { readIsm } from "./readIsm.ts";

/**
 * The tree that a configuration describes, as `readIsm` would read it once it is deployed: to look at before it is. Modules that are not
 * deployed yet have no address; they are called by their place, `0x…01` for the first.
 *
 * @throws viem's errors when the node does not answer for the modules that are there already
 */
export async function configTree(client: ChainClient, config: IsmConfig, mailbox: Address): Promise<IsmNode> {
  let count = 0;

  async function nodeOf(described: IsmConfig): Promise<IsmNode> {
    if (typeof described === "string") return readIsm({ client, ism: described });
    count += 1;
    const address: Address = `0x${count.toString(16).padStart(40, "0")}`;
    const owner = "owner" in described ? { owner: await ownerOf(described.owner) } : {};
    return { address, moduleType: null, ...owner, ...(await kindOf(described)) };
  }

  async function kindOf(described: Exclude<IsmConfig, Address>): Promise<IsmKind> {
    switch (described.type) {
      case "messageIdMultisigIsm":
      case "storageMessageIdMultisigIsm":
        return multisig("message-id", described.validators, BigInt(described.threshold));
      case "merkleRootMultisigIsm":
      case "storageMerkleRootMultisigIsm":
        return multisig("merkle-root", described.validators, BigInt(described.threshold));
      case "weightedMessageIdMultisigIsm":
      case "weightedMerkleRootMultisigIsm": {
        const scheme = described.type === "weightedMessageIdMultisigIsm" ? "message-id" : "merkle-root";
        const validators = described.validators.map(({ address, weight }) => ({ address: lower(address), weight }));
        return { kind: "multisig", scheme, weighted: true, validators, threshold: described.thresholdWeight };
      }
      case "staticAggregationIsm":
      case "storageAggregationIsm":
        return {
          kind: "aggregation",
          threshold: described.threshold,
          modules: await Promise.all(described.modules.map(nodeOf)),
        };
      case "domainRoutingIsm":
      case "incrementalDomainRoutingIsm":
      case "defaultFallbackRoutingIsm": {
        const routes = await Promise.all(
          Object.entries(described.domains).map(async ([domain, child]) => ({
            domain: Number(domain),
            module: await nodeOf(child),
          })),
        );
        const variant = VARIANTS[described.type];
        if (variant !== "fallback") return { kind: "routing", variant, routes };
        return { kind: "routing", variant, routes, fallback: await fallback() };
      }
      case "amountRoutingIsm":
        return {
          kind: "amountRouting",
          threshold: described.threshold,
          lower: await nodeOf(described.lowerIsm),
          upper: await nodeOf(described.upperIsm),
        };
      case "pausableIsm":
        return {
          kind: "pausable",
          paused: false,
          guardian: described.guardian === undefined ? null : lower(described.guardian),
        };
      case "trustedRelayerIsm":
        return {
          kind: "trustedRelayer",
          relayer: lower(described.relayer),
          isContract: await isContract(described.relayer),
        };
      case "rateLimitedIsm":
        return {
          kind: "rateLimited",
          level: described.maxCapacity,
          maxCapacity: described.maxCapacity,
          recipient: lower(described.recipient),
        };
      case "attestationCcipReadIsm":
        return { kind: "ccipRead", urls: described.urls.map(gatewayHost), attester: lower(described.attester) };
      case "optimisticIsm":
        return {
          kind: "optimistic",
          fraudWindow: described.fraudWindow,
          watchers: described.watchers.map(lower),
          threshold: described.threshold,
          submodule: await nodeOf(described.submodule),
        };
      case "noopIsm":
        return { kind: "noop" };
    }
  }

  async function fallback() {
    const abi = mailboxAbi;
    const [module, owner] = await Promise.all([
      client.readContract({ address: mailbox, abi, functionName: "defaultIsm" }),
      client.readContract({ address: mailbox, abi, functionName: "owner" }),
    ]);
    return {
      mailbox: lower(mailbox),
      owner: await ownerOf(owner),
      module: await readIsm({ client, ism: module }),
    };
  }

  async function ownerOf(address: Address): Promise<Owner> {
    return { address: lower(address), isContract: address !== zeroAddress && (await isContract(address)) };
  }

  async function isContract(address: Address): Promise<boolean> {
    return (await client.getCode({ address })) !== undefined;
  }

  return nodeOf(config);
}

const VARIANTS = {
  domainRoutingIsm: "domain",
  incrementalDomainRoutingIsm: "incremental",
  defaultFallbackRoutingIsm: "fallback",
} as const;

function multisig(scheme: "message-id" | "merkle-root", validators: readonly Address[], threshold: bigint): IsmKind {
  const signers = [...new Set(validators.map(lower))].map((address) => ({ address, weight: 1n }));
  return { kind: "multisig", scheme, weighted: false, validators: signers, threshold };
}

const lower = (address: Address) => address.toLowerCase() as Address;
