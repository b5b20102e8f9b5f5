import type { Address } from "viem";
import type { ChainClient } from "../../../chains/client.ts";
import { escrowPaymasterAbi } from "../../../contracts/abi.ts";
import { ethCall } from "../ethCall.ts";
import { errorText, isRevert } from "../rpcError.ts";
import type { ClaimPrices } from "./claimWorth.ts";

const GAS_ORACLE = [
  {
    type: "function",
    name: "getExchangeRateAndGasPrice",
    inputs: [{ type: "uint32" }],
    outputs: [{ type: "uint128" }, { type: "uint128" }],
    stateMutability: "view",
  },
] as const;

/**
 * What gas costs now on both chains, and what the destination's token is worth in the origin's, by the gas oracle of the
 * escrow's paymaster.
 * @throws Error when that paymaster knows no such thing: then nobody can tell what a lock is worth
 */
export async function readClaimPrices(parameters: {
  origin: ChainClient;
  destination: ChainClient;
  escrow: Address;
  destinationDomain: number;
}): Promise<ClaimPrices> {
  const { origin, destination, escrow, destinationDomain } = parameters;
  const [originGas, destinationGas, exchangeRate] = await Promise.all([
    origin.getGasPrice(),
    destination.getGasPrice(),
    readExchangeRate(origin, escrow, destinationDomain),
  ]);
  return { originGas, destinationGas, exchangeRate };
}

async function readExchangeRate(client: ChainClient, escrow: Address, domain: number): Promise<bigint> {
  const oracle = await ethCall(client, {
    address: escrow,
    abi: escrowPaymasterAbi,
    functionName: "gasPaymaster",
    args: [],
  });
  try {
    const call = { address: oracle, abi: GAS_ORACLE, functionName: "getExchangeRateAndGasPrice" } as const;
    const [rate] = await ethCall(client, { ...call, args: [domain] });
    return rate;
  } catch (error) {
    if (!isRevert(error)) throw error;
    throw new Error(
      `the paymaster ${oracle} of the escrow ${escrow} knows no exchange rate for domain ${domain}, so that nobody can ` +
        `tell what a lock is worth: ${errorText(error)}`,
      { cause: error },
    );
  }
}
