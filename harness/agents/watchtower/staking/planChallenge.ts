import { type Address, encodeFunctionData, type Hash, isAddressEqual, zeroAddress } from "viem";
import { slasherAbi } from "../../../contracts/abi.ts";
import type { RawCheckpoint } from "../../../protocol/checkpoint.ts";
import { ethCall } from "../../relayer/ethCall.ts";
import type { Plan, PlanParameters } from "../actions.ts";
import { askAll } from "../askAll.ts";
import { readHeads } from "../heads.ts";
import { judgeCheckpoint } from "../judgeCheckpoint.ts";
import { encoded } from "./planProof.ts";
import type { StakingContracts } from "./stakingContracts.ts";
import type { StakingRecords } from "./stakingRecords.ts";
import { findStoredProof } from "./storedProof.ts";

export type ChallengeSubject = { id: Hash; validator: Address; checkpoint: RawCheckpoint };

/**
 * Ends a challenge of what was signed too early: for the validator as soon as what it signed has come true, whoever challenged it;
 * against it when the window is over, or it was punished otherwise, if the challenge is ours.
 */
export async function planChallenge(
  parameters: PlanParameters,
  { contracts, records }: { contracts: StakingContracts; records: StakingRecords },
): Promise<Plan> {
  const { id, validator, checkpoint } = parameters.subject as ChallengeSubject;
  const { account, watched, agreement } = parameters;
  const { chain, quorum } = watched;
  const { views } = agreement;
  const judge = { address: contracts.slasher, abi: slasherAbi } as const;
  const { origin, tree, index } = checkpoint;
  const state = await askAll({
    what: `what became of challenge ${id}`,
    views,
    quorum,
    ask: async (client) => {
      const [[reporter, deadline], slashed] = await Promise.all([
        ethCall(client, { ...judge, functionName: "prematureChallenge", args: [id] }),
        ethCall(client, { ...judge, functionName: "slashedFor", args: [validator, origin, tree, index] }),
      ]);
      return { reporter, deadline, slashed };
    },
  });
  if (state.status !== "agreed") return { status: "wait", reason: state.problem };
  const { reporter, deadline, slashed } = state.value;
  if (reporter === zeroAddress) return { status: "done", reason: "the challenge is over" };

  const row = { tree, leaf_index: index, root: checkpoint.root, message_id: checkpoint.messageId };
  const verdict = judgeCheckpoint(row, { chain, ...agreement });
  if (verdict === "honest") {
    const found = await findStoredProof(index, parameters, { contracts, records });
    if (found.status !== "ready") return found;
    const args = [validator, encoded(checkpoint), found.siblings] as const;
    return call("close", encodeFunctionData({ ...judge, functionName: "closePremature", args: args as never }));
  }
  if (!isAddressEqual(reporter, account)) return { status: "wait", reason: "the challenge is somebody else's" };
  const resolve = call(
    "resolve",
    encodeFunctionData({ ...judge, functionName: "resolvePremature", args: [validator, encoded(checkpoint)] }),
  );
  if (slashed > 0n) return resolve;
  if (verdict !== "ahead") return { status: "wait", reason: `it is ${verdict}, which is to be proven` };
  const heads = await readHeads(views, chain.merkleTreeHook);
  if (heads.some(({ count }) => count > index)) {
    return { status: "wait", reason: "the tree has come to have that leaf, which is not final" };
  }
  if (heads.some(({ timestamp }) => timestamp < deadline)) {
    return { status: "wait", reason: `its window is open until ${new Date(deadline * 1_000).toISOString()}` };
  }
  return resolve;

  function call(step: string, data: `0x${string}`): Plan {
    return { status: "call", step, to: contracts.slasher, data };
  }
}
