import type { Address } from "viem";
import { ismAbi, weightedMultisigIsmAbi } from "../../../contracts/abi.ts";
import { ethCall } from "../ethCall.ts";
import { errorText } from "../rpcError.ts";
import type { MetadataRequest } from "./metadataBuilder.ts";

export type ValidatorSet = {
  /** In the order in which their signatures must come; lower case, each once. */
  validators: readonly Address[];
  /** What each weighs; 1 where they all count alike. */
  weights: readonly bigint[];
  /** What those who sign must weigh together. */
  threshold: bigint;
};

/** A module, and a message that it is asked about. */
export type SetRequest = Pick<MetadataRequest, "client" | "ism" | "raw">;

const MAX_VALIDATORS = 255;

/**
 * Asks a multisig module whose signatures it wants for a message.
 * @throws Error whose message is the reason when it does not say, or names a set that never verifies
 */
export async function readValidatorSet(request: SetRequest): Promise<ValidatorSet> {
  const [validators, threshold] = await ethCall(request.client, {
    address: request.ism,
    abi: ismAbi,
    functionName: "validatorsAndThreshold",
    args: [request.raw],
  }).catch(untold(request));
  return checked(request, { validators, weights: validators.map(() => 1n), threshold: BigInt(threshold) });
}

/** The same of a module whose validators have weights. */
export async function readWeightedSet(request: SetRequest): Promise<ValidatorSet> {
  const [infos, threshold] = await ethCall(request.client, {
    address: request.ism,
    abi: weightedMultisigIsmAbi,
    functionName: "validatorsAndThresholdWeight",
    args: [request.raw],
  }).catch(untold(request));
  const validators = infos.map(({ signingAddress }) => signingAddress);
  return checked(request, { validators, weights: infos.map(({ weight }) => weight), threshold });
}

function untold({ ism }: SetRequest): (cause: unknown) => never {
  return (cause) => {
    throw new Error(`module ${ism} does not tell its validators: ${errorText(cause)}`, { cause });
  };
}

/** A signature counts once: of a validator that stands there twice, the first place is kept. */
function checked({ ism }: SetRequest, set: ValidatorSet): ValidatorSet {
  if (set.validators.length > MAX_VALIDATORS) {
    throw new Error(`module ${ism} has ${set.validators.length} validators, at most ${MAX_VALIDATORS} are asked`);
  }
  const weightOf = new Map<Address, bigint>();
  for (const [i, validator] of set.validators.entries()) {
    const key = validator.toLowerCase() as Address;
    if (!weightOf.has(key)) weightOf.set(key, set.weights[i] ?? 0n);
  }
  const weights = [...weightOf.values()];
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  if (set.threshold === 0n || set.threshold > total) {
    const who = weights.every((weight) => weight === 1n) ? `${total} different validators` : `weight ${total}`;
    throw new Error(`module ${ism} never verifies: threshold ${set.threshold} of ${who}`);
  }
  return { validators: [...weightOf.keys()], weights, threshold: set.threshold };
}
