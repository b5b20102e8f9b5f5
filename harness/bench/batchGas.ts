import { type Address, type Hex, keccak256, type LocalAccount, toHex } from "viem";
import { addressToBytes32 } from "../protocol/address.ts";
import { checkpointDigest } from "../protocol/checkpoint.ts";
import { encodeDeliveryGroups } from "../protocol/deliveryGroups.ts";
import { createMerkleTree } from "../protocol/merkleTree.ts";
import { encodeMessage, messageId } from "../protocol/message.ts";
import { encodeMultisigBatchMetadata } from "../protocol/multisigBatchMetadata.ts";

const LEAVES = 1024;
const HANDLE_GAS = 50_000;

/** The arguments of a `processBatch` of `count` messages, each `step` leaves behind the one before, in a tree of 1,024. */
export async function batchOf(parameters: {
  count: number;
  step: number;
  origin: number;
  destination: number;
  recipient: Address;
  merkleTreeHook: Address;
  signers: readonly LocalAccount[];
}): Promise<readonly [metadata: Hex, messages: Hex[]]> {
  const { count, step, origin, destination, recipient, merkleTreeHook, signers } = parameters;
  const name = `${count} ${step} ${signers.length}`;
  const indices = Array.from({ length: count }, (_, i) => 7 + i * step);
  const messages = indices.map((nonce) =>
    encodeMessage({
      version: 3,
      nonce,
      origin,
      sender: addressToBytes32(recipient),
      destination,
      recipient: addressToBytes32(recipient),
      body: keccak256(toHex(`${name} ${nonce}`)),
    }),
  );
  const ids = new Map(messages.map((message, i) => [indices[i], messageId(message)]));
  const tree = createMerkleTree();
  for (let i = 0; i < LEAVES; i++) tree.append(ids.get(i) ?? keccak256(toHex(`${name} leaf ${i}`)));
  const index = LEAVES - 1;
  const signed = { origin, merkleTreeHook, root: tree.root(), index, messageId: tree.leaf(index) };
  const raw = checkpointDigest(signed);
  const metadata = encodeMultisigBatchMetadata({
    merkleTreeHook,
    signedMessageId: signed.messageId,
    signedIndex: index,
    siblings: tree.multiproof(indices),
    signatures: await Promise.all(signers.map((key) => key.signMessage({ message: { raw } }))),
  });
  return [encodeDeliveryGroups([{ count, gasLimit: HANDLE_GAS, metadata }]), messages];
}
