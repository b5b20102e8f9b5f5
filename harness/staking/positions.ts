import { type Address, zeroAddress } from "viem";
import { mayBeTooLarge } from "../agents/originIndexChain.ts";
import type { ChainClient } from "../chains/client.ts";
import { validatorStakeAbi } from "../contracts/abi.ts";

/** What an account has in a staking contract now. */
export type Positions = {
  delegations: { validator: Address; shares: bigint; tokens: bigint }[];
  unbondings: { validator: Address; releaseEpoch: number; tokens: bigint }[];
  credit: bigint;
};

type EventName = "Delegated" | "Unbonded";
type StakeEvent = { eventName: EventName; validator: Address; releaseEpoch: number };

const SMALLEST_RANGE = 100n;
const EVENTS = validatorStakeAbi.filter(
  (item) => item.type === "event" && (item.name === "Delegated" || item.name === "Unbonded"),
);

/**
 * What an account has delegated, what of it unbonds, and its credit. Where it has anything is found by its events, what it
 * has there is asked of the contract.
 *
 * @throws viem's errors when the node does not answer
 */
export async function readPositions(parameters: {
  client: ChainClient;
  stake: Address;
  account: Address;
  /** The contract was created in this block or later. */
  fromBlock: bigint;
}): Promise<Positions> {
  const { client, stake, account, fromBlock } = parameters;
  const events = await eventsOf(parameters, fromBlock, await client.getBlockNumber());
  const contract = { address: stake, abi: validatorStakeAbi } as const;

  const validators = [...new Set(events.map(({ validator }) => validator))];
  const delegations = await Promise.all(
    validators.map(async (validator) => {
      const args = [validator, account] as const;
      const [shares, tokens] = await client.readContract({ ...contract, functionName: "delegationOf", args });
      return { validator, shares, tokens };
    }),
  );
  const left = events.filter(({ eventName }) => eventName === "Unbonded");
  const pools = new Map(left.map((event) => [`${event.validator} ${event.releaseEpoch}`, event]));
  const unbondings = await Promise.all(
    [...pools.values()].map(async ({ validator, releaseEpoch }) => {
      const args = [validator, account, releaseEpoch] as const;
      const tokens = await client.readContract({ ...contract, functionName: "unbondingOf", args });
      return { validator, releaseEpoch, tokens };
    }),
  );
  const credit = await client.readContract({ ...contract, functionName: "creditOf", args: [account] });
  return {
    delegations: delegations.filter(({ shares }) => shares > 0n),
    unbondings: unbondings.filter(({ tokens }) => tokens > 0n).sort((a, b) => a.releaseEpoch - b.releaseEpoch),
    credit,
  };
}

/** Asks for all blocks at once, the account being indexed; of a node that refuses so many, for halves. */
async function eventsOf(
  parameters: { client: ChainClient; stake: Address; account: Address },
  fromBlock: bigint,
  toBlock: bigint,
): Promise<StakeEvent[]> {
  const { client, stake, account } = parameters;
  if (fromBlock > toBlock) return [];
  try {
    const logs = await Promise.all(
      EVENTS.map((event) =>
        client.getLogs({ address: stake, event, args: { account }, fromBlock, toBlock, strict: true }),
      ),
    );
    return logs.flat().map(({ eventName, args }) => ({
      eventName,
      validator: args.validator ?? zeroAddress,
      releaseEpoch: "releaseEpoch" in args ? args.releaseEpoch : 0,
    }));
  } catch (error) {
    if (toBlock - fromBlock < SMALLEST_RANGE || !mayBeTooLarge(error)) throw error;
    const middle = (fromBlock + toBlock) / 2n;
    return [...(await eventsOf(parameters, fromBlock, middle)), ...(await eventsOf(parameters, middle + 1n, toBlock))];
  }
}
