import { type AbiFunction, decodeFunctionData, type Hex, size, toFunctionSelector } from "viem";
import { mailboxAbi, optimisticIsmAbi } from "../../contracts/abi.ts";
import { type RawCheckpoint, rawCheckpointDigest, SIGNATURE_SIZE } from "../../protocol/checkpoint.ts";
import { branchRoot, TREE_DEPTH } from "../../protocol/merkleTree.ts";
import { decodeMessage, messageId } from "../../protocol/message.ts";
import { FormatError, hexSlice, hexUint32At } from "../../protocol/wireFormat.ts";

/** A message and the metadata that it was handed to a module with. */
export type CarriedMessage = { id: Hex; message: Hex; origin: number; metadata: Hex };

/** What a signature in metadata may be of. Whose it is, or that it is one at all, its recovery alone tells. */
export type CandidateSignature = { checkpoint: RawCheckpoint; digest: Hex; signature: Hex };

/** Calldata that is looked through, in bytes. */
const MAX_CALLDATA = 256 * 1024;
const MAX_CALLS = 128;
const MAX_DEPTH = 4;
/** Parts of one metadata that are looked at: parts of an aggregation may overlap. */
const MAX_PARTS = 64;
const MAX_CANDIDATES = 512;

const calls = [functionOf(mailboxAbi, "process"), functionOf(optimisticIsmAbi, "preVerify")];

/**
 * The messages that a transaction handed to a Mailbox or an optimistic module, wherever in its calldata the calls are: whoever
 * cheats does so through a contract of his own, whose format nobody knows. What only looks like a call is found too.
 */
export function messagesInCalldata(calldata: Hex): CarriedMessage[] {
  const found = new Map<string, CarriedMessage>();
  if (size(calldata) > MAX_CALLDATA) return [];
  for (const abi of calls) {
    const selector = toFunctionSelector(abi).slice(2);
    for (let at = calldata.indexOf(selector, 2); at !== -1; at = calldata.indexOf(selector, at + 1)) {
      if (found.size >= MAX_CALLS) return [...found.values()];
      const message = at % 2 === 0 ? decodeCall(abi, `0x${calldata.slice(at)}`) : undefined;
      if (message !== undefined) found.set(`${message.id} ${message.metadata}`, message);
    }
  }
  return [...found.values()];
}

function decodeCall(abi: AbiFunction, data: Hex): CarriedMessage | undefined {
  try {
    const { args } = decodeFunctionData({ abi: [abi], data });
    const [metadata, message] = args as readonly [Hex, Hex];
    return { id: messageId(message), message, origin: decodeMessage(message).origin, metadata };
  } catch {
    return undefined; // it only looked like one
  }
}

/**
 * Everything in metadata that may be a validator's signature, over the checkpoint that it would be of. The module and so the
 * format is not known: each format that the bytes fit is tried, also inside aggregations. Of a wrong guess the recovered signer is
 * nobody's address.
 */
export function signaturesInMetadata({ id, origin, metadata }: Omit<CarriedMessage, "message">): CandidateSignature[] {
  const candidates: CandidateSignature[] = [];
  let parts = 0;
  collect(metadata, 0);
  return candidates;

  function collect(part: Hex, depth: number): void {
    parts += 1;
    if (parts > MAX_PARTS) return;
    for (const { checkpoint, rest } of [messageIdCheckpoint(part), merkleRootCheckpoint(part)].filter(isDefined)) {
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
