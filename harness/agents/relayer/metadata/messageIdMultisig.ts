import { encodeMessageIdMetadata } from "../../../protocol/multisigMetadata.ts";
import { collectSignatures } from "./collectSignatures.ts";
import type { MetadataRequest, MetadataResult } from "./metadataBuilder.ts";
import { readValidatorSet } from "./readValidatorSet.ts";

/** Module type 5: signatures over the message's own checkpoint. */
export async function buildMessageIdMetadata(request: MetadataRequest): Promise<MetadataResult> {
  const { checkpoints, message, verify, onSigned } = request;
  const set = await readValidatorSet(request);
  const collected = await collectSignatures({ ...set, checkpoints, index: message.nonce, verify, onSigned });
  if (collected.status === "short") return { status: "waiting", reason: collected.reason };
  const { merkleTreeHook, root, index } = collected.checkpoint;
  return {
    status: "ready",
    metadata: encodeMessageIdMetadata({ merkleTreeHook, root, index, signatures: collected.signatures }),
  };
}
