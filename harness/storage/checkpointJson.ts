import { z } from "zod";
import { addressToBytes32, bytes32ToAddress } from "../protocol/address.ts";
import type { Checkpoint } from "../protocol/checkpoint.ts";
import { FormatError } from "../protocol/wireFormat.ts";
import { StorageError } from "./checkpointStorage.ts";
import { hexOf, uint32 } from "./parseObject.ts";

/** The part `value` of a stored object: what is signed. */
export const checkpointSchema = z.object({
  checkpoint: z.object({
    merkle_tree_hook_address: hexOf(32),
    mailbox_domain: uint32,
    root: hexOf(32),
    index: uint32,
  }),
  message_id: hexOf(32),
});

/** Writes a checkpoint as the part `value` of a stored object. */
export function checkpointToJson(checkpoint: Checkpoint): z.input<typeof checkpointSchema> {
  return {
    checkpoint: {
      merkle_tree_hook_address: addressToBytes32(checkpoint.merkleTreeHook),
      mailbox_domain: checkpoint.origin,
      root: checkpoint.root.toLowerCase(),
      index: checkpoint.index,
    },
    message_id: checkpoint.messageId.toLowerCase(),
  };
}

/** Reads the part `value`. @throws StorageError when its tree is no address; `name` is how it calls the object */
export function checkpointFromJson(name: string, value: z.output<typeof checkpointSchema>): Checkpoint {
  try {
    return {
      origin: value.checkpoint.mailbox_domain,
      merkleTreeHook: bytes32ToAddress(value.checkpoint.merkle_tree_hook_address),
      root: value.checkpoint.root,
      index: value.checkpoint.index,
      messageId: value.message_id,
    };
  } catch (cause) {
    if (cause instanceof FormatError) throw new StorageError(`${name} is malformed: ${cause.message}`, { cause });
    throw cause;
  }
}
