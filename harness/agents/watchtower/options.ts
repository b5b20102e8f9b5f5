export type WatchtowerOptions = {
  /** Pause between two ticks, in milliseconds. Default: the longest of its chains, at least 2 seconds. */
  pollIntervalMs: number;
  /** How long a tick waits for what it started; what hangs longer goes on behind the next ticks. */
  tickBudgetMs: number;
  /** A node that is so many blocks behind the newest counts as missing. */
  maxLagBlocks: number;
  /** A node that fails for so long is worth an alert. One that disagrees is at once. */
  nodeAlertAfterMs: number;
  /** The agreed final block of an origin being older than that is worth an alert. */
  staleAfterMs: number;

  /** Whether validators may announce folders of this machine (`file://`). */
  allowLocalStorage: boolean;
  /** Objects read per location and tick: the newest indices, those in front of them, */
  recentReads: number;
  lookaheadReads: number;
  /** those not read yet, in order, */
  forwardReads: number;
  /** all that was read, again and again in order, and at random. */
  sweepReads: number;
  randomReads: number;
  /** Time for all reads of a location in a tick. */
  locationBudgetMs: number;
  /** Locations of one key that are read in a tick: the newest of them always, the others in turn. */
  locationsPerTick: number;

  /** Blocks per request for deliveries at most, and requests per tick. */
  scanRange: number;
  scanRequests: number;
  /** Transactions of deliveries looked through for signatures per tick. */
  harvestsPerTick: number;
  /** No transaction is begun after so long. */
  harvestBudgetMs: number;
  /** Foreign deliveries looked into per tick: how each was verified takes a node a dozen calls, and anyone can make some. */
  classificationsPerTick: number;
  /** Clocks of two chains differ by less, in seconds. */
  clockSkewSeconds: number;

  /** A signature of a leaf that does not exist is shown to the chain no sooner: nodes lag. */
  prematurePatienceMs: number;
  /** The same is told to the webhook again no sooner. */
  repeatAlertMs: number;
  webhookTimeoutMs: number;
  webhookAttempts: number;
  /** First and longest pause after a failed attempt at anything. */
  retryBaseMs: number;
  retryCapMs: number;
  /** A transaction that is not in a block after so long is replaced at higher fees. */
  stuckAfterMs: number;
  /** Most wei per gas that is ever offered. */
  maxFeePerGas: bigint;
  /** Most gas that a transaction may use. */
  maxGas: bigint;
  /** Rewards below that, in the smallest unit of the stake, are left where they are. */
  minClaim: bigint;
};

export const DEFAULT_WATCHTOWER_OPTIONS: WatchtowerOptions = {
  pollIntervalMs: 2_000,
  tickBudgetMs: 20_000,
  maxLagBlocks: 100,
  nodeAlertAfterMs: 60_000,
  staleAfterMs: 3_600_000,

  allowLocalStorage: false,
  recentReads: 12,
  lookaheadReads: 4,
  forwardReads: 256,
  sweepReads: 16,
  randomReads: 8,
  locationBudgetMs: 15_000,
  locationsPerTick: 3,

  scanRange: 2_000,
  scanRequests: 20,
  harvestsPerTick: 100,
  harvestBudgetMs: 5_000,
  classificationsPerTick: 100,
  clockSkewSeconds: 30,

  prematurePatienceMs: 60_000,
  repeatAlertMs: 3_600_000,
  webhookTimeoutMs: 5_000,
  webhookAttempts: 8,
  retryBaseMs: 1_000,
  retryCapMs: 600_000,
  stuckAfterMs: 60_000,
  maxFeePerGas: 500_000_000_000n,
  maxGas: 5_000_000n,
  minClaim: 1n,
};
