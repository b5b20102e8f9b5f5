import { type Address, encodeFunctionData, type Hash } from "viem";
import { mailboxAbi } from "../../contracts/abi.ts";
import { bytes32ToAddress } from "../../protocol/address.ts";
import type { DeliveryReceipt } from "../../protocol/deliveryReceipt.ts";
import { decodeMessage } from "../../protocol/message.ts";
import { mayVerifyBatches } from "./batch/batchMetadata.ts";
import type { Batcher } from "./batch/createBatcher.ts";
import type { Destination, Origin, RelayerContext } from "./context.ts";
import { createPaymentCheck } from "./escrow/paymentCheck.ts";
import { type Estimate, estimateGas, RevertError } from "./estimateGas.ts";
import { ethCall } from "./ethCall.ts";
import type { Limit } from "./limit.ts";
import {
  markDeliveredElsewhere,
  markFailed,
  markParked,
  markUnpaid,
  markWaiting,
  type StoredMessage,
} from "./messages.ts";
import { buildMetadata } from "./metadata/buildMetadata.ts";
import type { CheckpointSource } from "./metadata/checkpointSource.ts";
import type { MetadataResult } from "./metadata/metadataBuilder.ts";
import { type Expenses, NOTHING_SPENT, readExpenses } from "./payments/spent.ts";
import { errorText } from "./rpcError.ts";
import type { MessageRules } from "./rules/messageRules.ts";
import type { Shortfall } from "./rules/paymentPolicy.ts";
import type { Delivery, SubmitResult, Submitter } from "./submitter/createSubmitter.ts";
import type { DestinationHead } from "./submitter/destinationHead.ts";

/** What the messages of one tick for one destination share. */
export type DeliveryRound = {
  destination: Destination;
  head: DestinationHead;
  submitter: Submitter;
  /** Where messages are delivered together. */
  batcher: Batcher | undefined;
  /** The module of a recipient. */
  recipientIsm: (recipient: Address) => Promise<Address>;
  /** The gas of a delivery, whose kind is its module, recipient and size. */
  estimate: Estimate;
  /** The type of a module. */
  moduleType: (ism: Address) => Promise<number>;
  /** The validators of an origin; undefined when it is not configured. */
  checkpoints: (origin: number) => CheckpointSource | undefined;
  /** Whether a message is in its origin's index; undefined while that is not known. */
  isIndexed: (message: StoredMessage) => boolean | undefined;
  rules: MessageRules;
  /** An origin; undefined when it is not configured. */
  origin: (domain: number) => Origin | undefined;
  /** The receipt for an escrow of this chain that a message is. */
  receiptIn: (message: StoredMessage) => DeliveryReceipt | undefined;
  /** Lets receipts be weighed and submitted one after the other, so that no two are sent for the same locks. */
  oneReceipt: Limit;
};

/**
 * One attempt to deliver one message: from "who verifies it" to a broadcast transaction. Whatever prevents it becomes the
 * message's reason in the store.
 * @throws only when the store fails
 */
export async function deliverMessage(
  context: RelayerContext,
  round: DeliveryRound,
  message: StoredMessage,
): Promise<void> {
  let outcome: Outcome;
  try {
    outcome = await attempt(context, round, message);
  } catch (error) {
    outcome = { status: "failed", reason: errorText(error) };
  }
  switch (outcome.status) {
    case "waiting":
      return markWaiting(context, message, outcome);
    case "failed":
      return markFailed(context, message, outcome.reason);
    case "unpaid":
      return markUnpaid(context, message, outcome.lacks);
    case "parked":
      return markParked(context, message, outcome.reason);
    case "elsewhere":
      return markDeliveredElsewhere(context, message, outcome);
    case "stored":
      return;
  }
}

type Outcome =
  | SubmitResult
  | Extract<MetadataResult, { status: "waiting" }>
  | { status: "unpaid"; lacks: Shortfall }
  | { status: "parked"; reason: string }
  | { status: "elsewhere"; reason: string; block: number };

