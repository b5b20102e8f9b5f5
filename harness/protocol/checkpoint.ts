import { recover } from "tiny-secp256k1";
import { type Address, bytesToHex, concat, type Hex, hexToBytes, stringToHex, toPrefixedMessage } from "viem";
import { addressToBytes32 } from "./address.ts";
import { keccak256, keccakBytes } from "./keccak.ts";
import { checkedHex, FormatError, hexSlice, uint32ToHex } from "./wireFormat.ts";

export type Checkpoint = {
  /** uint32: the domain of the chain that the tree is on. */
  origin: number;
  merkleTreeHook: Address;
  /** 32 bytes: the tree's root after inserting leaf `index`. */
  root: Hex;
  /** uint32: the index of the last leaf that the root commits to. */
  index: number;
  /** 32 bytes: leaf `index`. */
  messageId: Hex;
};

/** A checkpoint with whatever 32 bytes stand for its tree: modules take any, and only some of them are addresses. */
export type RawCheckpoint = Omit<Checkpoint, "merkleTreeHook"> & { tree: Hex };

export type Announcement = {
  /** uint32: the domain of the chain whose messages the validator signs. */
  origin: number;
  mailbox: Address;
  /** Where the signatures are found, e.g. `file:///absolute/directory`; hashed as UTF-8. */
  storageLocation: string;
};

/** Bytes of a signature: r (32) ‖ s (32) ‖ v (1). */
export const SIGNATURE_SIZE = 65;

/** Half the order of secp256k1: of the two s that are valid for a digest, only the lower one counts. */
const MAX_S = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/**
 * The 32 bytes that a validator signs, EIP-191, for a checkpoint:
 *
 *     domainHash = keccak(uint32 origin ‖ addr32(merkleTreeHook) ‖ "HYPERLANE")
 *     digest     = keccak(domainHash ‖ root ‖ uint32 index ‖ messageId)
 *
 * @returns the digest before EIP-191's prefix, for `account.signMessage({ message: { raw: digest } })`
 * @throws FormatError when a field is out of range or of the wrong length
 */
export function checkpointDigest(checkpoint: Checkpoint): Hex {
  return rawCheckpointDigest({ ...checkpoint, tree: addressToBytes32(checkpoint.merkleTreeHook) });
}

let lastDomain: { origin: number; tree: Hex; hash: Hex } | undefined;

/** The first of the two hashes. It is the same for a whole tree, so the last one is kept: that halves the cost of a digest. */
function hashDomain(origin: number, tree: Hex): Hex {
  if (lastDomain?.origin === origin && lastDomain.tree === tree) return lastDomain.hash;
  const parts = [uint32ToHex("checkpoint origin", origin), checkedHex("checkpoint tree", tree, 32)];
  const hash = keccak256(concat([...parts, stringToHex("HYPERLANE")]));
  lastDomain = { origin, tree, hash };
  return hash;
}

/** As `checkpointDigest`, for any tree. @throws FormatError when a field is out of range or of the wrong length */
export function rawCheckpointDigest(checkpoint: RawCheckpoint): Hex {
  const domainHash = hashDomain(checkpoint.origin, checkpoint.tree);
  return keccak256(
    concat([
      domainHash,
      checkedHex("checkpoint root", checkpoint.root, 32),
      uint32ToHex("checkpoint index", checkpoint.index),
      checkedHex("checkpoint message id", checkpoint.messageId, 32),
    ]),
  );
}

/**
 * The 32 bytes that a validator signs, EIP-191, to announce where its signatures are found:
 *
 *     domainHash = keccak(uint32 origin ‖ addr32(mailbox) ‖ "HYPERLANE_ANNOUNCEMENT")
 *     digest     = keccak(domainHash ‖ storageLocation)
 *
 * @returns the digest before EIP-191's prefix, for `account.signMessage({ message: { raw: digest } })`
 * @throws FormatError when the domain or the address is not one
 */
export function announcementDigest(announcement: Announcement): Hex {
  const domainHash = keccak256(
    concat([
      uint32ToHex("announcement origin", announcement.origin),
      addressToBytes32(announcement.mailbox),
      stringToHex("HYPERLANE_ANNOUNCEMENT"),
    ]),
  );
  return keccak256(concat([domainHash, stringToHex(announcement.storageLocation)]));
}

/**
 * The account whose EIP-191 signature of a 32-byte digest this is.
 * There is one encoding per signature: r ‖ s ‖ v, 65 bytes, s in the lower half, v 27 or 28.
 * @returns the signer's address in lower case; for a foreign digest or a made-up signature that is some unknown account
 * @throws FormatError for any other encoding, and when no account can have made the signature
 */
export async function recoverSigner(parameters: { digest: Hex; signature: Hex }): Promise<Address> {
  const digest = checkedHex("signed digest", parameters.digest, 32);
  const signature = checkedHex("signature", parameters.signature, SIGNATURE_SIZE);
  const v = Number(hexSlice(signature, 64));
  if (v !== 27 && v !== 28) {
    throw new FormatError(`signature has v = ${v}, only 27 and 28 are valid: ${signature}`);
  }
  if (BigInt(hexSlice(signature, 32, 64)) > MAX_S) {
    throw new FormatError(`signature has s in the upper half of the curve's order, it is malleable: ${signature}`);
  }
  const point = recoverPoint(digest, signature, v);
  if (point === null) throw new FormatError(`signature is of no account (r or s is not valid): ${signature}`);
  return bytesToHex(keccakBytes(point.subarray(1)).subarray(12));
}

/** The public key, uncompressed; null where there is none. In WebAssembly: a relayer checks several of them a message. */
function recoverPoint(digest: Hex, signature: Hex, v: 27 | 28): Uint8Array | null {
  const hash = hexToBytes(keccak256(toPrefixedMessage({ raw: digest })));
  try {
    return recover(hash, hexToBytes(signature).subarray(0, 64), v === 27 ? 0 : 1);
  } catch {
    return null; // r or s is out of range
  }
}
