import type { Hex } from "viem";

/**
 * The tree built from the chain's events is not the tree that the chain has: events are missing, invented or of another
 * block. Nothing read since the last agreement is trusted; the next tick reads it again. If that does not help, the
 * RPC node is broken or lying.
 */
export class TreeMismatchError extends Error {
  override name = "TreeMismatchError";
  readonly block: bigint;
  readonly own: { count: number; root: Hex };
  readonly chain: { count: number; root: Hex };

  constructor(parameters: {
    name: string;
    block: bigint;
    own: { count: number; root: Hex };
    chain: { count: number; root: Hex };
  }) {
    const { name, block, own, chain } = parameters;
    super(
      `the events of ${name} give a tree of ${own.count} leaves with root ${own.root}, but at block ${block} the chain ` +
        `has ${chain.count} leaves with root ${chain.root}. The next tick reads the events again; if this stays, ` +
        "use another RPC node, or lower fromBlock if it lies after the Mailbox's deployment",
    );
    this.block = block;
    this.own = own;
    this.chain = chain;
  }
}

/** The events of a block range contradict each other. The next tick reads them again. */
export class InconsistentEventsError extends Error {
  override name = "InconsistentEventsError";
}

/** The chain can not be followed at the moment: its node lags behind, or its head changes too fast. Retry later. */
export class ChainNotReadyError extends Error {
  override name = "ChainNotReadyError";
}

/** The configuration does not fit the chain or the store. Correct it; a retry does not help. */
export class WrongChainError extends Error {
  override name = "WrongChainError";
}
