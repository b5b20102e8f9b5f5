import { encodeFunctionData } from "viem";
import { escrowPaymasterAbi } from "../../../contracts/abi.ts";
import type { Destination, RelayerContext } from "../context.ts";
import { estimateGas } from "../estimateGas.ts";
import { ethCall } from "../ethCall.ts";
import type { Submitter } from "../submitter/createSubmitter.ts";
import { isMultiple, WITHDRAW_GAS } from "./claimWorth.ts";

/** Has the escrow of a chain send the relayer's account what it owes, when that is worth a transaction. */
export async function withdrawCredit(
  { db, options, log }: RelayerContext,
  { chain, client, account }: Destination,
  submitter: Submitter,
): Promise<void> {
  const escrow = chain.escrowPaymaster;
  if (escrow === undefined) return;
  const call = { address: escrow, abi: escrowPaymasterAbi, args: [account.address] } as const;
  const credit = await ethCall(client, { ...call, functionName: "credit" });
  if (credit === 0n || !isMultiple(credit, WITHDRAW_GAS * (await client.getGasPrice()), options.claims.withdrawRatio)) {
    return;
  }
  const underWay = await db
    .selectFrom("transaction")
    .select("hash")
    .where("destination", "=", chain.domain)
    .where("purpose", "=", "withdraw")
    .where("state", "in", ["pending", "included"])
    .executeTakeFirst();
  if (underWay !== undefined) return;

  const data = encodeFunctionData({ ...call, functionName: "withdraw" });
  const gas = await estimateGas(client, { from: account.address, to: escrow, data, limit: options.maxGas });
  const result = await submitter.submit({ id: null, purpose: "withdraw", to: escrow, data, gas });
  const details = { chain: chain.name, credit: String(credit) };
  if (result.status === "stored") log.info(details, "withdraws what the escrow owes");
  else log.warn({ ...details, reason: result.reason }, "could not withdraw what the escrow owes");
}
