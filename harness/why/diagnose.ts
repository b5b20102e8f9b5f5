import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Address, encodeFunctionData, type Hash, type Hex, numberToHex } from "viem";
import { createOriginIndex } from "../agents/originIndex.ts";
import { confirmedBlock } from "../agents/originIndexChain.ts";
import { type OriginIndexTables, originIndexMigrations } from "../agents/originIndexTables.ts";
import { estimateGas } from "../agents/relayer/estimateGas.ts";
import { ethCall } from "../agents/relayer/ethCall.ts";
import { buildMetadata } from "../agents/relayer/metadata/buildMetadata.ts";
import { createCheckpointSource } from "../agents/relayer/metadata/checkpointSource.ts";
import { errorText, isRevert } from "../agents/relayer/rpcError.ts";
import type { MessageRules } from "../agents/relayer/rules/messageRules.ts";
import type { ChainConfig } from "../chains/chainConfig.ts";
import { type ChainClient, createChainClient } from "../chains/client.ts";
import { mailboxAbi } from "../contracts/abi.ts";
import { describeEscrow, readEscrow } from "../escrow/readEscrow.ts";
import type { IsmNode } from "../ism/ismTree.ts";
import { recipientAbi } from "../ism/moduleAbi.ts";
import { readIsm } from "../ism/readIsm.ts";
import { bytes32ToAddress } from "../protocol/address.ts";
import { decodeMessage, type Message } from "../protocol/message.ts";
import { messageTokenAmount } from "../protocol/tokenMessage.ts";
import { openStore } from "../store/openStore.ts";
import { checkPayment } from "./checkPayment.ts";
import { type FoundDispatch, findDispatch } from "./findDispatch.ts";
import { moduleStates } from "./moduleStates.ts";
import { recordAnswers } from "./recordAnswers.ts";

/** `ok`: nothing against it. `blocks`: it is why the message is not delivered. `info`: for the reader. */
export type Check = { what: string; result: "ok" | "blocks" | "info"; detail: string };

export type Diagnosis = {
  id: Hash;
  /** Delivered, or not and why, or that nothing prevents it. */
  verdict: string;
  delivered: boolean;
  checks: Check[];
  /** Who guards the recipient, for messages as this one; null when it did not come to that. */
  tree: IsmNode | null;
};

export type DiagnoseParameters = {
  id: Hash;
  /** The origin is looked for among them, and so is the destination. */
  chains: readonly ChainConfig[];
  /** Who would deliver; matters for modules that trust one relayer. */
  relayer: Address;
  allowLocalStorage: boolean;
  allowPrivateGateways: boolean;
  /** What a relayer delivers, and for what pay. Default: all. */
  rules?: MessageRules;
};

const READ_TIMEOUT_MS = 5_000;
const MAX_GAS = 10_000_000n;
/** Validators that are shown: those that did not sign come first. */
const MAX_NAMED = 30;

/** Ends the diagnosis with its verdict. */
class Verdict extends Error {}

/**
 * Says why a message is not delivered, from the chains and the validators' storages alone: every check that a delivery goes
 * through, in its order, up to the first that fails.
 *
 * @throws Error when the message was dispatched on none of the chains, or a node does not answer
 */
export async function diagnose(parameters: DiagnoseParameters): Promise<Diagnosis> {
  const id = parameters.id.toLowerCase() as Hash;
  const checks: Check[] = [];
  const ok = (what: string, detail: string) => checks.push({ what, result: "ok", detail });
  const info = (what: string, detail: string) => checks.push({ what, result: "info", detail });
  const blocks = (what: string, detail: string): never => {
    checks.push({ what, result: "blocks", detail });
    throw new Verdict(detail);
  };
  const steps = { ok, info, blocks };
  let tree: IsmNode | null = null;

  const found = await findOrigin(parameters.chains, id);
  const message = decodeMessage(found.message);
  ok("dispatched", `on ${found.chain.name} in block ${found.block}, nonce ${message.nonce}, transaction ${found.tx}`);
  try {
    await tellEscrow(found, id, steps);
    const destination = destinationOf(parameters.chains, message, steps);
    const client = createChainClient(destination);
    const place = { chain: destination, client };
    if (await isDelivered(place, id)) {
      const detail = await whoDelivered(place, id);
      ok("delivered", detail);
      return { id, verdict: detail, delivered: true, checks, tree };
    }
    await checkFinality(found, steps);
    const checkGas = parameters.rules && (await checkPayment(parameters.rules, found, id, steps, client));
    const recipient = await checkRecipient(place, message, steps);
    const ism = await readModule(place, recipient, steps);
    tree = await readIsm({ client, ism, origin: message.origin, amount: tokenAmount(message) });
    const handling = await tryRecipient(place, recipient, message, steps);
    const metadata = await checkMetadata({ ...parameters, id, found, message, tree, client }, steps);
    const delivery = { from: parameters.relayer, metadata, message: found.message, handling };
    const gas = await checkDelivery(place, delivery, steps);
    await checkGas?.(gas);
    const verdict = "nothing prevents its delivery: a relayer has only to send it";
    return { id, verdict, delivered: false, checks, tree };
  } catch (error) {
    if (!(error instanceof Verdict)) throw error;
    return { id, verdict: error.message, delivered: false, checks, tree };
  }
}

