import type { Address } from "viem";
import { ismAbi } from "../../../contracts/abi.ts";
import { ethCall } from "../ethCall.ts";
import { errorText } from "../rpcError.ts";
import { buildAggregationMetadata } from "./aggregation.ts";
import { buildMerkleRootMetadata, buildWeightedMerkleRootMetadata } from "./merkleRootMultisig.ts";
import { buildMessageIdMetadata, buildWeightedMessageIdMetadata } from "./messageIdMultisig.ts";
import type { MetadataBuilder, MetadataRequest, MetadataResult } from "./metadataBuilder.ts";
import { buildNullMetadata } from "./nullModule.ts";
import { buildRoutingMetadata } from "./routing.ts";

/** By `moduleType()`. */
const builders: ReadonlyMap<number, MetadataBuilder> = new Map([
  [1, buildRoutingMetadata],
  [2, buildAggregationMetadata],
  [4, buildMerkleRootMetadata],
  [5, buildMessageIdMetadata],
  [6, buildNullMetadata],
  [9, buildWeightedMerkleRootMetadata],
  [10, buildWeightedMessageIdMetadata],
]);

/** Modules below each other. */
export const MAX_DEPTH = 8;
/** Modules asked for one message: an aggregation of 255 and some more. */
export const MAX_MODULES = 300;

/**
 * Builds the metadata that the module `request.ism` wants, and the modules that it asks in turn. Modules are hostile: how deep
 * they are nested and how many there are is bounded, and a module that comes to itself is refused.
 *
 * @param moduleType the type of a module; the caller may remember it between messages
 * @throws Error whose message is the reason when a module can not be asked, is of an unknown type, or can not be satisfied
 */
export async function buildMetadata(
  request: Omit<MetadataRequest, "build">,
  moduleType: (ism: Address) => Promise<number> = (ism) => readModuleType({ ...request, ism }),
): Promise<MetadataResult> {
  let modules = 0;
  async function build(ism: Address, above: readonly Address[]): Promise<MetadataResult> {
    if (above.includes(ism)) throw new Error(`module ${ism} comes to itself: ${[...above, ism].join(" > ")}`);
    if (above.length >= MAX_DEPTH) throw new Error(`module ${ism} is more than ${MAX_DEPTH} modules deep`);
    modules += 1;
    if (modules > MAX_MODULES) throw new Error(`more than ${MAX_MODULES} modules for one message`);
    const type = await moduleType(ism);
    const builder = builders.get(type);
    if (builder === undefined) {
      throw new Error(
        `module type ${type} not supported (module ${ism}); known are ${[...builders.keys()].join(", ")}`,
      );
    }
    return builder({ ...request, ism, build: (child) => build(lower(child), [...above, ism]) });
  }
  return build(lower(request.ism), []);
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