async function attempt(context: RelayerContext, round: DeliveryRound, message: StoredMessage): Promise<Outcome> {
  const { destination, submitter, isIndexed } = round;
  const { chain, client, account } = destination;
  const { id, raw } = message;
  const checkpoints = round.checkpoints(message.origin);
  if (checkpoints === undefined) {
    return { status: "waiting", reason: `domain ${message.origin} is not configured as an origin` };
  }
  const indexed = isIndexed(message);
  if (indexed === undefined) return { status: "waiting", reason: "its origin could not be read since the start" };
  if (!indexed) return { status: "waiting", reason: "it is no longer in its origin's index" };
  if (await isDelivered(round, id)) return deliveredElsewhere(round, id);
  const expenses = message.tx === null ? NOTHING_SPENT : await readExpenses(context.db, id, message.retried_at ?? 0);
  const loss = tooDear(context, message, expenses);
  if (loss !== undefined) return loss;
  const check = createPaymentCheck(context, round, { message, spent: expenses.spent });
  const nothingPaid = await check.refusal();
  if (nothingPaid !== undefined) return nothingPaid;

  const { maxPreparations, maxPreparationsPerModule } = context.options;
  const { preparations } = expenses;
  const prepared = [...preparations.values()].reduce((sum, count) => sum + count, 0);
  const recipient = bytes32ToAddress(message.recipient);
  const ism = await round.recipientIsm(recipient);
  const request = {
    id,
    raw,
    message: decodeMessage(raw),
    ism,
    client,
    checkpoints,
    relayer: account.address,
    allowPrivateGateways: context.options.allowPrivateGateways,
    // A module that is never satisfied must not drain the account.
    mayPrepare: async (module: Address) =>
      prepared < maxPreparations && (preparations.get(module) ?? 0) < maxPreparationsPerModule,
    onSigned: (validator: Address, index: number) => context.emit({ type: "signed", id, validator, index }),
  };
  const build = (verify: boolean) => buildMetadata({ ...request, verify }, round.moduleType);
  const simulate = ({ to, data, purpose }: Step) => {
    const transaction = { from: account.address, to, data, limit: context.options.maxGas };
    // Where it is paid for by its gas, it is its own that counts.
    if (purpose !== "deliver" || check.weighsGas) return estimateGas(client, transaction);
    return round.estimate(`${ism} ${recipient} ${Math.ceil(raw.length / 128)}`, transaction);
  };
  const take = async (step: Step): Promise<Outcome> => {
    const gas = await simulate(step);
    return check.turn(async () => {
      const tooLittlePaid = await check.refusal(gas);
      if (tooLittlePaid !== undefined) return tooLittlePaid;
      return submitter.submit({ id, ...step, gas, isCurrent: () => isIndexed(message) === true });
    });
  };

  // What has failed once shows alone what is the matter with it; a receipt that pays for itself is weighed alone.
  const mayJoin = message.attempts === 0 && round.receiptIn(message) === undefined;
  if (round.batcher !== undefined && mayJoin && mayVerifyBatches(await round.moduleType(ism))) {
    const estimate = async () => {
      const single = await build(false);
      if (single.status !== "ready") throw new Error("it is not to be delivered now");
      return simulate(nextStep(chain.mailbox, message, single));
    };
    const isPaid = async (gas: bigint) => (await check.refusal(gas)) === undefined;
    const taken = await round.batcher.offer({ message, round, ism, recipient, estimate, isPaid });
    if (taken !== "alone") return taken;
  }

  const built = await build(false);
  if (built.status === "waiting") return built;
  const step = nextStep(chain.mailbox, message, built);
  try {
    return await take(step);
  } catch (error) {
    if (!(error instanceof RevertError)) throw error;
    // Was it a signature that is none? Then others may do.
    const verified = await build(true);
    if (verified.status === "waiting") return verified;
    const other = nextStep(chain.mailbox, message, verified);
    if (other.to === step.to && other.data === step.data) throw error;
    return take(other);
  }
}

/** The transaction that brings a message further. */
type Step = Pick<Delivery, "purpose" | "to" | "data" | "reason">;

/** The delivery itself, or what has to come before it. */
function nextStep(
  mailbox: Address,
  { raw }: StoredMessage,
  built: Exclude<MetadataResult, { status: "waiting" }>,
): Step {
  if (built.status === "prepare") {
    const { to, data, reason } = built;
    return { purpose: "prepare", to, data, reason: `being prepared: ${reason}` };
  }
  const data = encodeFunctionData({ abi: mailboxAbi, functionName: "process", args: [built.metadata, raw] });
  return { purpose: "deliver", to: mailbox, data };
}

function isDelivered({ destination: { chain, client } }: DeliveryRound, id: Hash, block?: number): Promise<boolean> {
  return ethCall(client, {
    address: chain.mailbox,
    abi: mailboxAbi,
    functionName: "delivered",
    args: [id],
    block,
  });
}

/** Delivered, and not by a transaction of ours that is unsettled. */
async function deliveredElsewhere(round: DeliveryRound, id: Hash): Promise<Outcome> {
  const { chain, client } = round.destination;
  const mailbox = { address: chain.mailbox, abi: mailboxAbi } as const;
  const [isFinal, processor, block] = await Promise.all([
    isDelivered(round, id, round.head.final).catch(() => false), // the Mailbox may be younger than that block
    ethCall(client, { ...mailbox, functionName: "processor", args: [id] }),
    ethCall(client, { ...mailbox, functionName: "processedAt", args: [id] }),
  ]);
  const reason = `delivered by ${processor.toLowerCase()} in block ${block}`;
  if (!isFinal) return { status: "waiting", reason: `${reason}, which is not final yet` };
  return { status: "elsewhere", reason, block };
}

/** A recipient that passes simulation and reverts on chain must not drain the account. */
function tooDear({ options }: RelayerContext, { id }: StoredMessage, { reverts, lost }: Expenses): Outcome | undefined {
  if (reverts < options.maxReverts && lost < options.maxLoss) return undefined;
  const what = reverts === 1 ? "1 transaction" : `${reverts} transactions`;
  const reason =
    `given up: ${what} for it reverted on chain although they had passed simulation, ${lost} wei were lost: ` +
    `no more gas is spent on it until \`causeway retry ${id}\``;
  return { status: "parked", reason };
}
