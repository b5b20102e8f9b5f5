import { type Address, encodeFunctionData, hexToBigInt } from "viem";
import { mailboxAbi } from "../../../contracts/abi.ts";
import { encodeDeliveryGroups } from "../../../protocol/deliveryGroups.ts";
import type { Destination, RelayerContext } from "../context.ts";
import type { DeliveryRound } from "../deliverMessage.ts";
import { estimateGas, RevertError } from "../estimateGas.ts";
import type { StoredMessage } from "../messages.ts";
import { errorText } from "../rpcError.ts";
import type { SubmitResult, Submitter } from "../submitter/createSubmitter.ts";
import { buildBatchMetadata } from "./batchMetadata.ts";
import type { BatchOptions } from "./batchOptions.ts";

/** A message that may be delivered with others. */
export type Candidate = {
  message: StoredMessage;
  round: DeliveryRound;
  ism: Address;
  recipient: Address;
  /** Gas that its delivery alone uses, by simulation. @throws Error when it is not to be delivered now, or not with others */
  estimate: () => Promise<bigint>;
  /** Whether that much gas is paid for. */
  isPaid: (gas: bigint) => Promise<boolean>;
};

export type Batcher = {
  /** Delivers a message with others, or says that it is to be delivered alone. */
  offer(candidate: Candidate): Promise<SubmitResult | "alone">;
};

type Waiting = { candidate: Candidate; resolve: (result: SubmitResult | "alone") => void };
type Measured = { candidate: Candidate; gas: bigint };

/** How long an estimate holds for other messages to the same recipient, and a failure counts against a module. */
const MEASURE_MS = 60_000;
const PLAIN_MS = 600_000;
const MAX_REMEMBERED = 10_000;

/**
 * Collects messages that one module verifies for `maxDelay`, and delivers them together where that is cheaper than one by one: by
 * what the node says that each costs. What one delivery to a recipient uses is measured and holds for others of about the same size;
 * a message that fails all the same has lost its part of one batch and is delivered alone from then on.
 */
