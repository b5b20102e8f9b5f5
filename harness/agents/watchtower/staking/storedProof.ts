import { type Address, encodeFunctionData, type Hex } from "viem";
import { checkpointFraudProofsAbi } from "../../../contracts/abi.ts";
import { ethCall } from "../../relayer/ethCall.ts";
import type { Plan, PlanParameters } from "../actions.ts";
import { type AskAllReturnType, askAll } from "../askAll.ts";
import type { StakingContracts } from "./stakingContracts.ts";
import type { StakingRecords } from "./stakingRecords.ts";

export type Siblings = readonly Hex[] & { length: 32 };

/** Siblings of a leaf under a root that is stored on chain, or what has to happen before there are. */
export type StoredProofReturnType =
  | { status: "ready"; siblings: Siblings }
  | Extract<Plan, { status: "call" | "wait" }>;

/**
 * Finds a root that is stored on chain, that all nodes agree on, and that the leaf is under. If there is none, the latest one is to be
 * stored first: whatever is dispatched meanwhile, a proof against a stored root stays one.
 */
export async function findStoredProof(
  index: number,
  { watched, agreement }: PlanParameters,
  { contracts, records }: { contracts: StakingContracts; records: StakingRecords },
): Promise<StoredProofReturnType> {
  const { chain, quorum } = watched;
  const { tree, count, views } = agreement;
  const candidates = [{ root: tree.root(count), index: count - 1 }, ...(await records.storedSince(index))];
  let isAhead = false;
  for (const candidate of candidates) {
    if (candidate.index >= count) {
      isAhead = true;
      continue;
    }
    // What a node told of, and what the chain's own tree never had, is of no use.
    if (candidate.index < index || tree.root(candidate.index + 1) !== candidate.root) continue;
    const answer = await isStored(candidate.root);
    if (answer.status !== "agreed") return { status: "wait", reason: answer.problem };
    const [last, exists] = answer.value;
    if (!exists || last !== candidate.index) continue;
    return { status: "ready", siblings: tree.proof(index, candidate.index + 1) as unknown as Siblings };
  }
  if (isAhead) return { status: "wait", reason: "the root that was stored is not final" };
  const data = encodeFunctionData({
    abi: checkpointFraudProofsAbi,
    functionName: "storeLatestCheckpoint",
    args: [chain.merkleTreeHook],
  });
  return { status: "call", step: "store", to: contracts.proofs, data };

  function isStored(root: Hex): Promise<AskAllReturnType<readonly [number, boolean]>> {
    return askAll({
      what: `whether root ${root} is stored`,
      views,
      quorum,
      ask: (client) =>
        ethCall(client, {
          address: contracts.proofs as Address,
          abi: checkpointFraudProofsAbi,
          functionName: "storedCheckpoints",
          args: [chain.merkleTreeHook, root],
        }),
    });
  }
}
