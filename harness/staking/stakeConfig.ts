import { isAddress, parseUnits } from "viem";
import { z } from "zod";

const seconds = z
  .int()
  .min(1)
  .max(2 ** 32 - 1);
const count = (max: number) => z.int().min(1).max(max);
const address = z
  .string()
  .refine((value) => isAddress(value), "not an address (40 hex digits after 0x, checksummed or all lower case)")
  .transform((value) => value.toLowerCase() as `0x${string}`);
/** A number from 0 to 1, written out: "0.05" is five percent. */
const share = z
  .string()
  .regex(/^(0(\.\d{1,18})?|1(\.0{1,18})?)$/, 'not a share: a string from "0" to "1", such as "0.05"')
  .transform((value) => parseUnits(value, 18));
const amount = z.string().regex(/^\d{1,30}(\.\d{1,30})?$/, 'not an amount: a string such as "1000" or "0.5"');

/** What a chain's staking is deployed with: see docs/staking.md for what each constant must satisfy. */
export const stakeConfigSchema = z.strictObject({
  /** The token that is staked. Default: the chain's own. */
  asset: address.exactOptional(),
  /** Where BLS keys of its validators are registered. Default: nowhere. */
  blsKeyRegistry: address.exactOptional(),
  /** In whole tokens. */
  minSelfBond: amount,
  reporterShare: share,
  epochLength: seconds,
  setLifetime: seconds,
  fraudWindow: seconds,
  jailTime: seconds,
  unbondingEpochs: count(64),
  minActive: count(64),
  maxActive: count(64),
  maxCandidates: count(128),
  slashing: z.strictObject({
    equivocationShare: share,
    messageIdShare: share,
    rootShare: share,
    prematureShare: share,
    foreignTreeShare: share,
    silenceShare: share,
    prematureWindow: seconds,
    livenessWindow: seconds,
    finalAfter: seconds,
    /** In whole native tokens. */
    livenessBond: amount,
  }),
});

export type StakeConfig = z.infer<typeof stakeConfigSchema>;
