import { type Abi, type Address, createWalletClient, http, type LocalAccount } from "viem";
import { localAccounts } from "../chains/localChains.ts";
import { checkpointFraudProofsAbi, slasherAbi, validatorStakeAbi } from "../contracts/abi.ts";
import { createDeployer } from "../contracts/deployer.ts";
import { addressToBytes32 } from "../protocol/address.ts";
import type { Checkpoint } from "../protocol/checkpoint.ts";
import { deployStake } from "../staking/deployStake.ts";
import type { StakeConfig } from "../staking/stakeConfig.ts";
import type { World } from "../world/createWorld.ts";
import { control, write } from "./kit.ts";
import { newAccount, passTime } from "./towerKit.ts";

const WHOLE = 10n ** 18n;
const DAY = 86_400;

export const stakeTerms: StakeConfig = {
  minSelfBond: "1",
  reporterShare: WHOLE / 5n,
  epochLength: DAY,
  setLifetime: 3 * DAY,
  fraudWindow: 7 * DAY,
  jailTime: 2 * DAY,
  unbondingEpochs: 11,
  minActive: 2,
  maxActive: 4,
  maxCandidates: 6,
  slashing: {
    equivocationShare: WHOLE,
    messageIdShare: WHOLE / 2n,
    rootShare: (WHOLE * 2n) / 5n,
    prematureShare: (WHOLE * 3n) / 10n,
    foreignTreeShare: WHOLE / 5n,
    silenceShare: WHOLE / 100n,
    prematureWindow: DAY,
    livenessWindow: DAY / 2,
    finalAfter: DAY / 12,
    livenessBond: "0.1",
  },
};

export const SELF_BOND = 4n * WHOLE;
export const DELEGATED = 6n * WHOLE;
/** What the reporter of a fraud gets of what the operator lost. */
export const { reporterShare: REPORTER_SHARE, slashing: slashingTerms } = stakeTerms;

export type StakedValidator = { account: LocalAccount; address: Address; operator: LocalAccount };
export type Staking = Awaited<ReturnType<typeof deployStaking>>;

/** A stake behind validators of alpha, in its native token. */
export async function deployStaking(world: World) {
  const { alpha } = world.chains;
  const client = control(alpha);
  const deployer = await createDeployer({ rpcUrl: alpha.config.rpcUrl, account: localAccounts.deployer });
  const { mailbox } = alpha.config;
  const deployed = await deployStake({ deployer, mailbox, config: stakeTerms });
  const { validatorStake: stake, slasher, checkpointFraudProofs: proofs } = deployed;
  const contract = { address: stake, abi: validatorStakeAbi } as const;

  async function as(account: LocalAccount, functionName: string, args: readonly unknown[], value = 0n) {
    const wallet = createWalletClient({ account, transport: http(alpha.config.rpcUrl) });
    const call = { address: stake, abi: validatorStakeAbi as Abi, functionName, args, value, chain: null };
    const receipt = await client.waitForTransactionReceipt({ hash: await wallet.writeContract(call) });
    if (receipt.status !== "success") throw new Error(`${functionName} was reverted`);
    return receipt;
  }

  const keyProof = async (operator: LocalAccount, key: LocalAccount) => {
    const args = [operator.address, key.address] as const;
    const raw = await client.readContract({ ...contract, functionName: "keyProofDigest", args });
    return key.signMessage({ message: { raw } });
  };

  /** Has an account's checkpoints stand on a stake. */
  async function register<T extends { account: LocalAccount; address: Address }>(
    validator: T,
    amount = SELF_BOND,
  ): Promise<T & StakedValidator> {
    const operator = await newAccount(world);
    const proof = await keyProof(operator, validator.account);
    await as(operator, "register", [validator.address, proof, 0, amount], amount);
    return { ...validator, operator };
  }

  return {
    stake,
    slasher,
    proofs,
    as,
    register,
    async delegate(delegator: LocalAccount, { operator }: StakedValidator, amount: bigint): Promise<void> {
      await as(delegator, "delegate", [operator.address, amount], amount);
    },
    /** An epoch passes, and the next one's set begins. */
    async nextEpoch(): Promise<void> {
      await passTime(world, "alpha", DAY);
      await as(localAccounts.deployer, "advanceEpoch", []);
    },
    keyProof,
    /** All that stands behind a validator. */
    async pool({ operator }: StakedValidator): Promise<bigint> {
      const [tokens] = await client.readContract({ ...contract, functionName: "poolOf", args: [operator.address] });
      return tokens;
    },
    /** What an account's delegation to a validator is worth. */
    async worth({ operator }: StakedValidator, account: Address): Promise<bigint> {
      const args = [operator.address, account] as const;
      const [, tokens] = await client.readContract({ ...contract, functionName: "delegationOf", args });
      return tokens;
    },
    /** The keys of the set now, in lower case. */
    async set(): Promise<string[]> {
      const keys = await client.readContract({ ...contract, functionName: "validators" });
      return keys.map((key) => key.toLowerCase());
    },
    credit: (account: Address) => client.readContract({ ...contract, functionName: "creditOf", args: [account] }),
    /** Challenges what a validator signed, as somebody who wishes it ill. */
    async challenge(checkpoint: Checkpoint, signature: `0x${string}`): Promise<void> {
      const call = { address: slasher, abi: slasherAbi as Abi, functionName: "challengePremature" };
      await write(alpha, { ...call, args: [onChain(checkpoint), signature] });
    },
    /** The challenge of a checkpoint: zero when there is none. */
    async challenger({ operator }: StakedValidator, checkpoint: Checkpoint): Promise<Address> {
      const judge = { address: slasher, abi: slasherAbi } as const;
      const args = [operator.address, onChain(checkpoint)] as const;
      const id = await client.readContract({ ...judge, functionName: "prematureChallengeId", args });
      const [reporter] = await client.readContract({ ...judge, functionName: "prematureChallenge", args: [id] });
      return reporter;
    },
    storeLatest: () =>
      write(alpha, {
        address: proofs,
        abi: checkpointFraudProofsAbi as Abi,
        functionName: "storeLatestCheckpoint",
        args: [alpha.config.merkleTreeHook],
      }),
  };
}

function onChain({ merkleTreeHook, ...rest }: Checkpoint) {
  return { ...rest, merkleTree: addressToBytes32(merkleTreeHook) };
}
