import { bytesToHex, hexToBytes } from "viem";
import { messageIdAuthorizedIsmAbi } from "../../../contracts/abi.ts";
import { ethCall } from "../ethCall.ts";
import type { MetadataRequest, MetadataResult } from "./metadataBuilder.ts";

/** Null modules (type 6) that a hook on the origin feeds through a bridge: OPStackIsm, ERC5164Ism. They answer `VERIFIED_MASK_INDEX`. */
export function buildPreVerifiedMetadata(request: MetadataRequest): Promise<MetadataResult> {
  return preVerified(request, "the bridge that feeds it");
}

/** Module type 8: what an Arbitrum chain sent to L1, once it was executed at the outbox there. */
export function buildArbitrumMetadata(request: MetadataRequest): Promise<MetadataResult> {
  return preVerified(request, "Arbitrum's outbox");
}

/** Module type 11: what an OP-stack L2 sent to L1, once it was finalized at the portal there. */
export function buildOpL2ToL1Metadata(request: MetadataRequest): Promise<MetadataResult> {
  return preVerified(request, "the OP stack's portal");
}

/** Ready without metadata as soon as the bridge has brought the message; anyone can make it do so, and nobody has to be us. */
async function preVerified({ client, ism, raw, message }: MetadataRequest, bridge: string): Promise<MetadataResult> {
  const module = { address: ism, abi: messageIdAuthorizedIsmAbi } as const;
  if (await ethCall(client, { ...module, functionName: "isVerified", args: [raw] })) {
    return { status: "ready", metadata: "0x" };
  }
  const hook = await ethCall(client, { ...module, functionName: "authorizedHook", args: [] });
  if (/^0x0*$/.test(hook)) throw new Error(`module ${ism} never verifies: its deployer has named no hook`);
  const sender = bytesToHex(hexToBytes(hook).subarray(12));
  return {
    status: "waiting",
    reason: `module ${ism}: ${bridge} has not brought the message from hook ${sender} on domain ${message.origin}`,
  };
}
