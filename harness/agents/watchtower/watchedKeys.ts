import type { Address } from "viem";
import type { ChainConfig } from "../../chains/chainConfig.ts";
import { validatorAnnounceAbi } from "../../contracts/abi.ts";
import { ethCall } from "../relayer/ethCall.ts";
import { errorText } from "../relayer/rpcError.ts";
import type { TowerContext } from "./context.ts";
import type { ChainView } from "./followChain.ts";

/** Who is watched. */
export type KeySource = {
  /** For people. */
  name: string;
  /** All keys that it knows, present and past. @throws when it can not be read */
  keys(): Promise<readonly Address[]>;
};

export type WatchedKeys = {
  /** Asks the sources again. A source that fails takes nothing away. Never throws. */
  refresh(): Promise<void>;
  has(key: Address): boolean;
  all(): readonly Address[];
  /** Looks up where the keys announced their signatures for an origin, by each of its nodes. Never throws. */
  announcements(chain: ChainConfig, views: readonly ChainView[]): Promise<void>;
};

/** A configured list. */
export function configuredKeys(keys: readonly Address[]): KeySource {
  return { name: "the configuration", keys: async () => keys };
}

const KEYS_PER_CALL = 50;

/** The keys that are watched, and where each announced its signatures: once seen, never forgotten. */
export async function createWatchedKeys(context: TowerContext, sources: readonly KeySource[]): Promise<WatchedKeys> {
  const { db, now, alerts, metrics } = context;
  const keys = new Set<Address>((await db.selectFrom("tower_key").select("key").execute()).map(({ key }) => key));

  async function add(found: readonly Address[], source: string): Promise<void> {
    for (const key of found.map((address) => address.toLowerCase() as Address)) {
      if (keys.has(key)) continue;
      await db
        .insertInto("tower_key")
        .values({ key, source, seen_at: now() })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      keys.add(key);
    }
  }

  /** The locations of some keys, by one node. A key whose answer can not be read is asked for alone, and is alone without. */
  async function ask(
    chain: ChainConfig,
    { client }: ChainView,
    part: readonly Address[],
  ): Promise<readonly string[][]> {
    try {
      const answer = await ethCall(client, {
        address: chain.validatorAnnounce,
        abi: validatorAnnounceAbi,
        functionName: "getAnnouncedStorageLocations",
        args: [part],
      });
      return answer.map((locations) => [...locations]);
    } catch (error) {
      if (part.length > 1)
        return (await Promise.all(part.map((key) => ask(chain, { client } as ChainView, [key])))).flat();
      await alerts.raise({
        key: `announcement:${chain.domain}:${part[0]}`,
        kind: "announcement-unreadable",
        severity: "warning",
        text: `what validator ${part[0]} announced on ${chain.name} can not be read: ${errorText(error)}`,
      });
      return [[]];
    }
  }

  async function store(origin: number, key: Address, locations: readonly string[]): Promise<void> {
    const known = await db
      .selectFrom("tower_location")
      .select("location")
      .where("origin", "=", origin)
      .where("key", "=", key)
      .execute();
    const names = new Set(known.map(({ location }) => location));
    for (const location of locations) {
      if (names.has(location)) continue;
      const start = { next_index: 0, sweep_index: 0, seen_at: now() };
      await db
        .insertInto("tower_location")
        .values({ origin, key, location, position: names.size, ...start })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      names.add(location);
    }
  }

  return {
    has: (key) => keys.has(key),
    all: () => [...keys],

    async refresh() {
      for (const source of sources) {
        try {
          await add(await source.keys(), source.name);
        } catch (error) {
          await alerts.raise({
            key: `keys:${source.name}`,
            kind: "keys-unreadable",
            severity: "warning",
            text: `${source.name} can not be asked whom to watch: ${errorText(error)}`,
          });
        }
      }
      metrics.set("watched_keys", keys.size);
    },

    async announcements(chain, views) {
      const all = [...keys];
      for (let start = 0; start < all.length; start += KEYS_PER_CALL) {
        const part = all.slice(start, start + KEYS_PER_CALL);
        const answers = await Promise.all(views.map((view) => ask(chain, view, part)));
        for (const [i, key] of part.entries()) {
          await store(chain.domain, key, [...new Set(answers.flatMap((answer) => answer[i] ?? []))]);
        }
      }
    },
  };
}