type Steps = {
  ok: (what: string, detail: string) => void;
  info: (what: string, detail: string) => void;
  blocks: (what: string, detail: string) => never;
};
type Place = { chain: ChainConfig; client: ChainClient };

async function findOrigin(chains: readonly ChainConfig[], id: Hash): Promise<FoundDispatch> {
  const results = await Promise.allSettled(chains.map((chain) => findDispatch(chain, createChainClient(chain), id)));
  const found = results.find((result) => result.status === "fulfilled" && result.value !== undefined);
  if (found?.status === "fulfilled" && found.value !== undefined) return found.value;
  const failures = results.flatMap((result, i) =>
    result.status === "rejected" ? [`${chains[i]?.name}: ${errorText(result.reason)}`] : [],
  );
  const read = chains.length - failures.length;
  const unread = failures.length === 0 ? "" : `; not all could be read: ${failures.join("; ")}`;
  throw new Error(`message ${id} was dispatched on none of the ${read} chains that were read${unread}`);
}

/** What its origin's escrow holds, or has held, for the message. */
async function tellEscrow({ chain, client }: FoundDispatch, id: Hash, steps: Steps): Promise<void> {
  const escrow = chain.escrowPaymaster;
  if (escrow === undefined) return;
  const found = await readEscrow({ chain, client, escrow }, id).catch((error: unknown) => errorText(error));
  if (typeof found === "string") return steps.info("escrow", `could not be read: ${found}`);
  if (found.state !== "none") steps.info("escrow", describeEscrow(found));
}

function destinationOf(chains: readonly ChainConfig[], { destination }: Message, steps: Steps): ChainConfig {
  const chain = chains.find(({ domain }) => domain === destination);
  if (chain !== undefined) return chain;
  return steps.blocks("destination", `it is for domain ${destination}, which no chain of the configuration has`);
}

function isDelivered({ chain, client }: Place, id: Hash): Promise<boolean> {
  return ethCall(client, { address: chain.mailbox, abi: mailboxAbi, functionName: "delivered", args: [id] });
}

async function whoDelivered({ chain, client }: Place, id: Hash): Promise<string> {
  const mailbox = { address: chain.mailbox, abi: mailboxAbi, args: [id] } as const;
  const [processor, block] = await Promise.all([
    ethCall(client, { ...mailbox, functionName: "processor" }),
    ethCall(client, { ...mailbox, functionName: "processedAt" }),
  ]);
  const final = (await confirmedBlock(client, chain.finality)).number;
  const finality = final < block ? `, which is not final yet (${chain.name} is final up to block ${final})` : "";
  return `delivered on ${chain.name} in block ${block} by ${processor.toLowerCase()}${finality}`;
}

async function checkFinality({ chain, client, block, latest }: FoundDispatch, steps: Steps): Promise<void> {
  const final = (await confirmedBlock(client, chain.finality)).number;
  const rule = typeof chain.finality === "string" ? `"${chain.finality}"` : `${chain.finality.blocks} blocks on top`;
  if (block <= final) return steps.ok("final", `${chain.name} is final up to block ${final} (${rule})`);
  const of = typeof chain.finality === "string" ? `${block - final} blocks short of` : `${latest - block} of`;
  steps.blocks("final", `not final on ${chain.name} yet: its block ${block} has ${of} ${rule}`);
}

async function checkRecipient({ chain, client }: Place, message: Message, steps: Steps): Promise<Address> {
  let recipient: Address;
  try {
    recipient = bytes32ToAddress(message.recipient);
  } catch {
    return steps.blocks("recipient", `${message.recipient} is no address of an EVM chain: it can never be delivered`);
  }
  const code = await client.getCode({ address: recipient });
  if (code === undefined) return steps.blocks("recipient", `${recipient} has no code on ${chain.name}`);
  steps.ok("recipient", `${recipient} on ${chain.name}`);
  return recipient;
}

async function readModule({ chain, client }: Place, recipient: Address, steps: Steps): Promise<Address> {
  const mailbox = { address: chain.mailbox, abi: mailboxAbi } as const;
  const [ism, standard] = await Promise.all([
    ethCall(client, { ...mailbox, functionName: "recipientIsm", args: [recipient] }),
    ethCall(client, { ...mailbox, functionName: "defaultIsm", args: [] }),
  ]);
  const whose = ism === standard ? "the Mailbox's default" : "the recipient's own";
  if ((await client.getCode({ address: ism })) === undefined) {
    return steps.blocks("module", `${ism.toLowerCase()} (${whose}) has no code: nothing is ever verified`);
  }
  steps.ok("module", `${ism.toLowerCase()}, ${whose}`);
  return ism;
}

