import type { Address, Hex } from "viem";
import type { ChainConfig } from "../../../chains/chainConfig.ts";
import { addressToBytes32 } from "../../../protocol/address.ts";

/** What a payer chose for a lock: who vouches for the receipt, and who sends it. */
export type LockChoice = { origin: number; destination: number; receiptIsm: Address; receiptSender: Hex };

/** Why no receipt for such a lock is counted on; undefined if one is. */
export type LockTrust = (lock: LockChoice) => string | undefined;

/**
 * Holds locks against the configuration: a lock pays for a delivery only if its receipt is verified by a module of the origin
 * that is listed there (`receiptIsms`), and sent by the destination's `deliveryReceipts`. Payers choose both, so one that is
 * not listed may be the payer's own, and never let a receipt pass.
 */
export function createLockTrust(chains: readonly ChainConfig[]): LockTrust {
  const known = new Map(chains.map((chain) => [chain.domain, chain]));
  return ({ origin, destination, receiptIsm, receiptSender }) => {
    const [here, there] = [known.get(origin), known.get(destination)];
    const isListed = here?.receiptIsms?.some((module) => module.toLowerCase() === receiptIsm.toLowerCase());
    if (isListed !== true) return `its module for receipts, ${receiptIsm}, is not among the receiptIsms of its origin`;
    const sender = there?.deliveryReceipts;
    if (sender === undefined) return "its destination has no deliveryReceipts configured";
    if (addressToBytes32(sender) === receiptSender.toLowerCase()) return undefined;
    return `it wants receipts of ${receiptSender}, which is not the deliveryReceipts of its destination`;
  };
}
