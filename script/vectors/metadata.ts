import { addr32, address, columns, hex, keccak, UINT32_MAX, uint, word } from "./bytes.ts";
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

// Tables of an aggregation's modules: who is supplied, and with what. Row i of `aggregationModules` belongs to row `row[i]` of
// `aggregation`.
const aggregations: (Buffer | undefined)[][] = [
  [Buffer.from("aabb", "hex"), undefined, Buffer.alloc(0), Buffer.from("cc", "hex")],
  [undefined],
  [Buffer.alloc(0)],
  [undefined, undefined, word("part")],
  Array.from({ length: 255 }, (_, i) => (i % 3 === 0 ? undefined : word(`part ${i}`).subarray(0, i % 33))),
];
const aggregationRows = aggregations.map((modules) => {
  let end = 8 * modules.length;
  const table = modules.map((metadata) => {
    if (metadata === undefined) return Buffer.alloc(8);
    const start = end;
    end += metadata.length;
    return Buffer.concat([uint(start, 4), uint(end, 4)]);
  });
  return { moduleCount: modules.length, encoded: hex(Buffer.concat([...table, ...modules.filter((m) => m !== undefined)])) };
});
const aggregationModuleRows = aggregations.flatMap((modules, row) =>
  modules.map((metadata, module) => ({
    row,
    module,
    supplied: metadata === undefined ? 0 : 1,
    metadata: hex(metadata ?? Buffer.alloc(0)),
  })),
);

// What a table may not say of `module`; everything before it is good.
const range = (start: number, end: number) => Buffer.concat([uint(start, 4), uint(end, 4)]);
const aggregationRejectedRows = [
  { reason: "no table", module: 0, bytes: Buffer.alloc(0) },
  { reason: "an entry cut short", module: 0, bytes: range(8, 8).subarray(0, 7) },
  { reason: "a second entry cut short", module: 1, bytes: Buffer.concat([range(0, 0), range(8, 8).subarray(0, 7)]) },
  { reason: "an end before the start", module: 0, bytes: Buffer.concat([range(9, 8), word("rest")]) },
  { reason: "an end one behind the end", module: 0, bytes: Buffer.concat([range(8, 41), word("rest")]) },
  { reason: "nothing, but behind the end", module: 0, bytes: Buffer.concat([range(41, 41), word("rest")]) },
  { reason: "the largest numbers", module: 0, bytes: Buffer.concat([range(UINT32_MAX, UINT32_MAX), word("rest")]) },
  { reason: "a second range one behind the end", module: 1, bytes: Buffer.concat([range(16, 48), range(16, 49), word("rest")]) },
].map(({ reason, module, bytes }) => ({ reason, module, encoded: hex(bytes) }));

export const metadataVectors = {
  validators,
  messageId: columns(messageIdRows),
  merkleRoot: columns(merkleRootRows),
  aggregation: columns(aggregationRows),
  aggregationModules: columns(aggregationModuleRows),
  aggregationRejected: columns(aggregationRejectedRows),
};
