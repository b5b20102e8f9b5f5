import type { Address } from "viem";
import type { ChainClient } from "../../../chains/client.ts";
import { escrowPaymasterAbi } from "../../../contracts/abi.ts";
import { ethCall } from "../ethCall.ts";
import { type ClaimPrices, EXCHANGE_RATE_SCALE } from "./claimWorth.ts";

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
 * escrow's paymaster. A paymaster that is no such oracle leaves one for one.
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
    readExchangeRate(origin, escrow, destinationDomain).catch(() => EXCHANGE_RATE_SCALE),
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
  const [rate] = await ethCall(client, {
    address: oracle,
    abi: GAS_ORACLE,
    functionName: "getExchangeRateAndGasPrice",
    args: [domain],
  });
  return rate;
}
