import type { Hash } from "viem";
import type { RelayerEvent } from "../agents/relayer/events.ts";
import type { ValidatorEvent } from "../agents/validator/validator.ts";
import type { ChainName } from "../world/createWorld.ts";
import type { Sent } from "../world/dispatchMessages.ts";

type Step = { at: number; text: string };
type Journey = { from: ChainName; to: ChainName; sent: Sent; steps: Step[]; delivered: boolean };

export type Timeline = {
  /** Starts the journey of a message that was dispatched `at` (milliseconds). */
  dispatched(parameters: { from: ChainName; to: ChainName; sent: Sent; at: number }): void;
  onValidatorEvent(event: ValidatorEvent): void;
  onRelayerEvent(event: RelayerEvent): void;
  /** How many of how many are delivered, and what the others wait for. */
  progress(): { done: number; all: number; waitsFor: string };
  /** One readable block for each message. */
  print(): string;
};

/** Collects what the agents report about each message, in the order in which it happened. */
export function createTimeline(now: () => number = Date.now): Timeline {
  const journeys = new Map<Hash, Journey>();
  // A validator may sign before the sender has its receipt: what is said of a message too early is kept for it.
  const early = new Map<Hash, Step[]>();

  function add(id: Hash, text: string): Journey | undefined {
    const step = { at: now(), text };
    const journey = journeys.get(id);
    if (journey === undefined) early.set(id, [...(early.get(id) ?? []), step]);
    else journey.steps.push(step);
    return journey;
  }

  return {
    dispatched({ from, to, sent, at }) {
      const { blockNumber, gasUsed } = sent.receipt;
      const first = { at, text: `dispatched on ${from} in block ${blockNumber}, ${gasUsed} gas` };
      journeys.set(sent.id, { from, to, sent, steps: [first, ...(early.get(sent.id) ?? [])], delivered: false });
    },
    onValidatorEvent(event) {
      if (event.type === "signed") add(event.messageId, `signed by ${event.validator}, index ${event.index}`);
    },
    onRelayerEvent(event) {
      if (event.type === "preparing") add(event.id, `being prepared, transaction ${event.tx}`);
      if (event.type === "prepared") add(event.id, `prepared, final in block ${event.block}`);
      if (event.type === "submitted") add(event.id, `submitted by the relayer, transaction ${event.tx}`);
      if (event.type === "included") {
        const { block, gasUsed, success } = event;
        add(event.id, `${success ? "handled" : "reverted"} in block ${block}, ${gasUsed} gas`);
      }
      if (event.type === "delivered") {
        const journey = add(event.id, `delivered, final in block ${event.block}`);
        if (journey !== undefined) journey.delivered = true;
      }
    },
    progress() {
      const all = [...journeys.values()];
      const waiting = all.find((journey) => !journey.delivered);
      const waitsFor = waiting?.steps.at(-1)?.text ?? "";
      return { done: all.filter((journey) => journey.delivered).length, all: all.length, waitsFor };
    },
    print() {
      return [...journeys.values()].map(block).join("\n\n");
    },
  };
}

function block({ from, to, sent, steps }: Journey): string {
  const start = steps[0]?.at ?? 0;
  const lines = steps.map(({ at, text }) => `  ${`+${at - start}`.padStart(6)} ms  ${text}`);
  return [`${sent.id}  ${from} → ${to}, nonce ${sent.index}`, ...lines].join("\n");
}
