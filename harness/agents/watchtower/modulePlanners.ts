import { type Address, encodeFunctionData, type Hash } from "viem";
import type { ChainClient } from "../../chains/client.ts";
import { optimisticIsmAbi, pausableIsmAbi } from "../../contracts/abi.ts";
import { ethCall } from "../relayer/ethCall.ts";
import type { Plan, PlanParameters } from "./actions.ts";
import { askAll } from "./askAll.ts";

export type PauseSubject = { module: Address };
export type FlagSubject = { module: Address; messageId: Hash; round: number };

/** `IOptimisticIsm.Status`. */
const WINDOW_OPEN = 1;
const FLAGGED_MESSAGE = 3;
const FLAGGED_SUBMODULE = 4;

/** Pauses a module, unless it is paused. */
export async function planPause(parameters: PlanParameters): Promise<Plan> {
  const { module } = parameters.subject as PauseSubject;
  const contract = { address: module, abi: pausableIsmAbi } as const;
  const ask = (client: ChainClient) => ethCall(client, { ...contract, functionName: "paused", args: [] });
  const paused = await askOf(parameters, `whether ${module} is paused`, ask);
  if (typeof paused === "object") return paused;
  if (paused) return { status: "done", reason: "it is paused" };
  return {
    status: "call",
    step: "pause",
    to: module,
    data: encodeFunctionData({ ...contract, functionName: "pause" }),
  };
}

/** Flags one message of an optimistic module, while its window is open. */
export async function planFlagMessage(parameters: PlanParameters): Promise<Plan> {
  const { module, messageId, round } = parameters.subject as FlagSubject;
  const { account } = parameters;
  const contract = { address: module, abi: optimisticIsmAbi } as const;
  const state = await askOf(parameters, `what ${module} says of ${messageId}`, async (client) => {
    const [current, [status], flagged] = await Promise.all([
      ethCall(client, { ...contract, functionName: "round", args: [] }),
      ethCall(client, { ...contract, functionName: "messageStatus", args: [messageId] }),
      ethCall(client, { ...contract, functionName: "hasFlaggedMessage", args: [messageId, account] }),
    ]);
    return { current, messageStatus: status, flagged };
  });
  if ("status" in state) return state;
  const { current, messageStatus, flagged } = state;
  if (flagged) return { status: "done", reason: "it is flagged" };
  if (messageStatus === FLAGGED_MESSAGE || messageStatus === FLAGGED_SUBMODULE) {
    return { status: "done", reason: "others have flagged it" };
  }
  if (current !== round) return { status: "moot", reason: `round ${current} has begun, it must be pre-verified again` };
  if (messageStatus !== WINDOW_OPEN) return { status: "moot", reason: "its window has closed" };
  const data = encodeFunctionData({ ...contract, functionName: "flagMessage", args: [messageId] });
  return { status: "call", step: "flag", to: module, data };
}

/** Flags all that the submodule of an optimistic module verified, in the round that it did. */
export async function planFlagSubmodule(parameters: PlanParameters): Promise<Plan> {
  const { module, round } = parameters.subject as FlagSubject;
  const { account } = parameters;
  const contract = { address: module, abi: optimisticIsmAbi } as const;
  const state = await askOf(parameters, `whether the submodule of ${module} is flagged`, async (client) => {
    const [current, flagged] = await Promise.all([
      ethCall(client, { ...contract, functionName: "round", args: [] }),
      ethCall(client, { ...contract, functionName: "hasFlaggedSubmodule", args: [account] }),
    ]);
    return { current, flagged };
  });
  if ("status" in state) return state;
  if (state.current !== round) return { status: "moot", reason: `round ${state.current} has begun` };
  if (state.flagged) return { status: "done", reason: "it is flagged" };
  const data = encodeFunctionData({ ...contract, functionName: "flagSubmodule" });
  return { status: "call", step: "flag", to: module, data };
}

/** What all nodes of the chain answer, or to wait. */
async function askOf<T>(
  { watched, agreement }: PlanParameters,
  what: string,
  ask: (client: ChainClient) => Promise<T>,
): Promise<T | Extract<Plan, { status: "wait" }>> {
  const answer = await askAll({ what, views: agreement.views, quorum: watched.quorum, ask });
  return answer.status === "agreed" ? answer.value : { status: "wait", reason: answer.problem };
}
