import type { Address, Hex } from "viem";
import type { Announcement, Checkpoint } from "../protocol/checkpoint.ts";

/** A checkpoint and the 65-byte EIP-191 signature of its digest. Nothing says yet whose signature it is. */
export type SignedCheckpoint = { checkpoint: Checkpoint; signature: Hex };

/** A checkpoint and the signature of its digest by a BLS key. Nothing says yet that it is one, or whose key that is. */
export type BlsSignedCheckpoint = {
  checkpoint: Checkpoint;
  /** 256 bytes. */
  key: Hex;
  /** 96 bytes. */
  signature: Hex;
};

/** An announcement and the signature of its digest by the validator who makes it. */
export type SignedAnnouncement = { announcement: Announcement; validator: Address; signature: Hex };

/** What a validator leaves when the chain contradicts what it has signed. From then on it signs nothing. */
export type ReorgFlag = {
  /** 32 bytes: the root that was signed. */
  localMerkleRoot: Hex;
  /** 32 bytes: the root that the chain has now. */
  canonicalMerkleRoot: Hex;
  /** uint32: the index whose signed root is contradicted. */
  checkpointIndex: number;
  /** Seconds since 1970. */
  unixTimestamp: number;
  /** The finality that the validator was configured with: a number of blocks or a block tag. */
  reorgPeriod: number | string;
};

/** Who runs here; RPC endpoints only as keccak-256 of their URL, for URLs hold keys. */
export type AgentMetadata = { version: string; rpcHashes: readonly Hex[] };

/**
 * Reads what a validator published. Everything it returns has the right form, and nothing more is known of it:
 * see `readSignedCheckpoint` for whose it is. Answers are never remembered.
 */
export type CheckpointReader = {
  /** @throws StorageError when it can not be read or is no uint32 */
  latestIndex(): Promise<number | undefined>;
  /** When the latest index was written, in milliseconds since 1970, where the storage tells. @throws StorageError */
  latestIndexWrittenAt(): Promise<number | undefined>;
  /** The object stored for `index`, whatever index it claims. @throws StorageError when it can not be read or is malformed */
  checkpoint(index: number): Promise<SignedCheckpoint | undefined>;
  /** The same with a BLS signature, of validators that make them. @throws StorageError when it can not be read or is malformed */
  blsCheckpoint(index: number): Promise<BlsSignedCheckpoint | undefined>;
  /** @throws StorageError when it can not be read: take that for a flag, never for none */
  reorgFlag(): Promise<ReorgFlag | undefined>;
};

/** A validator's own storage. A write that has returned survives a power cut, and nobody ever sees half of it. */
export type CheckpointStorage = CheckpointReader & {
  /** Where others find it, as announced on chain. */
  location: string;
  /** @throws CheckpointConflictError when another checkpoint is stored for the index; it stays */
  writeCheckpoint(signed: SignedCheckpoint): Promise<void>;
  /** As `writeCheckpoint` for each, at less cost; when it fails, any of them may have been written. */
  writeCheckpoints(signed: readonly SignedCheckpoint[]): Promise<void>;
  /** As `writeCheckpoints`; what a key signed stays when another key of the validator signs the same. */
  writeBlsCheckpoints(signed: readonly BlsSignedCheckpoint[]): Promise<void>;
  /** Says that all checkpoints up to `index` are there to be read. */
  writeLatestIndex(index: number): Promise<void>;
  writeAnnouncement(announcement: SignedAnnouncement): Promise<void>;
  writeMetadata(metadata: AgentMetadata): Promise<void>;
  /** The first flag stays, a second one changes nothing. */
  writeReorgFlag(flag: ReorgFlag): Promise<void>;
};

/** An object is malformed or too large, or the storage failed. Reading again helps only when its content changes. */
export class StorageError extends Error {
  override name = "StorageError";
}

/** A different checkpoint is stored already for the index: signing both would be equivocation. Do not retry. */
export class CheckpointConflictError extends StorageError {
  override name = "CheckpointConflictError";
  readonly index: number;
  readonly storedDigest: Hex;
  readonly digest: Hex;

  constructor(parameters: { location: string; index: number; storedDigest: Hex; digest: Hex }) {
    const { location, index, storedDigest, digest } = parameters;
    super(
      `${location} holds a checkpoint with digest ${storedDigest} for index ${index}, refused to store ${digest} there. ` +
        "Either two validators share this storage, or the chain was reorganised after signing; find out which, and keep the file",
    );
    this.index = index;
    this.storedDigest = storedDigest;
    this.digest = digest;
  }
}
