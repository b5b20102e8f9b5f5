import { encodeFunctionData } from "viem";
import { validatorStakeAbi } from "../../../contracts/abi.ts";
import { ethCall } from "../../relayer/ethCall.ts";
import type { Plan, PlanParameters } from "../actions.ts";
import { askAll } from "../askAll.ts";
import type { StakingContracts } from "./stakingContracts.ts";

/** Has the account paid what it was credited for its proofs. */
export async function planClaim(
  { account, watched, agreement }: PlanParameters,
  { contracts }: { contracts: StakingContracts },
): Promise<Plan> {
  const stake = { address: contracts.stake, abi: validatorStakeAbi } as const;
  const credit = await askAll({
    what: `the credit of ${account}`,
    views: agreement.views,
    quorum: watched.quorum,
    ask: (client) => ethCall(client, { ...stake, functionName: "creditOf", args: [account] }),
  });
  if (credit.status !== "agreed") return { status: "wait", reason: credit.problem };
  if (credit.value === 0n) return { status: "done", reason: "all credit is paid" };
  const data = encodeFunctionData({ ...stake, functionName: "withdrawCredit", args: [account] });
  return { status: "call", step: "withdraw", to: contracts.stake, data };
}
