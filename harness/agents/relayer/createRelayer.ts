import { setTimeout as sleep } from "node:timers/promises";
import type { Kysely } from "kysely";
import type { Logger } from "pino";
import type { Address } from "viem";
import { mailboxAbi } from "../../contracts/abi.ts";
import { type Pause, readPause } from "../../control/pause.ts";
import { withTimeout } from "../../storage/withTimeout.ts";
import { ALONE, type Leases } from "../../store/leases.ts";
import { type Batcher, createBatcher } from "./batch/createBatcher.ts";
import type { Destination, Origin, RelayerContext } from "./context.ts";
import { type DeliveryRound, deliverMessage } from "./deliverMessage.ts";
import { collectClaims } from "./escrow/collectClaims.ts";
import { earningIds, receiptIn } from "./escrow/earnings.ts";
import { withdrawCredit } from "./escrow/withdrawCredit.ts";
import { createEstimate } from "./estimateGas.ts";
import { ethCall } from "./ethCall.ts";
import type { RelayerEvent } from "./events.ts";
import { accountLease, fenced, originLease } from "./fenced.ts";
import { createOriginFollower, type OriginFollower } from "./followOrigin.ts";
import { createGroupCommit } from "./groupCommit.ts";
import { createLimit, type Limit } from "./limit.ts";
import { logEvent } from "./logEvent.ts";
import { markFailed, type StoredMessage } from "./messages.ts";
import { readModuleType } from "./metadata/buildMetadata.ts";
import { createCheckpointSource } from "./metadata/checkpointSource.ts";
import { DEFAULT_RELAYER_OPTIONS, type RelayerOptions } from "./options.ts";
import { remember, remembered } from "./remember.ts";
import { errorText } from "./rpcError.ts";
import { admitDue } from "./rules/admitDue.ts";
import { createMessageRules } from "./rules/messageRules.ts";
import { reviewMessages } from "./rules/reviewMessages.ts";
import type { RelayerTables } from "./schema.ts";
import { createSubmitter, type Submitter } from "./submitter/createSubmitter.ts";
import { readHead } from "./submitter/destinationHead.ts";
import { settleAccounts } from "./submitter/settleAccounts.ts";
import { countUnsettled } from "./submitter/slots.ts";
import { createTasks, type Tasks } from "./tasks.ts";

export type CreateRelayerParameters = {
  origins: readonly Origin[];
  /** A chain may be both origin and destination. */
  destinations: readonly Destination[];
  /** Must have run `relayerMigrations`. Without leases no other process works with it. */
  store: { db: Kysely<RelayerTables>; leases?: Leases };
  log: Logger;
  /** Milliseconds since 1970. */
  now: () => number;
  /** Uniform in [0, 1); default `Math.random`. */
  random?: () => number;
  onEvent?: (event: RelayerEvent) => void;
  options?: Partial<RelayerOptions>;
};

type Outlet = {
  destination: Destination;
  submitter: Submitter;
  batcher: Batcher | undefined;
  deliveries: Tasks;
  oneReceipt: Limit;
  /** Another process sends with the same key. */
  waits: boolean;
};

export type RelayerState = {
  /** When the last tick ended, in milliseconds since 1970. */
  tickedAt?: number;
  /** Why it starts nothing new, if so. */
  paused?: Pause;
};

export type Relayer = {
  /** Reads the origins, settles transactions, and attempts all messages that are due. Never throws. */
  tick(): Promise<void>;
  /** Ticks until `stop`. */
  start(): void;
  /** Finishes what is under way and starts nothing more. */
  stop(): Promise<void>;
  state(): RelayerState;
};

/**
 * Carries messages from origins to destinations. All that it intends is in its store before it happens, so that it may be
 * killed at any moment; and nothing that one chain, validator, module, recipient or message does holds up the others.
 *
 * @example
 * const relayer = createRelayer({ origins, destinations, store, log, now: Date.now });
 * relayer.start();
 */
