import { addr32, address, columns, hex, keccak, uint, word } from "./bytes.ts";
import { checkpointDigest } from "./checkpoints.ts";
import { message, plain } from "./messages.ts";
import { signature, validators } from "./signatures.ts";
import { proofAt, rootAt, tree } from "./tree.ts";

// Seven real messages, their tree, and signatures of the checkpoints of that tree.
const hook = address("tree hook");
const sent = Array.from({ length: 7 }, (_, nonce) =>
  message({ ...plain, nonce, body: word(`body ${nonce}`).subarray(0, 4 * nonce) }),
);
const ids = tree((index) => keccak(sent[index] as Buffer));
const signerSets = [[1], [0, 2], [0, 1, 2]];

async function signatures(signers: number[], index: number): Promise<Buffer> {
  const digest = checkpointDigest({
    origin: plain.origin,
    hook,
    root: rootAt(ids, index + 1),
    index,
    id: ids.leaf(index),
  });
  return Buffer.concat(await Promise.all(signers.map((signer) => signature(signer, digest))));
}

const messageIdRows = [];
const merkleRootRows = [];
for (const signers of signerSets) {
  for (const index of [0, 5]) {
    const root = rootAt(ids, index + 1);
    const signed = await signatures(signers, index);
    messageIdRows.push({
      message: hex(sent[index] as Buffer),
      merkleTreeHook: hex(hook),
      root: hex(root),
      index,
      signerCount: signers.length,
      signatures: hex(signed),
      encoded: hex(Buffer.concat([addr32(hook), root, uint(index, 4), signed])),
    });
  }
  for (const [messageIndex, signedIndex] of [
    [0, 0],
    [0, 6],
    [5, 6],
    [6, 6],
  ] as const) {
    const proof = proofAt(ids, messageIndex, signedIndex + 1);
    const signed = await signatures(signers, signedIndex);
    const signedId = ids.leaf(signedIndex);
    merkleRootRows.push({
      message: hex(sent[messageIndex] as Buffer),
      merkleTreeHook: hex(hook),
      messageIndex,
      signedMessageId: hex(signedId),
      proof: hex(proof),
      signedIndex,
      root: hex(rootAt(ids, signedIndex + 1)),
      signerCount: signers.length,
      signatures: hex(signed),
      encoded: hex(Buffer.concat([addr32(hook), uint(messageIndex, 4), signedId, proof, uint(signedIndex, 4), signed])),
    });
  }
}

export const metadataVectors = { validators, messageId: columns(messageIdRows), merkleRoot: columns(merkleRootRows) };
