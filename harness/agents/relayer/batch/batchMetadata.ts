import type { Address, Hex } from "viem";
import { domainRoutingIsmAbi } from "../../../contracts/abi.ts";
import { encodeMultisigBatchMetadata } from "../../../protocol/multisigBatchMetadata.ts";
import { ethCall } from "../ethCall.ts";
import { collectSignatures } from "../metadata/collectSignatures.ts";
import type { MetadataRequest } from "../metadata/metadataBuilder.ts";
import { readValidatorSet, readWeightedSet } from "../metadata/readValidatorSet.ts";

/** Modules below each other. */
const MAX_DEPTH = 4;

/** By `moduleType()`: whose signatures a multisig wants. */
const setReaders = new Map([
  [4, readValidatorSet],
  [5, readValidatorSet],
  [9, readWeightedSet],
  [10, readWeightedSet],
]);

export type BatchRequest = Omit<MetadataRequest, "build" | "id" | "message" | "raw"> & {
  /** Of one origin, in ascending order of their nonces. */
  messages: readonly { raw: Hex; nonce: number }[];
  moduleType: (ism: Address) => Promise<number>;
};

/** Whether a module of this type may verify batches: a multisig, or what leads to one. */
export function mayVerifyBatches(type: number): boolean {
  return type === 1 || setReaders.has(type);
}

/**
 * Builds what proves messages to their module together: a quorum's signatures over one checkpoint that covers all of them.
 * @returns undefined when their module does not verify them together, or the last one is not signed yet
 * @throws Error whose message is the reason when a module can not be asked
 */
export async function buildBatchMetadata(request: BatchRequest): Promise<Hex | undefined> {
  const { checkpoints, messages, client, moduleType } = request;
  const last = messages.at(-1);
  if (last === undefined || last.nonce >= checkpoints.count()) return undefined;
  const ism = await reachedModule(request, request.ism, MAX_DEPTH);
  const readSet = ism === undefined ? undefined : setReaders.get(await moduleType(ism));
  if (ism === undefined || readSet === undefined) return undefined;

  const set = await readSet({ client, ism, raw: last.raw });
  const { verify, onSigned } = request;
  const collected = await collectSignatures({ ...set, checkpoints, index: last.nonce, verify, onSigned });
  if (collected.status === "short") return undefined;
  const { merkleTreeHook, messageId, index } = collected.checkpoint;
  const indices = messages.map(({ nonce }) => nonce);
  return encodeMultisigBatchMetadata({
    merkleTreeHook,
    signedMessageId: messageId,
    signedIndex: index,
    siblings: checkpoints.multiproof(indices, index + 1),
    signatures: collected.signatures,
  });
}

/** The module that all of the messages are routed to. */
async function reachedModule(request: BatchRequest, ism: Address, depth: number): Promise<Address | undefined> {
  const { client, messages, moduleType } = request;
  if ((await moduleType(ism)) !== 1) return ism;
  if (depth === 0) return undefined;
  const routes = await Promise.all(
    messages.map(({ raw }) =>
      ethCall(client, { address: ism, abi: domainRoutingIsmAbi, functionName: "route", args: [raw] }),
    ),
  );
  const next = new Set(routes.map((route) => route.toLowerCase() as Address));
  const [only] = next;
  return next.size === 1 && only !== undefined ? reachedModule(request, only, depth - 1) : undefined;
}
