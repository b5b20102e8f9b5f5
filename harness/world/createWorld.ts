import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Logger, pino } from "pino";
import { type Hash, keccak256, type LocalAccount } from "viem";
import type { RelayerEvent } from "../agents/relayer/events.ts";
import { listMessages } from "../agents/relayer/messageStatus.ts";
import { type OpenedRelayer, openRelayer } from "../agents/relayer/openRelayer.ts";
import type { RelayerOptions } from "../agents/relayer/options.ts";
import { type OpenedValidator, openValidator } from "../agents/validator/openValidator.ts";
import type { ValidatorEvent } from "../agents/validator/validator.ts";
import { type ChainClient, createChainClient } from "../chains/client.ts";
import {
  type ChainCount,
  type LocalChain,
  type LocalChainNames,
  localAccounts,
  localChainNames,
  localKey,
  type StartLocalChainsParameters,
  startLocalChains,
} from "../chains/localChains.ts";
import { mailboxAbi } from "../contracts/abi.ts";
import type { BlsSigner } from "../protocol/bls.ts";
import { createLocalSigner } from "../protocol/localSigner.ts";
import { type Artifact, deployContract } from "./deployContract.ts";
import { dispatchMessages, type Outgoing, type Sent } from "./dispatchMessages.ts";

/** The chains of a world that is not asked for more. */
export type ChainName = LocalChainNames[2];
export const CHAIN_NAMES = localChainNames(2);

export type CreateWorldParameters<Count extends ChainCount = ChainCount> = StartLocalChainsParameters<Count> & {
  /** Where agents keep their stores and checkpoints. Default: a new folder that goes with the world. */
  directory?: string;
  log?: Logger;
  relayerOptions?: Partial<RelayerOptions>;
  onValidatorEvent?: (event: ValidatorEvent) => void;
  onRelayerEvent?: (event: RelayerEvent) => void;
  /** BLS signers of validators. Default: none. */
  blsSigner?: (chain: LocalChainNames[Count], validator: number) => BlsSigner | undefined;
  /** Open neither validators nor the relayer: the caller runs them. */
  withoutAgents?: boolean;
};

export type SendParameters<Name = ChainName> = Outgoing & { from: Name; to?: Name };

export type WorldValidator = OpenedValidator & { chain: string; account: LocalAccount; location: string };

export type World<Count extends ChainCount = 2> = Awaited<ReturnType<typeof createWorld<Count>>>;

/**
 * Local chains, alpha, beta and more if asked for, with three validators each and one relayer between them: real anvil
 * processes, real signatures, real files. Agents do nothing by themselves until started; `tick` runs each of them once.
 *
 * @example
 * await using world = await createWorld();
 * const { id } = await world.send({ from: "alpha", body: "0x1234" });
 * await world.until(() => world.delivered("beta", id), "delivered");
 */
