import { type Address, type Hex, type LocalAccount, zeroAddress } from "viem";
import { type BlsSigner, blsConsentDigest, blsKeyHash } from "../protocol/bls.ts";
import { blsKeyRegistryAbi } from "./abi.ts";
import { toG1Point, toG2Point } from "./blsPoints.ts";
import type { Deployer } from "./deployer.ts";

/** All that anybody needs to make a BLS key a validator's, on any chain. Nothing in it is secret. */
export type BlsRegistration = {
  validator: Address;
  /** 256 bytes. */
  key: Hex;
  /** 96 bytes: that the secret of the key is known to who made this, for this validator. */
  proofOfPossession: Hex;
  /** 65 bytes: that the validator agrees. */
  signature: Hex;
};

/** What a validator gives away to have its BLS key registered. */
export async function signBlsRegistration(parameters: {
  /** The key that signs checkpoints. */
  account: LocalAccount;
  signer: BlsSigner;
}): Promise<BlsRegistration> {
  const { account, signer } = parameters;
  return {
    validator: account.address,
    key: signer.key,
    proofOfPossession: signer.prove(account.address),
    signature: await account.signMessage({ message: { raw: blsConsentDigest(signer.key) } }),
  };
}

/**
 * Registers a key, unless it is registered.
 * @returns whether it was new
 * @throws Error when it is another validator's, or the registry refuses it
 */
export async function registerBlsKey(parameters: {
  deployer: Deployer;
  registry: Address;
  registration: BlsRegistration;
}): Promise<boolean> {
  const { deployer, registry, registration } = parameters;
  const { validator, key, proofOfPossession, signature } = registration;
  const contract = { address: registry, abi: blsKeyRegistryAbi } as const;
  const args = [blsKeyHash(key)] as const;
  const known = await deployer.client.readContract({ ...contract, functionName: "validatorOf", args });
  if (known.toLowerCase() === validator.toLowerCase()) return false;
  if (known !== zeroAddress) throw new Error(`the BLS key ${args[0]} is registered for ${known}, not for ${validator}`);
  await deployer.write(`registering the BLS key of ${validator}`, {
    ...contract,
    functionName: "register",
    args: [validator, toG2Point(key), toG1Point(proofOfPossession), signature],
  });
  return true;
}
