import type { BatchOptions } from "./batch/batchOptions.ts";
import { type ClaimOptions, DEFAULT_CLAIM_OPTIONS } from "./escrow/claimOptions.ts";
import type { MessageLists } from "./rules/messageLists.ts";
import type { PaymentRules } from "./rules/paymentPolicy.ts";

export type RelayerOptions = {
  /** Pause between two ticks, in milliseconds. Default: the shortest of its chains, else a second. */
  pollIntervalMs: number;
  /** How long a tick waits for what it started; what hangs longer goes on behind the next ticks. */
  tickBudgetMs: number;
  /** A message is given up for this attempt after so long. */
  messageTimeoutMs: number;
  /** Messages worked on at a time, per destination. */
  concurrency: number;
  /** Unsettled transactions at a time, per destination. */
  maxUnsettled: number;
  /** First and longest pause after a failed attempt. */
  retryBaseMs: number;
  retryCapMs: number;
  /** Shortest and longest pause of a message that waits for signatures. */
  waitingMinMs: number;
  waitingCapMs: number;
  /** Shortest and longest pause of a message that too little is paid for: a payment that is enough ends it. */
  unpaidMinMs: number;
  unpaidCapMs: number;
  /** Most gas that one delivery may use: a message that wants more stays pending. */
  maxGas: bigint;
  /** Most wei per gas that is ever offered. */
  maxFeePerGas: bigint;
  /** A message whose transactions reverted so many times on chain, after a good simulation, is parked. */
  maxReverts: number;
  /** A message for which so many wei were lost, on transactions that reverted or only used its nonce up, is parked. */
  maxLoss: bigint;
  /** What must be paid for a message before it is delivered. Default: nothing. */
  paymentRules: PaymentRules;
  /** Which messages are relayed. Default: all. */
  lists: MessageLists;
  /** When to claim what escrows owe for deliveries. */
  claims: ClaimOptions;
  /** When to deliver messages together. Default: never. */
  batch: BatchOptions | undefined;
  /** Most transactions that prepare one message, of all its modules together and of one module. */
  maxPreparations: number;
  maxPreparationsPerModule: number;
  /** The account's nonce not moving for so long means that its next transaction must be replaced. */
  stuckAfterMs: number;
  /** A transaction that is not in a block is given to the node again after so long. */
  rebroadcastAfterMs: number;
  /** Time for reading one object of a validator. */
  readTimeoutMs: number;
  /** Whether validators may announce folders of this machine (`file://`). */
  allowLocalStorage: boolean;
  /** Ask gateways of CCIP-read modules at private and loopback addresses: modules are anyone's. Default: no. */
  allowPrivateGateways: boolean;
};

export const DEFAULT_RELAYER_OPTIONS: RelayerOptions = {
  pollIntervalMs: 1_000,
  tickBudgetMs: 3_000,
  messageTimeoutMs: 30_000,
  concurrency: 64,
  maxUnsettled: 512,
  retryBaseMs: 1_000,
  retryCapMs: 3_600_000,
  waitingMinMs: 500,
  waitingCapMs: 60_000,
  unpaidMinMs: 600_000,
  unpaidCapMs: 86_400_000,
  maxGas: 10_000_000n,
  maxFeePerGas: 500_000_000_000n,
  maxReverts: 5,
  maxLoss: 100_000_000_000_000_000n,
  paymentRules: [],
  lists: { blacklist: [] },
  claims: DEFAULT_CLAIM_OPTIONS,
  batch: undefined,
  maxPreparations: 8,
  maxPreparationsPerModule: 4,
  stuckAfterMs: 60_000,
  rebroadcastAfterMs: 30_000,
  readTimeoutMs: 5_000,
  allowLocalStorage: false,
  allowPrivateGateways: false,
};