export function createBatcher(
  context: RelayerContext,
  { destination, submitter, options }: { destination: Destination; submitter: Submitter; options: BatchOptions },
): Batcher {
  const { chain, client, account } = destination;
  const { log, now } = context;
  const queues = new Map<string, Waiting[]>();
  const measured = new Map<string, { gas: Promise<bigint>; at: number }>();
  /** Modules with which no batch could be made, and until when none is tried. */
  const plain = new Map<Address, number>();
  let mailboxHas: Promise<boolean> | undefined;

  /** The Mailbox of another project knows no batches; ours does nothing with an empty one. */
  function takesBatches(): Promise<boolean> {
    const data = encodeFunctionData({ abi: mailboxAbi, functionName: "processBatch", args: ["0x", []] });
    const probe = estimateGas(client, { from: account.address, to: chain.mailbox, data, limit: 1_000_000n });
    const answer = probe.then(
      () => true,
      (error: unknown) => {
        if (!(error instanceof RevertError)) mailboxHas = undefined; // no answer is none
        return false;
      },
    );
    mailboxHas ??= answer;
    return mailboxHas;
  }

  async function deliver(waiting: readonly Waiting[]): Promise<void> {
    const results = new Map<Candidate, SubmitResult>();
    try {
      const candidates = waiting.map(({ candidate }) => candidate);
      candidates.sort((a, b) => a.message.nonce - b.message.nonce);
      const paid = (await Promise.all(candidates.map(measure))).flatMap((found) => found ?? []);
      if (paid.length > 1 && !(await submitAll(paid, results))) {
        forget(plain);
        const { ism } = paid[0]?.candidate ?? {};
        if (ism !== undefined) plain.set(ism, now() + PLAIN_MS);
        log.info({ chain: chain.name, ism }, "no batch could be made of the messages of a module");
      }
    } catch (error) {
      log.warn({ chain: chain.name, error: errorText(error) }, "could not make a batch, its messages go alone");
    }
    for (const { candidate, resolve } of waiting) resolve(results.get(candidate) ?? "alone");
  }

  /** @returns undefined when it is to go alone, where the reason is found out */
  async function measure(candidate: Candidate): Promise<Measured | undefined> {
    const { recipient, ism, message } = candidate;
    const key = `${ism} ${recipient} ${Math.ceil(message.raw.length / 128)}`;
    let known = measured.get(key);
    if (known === undefined || now() - known.at > MEASURE_MS) {
      forget(measured);
      known = { gas: candidate.estimate(), at: now() };
      measured.set(key, known);
      known.gas.catch(() => measured.delete(key));
    }
    try {
      const gas = await known.gas;
      return (await candidate.isPaid(gas)) ? { candidate, gas } : undefined;
    } catch {
      return undefined;
    }
  }

  /** Halves what does not work as a whole, or is too large. @returns whether any of it was submitted */
  async function submitAll(all: readonly Measured[], results: Map<Candidate, SubmitResult>): Promise<boolean> {
    if (all.length < 2) return false;
    const attempt = (await prepared(all, false)) ?? (await prepared(all, true));
    if (attempt === undefined) {
      const half = Math.ceil(all.length / 2);
      const first = await submitAll(all.slice(0, half), results);
      return (await submitAll(all.slice(half), results)) || first;
    }
    const alone = all.reduce((sum, { gas }) => sum + gas, 0n);
    if (attempt.gas >= alone) return true; // it works, it is just not worth it
    const batched = all.map(({ candidate, gas }) => ({
      id: candidate.message.id,
      share: Math.max(1, Number((gas * 1_000_000n) / alone)),
    }));
    const isCurrent = () => all.every(({ candidate: { round, message } }) => round.isIndexed(message) === true);
    const { data, gas } = attempt;
    const order = { id: null, purpose: "batch", to: chain.mailbox, data, gas, batched, isCurrent } as const;
    const result = await submitter.submit(order);
    for (const { candidate } of all) results.set(candidate, result);
    return true;
  }

  /** The call that delivers all of them, and its gas; undefined if they are not provable, or not deliverable, together. */
  async function prepared(all: readonly Measured[], verify: boolean) {
    const [first] = all;
    if (first === undefined) return undefined;
    const { round, ism, message } = first.candidate;
    const checkpoints = round.checkpoints(message.origin);
    if (checkpoints === undefined) return undefined;
    const messages = all.map(({ candidate }) => candidate.message);
    const onSigned = (validator: Address, index: number) => {
      for (const { id } of messages) context.emit({ type: "signed", id, validator, index });
    };
    const metadata = await buildBatchMetadata({
      ism,
      client,
      checkpoints,
      verify,
      onSigned,
      relayer: account.address,
      allowPrivateGateways: false,
      messages,
      moduleType: round.moduleType,
    });
    if (metadata === undefined) return undefined;
    const gasLimit = Math.max(...all.map(({ gas }) => Number(gas)));
    const groups = encodeDeliveryGroups([{ count: all.length, gasLimit, metadata }]);
    const args = [groups, messages.map(({ raw }) => raw)] as const;
    const data = encodeFunctionData({ abi: mailboxAbi, functionName: "processBatch", args });
    try {
      const limit = await gasLimitOf();
      const gas = await estimateGas(client, { from: account.address, to: chain.mailbox, data, limit });
      return { data, gas };
    } catch (error) {
      if (error instanceof RevertError) return undefined;
      throw error;
    }
  }

  async function gasLimitOf(): Promise<bigint> {
    const block = await client.request({ method: "eth_getBlockByNumber", params: ["latest", false] });
    const half = block === null ? options.maxGas : hexToBigInt(block.gasLimit) / 2n;
    return half < options.maxGas ? half : options.maxGas;
  }

  return {
    async offer(candidate) {
      const { ism, message } = candidate;
      if ((plain.get(ism) ?? 0) > now() || !(await (mailboxHas ?? takesBatches()))) return "alone";
      return new Promise((resolve) => {
        const key = `${ism} ${message.origin}`;
        const queue = queues.get(key) ?? [];
        queue.push({ candidate, resolve });
        const flush = () => {
          if (queues.get(key) !== queue) return;
          queues.delete(key);
          void deliver(queue);
        };
        if (queue.length === 1) {
          queues.set(key, queue);
          setTimeout(flush, options.maxDelay);
        }
        if (queue.length >= options.maxMessages) flush();
      });
    },
  };
}

/** Recipients and modules are anyone's: what is remembered of them is bounded. */
function forget(map: Map<string, unknown>): void {
  if (map.size >= MAX_REMEMBERED) map.clear();
}
