import { decodeErrorResult, type Hex } from "viem";
import { revertData, revertReason } from "../agents/relayer/rpcError.ts";
import { errorsAbi } from "../contracts/abi.ts";
import { formatAmount, type StakeAsset } from "./stakeAsset.ts";

/** The staking contract would refuse it. The same again fails again until something changes. */
export class StakeRefusedError extends Error {
  override name = "StakeRefusedError";
}

type Explain = (args: readonly unknown[], asset: StakeAsset) => string;

const FOREVER = 2 ** 48 - 1;
const time = (seconds: unknown): string => new Date(Number(seconds) * 1000).toISOString();
const share = (value: unknown): string => `${Number((BigInt(String(value)) * 10_000n) / 10n ** 18n) / 100} %`;
const money = (asset: StakeAsset, value: unknown): string => formatAmount(asset, BigInt(String(value)));

/** What the contract's refusals mean, and what to do. */
const EXPLANATIONS: Record<string, Explain> = {
  UnknownValidator: ([validator]) => `${validator} is no validator's operator here`,
  NothingToStake: () => "the amount is worth nothing",
  TooMuchStake: () => "all stake together would be more than a set may weigh",
  JailedForever: ([validator]) => `${validator} is jailed for ever`,
  NotACandidate: ([validator]) => `${validator} is no candidate: a reward would be for nobody`,
  NotEnoughShares: () => "the account has not got so much there",
  NotReleased: ([release, epoch]) => `it is released in epoch ${release}; this is epoch ${epoch}`,
  HeldBack: ([, since]) => `a challenge against the validator that began in epoch ${since} is open`,
  NothingToWithdraw: ([account]) => `there is nothing to be paid to ${account}`,
  AlreadyRegistered: ([validator]) => `${validator} has registered before`,
  KeyInUse: ([key, validator]) => `the key ${key} is ${validator}'s for ever: take another one`,
  NotTheKey: ([signer, key]) => `the proof is by ${signer}, not by ${key}`,
  RotationPending: ([, from]) => `the last rotation takes effect in epoch ${from}: advance the epoch first`,
  SelfBondTooSmall: ([bond, minimum], asset) =>
    `the self-bond would be ${money(asset, bond)}, and must be ${money(asset, minimum)} at least`,
  CandidatesFull: ([stake, smallest], asset) =>
    `there is no room: the smallest candidate has ${money(asset, smallest)}, this one ${money(asset, stake)}`,
  AlreadyACandidate: ([validator]) => `${validator} is a candidate`,
  Jailed: ([validator, until]) =>
    `${validator} is jailed ${Number(until) === FOREVER ? "for ever" : `until ${time(until)}`}`,
  EpochNotOver: ([endsAt]) => `the epoch lasts until ${time(endsAt)} at least`,
  SetTooSmall: ([size, minimum]) => `the set has ${size} members, and is not sent with less than ${minimum}`,
  WrongAmountReceived: ([received, amount]) => `the token took a fee: ${received} of ${amount} units arrived`,
  // Of a deployment.
  AssetNotAContract: ([asset]) => `the asset ${asset} is no contract`,
  EpochLengthOutOfBounds: ([length, maximum]) => `epochLength is ${length} s, and may be 1 to ${maximum}`,
  UnbondingTooShort: ([time, needed]) =>
    `unbondingEpochs times epochLength is ${time} s: it must be more than setLifetime and fraudWindow together, ${needed}`,
  SetLifetimeTooShort: ([lifetime, length]) =>
    `setLifetime is ${lifetime} s: it must be more than epochLength, ${length}`,
  ChallengeWindowTooLong: ([window, fraudWindow]) =>
    `the longer of prematureWindow and livenessWindow is ${window} s: it must be less than fraudWindow, ${fraudWindow}`,
  JailTimeTooShort: ([jail, length]) => `jailTime is ${jail} s: it must be epochLength, ${length}, at least`,
  ReporterShareTooLarge: ([value, maximum]) => `reporterShare is ${share(value)}, and may be ${share(maximum)} at most`,
  MinSelfBondTooSmall: ([bond, minimum]) => `minSelfBond is ${bond} units of the asset: it must be ${minimum} at least`,
  MinSelfBondTooLarge: () => "a full set of the smallest validators would weigh more than a set may",
  SetSizesOutOfBounds: ([least, most, candidates]) =>
    `minActive ${least}, maxActive ${most} and maxCandidates ${candidates} must rise, the last two strictly`,
};

/** Why the contract would refuse a call; undefined when that is not what the error says. */
export function explainRefusal(error: unknown, asset: StakeAsset): string | undefined {
  const data = revertData(error);
  if (data === undefined || data === "0x") return undefined;
  return explained(data, asset) ?? revertReason(data);
}

function explained(data: Hex, asset: StakeAsset): string | undefined {
  try {
    const { errorName, args } = decodeErrorResult({ abi: errorsAbi, data });
    return Object.hasOwn(EXPLANATIONS, errorName) ? EXPLANATIONS[errorName]?.(args ?? [], asset) : undefined;
  } catch {
    return undefined;
  }
}
