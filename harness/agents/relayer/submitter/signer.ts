import type { Selectable } from "kysely";
import { type Address, type Hash, type Hex, type LocalAccount, parseTransaction } from "viem";
import type { ChainClient } from "../../../chains/client.ts";
import { keccak256 } from "../../../protocol/keccak.ts";
import { remember } from "../remember.ts";
import type { Purpose, TransactionTable } from "../schema.ts";
import type { Fees } from "./fees.ts";

/** What a transaction of ours does. */
export type Call = {
  messageId: Hash | null;
  purpose: Purpose;
  to: Address;
  data: Hex;
  gas: bigint;
  /** The message whose nonce it uses up, if that is all it does. */
  fills?: Hash | undefined;
  /** Of a batch: what it delivers. */
  batched?: readonly Part[] | undefined;
};

/** A message in a batch, and its part of the cost in millionths. */
export type Part = { id: Hash; share: number };

/** Signs a call with a nonce and fees, as the row that is stored before it is broadcast. */
export async function signTransaction(parameters: {
  account: LocalAccount;
  chainId: number;
  destination: number;
  call: Call;
  nonce: number;
  fees: Fees;
  now: number;
}): Promise<Selectable<TransactionTable>> {
  const { account, chainId, destination, call, nonce, fees, now } = parameters;
  const { to, data, gas } = call;
  const raw = await account.signTransaction({ type: "eip1559", chainId, nonce, to, data, gas, ...fees });
  return {
    hash: keccak256(raw),
    destination,
    account: account.address.toLowerCase() as Address,
    nonce,
    message_id: call.messageId,
    purpose: call.purpose,
    raw,
    max_fee_per_gas: fees.maxFeePerGas.toString(),
    max_priority_fee_per_gas: fees.maxPriorityFeePerGas.toString(),
    state: "pending",
    created_at: now,
    broadcast_at: null,
    block_number: null,
    block_hash: null,
    gas_used: null,
    success: null,
    cost: null,
    fills: call.fills ?? null,
  };
}

/** A call that does nothing but use its nonce up, which was that of message `fills`, if of any. */
export function emptyCall(account: LocalAccount, fills?: Hash): Call {
  return { messageId: null, purpose: "deliver", to: account.address, data: "0x", gas: 100_000n, fills };
}

/** What a stored transaction does, so that it can be signed again with higher fees. */
export function callOf(
  row: { raw: Hex; message_id: Hash | null; fills: Hash | null; purpose: Purpose },
  batched: readonly Part[],
): Call {
  const { to, data, gas } = parseTransaction(row.raw);
  if (to == null || gas === undefined) throw new Error("a stored transaction names no recipient or gas");
  return {
    messageId: row.message_id,
    purpose: row.purpose,
    to,
    data: data ?? "0x",
    gas,
    fills: row.fills ?? undefined,
    batched,
  };
}

/** The chain id that transactions are signed for; it never changes, so one answer is enough. */
export function createChainId(client: ChainClient): () => Promise<number> {
  const ask = remember((_: "chain id") => client.getChainId());
  return () => ask("chain id");
}
