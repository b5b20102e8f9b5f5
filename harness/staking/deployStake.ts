import { type Address, encodeDeployData, parseUnits, zeroAddress } from "viem";
import { slasherAbi, validatorStakeAbi } from "../contracts/abi.ts";
import { readArtifact } from "../contracts/artifact.ts";
import type { Deployer } from "../contracts/deployer.ts";
import { parseAmount, readStakeAsset } from "./stakeAsset.ts";
import type { StakeConfig } from "./stakeConfig.ts";
import { explainRefusal, StakeRefusedError } from "./stakeErrors.ts";

export type StakeDeployment = {
  validatorStake: Address;
  slasher: Address;
  checkpointFraudProofs: Address;
};

/**
 * Deploys the staking of a Mailbox, with its slasher and the checks of checkpoints. The contract asserts what must hold among
 * the constants; what it would refuse is not sent.
 *
 * @throws StakeRefusedError that says which constants do not fit
 * @example await deployStake({ deployer, mailbox, config })
 */
export async function deployStake(parameters: {
  deployer: Deployer;
  mailbox: Address;
  config: StakeConfig;
}): Promise<StakeDeployment> {
  const { deployer, mailbox, config } = parameters;
  const { client, account } = deployer;
  const { blsKeyRegistry, slashing, minSelfBond, asset: token = zeroAddress, ...rest } = config;
  const asset = await readStakeAsset(client, token);
  const { prematureWindow, livenessWindow } = slashing;
  const terms = {
    ...rest,
    asset: token,
    minSelfBond: parseAmount(asset, minSelfBond),
    challengeWindow: Math.max(prematureWindow, livenessWindow),
  };
  const slashingTerms = { ...slashing, livenessBond: parseUnits(slashing.livenessBond, 18) };
  const args = [mailbox, blsKeyRegistry ?? zeroAddress, terms, slashingTerms];
  const { abi, bytecode } = readArtifact("ValidatorStake");
  try {
    await client.call({ account, data: encodeDeployData({ abi, bytecode, args }) });
  } catch (error) {
    const reason = explainRefusal(error, asset);
    if (reason === undefined) throw error;
    throw new StakeRefusedError(`the staking of ${mailbox} is not deployed: ${reason}`, { cause: error });
  }
  const { address: validatorStake } = await deployer.create("ValidatorStake", args);
  const stake = { address: validatorStake, abi: validatorStakeAbi } as const;
  const slasher = await client.readContract({ ...stake, functionName: "slasher" });
  const proofs = await client.readContract({ address: slasher, abi: slasherAbi, functionName: "proofs" });
  return { validatorStake, slasher, checkpointFraudProofs: proofs };
}
