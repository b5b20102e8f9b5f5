import {
  type Abi,
  type Address,
  createWalletClient,
  getContractAddress,
  http,
  type LocalAccount,
  zeroAddress,
} from "viem";
import { localAccounts } from "../chains/localChains.ts";
import { checkpointFraudProofsAbi, slasherAbi, validatorStakeAbi } from "../contracts/abi.ts";
import { addressToBytes32 } from "../protocol/address.ts";
import type { Checkpoint } from "../protocol/checkpoint.ts";
import type { World } from "../world/createWorld.ts";
import { control, deploy, write } from "./kit.ts";
import { addHostile, type Hostile, newAccount, passTime } from "./towerKit.ts";

const WHOLE = 10n ** 18n;
const DAY = 86_400;

export const slashingTerms = {
  equivocationShare: WHOLE,
  messageIdShare: WHOLE / 2n,
  rootShare: (WHOLE * 2n) / 5n,
  prematureShare: (WHOLE * 3n) / 10n,
  foreignTreeShare: WHOLE / 5n,
  silenceShare: WHOLE / 100n,
  prematureWindow: DAY,
  livenessWindow: DAY / 2,
  finalAfter: DAY / 12,
  livenessBond: WHOLE / 10n,
};

const stakeTerms = {
  asset: zeroAddress as Address,
  minSelfBond: WHOLE,
  reporterShare: WHOLE / 5n,
  epochLength: DAY,
  setLifetime: 3 * DAY,
  fraudWindow: 7 * DAY,
  challengeWindow: 2 * DAY,
  jailTime: 2 * DAY,
  unbondingEpochs: 11,
  minActive: 2,
  maxActive: 4,
  maxCandidates: 6,
};

export const SELF_BOND = 4n * WHOLE;
export const DELEGATED = 6n * WHOLE;
/** What the reporter of a fraud gets of what the operator lost. */
export const REPORTER_SHARE = stakeTerms.reporterShare;

export type StakedValidator = Hostile & { operator: LocalAccount };
export type Staking = Awaited<ReturnType<typeof deployStaking>>;

/** A stake behind validators of alpha, in its native token, each with the same self-bond; the first one with a delegator. */
export async function deployStaking(world: World, count = 3) {
  const { alpha } = world.chains;
  const client = control(alpha);
  const proofs = (await deploy(alpha, "CheckpointFraudProofs")).address;
  const { address: from } = localAccounts.deployer;
  const nonce = BigInt(await client.getTransactionCount({ address: from }));
  const slasherAddress = getContractAddress({ from, nonce: nonce + 1n });
  const { mailbox } = alpha.config;
  const stake = (await deploy(alpha, "ValidatorStake", [mailbox, zeroAddress, stakeTerms, slasherAddress])).address;
  const slasher = (await deploy(alpha, "Slasher", [mailbox, stake, proofs, slashingTerms])).address;
  if (slasher.toLowerCase() !== slasherAddress.toLowerCase()) throw new Error("the slasher is not where it must be");
  const contract = { address: stake, abi: validatorStakeAbi } as const;

  async function as(account: LocalAccount, functionName: string, args: readonly unknown[], value = 0n): Promise<void> {
    const wallet = createWalletClient({ account, transport: http(alpha.config.rpcUrl) });
    const call = { address: stake, abi: validatorStakeAbi as Abi, functionName, args, value, chain: null };
    const receipt = await client.waitForTransactionReceipt({ hash: await wallet.writeContract(call) });
    if (receipt.status !== "success") throw new Error(`${functionName} was reverted`);
  }

  const keyProof = async (operator: LocalAccount, key: LocalAccount) => {
    const args = [operator.address, key.address] as const;
    const raw = await client.readContract({ ...contract, functionName: "keyProofDigest", args });
    return key.signMessage({ message: { raw } });
  };

  async function register(): Promise<StakedValidator> {
    const validator = await addHostile(world);
    const operator = await newAccount(world);
    const proof = await keyProof(operator, validator.account);
    await as(operator, "register", [validator.address, proof, 0, SELF_BOND], SELF_BOND);
    return { ...validator, operator };
  }

  const validators: StakedValidator[] = [];
  for (let i = 0; i < count; i++) validators.push(await register());
  const delegator = await newAccount(world);
  const [first] = validators;
  if (first === undefined) throw new Error("there is a validator");
  await as(delegator, "delegate", [first.operator.address, DELEGATED], DELEGATED);
  await passTime(world, "alpha", DAY);
  await as(delegator, "advanceEpoch", []);

  return {
    stake,
    slasher,
    proofs,
    validators,
    delegator,
    as,
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
