import type { Insertable } from "kysely";
import type { Address, Hash } from "viem";
import type { ChainConfig } from "../../../chains/chainConfig.ts";
import type { ChainClient } from "../../../chains/client.ts";
import { gasPaymasterAbi } from "../../../contracts/abi.ts";
import type { PaymentTable } from "../schema.ts";

const gasPayment = gasPaymasterAbi.find((item) => item.type === "event" && item.name === "GasPayment");

export type ReadPaymentsParameters = {
  chain: Pick<ChainConfig, "domain" | "interchainGasPaymasters">;
  client: ChainClient;
  fromBlock: bigint;
  toBlock: bigint;
  /** Only those for this message. */
  id?: Hash;
};

/**
 * The payments to the configured paymasters of a chain in a range of blocks. Logs of other contracts, of other blocks and those
 * that the node calls removed are nobody's; what pays for nothing is left out.
 * @throws viem's errors when the node refuses
 */
export async function readPaymentLogs(parameters: ReadPaymentsParameters): Promise<Insertable<PaymentTable>[]> {
  const { chain, client, fromBlock, toBlock, id } = parameters;
  const paymasters = paymastersOf(chain);
  if (gasPayment?.type !== "event" || paymasters.length === 0) return [];
  const filter = { address: paymasters, event: gasPayment, fromBlock, toBlock, strict: true } as const;
  const logs = await client.getLogs(id === undefined ? filter : { ...filter, args: { messageId: id } });
  return logs.flatMap(({ removed, blockNumber, logIndex, transactionHash, address, args }) => {
    if (removed || blockNumber === null || logIndex === null || transactionHash === null) return [];
    if (blockNumber < fromBlock || blockNumber > toBlock) return [];
    const paymaster = address.toLowerCase() as Address;
    const messageId = args.messageId.toLowerCase() as Hash;
    if (!paymasters.includes(paymaster) || (id !== undefined && messageId !== id)) return [];
    if (args.gasAmount === 0n && args.payment === 0n) return [];
    return [
      {
        origin: chain.domain,
        block: Number(blockNumber),
        log_index: logIndex,
        tx: transactionHash,
        paymaster,
        message_id: messageId,
        destination: args.destinationDomain,
        gas: args.gasAmount.toString(),
        payment: args.payment.toString(),
      },
    ];
  });
}

export function paymastersOf({
  interchainGasPaymasters = [],
}: Pick<ChainConfig, "interchainGasPaymasters">): Address[] {
  return interchainGasPaymasters.map((address) => address.toLowerCase() as Address);
}
