import { domainRoutingIsmAbi } from "../../../contracts/abi.ts";
import { ethCall } from "../ethCall.ts";
import { errorText } from "../rpcError.ts";
import type { MetadataRequest, MetadataResult } from "./metadataBuilder.ts";

/** Module type 1: the metadata of the module that it routes the message to. */
export async function buildRoutingMetadata({ client, ism, raw, build }: MetadataRequest): Promise<MetadataResult> {
  const route = { address: ism, abi: domainRoutingIsmAbi, functionName: "route", args: [raw] } as const;
  const module = await ethCall(client, route).catch((cause: unknown) => {
    throw new Error(`module ${ism} routes the message to nothing: ${errorText(cause)}`, { cause });
  });
  return build(module);
}
