import type { Address } from "viem";
import { ismAbi } from "../../../contracts/abi.ts";
import { ethCall } from "../ethCall.ts";
import { errorText } from "../rpcError.ts";
import type { MetadataRequest } from "./metadataBuilder.ts";

export type ValidatorSet = {
  /** In the order in which their signatures must come; lower case. */
  validators: readonly Address[];
  threshold: number;
};

const MAX_VALIDATORS = 255;

/**
 * Asks a multisig module whose signatures it wants for a message.
 * @throws Error whose message is the reason when it does not say, or names a set that never verifies
 */
export async function readValidatorSet({ client, ism, raw }: MetadataRequest): Promise<ValidatorSet> {
  const [announced, threshold] = await ethCall(client, {
    address: ism,
    abi: ismAbi,
    functionName: "validatorsAndThreshold",
    args: [raw],
  }).catch((cause: unknown) => {
    throw new Error(`module ${ism} does not tell its validators: ${errorText(cause)}`, { cause });
  });
  const validators = announced.map((validator) => validator.toLowerCase() as Address);
  const different = new Set(validators).size;
  if (validators.length > MAX_VALIDATORS) {
    throw new Error(`module ${ism} has ${validators.length} validators, at most ${MAX_VALIDATORS} are asked`);
  }
  if (threshold === 0 || threshold > different) {
    throw new Error(`module ${ism} never verifies: threshold ${threshold} of ${different} different validators`);
  }
  return { validators, threshold };
}
