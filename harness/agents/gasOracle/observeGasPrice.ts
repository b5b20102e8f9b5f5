import { MethodNotFoundRpcError, MethodNotSupportedRpcError } from "viem";
import { z } from "zod";
import type { ChainClient } from "../../chains/client.ts";
import { larger } from "../relayer/submitter/fees.ts";
import { GasDataRefusedError } from "./gasDataRefused.ts";

/** Blocks that are looked at: some minutes of a slow chain. */
const BLOCKS = 20;

const quantity = z
  .string()
  .regex(/^0x[0-9a-f]{1,64}$/i, "is no quantity")
  .transform((value) => BigInt(value));

/** What a node says, which may be anything. */
const historySchema = z.object({
  /** One more than the others: of the next block too. */
  baseFeePerGas: z
    .array(quantity)
    .min(2)
    .max(BLOCKS + 1),
  gasUsedRatio: z.array(z.number()).max(BLOCKS),
  reward: z.array(z.tuple([quantity])).max(BLOCKS),
});

/**
 * What gas costs on a chain, in wei: the median of the last blocks' base fee and median tip, or what the next block asks for if
 * that is more. One strange block changes nothing.
 *
 * @param min what is below is refused
 * @param max what is above is refused, also if it is true: whoever runs the node could make payers pay anything
 * @throws GasDataRefusedError when the price is out of these bounds, or the answer is none
 * @throws Error of viem when the node does not answer
 */
export async function observeGasPrice(
  client: ChainClient,
  { min, max }: { min: bigint; max: bigint },
): Promise<bigint> {
  const price = (await priceByHistory(client)) ?? (await client.getGasPrice());
  if (price < min || price > max) {
    throw new GasDataRefusedError(
      `the node says that gas costs ${price} wei, and the configuration that it costs ${min} to ${max}: ` +
        "one of them is wrong (minGasPrice, maxGasPrice)",
    );
  }
  return price;
}

/** Undefined if the chain has no such fees. */
async function priceByHistory(client: ChainClient): Promise<bigint | undefined> {
  const parsed = historySchema.safeParse(await feeHistory(client));
  if (!parsed.success) {
    throw new GasDataRefusedError(`the node's answer to eth_feeHistory is none:\n${z.prettifyError(parsed.error)}`);
  }
  const { baseFeePerGas, gasUsedRatio, reward } = parsed.data;
  const next = baseFeePerGas.at(-1) ?? 0n;
  if (baseFeePerGas.every((fee) => fee === 0n)) return undefined;

  // Empty blocks say nothing of tips.
  const tips = reward.map(([tip]) => tip).filter((_, i) => (gasUsedRatio[i] ?? 0) > 0);
  const tip = tips.length === 0 ? await client.estimateMaxPriorityFeePerGas({ chain: null }) : median(tips);
  return larger(median(baseFeePerGas.slice(0, -1)), next) + tip;
}

async function feeHistory(client: ChainClient): Promise<unknown> {
  try {
    return await client.request({ method: "eth_feeHistory", params: [`0x${BLOCKS.toString(16)}`, "latest", [50]] });
  } catch (error) {
    // Before EIP-1559.
    if (error instanceof MethodNotFoundRpcError || error instanceof MethodNotSupportedRpcError) {
      return { baseFeePerGas: ["0x0", "0x0"], gasUsedRatio: [], reward: [] };
    }
    throw error;
  }
}

/** The upper one of an even number. */
function median(values: readonly bigint[]): bigint {
  return [...values].sort((a, b) => Number(a > b) - Number(a < b))[values.length >> 1] ?? 0n;
}
