import { addr32, address, columns, hex, keccak, uint, word } from "./bytes.ts";
import { checkpointDigest } from "./checkpoints.ts";
import { message, plain } from "./messages.ts";
import { signature, validators } from "./signatures.ts";
import { rootAt, tree } from "./tree.ts";

// Eleven real messages and their tree; batches of some of them under some checkpoint of that tree.
const hook = address("tree hook");
const sent = Array.from({ length: 11 }, (_, nonce) =>
  message({ ...plain, nonce, body: word(`batched ${nonce}`).subarray(0, nonce) }),
);
const ids = tree((index) => keccak(sent[index] as Buffer));

/** What stands beside the nodes above `chosen`, is above none of them, and has leaves below it: level by level. */
function siblings(chosen: number[], count: number): Buffer[] {
  const all: Buffer[] = [];
  for (let level = 0; level < 32; level++) {
    const above = new Set(chosen.map((index) => Math.floor(index / 2 ** level)));
    for (const position of [...above].sort((a, b) => a - b)) {
      const beside = position % 2 === 0 ? position + 1 : position - 1;
      if (!above.has(beside) && beside * 2 ** level < count) all.push(ids.node(level, beside, count));
    }
  }
  return all;
}

const batches: [chosen: number[], signedIndex: number, signers: number[]][] = [
  [[0], 0, [1]],
  [[0, 1], 1, [0, 2]],
  [[0, 1, 2], 2, [0, 1, 2]],
  [[0, 10], 10, [0, 2]],
  [[3, 4, 5, 6], 10, [0, 1]],
  [[1, 4, 9], 9, [1, 2]],
  [[2, 3, 7, 8, 10], 10, [0, 1, 2]],
  [[7], 10, [2]],
  [sent.map((_, i) => i), 10, [0, 1, 2]],
];
const rows = await Promise.all(
  batches.map(async ([chosen, signedIndex, signers]) => {
    const root = rootAt(ids, signedIndex + 1);
    const signedId = ids.leaf(signedIndex);
    const digest = checkpointDigest({ origin: plain.origin, hook, root, index: signedIndex, id: signedId });
    const proof = siblings(chosen, signedIndex + 1);
    const signed = Buffer.concat(await Promise.all(signers.map((signer) => signature(signer, digest))));
    return {
      chosen: hex(Buffer.from(chosen)),
      merkleTreeHook: hex(hook),
      signedMessageId: hex(signedId),
      signedIndex,
      root: hex(root),
      siblings: hex(Buffer.concat(proof)),
      signerCount: signers.length,
      signatures: hex(signed),
      encoded: hex(
        Buffer.concat([addr32(hook), signedId, uint(signedIndex, 4), uint(proof.length, 2), ...proof, signed]),
      ),
    };
  }),
);

const groupings: [count: number, gasLimit: number, metadata: Buffer][][] = [
  [[1, 0, Buffer.alloc(0)]],
  [[2, 50_000, word("first")]],
  [
    [3, 200_000, word("first")],
    [1, 2 ** 32 - 1, Buffer.alloc(0)],
    [2 ** 16 - 1, 1, Buffer.concat([word("second"), word("third")]).subarray(0, 45)],
  ],
];
const whole = Buffer.concat([uint(2, 2), uint(50_000, 4), uint(32, 4), word("first")]);

export const batchVectors = {
  validators,
  messages: sent.map(hex),
  multisig: columns(rows),
  groupings: groupings.map((groups) =>
    hex(
      Buffer.concat(
        groups.map(([count, gasLimit, metadata]) =>
          Buffer.concat([uint(count, 2), uint(gasLimit, 4), uint(metadata.length, 4), metadata]),
        ),
      ),
    ),
  ),
  groups: columns(
    groupings.flatMap((groups, row) =>
      groups.map(([count, gasLimit, metadata]) => ({ row, count, gasLimit, metadata: hex(metadata) })),
    ),
  ),
  groupsRejected: columns([
    { reason: "nine bytes", encoded: hex(whole.subarray(0, 9)) },
    { reason: "metadata cut short", encoded: hex(whole.subarray(0, 41)) },
    { reason: "a byte more", encoded: hex(Buffer.concat([whole, Buffer.alloc(1)])) },
    { reason: "a second group cut short", encoded: hex(Buffer.concat([whole, whole.subarray(0, 41)])) },
    {
      reason: "the longest metadata",
      encoded: hex(Buffer.concat([uint(1, 2), uint(0, 4), uint(2 ** 32 - 1, 4), word("first")])),
    },
  ]),
};
