import type { Kysely } from "kysely";
import { type Address, isAddressEqual, parseAbi } from "viem";
import { mayBeTooLarge } from "../originIndexChain.ts";
import { ethCall } from "../relayer/ethCall.ts";
import type { ChainView, WatchedChain } from "./followChain.ts";
import type { TowerTables } from "./schema.ts";
import type { KeySource } from "./watchedKeys.ts";

const stakeAbi = parseAbi([
  "event ValidatorRegistered(address indexed validator, address indexed key, uint256 commission)",
  "event KeyRotated(address indexed validator, address indexed oldKey, address indexed newKey, uint48 fromEpoch, uint48 exitEpoch)",
  "function validators() view returns (address[])",
]);
const EVENTS = stakeAbi.filter((item) => item.type === "event");
const REQUESTS_PER_TURN = 50;
/** Read again each time: the newest blocks may be others by then. */
const OVERLAP = 256;

/**
 * All keys that ever signed for validators of a staking contract: those of its present set, and those that its events name, for a key
 * stays slashable after it was replaced. What any of the chain's nodes tells counts: to watch one more key does no harm.
 */
export function stakedKeys(parameters: {
  db: Kysely<TowerTables>;
  now: () => number;
  watched: WatchedChain;
  /** `ValidatorStake`. */
  stake: Address;
  /** Blocks per request at most. */
  maxRange: number;
}): KeySource {
  const { db, now, watched, stake, maxRange } = parameters;
  const { chain, views } = watched;
  const ranges = new Map<string, number>();
  const name = `the stake ${stake} on ${chain.name}`;

  async function present({ client }: ChainView): Promise<readonly Address[]> {
    return await ethCall(client, { address: stake, abi: stakeAbi, functionName: "validators", args: [] });
  }

  async function named(view: ChainView): Promise<Address[]> {
    const { client } = view;
    const cursor = `${view.id} ${stake}`;
    const row = await db
      .selectFrom("tower_scan")
      .select("next_block")
      .where("chain", "=", chain.domain)
      .where("view", "=", cursor)
      .executeTakeFirst();
    const head = await client.getBlockNumber();
    const keys: Address[] = [];
    let next = BigInt(Math.max(chain.fromBlock, (row?.next_block ?? chain.fromBlock) - OVERLAP));
    for (let requests = 0; next <= head && requests < REQUESTS_PER_TURN; requests++) {
      const range = BigInt(ranges.get(view.id) ?? maxRange);
      const toBlock = next + range - 1n < head ? next + range - 1n : head;
      try {
        const logs = await client.getLogs({ address: stake, events: EVENTS, fromBlock: next, toBlock, strict: true });
        for (const { address, eventName, args } of logs) {
          if (!isAddressEqual(address, stake)) continue;
          if (eventName === "ValidatorRegistered") keys.push(args.key);
          else keys.push(args.oldKey, args.newKey);
        }
      } catch (error) {
        if (!mayBeTooLarge(error) || toBlock === next) throw error;
        ranges.set(view.id, Math.max(1, Math.ceil(Number(range) / 2)));
        continue;
      }
      next = toBlock + 1n;
    }
    const next_block = Number(next);
    // Together: a key that was passed by would never be seen again.
    await db.transaction().execute(async (tx) => {
      for (const key of keys.map((address) => address.toLowerCase() as Address)) {
        await tx
          .insertInto("tower_key")
          .values({ key, source: name, seen_at: now() })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      }
      await tx
        .insertInto("tower_scan")
        .values({ chain: chain.domain, view: cursor, next_block, last_hash: null })
        .onConflict((conflict) => conflict.columns(["chain", "view"]).doUpdateSet({ next_block }))
        .execute();
    });
    return keys;
  }

  return {
    name,
    async keys() {
      const answers = await Promise.allSettled(views.flatMap((view) => [present(view), named(view)]));
      const told = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
      const failed = answers.find((answer) => answer.status === "rejected");
      if (failed !== undefined && answers.every(({ status }) => status === "rejected")) throw failed.reason;
      return told;
    },
  };
}
