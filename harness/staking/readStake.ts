import type { Address } from "viem";
import type { ChainClient } from "../chains/client.ts";
import { validatorStakeAbi } from "../contracts/abi.ts";

export type StakeMember = {
  operator: Address;
  key: Address;
  nextKey: Address;
  /** Of all in its pool; and what the operator itself has of it. */
  stake: bigint;
  selfBond: bigint;
  /** In the present set; zero if it is not in it. */
  weight: bigint;
  /** In hundredths of a percent. */
  commission: number;
  /** Whether it stands for the next set. */
  isCandidate: boolean;
};

export type StakeState = {
  epoch: number;
  /** When the epoch can be ended, in seconds since 1970. */
  epochEndsAt: number;
  setId: bigint;
  totalWeight: bigint;
  totalStake: bigint;
  /** The candidates, and members of the set who are candidates no more; those in the set first, by weight. */
  validators: StakeMember[];
};

/** What a staking contract says of itself now. @throws viem's errors when the node does not answer */
export async function readStake(parameters: { client: ChainClient; stake: Address }): Promise<StakeState> {
  const { client, stake } = parameters;
  const contract = { address: stake, abi: validatorStakeAbi } as const;
  const [epoch, epochStart, terms, [setId, members, totalWeight], totalStake, operators] = await Promise.all([
    client.readContract({ ...contract, functionName: "epoch" }),
    client.readContract({ ...contract, functionName: "epochStart" }),
    client.readContract({ ...contract, functionName: "terms" }),
    client.readContract({ ...contract, functionName: "validatorSet" }),
    client.readContract({ ...contract, functionName: "totalStake" }),
    client.readContract({ ...contract, functionName: "candidates" }),
  ]);
  const weights = new Map(members.map(({ signingAddress, weight }) => [signingAddress, weight]));
  const active = await Promise.all(
    members.map((member) =>
      client.readContract({ ...contract, functionName: "validatorOf", args: [member.signingAddress] }),
    ),
  );
  const validators = await Promise.all(
    [...new Set([...active, ...operators])].map(async (operator): Promise<StakeMember> => {
      const [status, [tokens], [, selfBond]] = await Promise.all([
        client.readContract({ ...contract, functionName: "validatorStatus", args: [operator] }),
        client.readContract({ ...contract, functionName: "poolOf", args: [operator] }),
        client.readContract({ ...contract, functionName: "delegationOf", args: [operator, operator] }),
      ]);
      const { key, nextKey, commission, isCandidate } = status;
      const weight = weights.get(key) ?? 0n;
      return { operator, key, nextKey, stake: tokens, selfBond, weight, commission, isCandidate };
    }),
  );
  validators.sort((a, b) => Number(b.weight - a.weight) || Number(b.stake - a.stake));
  return { epoch, epochEndsAt: epochStart + terms.epochLength, setId, totalWeight, totalStake, validators };
}
