import { type Address, encodeFunctionData, type Hash } from "viem";
import type { ChainConfig } from "../../../chains/chainConfig.ts";
import type { ChainClient } from "../../../chains/client.ts";
import { deliveryReceiptsAbi, escrowPaymasterAbi } from "../../../contracts/abi.ts";
import { addressToBytes32 } from "../../../protocol/address.ts";
import type { Destination, RelayerContext } from "../context.ts";
import { estimateGas } from "../estimateGas.ts";
import { ethCall } from "../ethCall.ts";
import type { Submitter } from "../submitter/createSubmitter.ts";
import { type ClaimPrices, claimCost, costOfOneMore, type Earning, isWorthClaiming } from "./claimWorth.ts";
import { readClaimPrices } from "./readPrices.ts";
import { claimKey, readUnderWay } from "./underWay.ts";

/** A chain with an escrow that pays for messages to the destination. */
export type EscrowOrigin = { chain: ChainConfig; client: ChainClient };

type Claimable = Earning & { id: Hash; receiptIsm: Address };

/** A claim that is final and whose receipt is not recorded after so long is made again. */
const FORGET_AFTER_MS = 3_600_000;

/**
 * Claims what escrows on the origins owe for deliveries of ours on one destination: one receipt for all messages of an origin
 * whose locks chose the same module, when that pays off. Nothing is remembered but the transaction, which is stored before it is
 * broadcast: what is left to claim follows from the store and the chains, wherever the process dies.
 */
export async function collectClaims(
  context: RelayerContext,
  parameters: { destination: Destination; submitter: Submitter; origins: readonly EscrowOrigin[] },
): Promise<void> {
  for (const origin of parameters.origins) await collectFrom(context, { ...parameters, origin });
}

async function collectFrom(
  context: RelayerContext,
  { destination, submitter, origin }: { destination: Destination; submitter: Submitter; origin: EscrowOrigin },
): Promise<void> {
  const { options, log } = context;
  const { chain, client, account } = destination;
  const receipts = chain.deliveryReceipts;
  const escrow = origin.chain.escrowPaymaster;
  if (receipts === undefined || escrow === undefined) return;

  const claimable = await readClaimable(context, { origin, destination: chain, escrow, receipts });
  if (claimable.length === 0) return;
  const prices = await readClaimPrices({
    origin: origin.client,
    destination: client,
    escrow,
    destinationDomain: chain.domain,
  });
  for (const group of batches(claimable, prices, context)) {
    if (!isWorthClaiming(group, claimCost({ count: group.length }, prices, options.claims), options.claims)) continue;
    const claims = await stillOpen(origin.client, escrow, group);
    const [first] = claims;
    if (first === undefined) continue;
    const ids = claims.map(({ id }) => id);
    const data = encodeFunctionData({
      abi: deliveryReceiptsAbi,
      functionName: "sendReceipts",
      args: [origin.chain.domain, addressToBytes32(escrow), first.receiptIsm, ids, "0x", chain.merkleTreeHook],
    });
    const gas = await estimateGas(client, { from: account.address, to: receipts, data, limit: options.maxGas });
    const cost = claimCost({ count: claims.length, sendGas: gas }, prices, options.claims);
    if (!isWorthClaiming(claims, cost, options.claims)) continue;
    const result = await submitter.submit({
      id: null,
      purpose: "claim",
      to: receipts,
      data,
      gas,
      async alongside(trx) {
        await trx
          .updateTable("escrow_lock")
          .set((row) => ({ claims: row("claims", "+", 1) }))
          .where("origin", "=", origin.chain.domain)
          .where("message_id", "in", ids)
          .execute();
      },
    });
    const details = { origin: origin.chain.name, destination: chain.name, messages: ids.length, cost: String(cost) };
    if (result.status === "stored") log.info(details, "claims what it delivered");
    else log.warn({ ...details, reason: result.reason }, "could not claim what it delivered");
  }
}

/** Deliveries of ours that are final, and that an open lock pays for; without those that are being claimed. */
async function readClaimable(
  { db, options, now }: RelayerContext,
  parameters: { origin: EscrowOrigin; destination: ChainConfig; escrow: Address; receipts: Address },
): Promise<Claimable[]> {
  const { origin, destination, escrow, receipts } = parameters;
  const route = { origin: origin.chain.domain, destination: destination.domain, escrow, receipts };
  const progress = await db
    .selectFrom("escrow_progress")
    .select("block")
    .where("origin", "=", route.origin)
    .executeTakeFirst();
  if (progress === undefined) return [];
  const locks = await db
    .selectFrom("escrow_lock")
    .innerJoin("message", "message.id", "escrow_lock.message_id")
    .select(["escrow_lock.message_id as id", "escrow_lock.receipt_ism as receiptIsm", "escrow_until", "amount"])
    .where("escrow_lock.origin", "=", route.origin)
    .where("escrow_lock.destination", "=", route.destination)
    .where("escrow_lock.state", "=", "open")
    .where("receipt_sender", "=", addressToBytes32(receipts))
    .where("claims", "<", options.claims.maxAttempts)
    .where("message.state", "=", "delivered")
    .where("message.delivered_tx", "is not", null)
    .orderBy("escrow_until")
    .execute();
  if (locks.length === 0) return [];
  const underWay = await readUnderWay(db, { ...route, escrowBlock: progress.block }, now() - FORGET_AFTER_MS);
  const time = Number((await origin.client.getBlock()).timestamp);
  return locks
    .filter(({ id, receiptIsm }) => !underWay.has(claimKey(receiptIsm, id)))
    .map(({ id, receiptIsm, escrow_until, amount }) => ({
      id,
      receiptIsm,
      amount: BigInt(amount),
      endsIn: escrow_until - time,
    }));
}

/** By module, those that end first; without those that earn less than being in the receipt costs. */
function batches(claimable: readonly Claimable[], prices: ClaimPrices, { options }: RelayerContext): Claimable[][] {
  const least = costOfOneMore(prices, options.claims);
  const groups = new Map<Address, Claimable[]>();
  for (const claim of claimable) {
    if (claim.amount <= least) continue;
    const group = groups.get(claim.receiptIsm) ?? [];
    if (group.length < options.claims.batch) group.push(claim);
    groups.set(claim.receiptIsm, group);
  }
  return [...groups.values()];
}

/** Those that the escrow holds now, with what it holds. */
async function stillOpen(client: ChainClient, escrow: Address, claims: readonly Claimable[]): Promise<Claimable[]> {
  const held = await Promise.all(
    claims.map(async (claim) => {
      const lock = await ethCall(client, {
        address: escrow,
        abi: escrowPaymasterAbi,
        functionName: "lock",
        args: [claim.id],
      });
      const isOpen = lock.escrowUntil !== 0 && lock.receiptIsm.toLowerCase() === claim.receiptIsm;
      return isOpen ? { ...claim, amount: lock.amount } : undefined;
    }),
  );
  return held.filter((claim) => claim !== undefined);
}
