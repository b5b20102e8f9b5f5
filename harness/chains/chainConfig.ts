import { isAddress } from "viem";
import { z } from "zod";

const address = z
  .string()
  .refine((value) => isAddress(value), "not an address (40 hex digits after 0x, checksummed or all lower case)")
  .transform((value) => value.toLowerCase() as `0x${string}`);

/** What a chain's configuration must look like; addresses become lower case. */
export const chainConfigSchema = z.strictObject({
  /** How people call it. */
  name: z.string().min(1).max(64),
  /** uint32, by convention the chain id. */
  domain: z
    .int()
    .min(0)
    .max(2 ** 32 - 1),
  rpcUrl: z.url({ protocol: /^https?$/ }),
  mailbox: address,
  merkleTreeHook: address,
  validatorAnnounce: address,
  /** What stands behind the validators of this chain's Mailbox: its ValidatorStake. */
  validatorStake: address.exactOptional(),
  /** What payments for deliveries of messages from this chain are made to. */
  interchainGasPaymasters: z.array(address).exactOptional(),
  /** Locks payments for messages from this chain until they are delivered, if it has one. */
  escrowPaymaster: address.exactOptional(),
  /** Modules on this chain that are trusted to verify receipts for that escrow. Payers choose one for each message. */
  receiptIsms: z.array(address).exactOptional(),
  /** Tells other chains what was delivered on this one, and by whom, if it has one. */
  deliveryReceipts: address.exactOptional(),
  /** The Mailbox was deployed in this block or later. */
  fromBlock: z.int().min(0),
  /**
   * When a block counts as final: by the chain's own tag, or after that many blocks on top of it.
   * There is no default, for it is what the safety of every message rests on.
   * The node must still know the state of that block (full nodes keep that of the last 128 or so).
   */
  finality: z.union([z.enum(["finalized", "safe"]), z.strictObject({ blocks: z.int().min(0) })]),
  /** Milliseconds between two looks at the chain. */
  pollIntervalMs: z.int().min(10).exactOptional(),
});

export type ChainConfig = z.infer<typeof chainConfigSchema>;
export type Finality = ChainConfig["finality"];
