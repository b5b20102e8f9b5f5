import type { Abi } from "viem";
import {
  messageIdAuthorizedIsmAbi,
  pausableIsmAbi,
  rateLimitedIsmAbi,
  trustedRelayerIsmAbi,
} from "../../../contracts/abi.ts";
import { messageTokenAmount } from "../../../protocol/tokenMessage.ts";
import { ethCall } from "../ethCall.ts";
import { isAnswer } from "../rpcError.ts";
import type { MetadataRequest, MetadataResult } from "./metadataBuilder.ts";
import { buildPreVerifiedMetadata } from "./preVerified.ts";

/**
 * Module type 6: no metadata. What else it wants is found out by asking for what only one kind of module has, so that a message does not
 * fail where time alone is lacking.
 */
export async function buildNullMetadata(request: MetadataRequest): Promise<MetadataResult> {
  const { ism, message, relayer } = request;
  const [trustedRelayer, paused, level, verifiedMask] = await Promise.all([
    probe(request, trustedRelayerIsmAbi, "trustedRelayer"),
    probe(request, pausableIsmAbi, "paused"),
    probe(request, rateLimitedIsmAbi, "calculateCurrentLevel"),
    probe(request, messageIdAuthorizedIsmAbi, "VERIFIED_MASK_INDEX"),
  ]);
  if (typeof trustedRelayer === "string") {
    if (trustedRelayer.toLowerCase() === relayer.toLowerCase()) {
      return { status: "ready", metadata: "0x", onlyInDelivery: true };
    }
    return { status: "waiting", reason: `module ${ism} lets only ${trustedRelayer.toLowerCase()} deliver` };
  }
  if (paused === true) return { status: "waiting", reason: `module ${ism} is paused` };
  if (typeof level === "bigint") {
    const amount = messageTokenAmount(message.body);
    if (amount > level) {
      return { status: "waiting", reason: `module ${ism} is rate limited: ${amount} wanted, ${level} left` };
    }
    return { status: "ready", metadata: "0x", onlyInDelivery: true };
  }
  if (typeof verifiedMask === "bigint") return buildPreVerifiedMetadata(request);
  return { status: "ready", metadata: "0x" };
}

/** What the module answers; undefined when it has no such function. @throws Error of viem when the node does not answer */
async function probe({ client, ism }: MetadataRequest, abi: Abi, functionName: string): Promise<unknown> {
  try {
    return await ethCall(client, { address: ism, abi, functionName, args: [] });
  } catch (error) {
    if (isAnswer(error) || !isFromViem(error)) return undefined;
    throw error;
  }
}

const isFromViem = (error: unknown) => error instanceof Error && "shortMessage" in error;
