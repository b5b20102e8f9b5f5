import { type Address, type Hex, isAddress, isHex, pad, size } from "viem";
import { z } from "zod";
import { addressField as address, domainField as domain, uintField as uint } from "../contracts/configFields.ts";
import { type GasPaymasterConfig, gasPaymasterSchema } from "../contracts/gasPaymasterConfig.ts";

const recipient = z
  .string()
  .refine((value) => isAddress(value) || (isHex(value) && size(value) === 32), "is no address, nor 32 bytes")
  .transform((value) => pad(value.toLowerCase() as Hex, { size: 32 }));

/**
 * A hook to be deployed, with all that are below it; or the address of one that is there. The names are those of the ecosystem's
 * configurations where it has the hook.
 */
export type HookConfig =
  | Address
  | { type: "merkleTreeHook" | "defaultHook" }
  | { type: "aggregationHook"; hooks: HookConfig[] }
  | { type: "domainRoutingHook"; owner: Address; domains: Record<string, HookConfig> }
  | { type: "fallbackRoutingHook"; owner: Address; domains: Record<string, HookConfig>; fallback: HookConfig }
  | {
      type: "recipientRoutingHook";
      owner: Address;
      recipients: { destination: number; recipient: Hex; hook: HookConfig }[];
      fallback: HookConfig;
    }
  | { type: "amountRoutingHook"; lowerHook: HookConfig; upperHook: HookConfig; threshold: bigint }
  | { type: "pausableHook"; owner: Address; guardian?: Address | undefined }
  | { type: "rateLimitedHook"; owner: Address; maxCapacity: bigint; duration: bigint; sender: Address }
  | { type: "protocolFee"; owner: Address; maxProtocolFee: bigint; protocolFee: bigint; beneficiary: Address }
  | ({ type: "interchainGasPaymaster"; owner: Address } & GasPaymasterConfig)
  | { type: "escrowPaymaster"; gasPaymaster: HookConfig };

/** What `causeway hook deploy` reads. Amounts are numbers, or decimal strings where they do not fit into a JSON number. */
export const hookConfigSchema: z.ZodType<HookConfig, unknown> = z.lazy(() =>
  z.union([
    address,
    z.discriminatedUnion("type", [
      z.strictObject({ type: z.enum(["merkleTreeHook", "defaultHook"]) }),
      z.strictObject({ type: z.literal("aggregationHook"), hooks: z.array(hookConfigSchema).min(1).max(255) }),
      z.strictObject({
        type: z.literal("domainRoutingHook"),
        owner: address,
        domains: z.record(domain, hookConfigSchema),
      }),
      z.strictObject({
        type: z.literal("fallbackRoutingHook"),
        owner: address,
        domains: z.record(domain, hookConfigSchema),
        fallback: hookConfigSchema,
      }),
      z.strictObject({
        type: z.literal("recipientRoutingHook"),
        owner: address,
        recipients: z.array(
          z.strictObject({
            destination: z
              .int()
              .min(0)
              .max(2 ** 32 - 1),
            recipient,
            hook: hookConfigSchema,
          }),
        ),
        fallback: hookConfigSchema,
      }),
      z.strictObject({
        type: z.literal("amountRoutingHook"),
        lowerHook: hookConfigSchema,
        upperHook: hookConfigSchema,
        threshold: uint,
      }),
      z.strictObject({ type: z.literal("pausableHook"), owner: address, guardian: address.optional() }),
      z.strictObject({
        type: z.literal("rateLimitedHook"),
        owner: address,
        maxCapacity: uint,
        duration: uint,
        sender: address,
      }),
      z.strictObject({
        type: z.literal("protocolFee"),
        owner: address,
        maxProtocolFee: uint,
        protocolFee: uint,
        beneficiary: address,
      }),
      gasPaymasterSchema.extend({ type: z.literal("interchainGasPaymaster"), owner: address }),
      z.strictObject({ type: z.literal("escrowPaymaster"), gasPaymaster: hookConfigSchema }),
    ]),
  ]),
);
