import { type Address, zeroAddress } from "viem";
import { z } from "zod";
import { addressField as address, uintField as uint } from "../contracts/configFields.ts";

const decimals = z.int().min(0).max(36);

const router = {
  /** Owns the router in the end, after it has called `acceptOwnership`. Default: the deployer. */
  owner: address.exactOptional(),
  /** Hook of its dispatches. Default: the Mailbox's. */
  hook: address.default(zeroAddress),
  /** Verifies what it receives. Default: the Mailbox's. */
  interchainSecurityModule: address.default(zeroAddress),
  /** Gas that deliveries on this chain are paid for. Default: what the paymaster assumes. */
  gas: uint.default(0n),
};

const named = { name: z.string().min(1), symbol: z.string().min(1) };
/** Whether tokens of a collection take their URI along. */
const uri = z.boolean().default(false);

/** Types are called as in the ecosystem's files. */
const routerSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("synthetic"), ...named, decimals, ...router }),
  z.strictObject({ type: z.literal("collateral"), token: address, decimals, ...router }),
  z.strictObject({ type: z.literal("native"), decimals: decimals.default(18), ...router }),
  z.strictObject({ type: z.literal("xERC20"), token: address, decimals, ...router }),
  /** `token` is the lockbox. */
  z.strictObject({ type: z.literal("xERC20Lockbox"), token: address, decimals, ...router }),
  /** `token` is the vault, `decimals` are those of its shares. */
  z.strictObject({ type: z.literal("collateralVaultRebase"), token: address, decimals, ...router }),
  z.strictObject({ type: z.literal("erc721"), ...named, uri, ...router }),
  z.strictObject({ type: z.literal("erc721Collateral"), token: address, uri, ...router }),
]);

/** What `causeway route` reads: a token route, by the names of the chains in the configuration. */
export const routeConfigSchema = z.strictObject({
  /** Of the amounts in messages: the same for ever, on every chain. Usually the most decimals of the route. */
  messageDecimals: decimals.default(18),
  chains: z
    .record(z.string(), routerSchema)
    .refine((chains) => Object.keys(chains).length > 1, "is no route: it takes two chains")
    .superRefine((chains, context) => {
      const problem = mixtureOf(Object.values(chains));
      if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
    }),
});

export type RouteConfig = z.infer<typeof routeConfigSchema>;
export type RouterConfig = RouteConfig["chains"][string];

const CONTRACTS = {
  synthetic: "HypERC20",
  collateral: "HypERC20Collateral",
  native: "HypNative",
  xERC20: "HypXERC20",
  xERC20Lockbox: "HypXERC20Lockbox",
  collateralVaultRebase: "HypERC4626Collateral",
} as const;

/** The contract of a router. */
export function contractOf(config: RouterConfig): string {
  if (config.type === "erc721") return config.uri ? "HypERC721URIStorage" : "HypERC721";
  if (config.type === "erc721Collateral") return config.uri ? "HypERC721URICollateral" : "HypERC721Collateral";
  return CONTRACTS[config.type];
}

/** A router of a collection moves tokens by their ids. */
export type CollectionConfig = Extract<RouterConfig, { type: "erc721" | "erc721Collateral" }>;

export function isCollection(config: RouterConfig): config is CollectionConfig {
  return config.type === "erc721" || config.type === "erc721Collateral";
}

/** Whether what the route moves exists by its router alone. */
export function isSynthetic({ type }: RouterConfig): boolean {
  return type === "synthetic" || type === "erc721";
}

/** What no route can be. */
function mixtureOf(routers: readonly RouterConfig[]): string | undefined {
  const collections = routers.filter(isCollection);
  if (collections.length === 0) return undefined;
  if (collections.length < routers.length) return "mixes a collection with amounts of a token";
  if (new Set(collections.map(({ uri }) => uri)).size > 1) return "has URIs on some chains only";
  const home = collections.filter(({ type }) => type === "erc721Collateral").length;
  return home === 1 ? undefined : `has ${home} chains with a collection of its own (erc721Collateral): it takes one`;
}

/** What turns an amount here into the message's: times the first, divided by the second. Ids stay as they are. */
export function scaleOf(route: RouteConfig, config: RouterConfig): { numerator: bigint; denominator: bigint } {
  if (isCollection(config)) return { numerator: 1n, denominator: 1n };
  const difference = BigInt(route.messageDecimals - config.decimals);
  return difference >= 0n
    ? { numerator: 10n ** difference, denominator: 1n }
    : { numerator: 1n, denominator: 10n ** -difference };
}

/** The view of a router that tells what it was made for, and what that must be. */
export function madeFor(config: RouterConfig, router: Address): { view: "token" | "lockbox" | "vault"; is: Address } {
  if (config.type === "native") return { view: "token", is: zeroAddress };
  if (!("token" in config)) return { view: "token", is: router };
  if (config.type === "xERC20Lockbox") return { view: "lockbox", is: config.token };
  return { view: config.type === "collateralVaultRebase" ? "vault" : "token", is: config.token };
}
