import type { Transaction } from "kysely";
import { type Address, encodeFunctionData, type Hash } from "viem";
import type { ChainConfig } from "../../../chains/chainConfig.ts";
import type { ChainClient } from "../../../chains/client.ts";
import { deliveryReceiptsAbi, mailboxAbi } from "../../../contracts/abi.ts";
import { addressToBytes32 } from "../../../protocol/address.ts";
import type { Destination, RelayerContext } from "../context.ts";
import { estimateGas } from "../estimateGas.ts";
import { ethCall } from "../ethCall.ts";
import { errorText } from "../rpcError.ts";
import type { MessageRules } from "../rules/messageRules.ts";
import type { RelayerTables } from "../schema.ts";
import type { Submitter } from "../submitter/createSubmitter.ts";
import {
  type ClaimPrices,
  claimCost,
  type Earning,
  isWorthClaiming,
  receiptCost,
  worthClaiming,
} from "./claimWorth.ts";
import { readLock, timeOn } from "./inspectLock.ts";
import { readClaimPrices } from "./readPrices.ts";
import { claimKey, readUnderWay } from "./underWay.ts";

/** A chain with an escrow that pays for messages to the destination. */
export type EscrowOrigin = { chain: ChainConfig; client: ChainClient };

export type CollectParameters = {
  destination: Destination;
  submitter: Submitter;
  origins: readonly EscrowOrigin[];
  rules: MessageRules;
};

type Claimable = Earning & { id: Hash; receiptIsm: Address };
type Route = {
  destination: Destination;
  submitter: Submitter;
  origin: EscrowOrigin;
  escrow: Address;
  receipts: Address;
};

/** A claim that is final and whose receipt is not recorded after so long is made again. */
const FORGET_AFTER_MS = 24 * 3_600_000;
/** What ended so long ago is not looked at any more. */
const GRACE_S = 24 * 3_600;

/**
 * Claims what escrows on the origins owe for deliveries of ours on one destination: one receipt for all messages of an origin
 * whose locks chose the same module, when that pays off. Nothing is remembered but the transaction, which is stored before it is
 * broadcast: what is left to claim follows from the store and the chains, wherever the process dies.
 *
 * @throws AggregateError of what failed, after everything else was done
 */
export async function collectClaims(context: RelayerContext, parameters: CollectParameters): Promise<void> {
  const { destination, submitter, origins, rules } = parameters;
  const receipts = destination.chain.deliveryReceipts;
  if (receipts === undefined) return;
  const errors: unknown[] = [];
  const attempt = async (run: () => Promise<void>) => {
    await run().catch((error: unknown) => errors.push(error));
  };
  for (const origin of origins) {
    const escrow = origin.chain.escrowPaymaster;
    if (escrow === undefined) continue;
    await attempt(async () => {
      const route = { destination, submitter, origin, escrow, receipts };
      const claimable = await readClaimable(context, route, rules);
      if (claimable.length === 0) return;
      const prices = await readClaimPrices({
        origin: origin.client,
        destination: destination.client,
        escrow,
        destinationDomain: destination.chain.domain,
      });
      for (const group of await groupUnclaimed(context, route, claimable, prices)) {
        await attempt(() => claim(context, route, group, prices));
      }
    });
  }
  if (errors.length > 0) throw new AggregateError(errors, errors.map(errorText).join("; "));
}

/** Of deliveries whose locks chose the same module: claims some, if that pays off. */
async function claim(
  context: RelayerContext,
  route: Route,
  claimable: readonly Claimable[],
  prices: ClaimPrices,
): Promise<void> {
  const { options, log } = context;
  const { destination, submitter, origin, escrow, receipts } = route;
  const { chain, client, account } = destination;
  const claims = await stillDue(route, worthClaiming(claimable, prices, options.claims));
  const [first] = claims;
  if (first === undefined) return;

  const ids = claims.map(({ id }) => id);
  const data = encodeFunctionData({
    abi: deliveryReceiptsAbi,
    functionName: "sendReceipts",
    args: [origin.chain.domain, addressToBytes32(escrow), first.receiptIsm, ids, "0x", chain.merkleTreeHook],
  });
  const gas = await estimateGas(client, { from: account.address, to: receipts, data, limit: options.maxGas });
  const cost = claimCost({ count: claims.length, sendGas: gas }, prices, options.claims);
  if (!isWorthClaiming(claims, cost, options.claims)) return;

  const count = (step: 1 | -1) => async (trx: Transaction<RelayerTables>) => {
    await trx
      .updateTable("escrow_lock")
      .set((row) => ({ claims: row("claims", "+", step) }))
      .where("origin", "=", origin.chain.domain)
      .where("message_id", "in", ids)
      .execute();
  };
  const errand = { id: null, purpose: "claim", to: receipts, data, gas } as const;
  const result = await submitter.submit({ ...errand, alongside: count(1), takenBack: count(-1) });
  const details = { origin: origin.chain.name, destination: chain.name, messages: ids.length, cost: String(cost) };
  if (result.status === "stored") log.info(details, "claims what it delivered");
  else log.warn({ ...details, reason: result.reason }, "could not claim what it delivered");
}

