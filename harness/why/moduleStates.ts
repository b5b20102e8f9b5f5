import type { Address } from "viem";
import { ethCall } from "../agents/relayer/ethCall.ts";
import { createLimit } from "../agents/relayer/limit.ts";
import { buildMetadata } from "../agents/relayer/metadata/buildMetadata.ts";
import type { MetadataRequest } from "../agents/relayer/metadata/metadataBuilder.ts";
import { errorText } from "../agents/relayer/rpcError.ts";
import { ismAbi } from "../contracts/abi.ts";
import { routedTo } from "../ism/attackFormulas.ts";
import type { IsmNode } from "../ism/ismTree.ts";

/** How one module that does not ask others stands to one message. */
export type ModuleState = {
  module: Address;
  status: "ready" | "waiting" | "prepare" | "failed";
  /** Why it is not ready; empty when it is. */
  reason: string;
};

const MODULES_AT_A_TIME = 4;
/** Modules that are looked at one by one. */
const MAX_MODULES = 64;

/** Asks each module that decides about the message by itself how it stands to it; the first 64 of a larger tree. */
export async function moduleStates(
  request: Omit<MetadataRequest, "build" | "ism">,
  tree: IsmNode,
  amount: bigint | undefined,
): Promise<ModuleState[]> {
  const leaves = new Map(deciding(tree, request.message.origin, amount).map((node) => [node.address, node]));
  const limit = createLimit(MODULES_AT_A_TIME);
  return Promise.all(
    [...leaves.values()]
      .slice(0, MAX_MODULES)
      .map((node) => limit(async () => ({ module: node.address, ...(await verdictOf(request, node)) }))),
  );
}

/** The modules that are asked about this message and do not only ask others. */
function deciding(node: IsmNode, origin: number, amount: bigint | undefined): IsmNode[] {
  switch (node.kind) {
    case "aggregation":
      return node.modules.flatMap((module) => deciding(module, origin, amount));
    case "routing":
    case "amountRouting": {
      const routed = routedTo(node, { origin, amount, powers: () => false });
      return routed.flatMap((module) => deciding(module, origin, amount));
    }
    case "optimistic":
      return [node, ...deciding(node.submodule, origin, amount)];
    default:
      return [node];
  }
}

async function verdictOf(
  request: Omit<MetadataRequest, "build" | "ism">,
  node: IsmNode,
): Promise<Pick<ModuleState, "status" | "reason">> {
  const { client, raw } = request;
  if (node.kind === "broken") return { status: "failed", reason: `module ${node.address}: ${node.reason}` };
  try {
    const built = await buildMetadata({ ...request, ism: node.address });
    if (built.status !== "ready") return { status: built.status, reason: built.reason };
    if (built.onlyInDelivery) return { status: "ready", reason: "" };
    const verify = { address: node.address, abi: ismAbi, functionName: "verify", args: [built.metadata, raw] } as const;
    if (await ethCall(client, verify)) return { status: "ready", reason: "" };
    if (node.kind === "bridge")
      return { status: "waiting", reason: `the bridge of module ${node.address} has not brought it` };
    return { status: "failed", reason: `module ${node.address} refuses it` };
  } catch (error) {
    return { status: "failed", reason: `module ${node.address}: ${errorText(error)}` };
  }
}
