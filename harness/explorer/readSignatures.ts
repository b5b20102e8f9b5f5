import type { Address, Hash } from "viem";
import type { Destination, Origin } from "../agents/relayer/context.ts";
import { ethCall } from "../agents/relayer/ethCall.ts";
import { createLimit } from "../agents/relayer/limit.ts";
import { createCheckpointSource } from "../agents/relayer/metadata/checkpointSource.ts";
import { mailboxAbi } from "../contracts/abi.ts";
import { readIsm } from "../ism/readIsm.ts";
import { signersBelow } from "../ism/validatorHealth.ts";
import { bytes32ToAddress } from "../protocol/address.ts";
import type { FoundMessage } from "./findMessages.ts";

/** What one validator of a message's module has published for it. */
export type SignatureView = { validator: Address; status: "signed" | "absent" | "rejected"; reason: string | null };
export type Signatures = { module: Address; validators: SignatureView[]; more: number };

const MAX_VALIDATORS = 64;
const READ_TIMEOUT_MS = 5_000;
/** What was read is shown for so long: anybody may ask, and each look costs requests to the nodes. */
const KEEP_MS = 5_000;
const MAX_KEPT = 100;
const MAX_WAITING = 8;

/** Too many ask at the same time. */
export class BusyError extends Error {
  override name = "BusyError";
}

/** Reads, when asked, what the validators of a message's module have signed for it: one message at a time. */
export function createSignatureReader(parameters: {
  origins: readonly Origin[];
  destinations: readonly Destination[];
  allowLocal: boolean;
  now: () => number;
}) {
  const { origins, destinations, allowLocal, now } = parameters;
  const oneAtATime = createLimit(1);
  const kept = new Map<Hash, { at: number; answer: Promise<Signatures | undefined> }>();
  let waiting = 0;

  async function read(message: FoundMessage): Promise<Signatures | undefined> {
    const origin = origins.find(({ chain }) => chain.domain === message.origin);
    const destination = destinations.find(({ chain }) => chain.domain === message.destination);
    if (origin === undefined || destination === undefined) return undefined;
    const { tree } = origin.index;
    if (message.nonce >= tree.count || tree.leaf(message.nonce) !== message.id) return undefined;
    const recipient = bytes32ToAddress(message.recipient);
    const mailbox = { address: destination.chain.mailbox, abi: mailboxAbi } as const;
    const call = { ...mailbox, functionName: "recipientIsm", args: [recipient] } as const;
    const module = await ethCall(destination.client, call);
    const node = await readIsm({ client: destination.client, ism: module, origin: message.origin });
    const all = [...new Set(signersBelow(node, message.origin).map(({ validator }) => validator))];
    const asked = all.slice(0, MAX_VALIDATORS);
    const source = createCheckpointSource({
      ...{ chain: origin.chain, client: origin.client, tree, allowLocalStorage: allowLocal },
      ...{ readTimeoutMs: READ_TIMEOUT_MS, suspects: new Set<Address>() },
    });
    const expected = source.checkpointAt(message.nonce);
    const validators = await Promise.all(
      asked.map(async (validator): Promise<SignatureView> => {
        const answer = await source.read(validator, expected, { verify: true, isNeeded: () => true });
        return { validator, status: answer.status, reason: answer.status === "rejected" ? answer.reason : null };
      }),
    );
    return { module: module.toLowerCase() as Address, validators, more: all.length - asked.length };
  }

  /** @throws BusyError; viem's errors when a node does not answer. Undefined for chains that are not configured */
  return async (message: FoundMessage): Promise<Signatures | undefined> => {
    const known = kept.get(message.id);
    if (known !== undefined && now() - known.at < KEEP_MS) return known.answer;
    if (waiting >= MAX_WAITING) throw new BusyError("too many ask for signatures: try again soon");
    waiting += 1;
    const answer = oneAtATime(() => read(message)).finally(() => {
      waiting -= 1;
    });
    kept.delete(message.id);
    kept.set(message.id, { at: now(), answer });
    answer.catch(() => kept.delete(message.id));
    const [oldest] = kept.keys();
    if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
    return answer;
  };
}
