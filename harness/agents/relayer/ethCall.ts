import {
  type Abi,
  type Address,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type ContractFunctionReturnType,
  type DecodeFunctionResultParameters,
  decodeFunctionResult,
  type EncodeFunctionDataParameters,
  encodeFunctionData,
  numberToHex,
  size,
} from "viem";
import type { ChainClient } from "../../chains/client.ts";

/** Gas that a read of a foreign contract may use. */
const CALL_GAS = 3_000_000;
/** Bytes that it may return. */
const MAX_ANSWER = 64 * 1024;

/**
 * Reads a contract that may be hostile: bounded gas, bounded answer, and nothing but an `eth_call`. viem's own `readContract`
 * would follow an `OffchainLookup` revert to whatever URL the contract names.
 * @throws Error of viem when the RPC fails or the call reverts; Error when the answer is too long or does not decode
 */
export async function ethCall<
  const abi extends Abi,
  name extends ContractFunctionName<abi, "pure" | "view">,
  const args extends ContractFunctionArgs<abi, "pure" | "view", name>,
>(
  client: ChainClient,
  call: { address: Address; abi: abi; functionName: name; args: args; block?: number | undefined },
): Promise<ContractFunctionReturnType<abi, "pure" | "view", name, args>> {
  const data = encodeFunctionData(call as unknown as EncodeFunctionDataParameters);
  const answer = await client.request({
    method: "eth_call",
    params: [
      { to: call.address, data, gas: numberToHex(CALL_GAS) },
      call.block === undefined ? "latest" : numberToHex(call.block),
    ],
  });
  if (size(answer) > MAX_ANSWER) {
    throw new Error(
      `${call.functionName} of ${call.address} answered ${size(answer)} bytes, ${MAX_ANSWER} are accepted`,
    );
  }
  if (answer === "0x") throw new Error(`${call.address} has no code, or no function ${call.functionName}`);
  const decoded = decodeFunctionResult({ ...call, data: answer } as unknown as DecodeFunctionResultParameters);
  return decoded as ContractFunctionReturnType<abi, "pure" | "view", name, args>;
}
