import { encodeMerkleRootMetadata } from "../../../protocol/multisigMetadata.ts";
import { type CollectedSignatures, collectSignatures } from "./collectSignatures.ts";
import type { MetadataRequest, MetadataResult } from "./metadataBuilder.ts";
import { readValidatorSet, type ValidatorSet } from "./readValidatorSet.ts";

/** Bounds the reads that validators with made-up latest indices can cause. */
const MAX_LATER_INDICES = 16;

/** Module type 4: signatures over the message's own or any later checkpoint, and a proof of the message under it. */
export async function buildMerkleRootMetadata(request: MetadataRequest): Promise<MetadataResult> {
  const { checkpoints, message, verify, onSigned } = request;
  const set = await readValidatorSet(request);
  const own = await collectSignatures({ ...set, checkpoints, index: message.nonce, verify, onSigned });
  const collected = own.status === "quorum" ? own : await collectLater(request, set);
  if (collected === undefined) {
    return { status: "waiting", reason: own.status === "short" ? `${own.reason}; no later checkpoint either` : "" };
  }
  const { merkleTreeHook, index, messageId } = collected.checkpoint;
  return {
    status: "ready",
    metadata: encodeMerkleRootMetadata({
      merkleTreeHook,
      messageIndex: message.nonce,
      signedMessageId: messageId,
      proof: checkpoints.proof(message.nonce, index + 1),
      signedIndex: index,
      signatures: collected.signatures,
    }),
  };
}

type Quorum = Extract<CollectedSignatures, { status: "quorum" }>;

/**
 * The highest checkpoint after the message's own that a quorum signed. Where validators sign every index, it is at the
 * threshold-highest of their latest indices; those that claim more than they signed move it further down the list.
 */
async function collectLater(request: MetadataRequest, set: ValidatorSet): Promise<Quorum | undefined> {
  const { checkpoints, message, verify, onSigned } = request;
  const newest = checkpoints.count() - 1;
  const latest = await Promise.all(set.validators.map((validator) => checkpoints.latestIndex(validator)));
  const claimed = latest
    .filter((index) => index !== undefined)
    .map((index) => Math.min(index, newest))
    .sort((a, b) => b - a)
    .slice(set.threshold - 1);
  const candidates = [...new Set(claimed)].filter((index) => index > message.nonce).slice(0, MAX_LATER_INDICES);
  for (const index of candidates) {
    const collected = await collectSignatures({ ...set, checkpoints, index, verify, onSigned });
    if (collected.status === "quorum") return collected;
  }
  return undefined;
}
