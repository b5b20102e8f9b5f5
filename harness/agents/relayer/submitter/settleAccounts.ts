import type { Address } from "viem";
import type { Destination, RelayerContext } from "../context.ts";
import { accountLease, fenced } from "../fenced.ts";
import { broadcastAgain } from "./broadcastAgain.ts";
import { type DestinationHead, readNonce } from "./destinationHead.ts";
import { settleTransactions } from "./settle.ts";
import { readSlots } from "./slots.ts";

/**
 * Settles what our account has sent, and what others have sent that nobody looks after: of keys that were used before, or of
 * processes that are gone. Their transactions are signed and stored, and so can be broadcast again, but not be replaced.
 * @param context of the process, whose lease of the own account the caller has
 * @throws the first error, after everything else was done
 */
export async function settleAccounts(
  context: RelayerContext,
  destination: Destination,
  head: DestinationHead,
): Promise<void> {
  const { db, leases } = context;
  const { chain, client } = destination;
  const own = destination.account.address.toLowerCase() as Address;
  const accounts = new Set([own, ...(await readSlots(db, chain.domain)).map((slot) => slot.account)]);
  const outcomes = await Promise.allSettled([...accounts].map(settle));
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed !== undefined) throw failed.reason;

  async function settle(account: Address): Promise<void> {
    const lease = accountLease(chain.domain, account);
    const ours = fenced(context, lease);
    const slots = () => readSlots(db, chain.domain, account);
    if (account === own) return settleTransactions(ours, destination, head, await slots());
    if ((await leases.take(lease)) === undefined) return;
    try {
      await settleTransactions(ours, destination, head, await slots());
      const mined = await readNonce(client, account, "latest");
      const unmined = (await slots()).filter(({ nonce }) => nonce >= mined);
      await broadcastAgain(ours, destination, unmined, 0);
    } finally {
      await leases.release([lease]); // its own process may be back
    }
  }
}
