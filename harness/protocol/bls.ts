import { bls12_381 } from "@noble/curves/bls12-381";
import { type Address, bytesToHex, concat, type Hex, hexToBytes, keccak256, pad, stringToHex } from "viem";
import { checkedAddress, checkedHex, FormatError, hexSlice } from "./wireFormat.ts";

/** Bytes of a key: x.c0 ‖ x.c1 ‖ y.c0 ‖ y.c1 of a point of G2, each coordinate 16 zero bytes and 48 bytes. */
export const BLS_KEY_SIZE = 256;
/** Bytes of a signature: x ‖ y of a point of G1, 48 bytes each. */
export const BLS_SIGNATURE_SIZE = 96;

const SIGNATURE_DOMAIN = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_";
const PROOF_DOMAIN = "BLS_POP_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_";
const CONSENT_DOMAIN = keccak256(stringToHex("CAUSEWAY_BLS_KEY"));

const { G1, G2, fields } = bls12_381;
type G1Point = typeof G1.ProjectivePoint.BASE;
type G2Point = typeof G2.ProjectivePoint.BASE;

/** What signs with a BLS key. The secret does not leave it. */
export type BlsSigner = {
  /** 256 bytes. */
  key: Hex;
  /** The signature of a 32-byte digest. */
  sign(digest: Hex): Hex;
  /** What shows that the secret of `key` is known to who registers it for `validator`. */
  prove(validator: Address): Hex;
};

/**
 * The signer that holds a secret.
 * @param secret 32 bytes, not zero and below the order of the groups
 * @throws FormatError, which does not repeat the secret, when it is none
 */
export function createBlsSigner(secret: Hex): BlsSigner {
  if (!/^0x[0-9a-fA-F]{64}$/.test(secret)) throw new FormatError("a BLS secret is 32 bytes of hex with 0x in front");
  const scalar = BigInt(secret);
  if (scalar === 0n || scalar >= fields.Fr.ORDER) {
    throw new FormatError("a BLS secret is not zero and below the order of the groups, this one is not");
  }
  const key = encodeKey(G2.ProjectivePoint.BASE.multiply(scalar));
  return {
    key,
    sign: (digest) => encodeSignature(hashDigest(digest).multiply(scalar)),
    prove: (validator) => encodeSignature(hashProof(key, validator).multiply(scalar)),
  };
}

/** A new secret, from the system's randomness. */
export function createBlsSecret(): Hex {
  return bytesToHex(bls12_381.utils.randomPrivateKey());
}

/**
 * The 32 bytes that a validator signs with its ECDSA key, EIP-191, to agree to a BLS key:
 *
 *     keccak(keccak("CAUSEWAY_BLS_KEY") ‖ keccak(key))
 */
export function blsConsentDigest(key: Hex): Hex {
  return keccak256(concat([CONSENT_DOMAIN, blsKeyHash(key)]));
}

/** What a registry knows a key by. */
export function blsKeyHash(key: Hex): Hex {
  return keccak256(checkedHex("BLS key", key, BLS_KEY_SIZE));
}

/**
 * Whether the secret of `key` made this signature of a digest; `key` may be the sum of several. It never throws: what is no
 * signature is not valid.
 */
export function verifyBls(parameters: { digest: Hex; signature: Hex; key: Hex }): boolean {
  return isValid(() => hashDigest(parameters.digest), parameters.signature, parameters.key);
}

/** Whether whoever registers `key` for `validator` knows its secret. It never throws. */
export function verifyBlsProof(parameters: { key: Hex; validator: Address; proof: Hex }): boolean {
  const { key, validator, proof } = parameters;
  return isValid(() => hashProof(key, validator), proof, key);
}

/**
 * The sum of signatures, which is one of the sum of their keys.
 * @throws FormatError when one is no point of the curve, there is none, or they come to infinity
 */
export function aggregateBlsSignatures(signatures: readonly Hex[]): Hex {
  const [first, ...others] = signatures.map(decodeSignature);
  if (first === undefined) throw new FormatError("no BLS signatures to add up");
  return encodeSignature(others.reduce((sum, signature) => sum.add(signature), first));
}

