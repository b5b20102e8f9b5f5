import { type AbiFunction, decodeFunctionData, type Hex, size, toFunctionSelector } from "viem";
import { mailboxAbi, optimisticIsmAbi } from "../../contracts/abi.ts";
import { type RawCheckpoint, rawCheckpointDigest, SIGNATURE_SIZE } from "../../protocol/checkpoint.ts";
import { decodeDeliveryGroups } from "../../protocol/deliveryGroups.ts";
import { branchRoot, TREE_DEPTH } from "../../protocol/merkleTree.ts";
import { decodeMessage, messageId } from "../../protocol/message.ts";
import { multiproofRoot } from "../../protocol/multiproofRoot.ts";
import { FormatError, hexSlice, hexUint32At } from "../../protocol/wireFormat.ts";

/** A message and the metadata that it was handed to a module with. */
export type CarriedMessage = {
  id: Hex;
  message: Hex;
  origin: number;
  metadata: Hex;
  /** All messages that the metadata is for, in their order: those of a batch that were to be verified at once. */
  group?: readonly Hex[];
};

/** What a signature in metadata may be of. Whose it is, or that it is one at all, its recovery alone tells. */
export type CandidateSignature = { checkpoint: RawCheckpoint; digest: Hex; signature: Hex };

/** Calldata that is looked through, in bytes. */
const MAX_CALLDATA = 256 * 1024;
const MAX_CALLS = 128;
/** Messages in batches. */
const MAX_BATCHED = 2_048;
const MAX_DEPTH = 4;
/** Parts of one metadata that are looked at: parts of an aggregation may overlap. */
const MAX_PARTS = 64;
const MAX_CANDIDATES = 512;

const calls = ["process", "processBatch"].map((name) => functionOf(mailboxAbi, name));
calls.push(functionOf(optimisticIsmAbi, "preVerify"));

/**
 * The messages that a transaction handed to a Mailbox or an optimistic module, wherever in its calldata the calls are: whoever
 * cheats does so through a contract of his own, whose format nobody knows. What only looks like a call is found too.
 */
export function messagesInCalldata(calldata: Hex): CarriedMessage[] {
  const found = new Map<string, CarriedMessage[]>();
  let batched = 0;
  if (size(calldata) > MAX_CALLDATA) return [];
  for (const abi of calls) {
    const selector = toFunctionSelector(abi).slice(2);
    for (let at = calldata.indexOf(selector, 2); at !== -1; at = calldata.indexOf(selector, at + 1)) {
      for (const { metadata, group } of at % 2 === 0 ? decodeCall(abi, `0x${calldata.slice(at)}`) : []) {
        if (group.length > 1) batched += group.length;
        if (found.size >= MAX_CALLS || batched > MAX_BATCHED) return [...found.values()].flat();
        const carried = carriedBy(metadata, group);
        if (carried !== undefined) found.set([metadata, ...group].join(" "), carried);
      }
    }
  }
  return [...found.values()].flat();
}

type Group = { metadata: Hex; group: readonly Hex[] };

/** What one metadata each was handed over with. */
function decodeCall(abi: AbiFunction, data: Hex): Group[] {
  try {
    const { args, functionName } = decodeFunctionData({ abi: [abi], data });
    if (functionName !== "processBatch") {
      const [metadata, message] = args as readonly [Hex, Hex];
      return [{ metadata, group: [message] }];
    }
    const [groups, messages] = args as readonly [Hex, readonly Hex[]];
    let first = 0;
    return decodeDeliveryGroups(groups).map(({ count, metadata }) => {
      first += count;
      return { metadata, group: messages.slice(first - count, first) };
    });
  } catch {
    return []; // it only looked like one
  }
}

function carriedBy(metadata: Hex, group: readonly Hex[]): CarriedMessage[] | undefined {
  try {
    return group.map((message) => ({
      id: messageId(message),
      message,
      origin: decodeMessage(message).origin,
      metadata,
      ...(group.length > 1 && { group }),
    }));
  } catch {
    return undefined; // no Mailbox takes it
  }
}

/**
 * Everything in metadata that may be a validator's signature, over the checkpoint that it would be of. The module and so the
 * format is not known: each format that the bytes fit is tried, also inside aggregations. Of a wrong guess the recovered signer is
 * nobody's address.
 */
