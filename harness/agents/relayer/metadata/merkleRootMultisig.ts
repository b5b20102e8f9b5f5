import { encodeMerkleRootMetadata } from "../../../protocol/multisigMetadata.ts";
import { type CollectedSignatures, collectSignatures } from "./collectSignatures.ts";
import type { MetadataBuilder, MetadataRequest } from "./metadataBuilder.ts";
import { readValidatorSet, readWeightedSet, type ValidatorSet } from "./readValidatorSet.ts";

/** Bounds the reads that validators with made-up latest indices can cause. */
const MAX_LATER_INDICES = 16;

/** Module type 4: signatures over the message's own or any later checkpoint, and a proof of the message under it. */
export const buildMerkleRootMetadata = merkleRootBuilder(readValidatorSet);

/** Module type 9: the same, by weight. */
export const buildWeightedMerkleRootMetadata = merkleRootBuilder(readWeightedSet);

function merkleRootBuilder(readSet: (request: MetadataRequest) => Promise<ValidatorSet>): MetadataBuilder {
  return async (request) => {
    const { checkpoints, message, verify, onSigned } = request;
    const set = await readSet(request);
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
  };
}

type Quorum = Extract<CollectedSignatures, { status: "quorum" }>;

/**
 * The highest checkpoint after the message's own that a quorum signed. Where validators sign every index, it is at the latest index
 * of the one with whom they weigh enough, counted from the highest; those that claim more than they signed move it further down.
 */
async function collectLater(request: MetadataRequest, set: ValidatorSet): Promise<Quorum | undefined> {
  const { checkpoints, message, verify, onSigned } = request;
  const newest = checkpoints.count() - 1;
  const latest = await Promise.all(set.validators.map((validator) => checkpoints.latestIndex(validator)));
  const claims = latest
    .flatMap((index, i) =>
      index === undefined ? [] : [{ index: Math.min(index, newest), weight: set.weights[i] ?? 0n }],
    )
    .sort((a, b) => b.index - a.index);
  let weight = 0n;
  const reached = claims.filter((claim) => {
    weight += claim.weight;
    return weight >= set.threshold && claim.index > message.nonce;
  });
  const candidates = [...new Set(reached.map(({ index }) => index))].slice(0, MAX_LATER_INDICES);
  for (const index of candidates) {
    const collected = await collectSignatures({ ...set, checkpoints, index, verify, onSigned });
    if (collected.status === "quorum") return collected;
  }
  return undefined;
}
