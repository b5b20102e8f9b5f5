import type { Address } from "viem";
import { confirmedBlock, treeAt } from "../agents/originIndexChain.ts";
import { createLimit } from "../agents/relayer/limit.ts";
import { openAnnouncedStorage } from "../agents/relayer/metadata/announcedStorage.ts";
import { errorText } from "../agents/relayer/rpcError.ts";
import type { ChainConfig } from "../chains/chainConfig.ts";
import type { ChainClient } from "../chains/client.ts";
import { withTimeout } from "../storage/withTimeout.ts";
import type { IsmNode } from "./ismTree.ts";
import type { Warning } from "./warnings.ts";

/** What a validator of some module published on one origin. */
export type ValidatorHealth = {
  validator: Address;
  /** Domain of the origin. */
  origin: number;
  announced: boolean;
  /** The newest index that it claims to have signed; null when it does not tell. */
  latestIndex: number | null;
  /** How many final messages of the origin are above that index; null when it does not tell. */
  behind: number | null;
  /** When it last signed, in milliseconds since 1970; null where its storage does not tell. */
  signedAt: number | null;
  /** Why its storage can not be read; null when it can. */
  problem: string | null;
};

export type HealthOrigin = { chain: ChainConfig; client: ChainClient };

const READS_AT_A_TIME = 32;
const READ_TIMEOUT_MS = 5_000;
/** Validators on origins that are asked at most. */
const MAX_PAIRS = 1_024;

/**
 * Asks the announced storage of all validators below a module what they signed last.
 *
 * @param origins the configured ones that messages may come from
 * @throws Error of viem when an origin does not answer
 */
export async function validatorHealth(parameters: {
  tree: IsmNode;
  origins: readonly HealthOrigin[];
  /** The domain asked about; else each route's own, and all where nothing is routed. */
  origin?: number | undefined;
  allowLocal: boolean;
}): Promise<ValidatorHealth[]> {
  const { tree, origins, origin, allowLocal } = parameters;
  const pairs = new Map<string, { validator: Address; origin: HealthOrigin; count: Promise<number> }>();
  const counts = new Map(origins.map((one) => [one.chain.domain, finalCount(one)]));
  for (const { validator, domain } of signersBelow(tree, origin)) {
    for (const one of origins) {
      const count = counts.get(one.chain.domain);
      if (count === undefined || (domain !== undefined && domain !== one.chain.domain)) continue;
      pairs.set(`${validator} ${one.chain.domain}`, { validator, origin: one, count });
    }
  }
  const limit = createLimit(READS_AT_A_TIME);
  const asked = [...pairs.values()].slice(0, MAX_PAIRS);
  await Promise.all(counts.values());
  return Promise.all(
    asked.map(({ validator, origin: one, count }) =>
      limit(async () => healthOf({ validator, ...one, count: await count, allowLocal })),
    ),
  );
}

async function finalCount({ chain, client }: HealthOrigin): Promise<number> {
  const { hash } = await confirmedBlock(client, chain.finality);
  return (await treeAt(client, chain.merkleTreeHook, hash)).count;
}

/** The validators below a module, each with the domain that it is asked about, where that is one. */
export function signersBelow(
  node: IsmNode,
  domain: number | undefined,
): { validator: Address; domain: number | undefined }[] {
  switch (node.kind) {
    case "multisig":
      return node.validators.map(({ address }) => ({ validator: address, domain }));
    case "routing": {
      const routes = node.routes.filter((route) => domain === undefined || route.domain === domain);
      const others = node.fallback === undefined ? [] : signersBelow(node.fallback.module, domain);
      return [...routes.flatMap((route) => signersBelow(route.module, route.domain)), ...others];
    }
    case "aggregation":
      return node.modules.flatMap((module) => signersBelow(module, domain));
    case "amountRouting":
      return [node.lower, node.upper].flatMap((module) => signersBelow(module, domain));
    case "optimistic":
      return signersBelow(node.submodule, domain);
    default:
      return [];
  }
}

async function healthOf(parameters: {
  validator: Address;
  chain: ChainConfig;
  client: ChainClient;
  count: number;
  allowLocal: boolean;
}): Promise<ValidatorHealth> {
  const { validator, chain, count } = parameters;
  const { readers, problem, unannounced } = await openAnnouncedStorage(parameters);
  const health = { validator, origin: chain.domain, announced: unannounced !== true };
  const answers = await Promise.all(
    readers.map(async (reader) => {
      const read = Promise.all([reader.latestIndex(), reader.latestIndexWrittenAt()]);
      const error = () => new Error(`no answer within ${READ_TIMEOUT_MS} ms`);
      try {
        const [index, at] = await withTimeout(read, { timeoutMs: READ_TIMEOUT_MS, error });
        return { index, at };
      } catch (cause) {
        return { problem: errorText(cause) };
      }
    }),
  );
  const newest = answers.reduce<(typeof answers)[number] | undefined>(
    (best, answer) => ((answer.index ?? -1) > (best?.index ?? -1) ? answer : best),
    undefined,
  );
  const latestIndex = newest?.index ?? null;
  return {
    ...health,
    latestIndex,
    behind: readers.length === 0 ? null : Math.max(count - 1 - (latestIndex ?? -1), 0),
    signedAt: newest?.at === undefined ? null : Math.round(newest.at),
    problem: newest === undefined ? (problem ?? answers.find((answer) => answer.problem)?.problem ?? null) : null,
  };
}

/** A validator that lags behind for less than that may be about to sign. */
const GRACE_MS = 60_000;
const OLD_MS = 7 * 86_400_000;

/** What is wrong with validators. */
export function healthWarnings(health: readonly ValidatorHealth[], now: number): Warning[] {
  return health.flatMap((one): Warning[] => {
    const { validator: contract, origin, announced, behind, latestIndex, signedAt, problem } = one;
    const warn = (code: Warning["code"], text: string): Warning[] => [
      { code, contract, text: `validator of domain ${origin} ${text}` },
    ];
    if (!announced) {
      const elsewhere = health.some((other) => other.validator === contract && other.announced);
      return elsewhere ? [] : warn("unannounced", "has announced no storage: relayers can not find its signatures");
    }
    if (problem !== null) return warn("unreadable", `can not be read: ${problem}`);
    const ageMs = signedAt === null ? undefined : now - signedAt;
    const last = latestIndex === null ? "has signed nothing" : `signed index ${latestIndex} last`;
    if (behind !== null && behind > 0 && (ageMs === undefined || ageMs > GRACE_MS)) {
      return warn("lagging", `${last}, ${behind} final ${behind === 1 ? "message" : "messages"} behind`);
    }
    if (ageMs !== undefined && ageMs > OLD_MS)
      return warn("old-signature", `${last}, ${Math.floor(ageMs / 86_400_000)} days ago`);
    return [];
  });
}
