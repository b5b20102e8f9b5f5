import {
  type Address,
  BaseError,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type ContractFunctionReturnType,
  encodeFunctionData,
  HttpRequestError,
  numberToHex,
  TimeoutError,
  zeroAddress,
} from "viem";
import { ethCall } from "../agents/relayer/ethCall.ts";
import { isAnswer, isRevert, revertData } from "../agents/relayer/rpcError.ts";
import type { ChainClient } from "../chains/client.ts";
import type { Owner } from "./ismTree.ts";
import { moduleAbi, removeAbi } from "./moduleAbi.ts";

type Name = ContractFunctionName<typeof moduleAbi, "view">;
type Args<N extends Name> = ContractFunctionArgs<typeof moduleAbi, "view", N>;
type Answer<N extends Name> = ContractFunctionReturnType<typeof moduleAbi, "view", N, Args<N>>;

export type ContractReader = ReturnType<typeof createContractReader>;

/** An account that delegates to a contract's code (EIP-7702) is still its key's. */
const DELEGATION = "0xef0100";
const PROBE_GAS = 1_000_000;

/** Asks contracts that may be anything. All throw viem's errors when the node does not answer. */
export function createContractReader(client: ChainClient) {
  const codes = new Map<Address, Promise<string>>();

  /** What the contract answers; undefined when it does not, or not in the form that it should. */
  async function ask<N extends Name>(
    address: Address,
    functionName: N,
    args: Args<N> | [] = [],
  ): Promise<Answer<N> | undefined> {
    try {
      return (await ethCall(client, { address, abi: moduleAbi, functionName, args: args as Args<N> })) as Answer<N>;
    } catch (error) {
      if (isRevert(error) || !isOfNode(error)) return undefined;
      throw error;
    }
  }

  function code(address: Address): Promise<string> {
    const known = codes.get(address) ?? client.getCode({ address }).then((found) => found ?? "0x");
    codes.set(address, known);
    return known;
  }

  async function isContract(address: Address): Promise<boolean> {
    const found = await code(address);
    return found !== "0x" && !found.startsWith(DELEGATION);
  }

  return {
    ask,

    /** Whether it can be called. */
    hasCode: async (address: Address): Promise<boolean> => (await code(address)) !== "0x",

    /** Whether it is more than somebody's key. */
    isContract,

    /** Who owns the contract; undefined when it has no owner function. */
    async owner(address: Address): Promise<Owner | undefined> {
      const [owner, pending] = await Promise.all([ask(address, "owner"), ask(address, "pendingOwner")]);
      if (owner === undefined) return undefined;
      const ownerIsContract = await isContract(lower(owner));
      const delay = ownerIsContract ? await ask(lower(owner), "getMinDelay") : undefined;
      const isPending = pending !== undefined && pending !== zeroAddress;
      return {
        address: lower(owner),
        isContract: ownerIsContract,
        ...(delay !== undefined && delay <= BigInt(Number.MAX_SAFE_INTEGER) && { delaySeconds: Number(delay) }),
        ...(isPending && { pending: { address: lower(pending), isContract: await isContract(lower(pending)) } }),
      };
    },

    /** Whether the contract has a function that removes routes: one that it does not have reverts without data. */
    async canRemove(address: Address): Promise<boolean> {
      const data = encodeFunctionData({ abi: removeAbi, args: [0] });
      try {
        await client.request({
          method: "eth_call",
          params: [{ to: address, data, gas: numberToHex(PROBE_GAS) }, "latest"],
        });
        return true;
      } catch (error) {
        if (!isRevert(error)) throw error;
        return (revertData(error) ?? "0x") !== "0x";
      }
    },
  };
}

/**
 * Whether the node failed: unreachable, or it answered with an error that is no revert, as when it limits its callers. Taking that for an
 * answer of the contract would leave out an owner. What does not decode is the contract's matter.
 */
function isOfNode(error: unknown): boolean {
  if (isAnswer(error)) return true;
  return (
    error instanceof BaseError &&
    error.walk((cause) => cause instanceof HttpRequestError || cause instanceof TimeoutError) !== null
  );
}

export const lower = (address: Address) => address.toLowerCase() as Address;
