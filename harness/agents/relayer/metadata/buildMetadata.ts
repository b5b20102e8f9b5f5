import type { Address } from "viem";
import { ismAbi } from "../../../contracts/abi.ts";
import { ethCall } from "../ethCall.ts";
import { errorText } from "../rpcError.ts";
import { buildAggregationMetadata } from "./aggregation.ts";
import { buildBlsMultisigMetadata } from "./blsMultisig.ts";
import { buildCcipReadMetadata } from "./ccipRead.ts";
import { buildMerkleRootMetadata, buildWeightedMerkleRootMetadata } from "./merkleRootMultisig.ts";
import { buildMessageIdMetadata, buildWeightedMessageIdMetadata } from "./messageIdMultisig.ts";
import type { MetadataBuilder, MetadataRequest, MetadataResult } from "./metadataBuilder.ts";
import { buildNullMetadata } from "./nullModule.ts";
import { buildOptimisticMetadata } from "./optimistic.ts";
import { buildArbitrumMetadata, buildOpL2ToL1Metadata } from "./preVerified.ts";
import { buildRoutingMetadata } from "./routing.ts";

/** By `moduleType()`. */
const builders: ReadonlyMap<number, MetadataBuilder> = new Map([
  [1, buildRoutingMetadata],
  [2, buildAggregationMetadata],
  [4, buildMerkleRootMetadata],
  [5, buildMessageIdMetadata],
  [6, buildNullMetadata],
  [7, buildCcipReadMetadata],
  [8, buildArbitrumMetadata],
  [9, buildWeightedMerkleRootMetadata],
  [10, buildWeightedMessageIdMetadata],
  [11, buildOpL2ToL1Metadata],
  [128, buildOptimisticMetadata],
  [129, buildBlsMultisigMetadata],
]);

/** Modules below each other. */
export const MAX_DEPTH = 8;
/** Modules asked for one message at most. An aggregation shares what is left of them evenly among its modules. */
export const MAX_MODULES = 1024;

/**
 * Builds the metadata that the module `request.ism` wants, and the modules that it asks in turn. Modules are hostile: how deep
 * they are nested and how many there are is bounded, none can use up what its neighbours need, and a module that comes to itself
 * is refused.
 *
 * @param moduleType the type of a module; the caller may remember it between messages
 * @throws Error whose message is the reason when a module can not be asked, is of an unknown type, or can not be satisfied
 */
export async function buildMetadata(
  request: Omit<MetadataRequest, "build">,
  moduleType: (ism: Address) => Promise<number> = (ism) => readModuleType({ ...request, ism }),
): Promise<MetadataResult> {
  async function build(ism: Address, above: readonly Address[], budget: number): Promise<MetadataResult> {
    if (above.includes(ism)) throw new Error(`module ${ism} comes to itself: ${[...above, ism].join(" > ")}`);
    if (above.length >= MAX_DEPTH) throw new Error(`module ${ism} is more than ${MAX_DEPTH} modules deep`);
    if (budget < 1)
      throw new Error(`module ${ism} is one too many: ${MAX_MODULES} are asked for a message, in equal shares`);
    const type = await moduleType(ism);
    const builder = builders.get(type);
    if (builder === undefined) {
      throw new Error(
        `module type ${type} not supported (module ${ism}); known are ${[...builders.keys()].join(", ")}`,
      );
    }
    return builder({
      ...request,
      ism,
      build: (child, siblings = 1) => build(lower(child), [...above, ism], Math.floor((budget - 1) / siblings)),
    });
  }
  return build(lower(request.ism), [], MAX_MODULES);
}

/** Asks a module for its type. @throws Error when it does not say */
export async function readModuleType({ client, ism }: Pick<MetadataRequest, "client" | "ism">): Promise<number> {
  try {
    return await ethCall(client, { address: ism, abi: ismAbi, functionName: "moduleType", args: [] });
  } catch (cause) {
    throw new Error(`module ${ism} does not tell its type: ${errorText(cause)}`, { cause });
  }
}

const lower = (address: Address) => address.toLowerCase() as Address;
