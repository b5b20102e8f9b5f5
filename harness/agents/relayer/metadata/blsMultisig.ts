import type { Address, Hex } from "viem";
import { blsMultisigIsmAbi } from "../../../contracts/abi.ts";
import { fromG2Point } from "../../../contracts/blsPoints.ts";
import { aggregateBlsKeys, aggregateBlsSignatures, verifyBls } from "../../../protocol/bls.ts";
import { BLS_MAX_VALIDATORS, encodeBlsMultisigMetadata } from "../../../protocol/blsMultisigMetadata.ts";
import { checkpointDigest } from "../../../protocol/checkpoint.ts";
import { ethCall } from "../ethCall.ts";
import { errorText } from "../rpcError.ts";
import { type CollectedSignatures, collectSignatures } from "./collectSignatures.ts";
import type { MetadataRequest, MetadataResult } from "./metadataBuilder.ts";

type BlsSet = { validators: readonly Address[]; keys: ReadonlyMap<Address, Hex>; threshold: bigint };
type Quorum = CollectedSignatures & { status: "quorum" };

/**
 * Module type 129: one sum of signatures over the message's own checkpoint. Signatures are verified one by one only when their sum
 * is not valid, or for validators that failed before: that one pairing stands for all of them.
 */
export async function buildBlsMultisigMetadata(request: MetadataRequest): Promise<MetadataResult> {
  const set = await readBlsSet(request);
  let collected = await collect(request, set, request.verify);
  if (collected.status === "quorum" && !request.verify && !isValid(set, collected)) {
    collected = await collect(request, set, true);
  }
  if (collected.status === "short") return { status: "waiting", reason: collected.reason };
  const { merkleTreeHook, root, index } = collected.checkpoint;
  return {
    status: "ready",
    metadata: encodeBlsMultisigMetadata({
      merkleTreeHook,
      root,
      index,
      signers: collected.signers.map((signer) => set.validators.indexOf(signer)),
      signature: aggregateBlsSignatures(collected.signatures),
    }),
  };
}

function collect(request: MetadataRequest, set: BlsSet, verify: boolean): Promise<CollectedSignatures> {
  const { checkpoints, message, onSigned } = request;
  return collectSignatures({
    validators: set.validators,
    weights: set.validators.map(() => 1n),
    threshold: set.threshold,
    checkpoints,
    index: message.nonce,
    verify,
    onSigned,
    read: (validator, expected, options) =>
      checkpoints.readBls(validator, set.keys.get(validator) ?? "0x", expected, options),
  });
}

/** Whether the sum of the signatures is one of the sum of the signers' keys. */
function isValid(set: BlsSet, { checkpoint, signatures, signers }: Quorum): boolean {
  try {
    return verifyBls({
      digest: checkpointDigest(checkpoint),
      signature: aggregateBlsSignatures(signatures),
      key: aggregateBlsKeys(signers.map((signer) => set.keys.get(signer) ?? "0x")),
    });
  } catch {
    return false; // one of them is no point of its group: each alone will tell
  }
}

/**
 * Asks a module for its validators and their keys.
 * @throws Error whose message is the reason when it does not say, or names a set that never verifies
 */
async function readBlsSet({ client, ism }: MetadataRequest): Promise<BlsSet> {
  const contract = { address: ism, abi: blsMultisigIsmAbi, args: [] } as const;
  const [validators, keys, threshold] = await Promise.all([
    ethCall(client, { ...contract, functionName: "validators" }),
    ethCall(client, { ...contract, functionName: "keys" }),
    ethCall(client, { ...contract, functionName: "threshold" }),
  ]).catch((cause: unknown) => {
    throw new Error(`module ${ism} does not tell its validators and their keys: ${errorText(cause)}`, { cause });
  });
  const addresses = validators.map((validator) => validator.toLowerCase() as Address);
  const different = new Set(addresses).size;
  if (addresses.length > BLS_MAX_VALIDATORS || addresses.length !== keys.length || different !== addresses.length) {
    throw new Error(
      `module ${ism} never verifies: it names ${addresses.length} validators, ${different} of them different, and ` +
        `${keys.length} keys, of at most ${BLS_MAX_VALIDATORS}`,
    );
  }
  if (threshold === 0n || threshold > BigInt(addresses.length)) {
    throw new Error(`module ${ism} never verifies: threshold ${threshold} of ${addresses.length} different validators`);
  }
  const keyOf = new Map(addresses.map((address, i) => [address, fromG2Point(keys[i])]));
  return { validators: addresses, keys: keyOf, threshold };
}
