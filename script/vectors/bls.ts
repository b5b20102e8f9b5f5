import { bls12_381 } from "@noble/curves/bls12-381";
import { address, bytes, columns, type Hex, hex, keccak, text, uint, word } from "./bytes.ts";
import { checkpointDigest } from "./checkpoints.ts";
import { signature, validators } from "./signatures.ts";

const { G1, G2, fields } = bls12_381;
type G1Point = typeof G1.ProjectivePoint.BASE;
type G2Point = typeof G2.ProjectivePoint.BASE;

const SIGNATURE_DOMAIN = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_";
const PROOF_DOMAIN = "BLS_POP_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_";

/** 48 bytes. */
const coordinate = (value: bigint): Buffer => uint(value, 48);
const padded = (value: bigint): Buffer => uint(value, 64);

/** 96 bytes: x ‖ y. */
function g1(point: G1Point): Buffer {
  const { x, y } = point.toAffine();
  return Buffer.concat([coordinate(x), coordinate(y)]);
}

/** 256 bytes: x.c0 ‖ x.c1 ‖ y.c0 ‖ y.c1, each with 16 zero bytes before it. */
function g2(point: G2Point): Buffer {
  const { x, y } = point.toAffine();
  return Buffer.concat([x.c0, x.c1, y.c0, y.c1].map(padded));
}

const hashToG1 = (message: Buffer, domain: string): G1Point =>
  G1.ProjectivePoint.fromAffine(G1.hashToCurve(message, { DST: domain }).toAffine());
const secretOf = (label: string): bigint => fields.Fr.create(BigInt(hex(keccak(text(label)))));
const publicKey = (secret: bigint): G2Point => G2.ProjectivePoint.BASE.multiply(secret);

// The inputs of RFC 9380, appendix J.9.1, with its domain separation tag.
const hashes = ["", "abc", "abcdef0123456789", `q128_${"q".repeat(128)}`, `a512_${"a".repeat(512)}`].map((message) => ({
  domain: "QUUX-V01-CS02-with-BLS12381G1_XMD:SHA-256_SSWU_RO_",
  message,
}));
for (const message of ["", "checkpoint"]) hashes.push({ domain: SIGNATURE_DOMAIN, message });

const base = {
  origin: 31337,
  hook: address("tree hook"),
  root: word("root"),
  index: 7,
  id: word("message id"),
};
const secrets = ["first", "second", "third", "fourth"].map(secretOf);
const digest = checkpointDigest(base);
const signed = hashToG1(digest, SIGNATURE_DOMAIN);

const registrations: { secret: Hex; key: Hex; validator: string; proofOfPossession: Hex; consent: Hex; signature: Hex }[] =
  [];
for (const [i, validator] of validators.entries()) {
  const secret = secrets[i] ?? 1n;
  const key = g2(publicKey(secret));
  const proof = hashToG1(Buffer.concat([key, bytes(validator)]), PROOF_DOMAIN).multiply(secret);
  const consent = keccak(keccak(text("CAUSEWAY_BLS_KEY")), keccak(key));
  registrations.push({
    secret: hex(uint(secret, 32)),
    key: hex(key),
    validator,
    proofOfPossession: hex(g1(proof)),
    consent: hex(consent),
    signature: hex(await signature(i, consent)),
  });
}

/** Each set of signers: bit i is secret i. */
const aggregates = Array.from({ length: 15 }, (_, i) => i + 1).map((signers) => {
  const members = secrets.filter((_, i) => ((signers >> i) & 1) === 1);
  const key = members.map(publicKey).reduce((a, b) => a.add(b));
  const sum = members.map((secret) => signed.multiply(secret)).reduce((a, b) => a.add(b));
  return { signers, key: hex(g2(key)), signature: hex(g1(sum)) };
});

export const blsVectors = {
  hashToG1: columns(
    hashes.map(({ domain, message }) => ({
      domain,
      message,
      point: hex(g1(hashToG1(text(message), domain))),
    })),
  ),
  checkpoint: { ...checkpointFields(), digest: hex(digest), hashed: hex(g1(signed)) },
  secrets: secrets.map((secret) => hex(uint(secret, 32))),
  keys: secrets.map((secret) => hex(g2(publicKey(secret)))),
  registrations: columns(registrations),
  aggregates: columns(aggregates),
};

function checkpointFields() {
  return {
    origin: base.origin,
    merkleTreeHook: hex(base.hook),
    root: hex(base.root),
    index: base.index,
    messageId: hex(base.id),
  };
}
