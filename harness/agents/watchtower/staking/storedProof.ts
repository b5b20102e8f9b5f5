import { encodeFunctionData, type Hex } from "viem";
import { checkpointFraudProofsAbi } from "../../../contracts/abi.ts";
import { ethCall } from "../../relayer/ethCall.ts";
import type { Plan, PlanParameters } from "../actions.ts";
import { type AskAllReturnType, askAll } from "../askAll.ts";
import type { StakingContracts } from "./stakingContracts.ts";
import type { StakingRecords, StoredCheckpoint } from "./stakingRecords.ts";

export type Siblings = readonly Hex[] & { length: 32 };

const NOT_STORED = { status: "agreed", value: false } as const;

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
  // Any node may have made up any of them: what does not stand up is forgotten, so that it stands in the way of nothing.
  const final = [{ root: tree.root(count), index: count - 1 }, ...(await records.stored(index, count))];
  for (const candidate of final) {
    const isOfTree = candidate.index >= index && tree.root(candidate.index + 1) === candidate.root;
    const answer = isOfTree ? await isStored(candidate) : NOT_STORED;
    if (answer.status !== "agreed") return { status: "wait", reason: answer.problem };
    if (answer.value) {
      return { status: "ready", siblings: tree.proof(index, candidate.index + 1) as unknown as Siblings };
    }
    await records.forget(candidate);
  }
  for (const candidate of await records.stored(count)) {
    const answer = await isStored(candidate);
    if (answer.status !== "agreed") return { status: "wait", reason: answer.problem };
    if (answer.value) return { status: "wait", reason: "the root that was stored is not final" };
    await records.forget(candidate);
  }
  const data = encodeFunctionData({
    abi: checkpointFraudProofsAbi,
    functionName: "storeLatestCheckpoint",
    args: [chain.merkleTreeHook],
  });
  return { status: "call", step: "store", to: contracts.proofs, data };

  function isStored({ root, index: last }: StoredCheckpoint): Promise<AskAllReturnType<boolean>> {
    return askAll({
      what: `whether root ${root} is stored`,
      views,
      quorum,
      async ask(client) {
        const [storedIndex, exists] = await ethCall(client, {
          address: contracts.proofs,
          abi: checkpointFraudProofsAbi,
          functionName: "storedCheckpoints",
          args: [chain.merkleTreeHook, root],
        });
        return exists && storedIndex === last;
      },
    });
  }
}
