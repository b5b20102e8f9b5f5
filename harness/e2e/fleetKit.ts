import type { Hex } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { expect } from "vitest";
import { CHAIN_NAMES, type ChainName, type World } from "../world/createWorld.ts";
import type { Sent } from "../world/dispatchMessages.ts";
import { control, processed, transactionCount } from "./kit.ts";

const RICH = 10n ** 21n;

/** A new account that is rich on both chains. */
export async function newRelayerKey(world: Pick<World, "chains">) {
  const key = generatePrivateKey();
  const account = privateKeyToAccount(key);
  for (const name of CHAIN_NAMES) {
    await control(world.chains[name]).setBalance({ address: account.address, value: RICH });
  }
  return { key, account };
}

/** Every message was delivered exactly once, and all accounts together have paid for nothing else. */
export async function expectPaidOnceByAll(
  world: Pick<World, "chains">,
  accounts: readonly Hex[],
  sent: Record<ChainName, readonly Sent[]>,
): Promise<void> {
  for (const [from, to] of [
    ["alpha", "beta"],
    ["beta", "alpha"],
  ] as const) {
    const ids = sent[from].map(({ id }) => id);
    expect((await processed(world.chains[to])).sort()).toEqual(ids.sort());
    const counts = await Promise.all(accounts.map((account) => transactionCount(world.chains[to], account)));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(ids.length);
  }
}
