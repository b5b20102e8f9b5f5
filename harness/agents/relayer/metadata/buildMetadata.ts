import { ismAbi } from "../../../contracts/abi.ts";
import { ethCall } from "../ethCall.ts";
import { errorText } from "../rpcError.ts";
import { buildMerkleRootMetadata } from "./merkleRootMultisig.ts";
import { buildMessageIdMetadata } from "./messageIdMultisig.ts";
import type { MetadataBuilder, MetadataRequest, MetadataResult } from "./metadataBuilder.ts";

/** By `moduleType()`. */
const builders: ReadonlyMap<number, MetadataBuilder> = new Map([
  [4, buildMerkleRootMetadata],
  [5, buildMessageIdMetadata],
]);

/**
 * Builds the metadata that the module `request.ism` wants.
 * @throws Error whose message is the reason when the module can not be asked, is of an unknown type, or can not be satisfied
 */
export async function buildMetadata(
  request: MetadataRequest,
  moduleType: (request: MetadataRequest) => Promise<number> = readModuleType,
): Promise<MetadataResult> {
  const type = await moduleType(request);
  const builder = builders.get(type);
  if (builder === undefined) {
    throw new Error(
      `module type ${type} not supported (module ${request.ism}); known are ${[...builders.keys()].join(", ")}`,
    );
  }
  return builder(request);
}

/** Asks a module for its type. @throws Error when it does not say */
export async function readModuleType({ client, ism }: Pick<MetadataRequest, "client" | "ism">): Promise<number> {
  try {
    return await ethCall(client, { address: ism, abi: ismAbi, functionName: "moduleType", args: [] });
  } catch (cause) {
    throw new Error(`module ${ism} does not tell its type: ${errorText(cause)}`, { cause });
  }
}
