import { type Address, isAddressEqual } from "viem";
import type { ChainClient } from "../../../chains/client.ts";
import { slasherAbi, validatorStakeAbi } from "../../../contracts/abi.ts";
import { ethCall } from "../../relayer/ethCall.ts";
import { askAll } from "../askAll.ts";
import type { WatchedChain } from "../followChain.ts";

/** Where frauds of a chain's validators are proven. */
export type StakingContracts = { stake: Address; slasher: Address; proofs: Address };

/**
 * The contracts of a staking deployment. They never change, so what all nodes told once holds.
 * @throws Error when the nodes do not tell alike, or the stake is of another Mailbox than the chain's
 */
export async function readStakingContracts(watched: WatchedChain, stake: Address): Promise<StakingContracts> {
  const { chain, views, quorum } = watched;
  const answer = await askAll({
    what: `what belongs to the stake ${stake} on ${chain.name}`,
    views,
    quorum,
    ask: async (client: ChainClient) => {
      const read = { address: stake, abi: validatorStakeAbi } as const;
      const [mailbox, slasher] = await Promise.all([
        ethCall(client, { ...read, functionName: "mailbox", args: [] }),
        ethCall(client, { ...read, functionName: "slasher", args: [] }),
      ]);
      const judge = { address: slasher, abi: slasherAbi } as const;
      const [proofs, tree] = await Promise.all([
        ethCall(client, { ...judge, functionName: "proofs", args: [] }),
        ethCall(client, { ...judge, functionName: "merkleTreeHook", args: [] }),
      ]);
      return { mailbox, slasher, proofs, tree };
    },
  });
  if (answer.status !== "agreed") throw new Error(answer.problem);
  const { mailbox, slasher, proofs, tree } = answer.value;
  if (!isAddressEqual(mailbox, chain.mailbox) || !isAddressEqual(tree, chain.merkleTreeHook)) {
    throw new Error(
      `the stake ${stake} on ${chain.name} is of Mailbox ${mailbox} with tree ${tree}, but configured are ` +
        `${chain.mailbox} and ${chain.merkleTreeHook}: correct one of them`,
    );
  }
  return { stake, slasher: lower(slasher), proofs: lower(proofs) };
}

function lower(address: Address): Address {
  return address.toLowerCase() as Address;
}