export function createRelayer(parameters: CreateRelayerParameters): Relayer {
  const { origins, destinations, store, log, now, random = Math.random, onEvent } = parameters;
  const intervals = [...origins, ...destinations].flatMap(({ chain }) => chain.pollIntervalMs ?? []);
  const pollIntervalMs = intervals.length === 0 ? DEFAULT_RELAYER_OPTIONS.pollIntervalMs : Math.min(...intervals);
  const options = { ...DEFAULT_RELAYER_OPTIONS, pollIntervalMs, ...parameters.options };
  const context: RelayerContext = {
    db: store.db,
    commit: createGroupCommit(store.db),
    leases: store.leases ?? ALONE,
    log,
    now,
    random,
    emit(event) {
      logEvent(log, event);
      try {
        onEvent?.(event);
      } catch (error) {
        log.error({ error }, "onEvent threw"); // who looks on must not stop the relayer
      }
    },
    options,
  };
  const stopped = new AbortController();
  const domains = destinations.map(({ chain }) => chain.domain);
  const configs = [...origins, ...destinations].map(({ chain }) => chain);
  const chainOf = (domain: number) => configs.find((chain) => chain.domain === domain);
  const rules = createMessageRules(options, configs);
  const followers = new Map<number, { origin: Origin; follower: OriginFollower; suspects: Set<Address> }>();
  for (const origin of origins) {
    const ours = fenced(context, originLease(origin.chain.domain));
    const follower = createOriginFollower(ours, origin, domains, rules);
    followers.set(origin.chain.domain, { origin, follower, suspects: new Set() });
  }
  const leaseOf = ({ chain, account }: Destination) => accountLease(chain.domain, account.address);
  const outlets = destinations.map((destination): Outlet => {
    const submitter = createSubmitter(fenced(context, leaseOf(destination)), destination);
    const { batch } = options;
    return {
      destination,
      submitter,
      batcher: batch && createBatcher(context, { destination, submitter, options: batch }),
      deliveries: createTasks({ concurrency: options.concurrency, onError: report }),
      oneReceipt: createLimit(1),
      waits: false,
    };
  });
  const chains = createTasks({ concurrency: Number.POSITIVE_INFINITY, onError: report });

  function report(what: string, error: unknown): void {
    if (!stopped.signal.aborted) log.warn({ what, error: errorText(error) }, "will try again");
  }

  async function follow({ origin, follower }: { origin: Origin; follower: OriginFollower }): Promise<void> {
    const term = await context.leases.take(originLease(origin.chain.domain));
    if (term === undefined) await follower.look();
    else await follower.follow(stopped.signal, term);
  }

  /** Whether nobody else sends with our key on a destination. Says so when that changes. */
  async function maySend(outlet: Outlet): Promise<boolean> {
    const may = (await context.leases.take(leaseOf(outlet.destination))) !== undefined;
    const { chain, account } = outlet.destination;
    const details = { chain: chain.name, account: account.address };
    if (!may && !outlet.waits) {
      log.warn(
        details,
        "another process sends with this key: nothing is sent by this one while it runs. Give each a key of its own",
      );
    }
    if (may && outlet.waits) log.info(details, "no other process sends with this key any more: this one does");
    outlet.waits = !may;
    return may;
  }

  async function serve(outlet: Outlet): Promise<void> {
    const { destination, submitter, batcher, deliveries, oneReceipt } = outlet;
    const { chain, client, account } = destination;
    if (!(await maySend(outlet))) return;
    const head = await readHead(client, chain);
    await settleAccounts(context, destination, head);
    await submitter.keepUp();
    if (stopped.signal.aborted || state.paused !== undefined) return;

    const recipientIsm = remember(async (recipient: Address) => {
      const mailbox = { address: chain.mailbox, abi: mailboxAbi } as const;
      const ism = await ethCall(client, { ...mailbox, functionName: "recipientIsm", args: [recipient] });
      return ism.toLowerCase() as Address;
    });
    const round: DeliveryRound = {
      destination,
      head,
      submitter,
      batcher,
      recipientIsm,
      estimate: createEstimate(client),
      moduleType: remember((ism: Address) => readModuleType({ client, ism })),
      checkpoints: remembered(openCheckpoints),
      rules,
      origin: (domain) => followers.get(domain)?.origin,
      receiptIn: (message) => receiptIn(message, { from: chainOf(message.origin), to: chain }),
      oneReceipt,
      isIndexed: (message) => followers.get(message.origin)?.follower.contains(message),
    };
    const free = options.maxUnsettled - (await countUnsettled(context.db, destination));
    // Of what is shared nobody takes more than it can work on.
    const limit = context.leases.alone ? free : Math.min(free, options.concurrency);
    if (limit <= 0) return;
    const readTo = async (origin: number) => (await followers.get(origin)?.follower.paymentsTo()) ?? -1;
    const earns = async (message: StoredMessage) => {
      const receipt = round.receiptIn(message);
      const ours = { receipt, account: account.address, trust: rules.trust };
      return receipt !== undefined && (await earningIds(context.db, message, { ...ours, receipt })).length > 0;
    };
    for (const message of await admitDue(context, rules, { destination: chain.domain, limit, readTo, earns })) {
      deliveries.start(message.id, () => deliverInTime(round, message));
    }
    await deliveries.settled(options.tickBudgetMs);
  }

  /** Collects what escrows owe for deliveries, where receipts can be followed there and brought back. */
  async function collect(destination: Destination, submitter: Submitter): Promise<void> {
    if (stopped.signal.aborted) return;
    if (followers.has(destination.chain.domain)) {
      const reachable = origins.filter(({ chain }) => domains.includes(chain.domain));
      await collectClaims(context, { destination, submitter, origins: reachable, rules });
    }
  }

  async function deliverInTime(round: DeliveryRound, message: StoredMessage): Promise<void> {
    const { messageTimeoutMs: timeoutMs } = options;
    const tooSlow = new Error(`the attempt took longer than ${timeoutMs} ms`);
    try {
      await withTimeout(deliverMessage(context, round, message), { timeoutMs, error: () => tooSlow });
    } catch (error) {
      if (error !== tooSlow) throw error;
      await markFailed(context, message, tooSlow.message);
    } finally {
      await context.leases.release([message.id]);
    }
  }

  function openCheckpoints(domain: number) {
    const entry = followers.get(domain);
    if (entry === undefined) return undefined;
    const { origin, suspects } = entry;
    const { allowLocalStorage, readTimeoutMs } = options;
    const { chain, client, index } = origin;
    return createCheckpointSource({ chain, client, tree: index.tree, allowLocalStorage, readTimeoutMs, suspects });
  }

  let reviewed = false;
  let state: RelayerState = {};

  /** A pause is in the store, so that it outlives this process. @throws Error when that can not be read: nothing is started then */
  async function lookForPause(): Promise<void> {
    const found = await readPause(store.db);
    if (found?.reason !== state.paused?.reason) {
      if (found === undefined) log.info("no longer paused");
      else log.warn({ reason: found.reason }, "paused: only what was sent before is looked after");
    }
    const { tickedAt } = state;
    state = { ...(tickedAt !== undefined && { tickedAt }), ...(found !== undefined && { paused: found }) };
  }

  async function tick(): Promise<void> {
    try {
      await lookForPause();
    } catch (error) {
      return report("look for a pause", error);
    }
    if (!reviewed) {
      try {
        await reviewMessages(context, rules);
        reviewed = true;
      } catch (error) {
        return report("review of the messages by the lists", error);
      }
    }
    for (const entry of followers.values()) {
      chains.start(`origin ${entry.origin.chain.name}`, () => follow(entry));
    }
    await chains.settled(options.tickBudgetMs);
    for (const outlet of outlets) {
      chains.start(`destination ${outlet.destination.chain.name}`, () => serve(outlet));
    }
    await chains.settled(options.tickBudgetMs);
    for (const { destination, submitter } of state.paused === undefined ? outlets.filter(({ waits }) => !waits) : []) {
      chains.start(`claims on ${destination.chain.name}`, () => collect(destination, submitter));
      chains.start(`credit on ${destination.chain.name}`, () => withdrawCredit(context, destination, submitter));
    }
    await chains.settled(options.tickBudgetMs);
    state = { ...state, tickedAt: now() };
  }

  async function run(): Promise<void> {
    while (!stopped.signal.aborted) {
      await tick();
      await sleep(options.pollIntervalMs, undefined, { signal: stopped.signal }).catch(() => {});
    }
  }

  let running: Promise<void> | undefined;
  return {
    tick,
    state: () => state,
    start() {
      running ??= run();
    },
    async stop() {
      stopped.abort();
      await running;
      await chains.settled();
      await Promise.all(outlets.map(({ deliveries }) => deliveries.settled()));
    },
  };
}