/** Deliveries of ours that are final, and that an open lock pays for. */
async function readClaimable(
  { db, options, now, log }: RelayerContext,
  { origin, destination: { chain: destination, account }, escrow, receipts }: Route,
  rules: MessageRules,
): Promise<Claimable[]> {
  const route = { origin: origin.chain.domain, destination: destination.domain, escrow, receipts };
  const locks = await db
    .selectFrom("escrow_lock")
    .innerJoin("message", "message.id", "escrow_lock.message_id")
    .innerJoin("transaction", "transaction.hash", "message.delivered_tx")
    .select(["escrow_lock.message_id as id", "receipt_ism", "receipt_sender", "escrow_until", "amount"])
    .where("escrow_lock.origin", "=", route.origin)
    .where("escrow_lock.destination", "=", route.destination)
    .where("escrow_lock.state", "=", "open")
    .where("claims", "<", options.claims.maxAttempts)
    .where("escrow_until", ">", Math.floor(now() / 1_000) - GRACE_S)
    .where("message.state", "=", "delivered")
    .where("transaction.account", "=", account.address.toLowerCase() as Address)
    .execute();
  const trusted = locks.filter(
    ({ receipt_ism: receiptIsm, receipt_sender: receiptSender }) =>
      rules.trust({ origin: route.origin, destination: route.destination, receiptIsm, receiptSender }) === undefined,
  );
  if (trusted.length === 0) return [];
  const excluded = receiptsExcluded(rules, route);
  if (excluded !== undefined) {
    const details = { origin: origin.chain.name, destination: destination.name, reason: excluded };
    log.warn(details, "does not claim what it delivered: the lists exclude the receipt");
    return [];
  }
  const time = await timeOn(origin.client, now());
  return trusted.map(({ id, receipt_ism: receiptIsm, escrow_until, amount }) => {
    return { id, receiptIsm, amount: BigInt(amount), endsIn: escrow_until - time };
  });
}

/** By module, those that are not being claimed. */
async function groupUnclaimed(
  { db, options, now }: RelayerContext,
  { origin, destination, escrow, receipts }: Route,
  claimable: readonly Claimable[],
  prices: ClaimPrices,
): Promise<Claimable[][]> {
  const domains = { origin: origin.chain.domain, destination: destination.chain.domain };
  const progress = await db
    .selectFrom("escrow_progress")
    .select("block")
    .where("origin", "=", domains.origin)
    .executeTakeFirst();
  if (progress === undefined) return [];
  const route = { ...domains, escrow, receipts, escrowBlock: progress.block };
  const { keys, offered } = await readUnderWay(db, route, now() - FORGET_AFTER_MS);
  const amounts = new Map(claimable.map(({ id, receiptIsm, amount }) => [claimKey(receiptIsm, id), amount]));
  for (const { receiptIsm, entries } of offered) {
    const named = new Set(entries.map(({ messageId }) => claimKey(receiptIsm, messageId)));
    const inIt = [...named].filter((key) => amounts.has(key));
    const earns = inIt.reduce((sum, key) => sum + (amounts.get(key) ?? 0n), 0n);
    // Else somebody has packed one delivery of ours with so much else that bringing it back is worth nothing.
    if (earns <= receiptCost(entries.length, prices, options.claims)) continue;
    for (const key of inIt) keys.add(key);
  }
  const groups = new Map<Address, Claimable[]>();
  for (const claim of claimable) {
    if (keys.has(claimKey(claim.receiptIsm, claim.id))) continue;
    const group = groups.get(claim.receiptIsm) ?? [];
    group.push(claim);
    groups.set(claim.receiptIsm, group);
  }
  return [...groups.values()];
}

/** Why the relayer would not deliver the receipts that it sends. */
function receiptsExcluded(
  rules: MessageRules,
  route: { origin: number; destination: number; escrow: Address; receipts: Address },
): string | undefined {
  return rules.excludes({
    id: `0x${"00".repeat(32)}`,
    origin: route.destination,
    destination: route.origin,
    sender: addressToBytes32(route.receipts),
    recipient: addressToBytes32(route.escrow),
    raw: "0x",
  });
}

/** Those that the escrow holds now, with what it holds, and whose delivery the destination still knows as ours. */
async function stillDue({ origin, escrow, destination }: Route, claims: readonly Claimable[]): Promise<Claimable[]> {
  const { chain, client, account } = destination;
  const mailbox = { address: chain.mailbox, abi: mailboxAbi, functionName: "processor" } as const;
  const held = await Promise.all(
    claims.map(async (claim) => {
      const [lock, processor] = await Promise.all([
        readLock(origin.client, escrow, claim.id),
        ethCall(client, { ...mailbox, args: [claim.id] }),
      ]);
      const isOpen = lock.escrowUntil !== 0 && lock.receiptIsm.toLowerCase() === claim.receiptIsm;
      const isOurs = processor.toLowerCase() === account.address.toLowerCase();
      return isOpen && isOurs ? { ...claim, amount: lock.amount } : undefined;
    }),
  );
  return held.filter((claim) => claim !== undefined);
}