export function signaturesInMetadata(carried: Omit<CarriedMessage, "message">): CandidateSignature[] {
  const { id, origin, metadata, group } = carried;
  const formats = group === undefined ? [messageIdCheckpoint, merkleRootCheckpoint] : [batchCheckpoint];
  const candidates: CandidateSignature[] = [];
  let parts = 0;
  collect(metadata, 0);
  return candidates;

  function collect(part: Hex, depth: number): void {
    parts += 1;
    if (parts > MAX_PARTS) return;
    for (const { checkpoint, rest } of formats.map((format) => format(part)).filter(isDefined)) {
      const digest = rawCheckpointDigest(checkpoint);
      for (let at = 0; at + SIGNATURE_SIZE <= size(rest) && candidates.length < MAX_CANDIDATES; at += SIGNATURE_SIZE) {
        candidates.push({ checkpoint, digest, signature: hexSlice(rest, at, at + SIGNATURE_SIZE) });
      }
    }
    if (depth === MAX_DEPTH) return;
    for (const inner of aggregatedParts(part)) collect(inner, depth + 1);
  }

  function messageIdCheckpoint(part: Hex): Candidate | undefined {
    if (size(part) < 68 + SIGNATURE_SIZE) return undefined;
    const [tree, root, index] = [hexSlice(part, 0, 32), hexSlice(part, 32, 64), hexUint32At(part, 64)];
    return { checkpoint: { origin, tree, root, index, messageId: id }, rest: hexSlice(part, 68) };
  }

  function merkleRootCheckpoint(part: Hex): Candidate | undefined {
    if (size(part) < 1096 + SIGNATURE_SIZE) return undefined;
    const proof = Array.from({ length: TREE_DEPTH }, (_, level) => hexSlice(part, 68 + 32 * level, 100 + 32 * level));
    const root = branchRoot(id, proof, hexUint32At(part, 32));
    const [tree, index, signedId] = [hexSlice(part, 0, 32), hexUint32At(part, 1092), hexSlice(part, 36, 68)];
    return { checkpoint: { origin, tree, root, index, messageId: signedId }, rest: hexSlice(part, 1096) };
  }

  function batchCheckpoint(part: Hex): Candidate | undefined {
    const siblings = size(part) < 70 ? 0 : Number(hexSlice(part, 68, 70));
    const start = 70 + 32 * siblings;
    if (group === undefined || size(part) < start + SIGNATURE_SIZE) return undefined;
    const [tree, signedId, index] = [hexSlice(part, 0, 32), hexSlice(part, 32, 64), hexUint32At(part, 64)];
    const proof = Array.from({ length: siblings }, (_, i) => hexSlice(part, 70 + 32 * i, 102 + 32 * i));
    try {
      const nonces = group.map((message) => decodeMessage(message).nonce);
      const root = multiproofRoot(group.map(messageId), nonces, index, proof);
      return { checkpoint: { origin, tree, root, index, messageId: signedId }, rest: hexSlice(part, start) };
    } catch {
      return undefined; // a proof of something else
    }
  }
}

type Candidate = { checkpoint: RawCheckpoint; rest: Hex };

/** The parts of an aggregation's metadata, if it can be one: its table ends where its first part begins. */
function aggregatedParts(metadata: Hex): Hex[] {
  const length = size(metadata);
  const parts: Hex[] = [];
  let first = length;
  for (let at = 0; at + 8 <= first; at += 8) {
    const [start, end] = [hexUint32At(metadata, at), hexUint32At(metadata, at + 4)];
    if (start === 0) continue;
    if (start < at + 8 || end < start || end > length) return [];
    first = Math.min(first, start);
    parts.push(hexSlice(metadata, start, end));
    if (parts.length > MAX_PARTS) return [];
  }
  return parts;
}

function isDefined<T>(value: T | undefined): value is T {
  return value !== undefined;
}

function functionOf(abi: readonly { type: string; name?: string }[], name: string): AbiFunction {
  const found = abi.find((item) => item.type === "function" && item.name === name);
  if (found === undefined) throw new FormatError(`the ABI has no function ${name}`);
  return found as AbiFunction;
}
