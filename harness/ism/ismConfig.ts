import type { Address } from "viem";
import { z } from "zod";
import { addressField as address, domainField as domain, uintField as uint } from "../contracts/configFields.ts";

const set = { validators: z.array(address).min(1).max(255), threshold: z.number().int().min(1).max(255) };
const weightedSet = {
  validators: z
    .array(z.strictObject({ address, weight: uint }))
    .min(1)
    .max(255),
  thresholdWeight: uint,
};

/**
 * A security module to be deployed, with all that are below it; or the address of one that is there. The names are those of the
 * ecosystem's configurations where it has the module.
 */
export type IsmConfig =
  | Address
  | { type: "messageIdMultisigIsm" | "merkleRootMultisigIsm"; validators: Address[]; threshold: number }
  | {
      type: "storageMessageIdMultisigIsm" | "storageMerkleRootMultisigIsm";
      owner: Address;
      validators: Address[];
      threshold: number;
    }
  | {
      type: "weightedMessageIdMultisigIsm" | "weightedMerkleRootMultisigIsm";
      validators: { address: Address; weight: bigint }[];
      thresholdWeight: bigint;
    }
  | { type: "staticAggregationIsm"; modules: IsmConfig[]; threshold: number }
  | { type: "storageAggregationIsm"; owner: Address; modules: IsmConfig[]; threshold: number }
  | {
      type: "domainRoutingIsm" | "incrementalDomainRoutingIsm" | "defaultFallbackRoutingIsm";
      owner: Address;
      domains: Record<string, IsmConfig>;
    }
  | { type: "amountRoutingIsm"; lowerIsm: IsmConfig; upperIsm: IsmConfig; threshold: bigint }
  | { type: "pausableIsm"; owner: Address; guardian?: Address | undefined }
  | { type: "trustedRelayerIsm"; relayer: Address }
  | { type: "rateLimitedIsm"; owner: Address; maxCapacity: bigint; duration: bigint; recipient: Address }
  | { type: "attestationCcipReadIsm"; owner: Address; urls: string[]; attester: Address }
  | {
      type: "optimisticIsm";
      owner: Address;
      submodule: IsmConfig;
      /** Seconds. */
      fraudWindow: number;
      watchers: Address[];
      threshold: number;
    }
  | { type: "noopIsm" };

/** Amounts and weights are numbers, or decimal strings where they do not fit into a JSON number. */
export const ismConfigSchema: z.ZodType<IsmConfig, unknown> = z.lazy(() =>
  z.union([
    address,
    z.discriminatedUnion("type", [
      z.strictObject({ type: z.enum(["messageIdMultisigIsm", "merkleRootMultisigIsm"]), ...set }),
      z.strictObject({
        type: z.enum(["storageMessageIdMultisigIsm", "storageMerkleRootMultisigIsm"]),
        owner: address,
        ...set,
      }),
      z.strictObject({
        type: z.enum(["weightedMessageIdMultisigIsm", "weightedMerkleRootMultisigIsm"]),
        ...weightedSet,
      }),
      z.strictObject({ type: z.literal("staticAggregationIsm"), modules: modules(), threshold: set.threshold }),
      z.strictObject({
        type: z.literal("storageAggregationIsm"),
        owner: address,
        modules: modules(),
        threshold: set.threshold,
      }),
      z.strictObject({
        type: z.enum(["domainRoutingIsm", "incrementalDomainRoutingIsm", "defaultFallbackRoutingIsm"]),
        owner: address,
        domains: z.record(domain, ismConfigSchema),
      }),
      z.strictObject({
        type: z.literal("amountRoutingIsm"),
        lowerIsm: ismConfigSchema,
        upperIsm: ismConfigSchema,
        threshold: uint,
      }),
      z.strictObject({ type: z.literal("pausableIsm"), owner: address, guardian: address.optional() }),
      z.strictObject({ type: z.literal("trustedRelayerIsm"), relayer: address }),
      z.strictObject({
        type: z.literal("rateLimitedIsm"),
        owner: address,
        maxCapacity: uint,
        duration: uint,
        recipient: address,
      }),
      z.strictObject({
        type: z.literal("attestationCcipReadIsm"),
        owner: address,
        urls: z
          .array(
            z
              .string()
              .regex(/^https?:\/\//, "is no http or https URL")
              .max(2_048),
          )
          .min(1)
          .max(5),
        attester: address,
      }),
      z.strictObject({
        type: z.literal("optimisticIsm"),
        owner: address,
        submodule: ismConfigSchema,
        fraudWindow: z
          .number()
          .int()
          .min(1)
          .max(30 * 24 * 3600),
        watchers: set.validators,
        threshold: set.threshold,
      }),
      z.strictObject({ type: z.literal("noopIsm") }),
    ]),
  ]),
);

function modules() {
  return z.array(ismConfigSchema).min(1).max(255);
}
