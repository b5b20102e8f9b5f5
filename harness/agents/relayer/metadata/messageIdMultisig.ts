import { encodeMessageIdMetadata } from "../../../protocol/multisigMetadata.ts";
import { collectSignatures } from "./collectSignatures.ts";
import type { MetadataBuilder, MetadataRequest } from "./metadataBuilder.ts";
import { readValidatorSet, readWeightedSet, type ValidatorSet } from "./readValidatorSet.ts";

/** Module type 5: signatures over the message's own checkpoint. */
export const buildMessageIdMetadata = messageIdBuilder(readValidatorSet);

/** Module type 10: the same, by weight. */
export const buildWeightedMessageIdMetadata = messageIdBuilder(readWeightedSet);

function messageIdBuilder(readSet: (request: MetadataRequest) => Promise<ValidatorSet>): MetadataBuilder {
  return async (request) => {
    const { checkpoints, message, verify, onSigned } = request;
    const set = await readSet(request);
    const collected = await collectSignatures({ ...set, checkpoints, index: message.nonce, verify, onSigned });
    if (collected.status === "short") return { status: "waiting", reason: collected.reason };
    const { merkleTreeHook, root, index } = collected.checkpoint;
    return {
      status: "ready",
      metadata: encodeMessageIdMetadata({ merkleTreeHook, root, index, signatures: collected.signatures }),
    };
  };
}
