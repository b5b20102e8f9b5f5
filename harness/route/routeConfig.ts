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

const routerSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("synthetic"),
    name: z.string().min(1),
    symbol: z.string().min(1),
    decimals,
    ...router,
  }),
  z.strictObject({ type: z.literal("collateral"), token: address, decimals, ...router }),
  z.strictObject({ type: z.literal("native"), decimals: decimals.default(18), ...router }),
]);

/** What `causeway route` reads: a token route, by the names of the chains in the configuration. */
export const routeConfigSchema = z.strictObject({
  /** Of the amounts in messages: the same for ever, on every chain. Usually the most decimals of the route. */
  messageDecimals: decimals.default(18),
  chains: z
    .record(z.string(), routerSchema)
    .refine((chains) => Object.keys(chains).length > 1, "is no route: it takes two chains"),
});

export type RouteConfig = z.infer<typeof routeConfigSchema>;
export type RouterConfig = RouteConfig["chains"][string];

/** The contract of each kind. */
export const ROUTER_CONTRACTS = {
  synthetic: "HypERC20",
  collateral: "HypERC20Collateral",
  native: "HypNative",
} as const;

/** What turns an amount here into the message's: times the first, divided by the second. */
export function scaleOf(route: RouteConfig, { decimals }: RouterConfig): { numerator: bigint; denominator: bigint } {
  const difference = BigInt(route.messageDecimals - decimals);
  return difference >= 0n
    ? { numerator: 10n ** difference, denominator: 1n }
    : { numerator: 1n, denominator: 10n ** -difference };
}

/** What stands at `token()` of a router. */
export function tokenOf(config: RouterConfig, router: Address): Address {
  if (config.type === "collateral") return config.token;
  return config.type === "native" ? zeroAddress : router;
}
