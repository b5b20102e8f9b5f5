import { type Address, erc20Abi, formatUnits, parseUnits, zeroAddress } from "viem";
import { printable } from "../agents/relayer/rpcError.ts";
import type { ChainClient } from "../chains/client.ts";

/** What is staked. */
export type StakeAsset = {
  /** Undefined for the chain's own token. */
  token: Address | undefined;
  symbol: string;
  decimals: number;
};

/**
 * What is staked in a token, or in the native one (zero address).
 * @throws Error when the token does not say how many decimals it has
 */
export async function readStakeAsset(client: Pick<ChainClient, "readContract">, asset: Address): Promise<StakeAsset> {
  if (asset === zeroAddress) return { token: undefined, symbol: "ETH", decimals: 18 };
  const contract = { address: asset, abi: erc20Abi } as const;
  const [decimals, symbol] = await Promise.all([
    client.readContract({ ...contract, functionName: "decimals" }),
    // Old tokens answer with a bytes32; the name is for people only.
    client.readContract({ ...contract, functionName: "symbol" }).catch(() => "tokens"),
  ]);
  return { token: asset, symbol: printable(symbol).slice(0, 20), decimals };
}

/** An amount as people read it: `12.5 ETH`. */
export function formatAmount({ symbol, decimals }: StakeAsset, amount: bigint): string {
  return `${formatUnits(amount, decimals)} ${symbol}`;
}

/**
 * Whole tokens, as people write them, in units.
 * @throws Error when it has more digits after the point than the token, or is no positive number
 */
export function parseAmount({ symbol, decimals }: StakeAsset, text: string): bigint {
  const digits = /^\d{1,60}(?:\.(\d+))?$/.exec(text);
  if (digits === null) throw new Error(`"${text}" is no amount of ${symbol}: write it like 100 or 0.5`);
  if ((digits[1]?.length ?? 0) > decimals) {
    throw new Error(`"${text}" has more digits after the point than ${symbol}, which has ${decimals}`);
  }
  return parseUnits(text, decimals);
}
