import { z } from "zod";
import { chainConfigSchema } from "../chains/chainConfig.ts";
import { keySourceSchema } from "./keySource.ts";

const address = chainConfigSchema.shape.mailbox;
/** A URL, or the environment variable that has it, where it holds a secret. */
const urlSource = z.union([z.url({ protocol: /^https?$/ }), z.strictObject({ env: z.string().min(1) })]);
export type UrlSource = z.infer<typeof urlSource>;

/** As soon as a message is not in its origin's newest block, or only when it is not in a final one. */
const when = z.enum(["suspected", "certain"]).default("suspected");

const watchedChainSchema = z.strictObject({
  /** Nodes beside the chain's own `rpcUrl`, of other operators: one alone is never believed. */
  rpcUrls: z.array(urlSource).min(1),
  /** How many nodes must tell the same. Default: all. None may tell another thing in any case. */
  quorum: z.int().min(2).exactOptional(),
  /** More keys to watch. */
  validators: z.array(address).default([]),
  /** Applications on this chain that are to be protected, and modules, beside the Mailbox's default one. */
  recipients: z.array(address).default([]),
  verifiers: z.array(address).default([]),
});

const moduleSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("pausable"),
    chain: z.string(),
    address,
    /** Chains whose messages it stands before. Default: all that are watched. */
    origins: z.array(z.string()).min(1).exactOptional(),
    /** Pause it when such a message came past what is protected (`foreign`), or when a validator cheated (`fraud`). */
    on: z
      .array(z.enum(["foreign", "fraud"]))
      .min(1)
      .default(["foreign"]),
    when,
  }),
  z.strictObject({
    type: z.literal("optimistic"),
    chain: z.string(),
    address,
    /** Chains that all its messages come from. */
    origins: z.array(z.string()).min(1),
    /** Flag the message, the submodule (which stops all messages until the owner acts), or both. */
    flag: z
      .array(z.enum(["message", "submodule"]))
      .min(1)
      .default(["message"]),
    when,
  }),
]);

/** Part `watchtower` of the configuration. */
export const watchtowerSchema = z.strictObject({
  /** Pays for fraud proofs, and gets the rewards. Without it frauds are only told of. */
  key: keySourceSchema.optional(),
  /** Pauses and flags modules. Without it none is. */
  guardianKey: keySourceSchema.optional(),
  /** Signatures, alerts and intentions. What each node told is kept in files beside it, which may be deleted. */
  store: z.string(),
  /** By name; each is watched as an origin and as a destination. */
  chains: z
    .record(z.string(), watchedChainSchema)
    .refine((chains) => Object.keys(chains).length > 0, "no chain is watched"),
  modules: z.array(moduleSchema).default([]),
  /** Is told of alerts by POST of JSON. */
  webhook: urlSource.optional(),
  /** Serve metrics to this machine at that port. Default: nowhere. */
  metricsPort: z.int().min(1).max(65_535).exactOptional(),
  /** Read validators' `file://` locations: only where validators run on this machine. */
  allowLocalStorage: z.boolean().default(false),
});

export type WatchtowerConfig = z.infer<typeof watchtowerSchema>;
