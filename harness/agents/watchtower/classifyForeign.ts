import { type Address, decodeFunctionResult, encodeFunctionData, type Hex, isHex, numberToHex } from "viem";
import { askAll } from "../../chains/askAll.ts";
import type { ChainClient } from "../../chains/client.ts";
import { ismAbi, mailboxAbi } from "../../contracts/abi.ts";
import { ethCall } from "../relayer/ethCall.ts";
import { isRevert } from "../relayer/rpcError.ts";
import { type CarriedMessage, messagesInCalldata } from "./calldataSignatures.ts";
import type { Agreement, WatchedChain } from "./followChain.ts";
import type { ForeignTable } from "./schema.ts";

/** What is to be protected on a chain. */
export type Protected = {
  /** Applications whose code does not lie about the module that guards them. */
  recipients: readonly Address[];
  /** Modules, beside the Mailbox's default one. */
  verifiers: readonly Address[];
};

/**
 * - `proven`: it came past a module that is to be protected
 * - `possible`: it may have; how it was verified can not be seen
 * - `elsewhere`: it came past another module. Anyone can have a recipient of his own take anything
 */
export type ForeignClass = { class: "proven" | "possible" | "elsewhere"; why: string };

const VERIFY_GAS = 10_000_000;

/**
 * Whether a message that was never dispatched came past a module that matters. A recipient chooses its module, and a hostile one
 * chooses one that takes anything, and names another one when it is asked later: its word counts for nothing. What counts is that
 * a module verifies the message, with the metadata that it was delivered with.
 * @throws Error when the nodes do not answer alike: to be tried again
 */
export async function classifyForeign(
  row: ForeignTable,
  { watched, agreement, protects }: { watched: WatchedChain; agreement: Agreement; protects: Protected },
): Promise<ForeignClass> {
  const { views } = agreement;
  const { chain, quorum } = watched;
  const { recipient, message_id, tx_hash } = row;
  if (row.kind === "pre-verification") return { class: "proven", why: `the submodule of ${row.emitter} verified it` };
  if (recipient !== null && protects.recipients.includes(recipient)) {
    return { class: "proven", why: `recipient ${recipient} took it` };
  }
  const mailbox = { address: chain.mailbox, abi: mailboxAbi } as const;
  const defaultIsm = await agreed(`the default module of ${chain.name}`, (client) =>
    ethCall(client, { ...mailbox, functionName: "defaultIsm", args: [] }),
  );
  const verifiers = [defaultIsm.toLowerCase() as Address, ...protects.verifiers];
  // All of them: whoever cheats may show the message with metadata that proves nothing before he delivers it.
  const carried = await agreed(`transaction ${tx_hash}`, async (client) => {
    const { input } = await client.getTransaction({ hash: tx_hash });
    return messagesInCalldata(input).filter(({ id }) => id === message_id);
  });
  if (carried.length > 0) {
    for (const module of verifiers) {
      for (const shown of carried) {
        if (await verifies(module, shown)) return { class: "proven", why: `module ${module} verifies it` };
      }
    }
    return { class: "elsewhere", why: `no module that is protected verifies it, recipient ${recipient}` };
  }
  if (recipient === null) return { class: "possible", why: "its transaction does not show it" };
  const named = await agreed(`the module of ${recipient}`, (client) =>
    ethCall(client, { ...mailbox, functionName: "recipientIsm", args: [recipient] }),
  );
  return verifiers.includes(named.toLowerCase() as Address)
    ? {
        class: "possible",
        why: `recipient ${recipient} names module ${named}, but its transaction does not show the message`,
      }
    : { class: "elsewhere", why: `recipient ${recipient} names module ${named}` };

  /** Then or now: whoever is guilty may have been replaced since, and a node may not know what was then. */
  async function verifies(module: Address, message: CarriedMessage): Promise<boolean> {
    const what = `whether ${module} verifies ${message_id}`;
    const at = (block: Hex | "latest") => (client: ChainClient) =>
      verify(client, module, message, chain.mailbox, block);
    for (const block of [row.block_number - 1, row.block_number]) {
      const answer = await askAll({ what, views, quorum, ask: at(numberToHex(Math.max(0, block))) });
      if (answer.status === "agreed" && answer.value) return true;
    }
    return await agreed(what, at("latest"));
  }

  async function agreed<T>(what: string, ask: (client: ChainClient) => Promise<T>): Promise<T> {
    const answer = await askAll({ what, views, quorum, ask });
    if (answer.status !== "agreed") throw new Error(answer.problem);
    return answer.value;
  }
}

/** Whether a module takes the message, called as the Mailbox calls it. */
async function verify(
  client: ChainClient,
  module: Address,
  { metadata, message, group }: CarriedMessage,
  mailbox: Address,
  block: Hex | "latest",
): Promise<boolean> {
  const data =
    group === undefined
      ? encodeFunctionData({ abi: ismAbi, functionName: "verify", args: [metadata, message] })
      : encodeFunctionData({ abi: ismAbi, functionName: "verifyBatch", args: [metadata, group] });
  try {
    const call = { from: mailbox, to: module, data, gas: numberToHex(VERIFY_GAS) };
    const answer = await client.request({ method: "eth_call", params: [call, block] });
    return isTrue(answer);
  } catch (error) {
    if (isRevert(error)) return false;
    throw error;
  }
}

function isTrue(answer: Hex): boolean {
  if (!isHex(answer) || answer === "0x") return false;
  return decodeFunctionResult({ abi: ismAbi, functionName: "verify", data: answer });
}