/**
 * The sum of keys.
 * @throws FormatError when one is no point of the curve, there is none, or they come to infinity
 */
export function aggregateBlsKeys(keys: readonly Hex[]): Hex {
  const [first, ...others] = keys.map(decodeKey);
  if (first === undefined) throw new FormatError("no BLS keys to add up");
  return encodeKey(others.reduce((sum, key) => sum.add(key), first));
}

function isValid(hash: () => G1Point, signature: Hex, key: Hex): boolean {
  try {
    const signaturePoint = decodeSignature(signature);
    const keyPoint = decodeKey(key);
    if (!signaturePoint.isTorsionFree() || !keyPoint.isTorsionFree()) return false;
    const pairs = [
      { g1: signaturePoint, g2: G2.ProjectivePoint.BASE.negate() },
      { g1: hash(), g2: keyPoint },
    ];
    return fields.Fp12.eql(bls12_381.pairingBatch(pairs), fields.Fp12.ONE);
  } catch {
    return false;
  }
}

function hashDigest(digest: Hex): G1Point {
  return hashToG1(checkedHex("BLS digest", digest, 32), SIGNATURE_DOMAIN);
}

function hashProof(key: Hex, validator: Address): G1Point {
  const message = concat([checkedHex("BLS key", key, BLS_KEY_SIZE), checkedAddress("validator", validator)]);
  return hashToG1(message, PROOF_DOMAIN);
}

function hashToG1(message: Hex, domain: string): G1Point {
  return G1.ProjectivePoint.fromAffine(G1.hashToCurve(hexToBytes(message), { DST: domain }).toAffine());
}

function encodeSignature(point: G1Point): Hex {
  if (point.equals(G1.ProjectivePoint.ZERO)) throw new FormatError("the BLS signatures come to the point at infinity");
  const { x, y } = point.toAffine();
  return concat([coordinate(x, 48), coordinate(y, 48)]);
}

function encodeKey(point: G2Point): Hex {
  if (point.equals(G2.ProjectivePoint.ZERO)) throw new FormatError("the BLS keys come to the point at infinity");
  const { x, y } = point.toAffine();
  return concat([x.c0, x.c1, y.c0, y.c1].map((value) => coordinate(value, 64)));
}

/** A point of the curve, in its one encoding; not infinity, perhaps not of the subgroup: that takes 4 ms to find out. */
function decodeSignature(signature: Hex): G1Point {
  const bytes = checkedHex("BLS signature", signature, BLS_SIGNATURE_SIZE);
  const [x, y] = [fieldElement(hexSlice(bytes, 0, 48)), fieldElement(hexSlice(bytes, 48))];
  const { Fp } = fields;
  if (!Fp.eql(Fp.sqr(y), Fp.add(Fp.mul(Fp.sqr(x), x), G1.CURVE.b))) {
    throw new FormatError("a BLS signature is no point of the curve");
  }
  return G1.ProjectivePoint.fromAffine({ x, y });
}

/** The same of a key. */
function decodeKey(key: Hex): G2Point {
  const bytes = checkedHex("BLS key", key, BLS_KEY_SIZE);
  const at = (i: number) => fieldElement(hexSlice(bytes, 64 * i, 64 * (i + 1)));
  const [x, y] = [
    { c0: at(0), c1: at(1) },
    { c0: at(2), c1: at(3) },
  ];
  const { Fp2 } = fields;
  if (!Fp2.eql(Fp2.sqr(y), Fp2.add(Fp2.mul(Fp2.sqr(x), x), G2.CURVE.b))) {
    throw new FormatError("a BLS key is no point of the curve");
  }
  return G2.ProjectivePoint.fromAffine({ x, y });
}

function fieldElement(bytes: Hex): bigint {
  const value = BigInt(bytes);
  if (value >= fields.Fp.ORDER) throw new FormatError("a coordinate is not below the modulus of BLS12-381");
  return value;
}

function coordinate(value: bigint, size: number): Hex {
  return pad(`0x${value.toString(16)}`, { size });
}