/** Of a body that can be a token transfer. */
function tokenAmount({ body }: Message): bigint | undefined {
  try {
    return messageTokenAmount(body);
  } catch {
    return undefined;
  }
}

/** Says when the recipient would refuse the message by itself, whatever its module says; and returns why. */
async function tryRecipient(
  { chain, client }: Place,
  recipient: Address,
  message: Message,
  steps: Steps,
): Promise<string | undefined> {
  const { origin, sender, body } = message;
  const data = encodeFunctionData({ abi: recipientAbi, args: [origin, sender, body] });
  const call = { from: chain.mailbox, to: recipient, data, gas: numberToHex(MAX_GAS) };
  try {
    await client.request({ method: "eth_call", params: [call, "latest"] });
    return undefined;
  } catch (error) {
    if (!isRevert(error)) throw error;
    const reason = errorText(error);
    steps.info("handling", `the recipient by itself refuses it now, with ${MAX_GAS} gas: ${reason}`);
    return reason;
  }
}

async function checkMetadata(
  parameters: DiagnoseParameters & { found: FoundDispatch; message: Message; tree: IsmNode; client: ChainClient },
  steps: Steps,
): Promise<Hex> {
  const { id, found, message, tree, client, relayer, allowLocalStorage, allowPrivateGateways } = parameters;
  const directory = await mkdtemp(join(tmpdir(), "causeway-why-"));
  try {
    const file = join(directory, "index.db");
    await using store = await openStore<OriginIndexTables>({ file, migrations: originIndexMigrations });
    const index = await createOriginIndex({ chain: found.chain, client: found.client, store });
    await index.tick();
    const source = createCheckpointSource({
      chain: found.chain,
      client: found.client,
      tree: index.tree,
      allowLocalStorage,
      readTimeoutMs: READ_TIMEOUT_MS,
      suspects: new Set(),
    });
    const recorded = recordAnswers(source, message.nonce);
    const request = {
      id,
      message,
      raw: found.message,
      client,
      checkpoints: recorded.source,
      verify: true,
      relayer,
      allowPrivateGateways,
      onSigned: () => {},
    };
    const built = await buildMetadata({ ...request, ism: tree.address }).catch((error: unknown) => ({
      status: "failed" as const,
      reason: errorText(error),
    }));
    const answers = recorded.answers();
    if (answers.length > MAX_NAMED) steps.info("validators", `${answers.length}, of whom ${MAX_NAMED} follow`);
    for (const { validator, index: signed, answer } of answers.slice(0, MAX_NAMED)) {
      if (answer.status === "signed") {
        steps.info("validator", `${validator} signed index ${signed}`);
      } else {
        const latest = await source.latestIndex(validator);
        const what = answer.status === "absent" ? "has not signed" : `is not counted for`;
        const why = answer.status === "rejected" ? `: ${answer.reason}` : "";
        steps.info("validator", `${validator} ${what} index ${signed}${why}; ${await lastSigned(latest)}`);
      }
    }
    if (built.status === "ready") {
      steps.ok("metadata", "what the module asks for is there");
      return built.metadata;
    }
    const states = await moduleStates(request, tree, tokenAmount(message));
    for (const { module, status, reason } of states.length > 1 ? states : []) {
      steps.info("module", status === "ready" ? `${module} has what it wants` : `${module} ${status}: ${reason}`);
    }
    if (built.status === "prepare") steps.blocks("metadata", `a transaction has to come first: ${built.reason}`);
    return steps.blocks("metadata", built.reason);

    async function lastSigned(latest: number | undefined): Promise<string> {
      if (latest === undefined) return "it tells of no index that it signed";
      if (latest >= index.tree.count) return `it claims index ${latest}, which ${found.chain.name} does not have`;
      const { blockNumber } = await index.message(latest);
      const { timestamp } = await found.client.getBlock({ blockNumber });
      return `its last is index ${latest}, dispatched ${new Date(Number(timestamp) * 1000).toISOString()}`;
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function checkDelivery(
  { chain, client }: Place,
  { from, metadata, message, handling }: { from: Address; metadata: Hex; message: Hex; handling: string | undefined },
  steps: Steps,
): Promise<bigint> {
  const data = encodeFunctionData({ abi: mailboxAbi, functionName: "process", args: [metadata, message] });
  try {
    const gas = await estimateGas(client, { from, to: chain.mailbox, data, limit: MAX_GAS });
    steps.ok("simulation", `Mailbox.process succeeds with ${gas} gas`);
    return gas;
  } catch (error) {
    const text = errorText(error);
    const isSaid = handling === undefined || text.includes(handling);
    return steps.blocks("simulation", isSaid ? text : `${text}; the recipient by itself: ${handling}`);
  }
}
