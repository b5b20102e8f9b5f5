import {
  type Address,
  encodeFunctionData,
  type Hash,
  type LocalAccount,
  WaitForTransactionReceiptTimeoutError,
} from "viem";
import type { ChainClient } from "../../chains/client.ts";
import { storageGasOracleAbi } from "../../contracts/abi.ts";
import { revertData, revertReason } from "../relayer/rpcError.ts";
import { type Fees, marketFees, replacementFees } from "../relayer/submitter/fees.ts";
import { GasDataRefusedError } from "./gasDataRefused.ts";

export type GasDataConfig = { remoteDomain: number; tokenExchangeRate: bigint; gasPrice: bigint };

/**
 * Writes prices into oracles of one chain, one transaction at a time. A transaction that is not mined in time is replaced by the
 * next one, which has newer prices, at higher fees.
 *
 * @returns what writes the prices of an oracle in one transaction, and returns it when it is mined
 */
export function createGasDataWriter(parameters: {
  client: ChainClient;
  /** What is signed for. A node that could choose it would get prices of its chain signed for another one. */
  chainId: number;
  /** Updater or owner of the oracles. */
  account: LocalAccount;
  /** Most wei per gas to offer. */
  maxFeePerGas: bigint;
  timeoutMs: number;
}): (oracle: Address, configs: readonly GasDataConfig[]) => Promise<Hash> {
  const { client, chainId, account, maxFeePerGas: limit, timeoutMs } = parameters;
  let last: { nonce: number; fees: Fees } | undefined;

  return async (oracle, configs) => {
    const data = encodeFunctionData({
      abi: storageGasOracleAbi,
      functionName: "setRemoteGasDataConfigs",
      args: [configs],
    });
    const answered = await client.getChainId();
    if (answered !== chainId) {
      throw new GasDataRefusedError(
        `the node says that its chain id is ${answered}, and the configuration ${chainId}: one of them is wrong`,
      );
    }
    const call = { account: account.address, to: oracle, data };
    const gas = await client.estimateGas(call).catch((error: unknown) => {
      throw explained(error, account.address, oracle);
    });
    const [nonce, market] = await Promise.all([
      client.getTransactionCount({ address: account.address }),
      marketFees(client, limit),
    ]);
    const fees = last?.nonce === nonce ? replacementFees(last.fees, market, limit) : market;
    if (fees === undefined) {
      throw new GasDataRefusedError(
        `transaction ${nonce} of ${account.address} is stuck, and maxGasPrice allows no more`,
      );
    }

    const serializedTransaction = await account.signTransaction({
      type: "eip1559",
      chainId,
      nonce,
      to: oracle,
      data,
      gas: (gas * 5n) / 4n,
      ...fees,
    });
    last = { nonce, fees };
    const hash = await client.sendRawTransaction({ serializedTransaction });
    const { status } = await client.waitForTransactionReceipt({ hash, timeout: timeoutMs }).catch((error: unknown) => {
      if (!(error instanceof WaitForTransactionReceiptTimeoutError)) throw error;
      throw new GasDataRefusedError(`transaction ${hash} is not mined yet; the next one replaces it`);
    });
    if (status !== "success") throw new GasDataRefusedError(`transaction ${hash} was reverted`);
    return hash;
  };
}

function explained(error: unknown, account: Address, oracle: Address): unknown {
  const data = revertData(error);
  if (data === undefined || data === "0x") return error;
  const reason = revertReason(data);
  if (!reason.startsWith("NotGasOracleUpdater")) return new GasDataRefusedError(`${oracle} refuses them: ${reason}`);
  return new GasDataRefusedError(
    `${account} is neither the updater nor the owner of ${oracle}: let its owner call setGasOracleUpdater(${account})`,
  );
}
