import type { Address } from "viem";
import type { RelayerContext } from "./context.ts";

/** Who reads an origin and records what it finds. */
export function originLease(domain: number): string {
  return `origin ${domain}`;
}

/** Who gives out the nonces of an account on a destination, and settles them. */
export function accountLease(domain: number, account: Address): string {
  return `account ${account.toLowerCase()} on ${domain}`;
}

/** The same context, of which nothing is committed (LeaseLostError) when the lease is another process's by then. */
export function fenced<C extends Pick<RelayerContext, "commit" | "leases">>(context: C, lease: string): C {
  const { commit, leases } = context;
  return {
    ...context,
    commit: (write) =>
      commit(async (trx) => {
        await leases.hold(trx, lease);
        await write(trx);
      }),
  };
}