export async function createWorld<Count extends ChainCount = 2>(parameters: CreateWorldParameters<Count> = {}) {
  type Name = LocalChainNames[Count];
  const names = localChainNames((parameters.chains ?? 2) as Count);
  const { log = pino({ level: process.env.CAUSEWAY_LOG_LEVEL ?? "silent" }) } = parameters;
  const directory = parameters.directory ?? (await mkdtemp(join(tmpdir(), "causeway-")));
  const chains = await startLocalChains(parameters);
  const clients = Object.fromEntries(names.map((name) => [name, createChainClient(chains[name].config)])) as Record<
    Name,
    ChainClient
  >;

  /** Agents' time: real time, moved on by every tick of `until`, so that waiting for a pause costs no time. */
  let ahead = 0;
  const now = () => Date.now() + ahead;

  const validators: WorldValidator[] = [];
  let relayer: OpenedRelayer | undefined;

  const files = (chain: Name, i: number) => ({
    location: `file://${join(directory, `${chain}-validator-${i}`)}`,
    storeFile: join(directory, `${chain}-validator-${i}.db`),
  });

  /** Opens validator `i` of a chain, with the store and the checkpoints that it had before, if any. */
  async function addValidator(chain: Name, i: number): Promise<WorldValidator> {
    const account = signer(chains[chain], i);
    const onEvent = parameters.onValidatorEvent;
    const blsSigner = parameters.blsSigner?.(chain, i);
    const opened = await openValidator({
      chain: chains[chain].config,
      account,
      ...files(chain, i),
      log,
      now,
      ...(blsSigner && { blsSigner }),
      ...(onEvent && { onEvent }),
    });
    const validator = { ...opened, chain, account, location: files(chain, i).location };
    validators.push(validator);
    return validator;
  }

  /** Closes a validator; its files stay. */
  async function removeValidator(validator: WorldValidator): Promise<void> {
    validators.splice(validators.indexOf(validator), 1);
    await validator[Symbol.asyncDispose]();
  }

  /** Opens the relayer, with the store that it had before, if any; `changes` are options that differ from the world's. */
  async function addRelayer(changes: Partial<RelayerOptions> = {}): Promise<OpenedRelayer> {
    const all = names.map((name) => chains[name].config);
    const onEvent = parameters.onRelayerEvent;
    relayer = await openRelayer({
      origins: all,
      destinations: all,
      account: createLocalSigner(localKey(localAccounts.relayer)),
      storeFile: join(directory, "relayer.db"),
      log,
      now,
      ...(onEvent && { onEvent }),
      // A tick waits for all it started: what is slow here is the machine.
      options: { allowLocalStorage: true, tickBudgetMs: 30_000, ...parameters.relayerOptions, ...changes },
    });
    return relayer;
  }

  async function removeRelayer(): Promise<void> {
    const removed = relayer;
    relayer = undefined;
    await removed?.[Symbol.asyncDispose]();
  }

  /** Runs every agent once: validators first, then the relayer. What a validator throws is logged, as its own loop would. */
  async function tick(): Promise<void> {
    const results = await Promise.allSettled(validators.map((validator) => validator.tick()));
    for (const result of results) if (result.status === "rejected") log.warn(result.reason);
    await relayer?.tick();
  }

  /** Runs every agent `count` times, a second apart by their clock: to see what does not happen. */
  async function rounds(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      await tick();
      ahead += 1_000;
    }
  }

  /** Ticks until the condition holds. @throws Error that shows the relayer's view, when it never does */
  async function until(condition: () => Promise<boolean> | boolean, what: string, ticks = 100): Promise<void> {
    for (let i = 0; i < ticks; i++) {
      if (await condition()) return;
      await rounds(1);
    }
    if (await condition()) return;
    const view = relayer === undefined ? [] : await listMessages(relayer.store.db, { limit: 10 });
    const lines = view.map(({ id, state, attempts, reason }) => `${id} ${state}, ${attempts} attempts: ${reason}`);
    throw new Error(`not ${what} after ${ticks} ticks; the relayer knows:\n${lines.join("\n")}`);
  }

  /** Dispatches a message, by default to the next chain's test recipient. */
  async function send({ from, to, ...message }: SendParameters<Name>): Promise<Sent> {
    const [sent] = await sendMany(from, [message], to);
    if (sent === undefined) throw new Error("one message gives one receipt");
    return sent;
  }

  /** Dispatches messages, by default to the next chain, as fast as it takes them. */
  function sendMany(from: Name, messages: readonly Outgoing[], to: Name = next(from)): Promise<Sent[]> {
    return dispatchMessages({ origin: chains[from], destination: chains[to], messages });
  }

  async function delivered(chain: Name, id: Hash): Promise<boolean> {
    const { mailbox } = chains[chain].config;
    return clients[chain].readContract({ address: mailbox, abi: mailboxAbi, functionName: "delivered", args: [id] });
  }

  /** Ticks until every message that any contract has dispatched between these chains is delivered. @throws Error as `until` */
  function deliver(): Promise<void> {
    return until(async () => (await Promise.all(names.map(allDelivered))).every(Boolean), "all delivered");
  }

  async function allDelivered(origin: Name): Promise<boolean> {
    const { mailbox, fromBlock } = chains[origin].config;
    const events = await clients[origin].getContractEvents({
      ...{ address: mailbox, abi: mailboxAbi, eventName: "Dispatch" },
      ...{ fromBlock: BigInt(fromBlock), strict: true },
    });
    const arrived = events.map(({ args }) => {
      const destination = names.find((name) => chains[name].config.domain === args.destination);
      return destination === undefined || delivered(destination, keccak256(args.message));
    });
    return (await Promise.all(arrived)).every(Boolean);
  }

  /** Creates a contract as the deployer, who also signs what is written to it: see deployContract. */
  function deploy(chain: Name, artifact: Artifact, args: readonly unknown[] = []) {
    const { rpcUrl, domain: chainId } = chains[chain].config;
    return deployContract({ rpcUrl, chainId, account: localAccounts.deployer, artifact, args });
  }

  /** The chain after this one, of the last the first. */
  function next(name: Name): Name {
    return names[(names.indexOf(name) + 1) % names.length] ?? name;
  }

  async function dispose(): Promise<void> {
    await Promise.all([removeRelayer(), ...validators.map((validator) => validator[Symbol.asyncDispose]())]);
    await chains[Symbol.asyncDispose]();
    if (parameters.directory === undefined) await rm(directory, { recursive: true, force: true });
  }

  const world = {
    directory,
    chains,
    clients,
    validators: validators as readonly WorldValidator[],
    /** The relayer. @throws Error when it was removed */
    get relayer(): OpenedRelayer {
      if (relayer === undefined) throw new Error("the relayer is not open");
      return relayer;
    },
    now,
    addValidator,
    removeValidator,
    addRelayer,
    removeRelayer,
    tick,
    rounds,
    until,
    send,
    sendMany,
    delivered,
    deliver,
    deploy,
    [Symbol.asyncDispose]: dispose,
  };
  if (parameters.withoutAgents) return world;
  try {
    for (const name of names) {
      for (const i of chains[name].validators.keys()) await addValidator(name, i);
    }
    await addRelayer();
    return world;
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** The other of the two chains. */
export function other(name: ChainName): ChainName {
  return name === "alpha" ? "beta" : "alpha";
}

function signer(chain: LocalChain, i: number): LocalAccount {
  const account = chain.validators[i];
  if (account === undefined) throw new Error(`${chain.config.name} has no validator ${i}`);
  return createLocalSigner(localKey(account));
}
