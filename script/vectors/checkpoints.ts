import { addr32, address, columns, type Hex, hex, keccak, text, UINT32_MAX, uint, word } from "./bytes.ts";
import { ethSignedHash, ORDER, privateKeys, signature, validators } from "./signatures.ts";

type CheckpointFields = { origin: number; hook: Buffer; root: Buffer; index: number; id: Buffer };

const domainHash = (domain: number, contract: Buffer, name: string): Buffer =>
  keccak(uint(domain, 4), addr32(contract), text(name));

export function checkpointDigest(c: CheckpointFields): Buffer {
  return keccak(domainHash(c.origin, c.hook, "HYPERLANE"), c.root, uint(c.index, 4), c.id);
}

const base: CheckpointFields = {
  origin: 31337,
  hook: address("tree hook"),
  root: word("root"),
  index: 7,
  id: word("message id"),
};
// The first one, then one with each field changed: every digest has to differ.
const checkpoints: CheckpointFields[] = [
  base,
  { ...base, origin: 31338 },
  { ...base, hook: address("other tree hook") },
  { ...base, root: word("other root") },
  { ...base, index: 8 },
  { ...base, id: word("other message id") },
  { ...base, index: 0 },
  {
    origin: UINT32_MAX,
    hook: Buffer.alloc(20, 0xff),
    root: Buffer.alloc(32, 0xff),
    index: UINT32_MAX,
    id: Buffer.alloc(32, 0xff),
  },
  { origin: 0, hook: Buffer.alloc(20), root: Buffer.alloc(32), index: 0, id: Buffer.alloc(32) },
];

const checkpointSignatures: { checkpoint: number; validator: string; signature: Hex }[] = [];
for (const [i, c] of checkpoints.entries()) {
  for (const [j, validator] of validators.entries()) {
    checkpointSignatures.push({
      checkpoint: i,
      validator: validator,
      signature: hex(await signature(j, checkpointDigest(c))),
    });
  }
}

const announcements = [
  { origin: 31337, mailbox: address("mailbox"), location: "file:///var/lib/causeway/validator-0" },
  { origin: 31338, mailbox: address("mailbox"), location: "file:///var/lib/causeway/validator-0" },
  { origin: 31337, mailbox: address("other mailbox"), location: "file:///var/lib/causeway/validator-0" },
  { origin: 31337, mailbox: address("mailbox"), location: "s3://causeway-signatures/eu-central-1/validator-0" },
  { origin: UINT32_MAX, mailbox: Buffer.alloc(20, 0xff), location: "file:///Prüfer/橋" },
  { origin: 0, mailbox: Buffer.alloc(20), location: "" },
];
const announcementRows = [];
for (const [i, a] of announcements.entries()) {
  const domain = domainHash(a.origin, a.mailbox, "HYPERLANE_ANNOUNCEMENT");
  const digest = keccak(domain, text(a.location));
  announcementRows.push({
    origin: a.origin,
    mailbox: hex(a.mailbox),
    storageLocation: a.location,
    domainHash: hex(domain),
    digest: hex(digest),
    ethSignedHash: hex(ethSignedHash(digest)),
    validator: validators[i % 3],
    signature: hex(await signature(i % 3, digest)),
  });
}

// Other encodings of, and near misses to, a valid signature. None of them counts.
const good = await signature(0, checkpointDigest(base));
const [r, s, v] = [good.subarray(0, 32), good.subarray(32, 64), good.readUInt8(64)];
const highS = uint(ORDER - BigInt(hex(s)), 32);
const rsv = (...parts: [r: Buffer, s: Buffer, v: number]): Buffer =>
  Buffer.concat([parts[0], parts[1], uint(parts[2], 1)]);
const rejected: [name: string, signature: Buffer][] = [
  ["s in the upper half, v flipped: the same signer in a second encoding", rsv(r, highS, v === 27 ? 28 : 27)],
  ["s in the upper half", rsv(r, highS, v)],
  ["v 0 or 1", rsv(r, s, v - 27)],
  ["v 29", rsv(r, s, 29)],
  ["v 255", rsv(r, s, 255)],
  ["r 0", rsv(Buffer.alloc(32), s, v)],
  ["s 0", rsv(r, Buffer.alloc(32), v)],
  ["r is the order of the curve", rsv(uint(ORDER, 32), s, v)],
  ["r is no abscissa of the curve", rsv(uint(5, 32), s, v)],
  ["all zero", Buffer.alloc(65)],
  ["64 bytes", good.subarray(0, 64)],
  ["66 bytes", Buffer.concat([good, Buffer.alloc(1)])],
  ["compact (EIP-2098)", Buffer.concat([r, uint(BigInt(hex(s)) + (BigInt(v - 27) << 255n), 32)])],
  ["empty", Buffer.alloc(0)],
];

export const checkpointVectors = {
  validators: { privateKey: privateKeys.map(hex), address: validators },
  checkpoints: columns(
    checkpoints.map((c) => ({
      origin: c.origin,
      merkleTreeHook: hex(c.hook),
      root: hex(c.root),
      index: c.index,
      messageId: hex(c.id),
      domainHash: hex(domainHash(c.origin, c.hook, "HYPERLANE")),
      digest: hex(checkpointDigest(c)),
      ethSignedHash: hex(ethSignedHash(checkpointDigest(c))),
    })),
  ),
  signatures: columns(checkpointSignatures),
  rejected: columns(
    rejected.map(([name, sig]) => ({
      name,
      digest: hex(checkpointDigest(base)),
      validator: validators[0],
      signature: hex(sig),
    })),
  ),
  announcements: columns(announcementRows),
};
