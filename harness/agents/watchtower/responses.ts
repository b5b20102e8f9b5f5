import type { Address } from "viem";
import type { Actions } from "./actions.ts";
import type { FlagSubject, PauseSubject } from "./modulePlanners.ts";
import type { ForeignTable, OffenceTable } from "./schema.ts";

/** When to act on a message that its origin never dispatched: as soon as it is not in the newest block, or in a final one. */
export type Certainty = "suspected" | "certain";

/** A module that may be stopped, and when. */
export type ModuleResponse =
  | {
      type: "pausable";
      /** Domain of the chain that it is on. */
      chain: number;
      address: Address;
      /** Domains: it is stopped for what concerns messages from there. */
      origins: readonly number[];
      /** `foreign`: such a message came past what is protected on that chain. `fraud`: a watched key of an origin cheated. */
      on: readonly ("foreign" | "fraud")[];
      when: Certainty;
    }
  | {
      type: "optimistic";
      chain: number;
      address: Address;
      origins: readonly number[];
      /** What is flagged when such a message was pre-verified. `submodule` stops all messages, until the owner acts. */
      flag: readonly ("message" | "submodule")[];
      when: Certainty;
    };

export type Responses = {
  onForeign(row: ForeignTable): Promise<void>;
  onOffence(offence: OffenceTable): Promise<void>;
};

/** Intends what the configuration says is to be done with modules. Calling it again intends nothing again. */
export function createResponses(parameters: {
  actions: Actions;
  modules: readonly ModuleResponse[];
  /** Who pauses and flags; undefined when nobody may. */
  guardian: Address | undefined;
}): Responses {
  const { actions, modules, guardian } = parameters;

  async function pause(module: ModuleResponse, cause: string): Promise<void> {
    if (guardian === undefined) return;
    const { chain, address } = module;
    const subject: PauseSubject = { module: address };
    const key = `pause:${chain}:${address}:${cause}`;
    await actions.intend({ key, chain, account: guardian, kind: "pause", subject });
  }

  async function flag(module: Extract<ModuleResponse, { type: "optimistic" }>, row: ForeignTable): Promise<void> {
    if (guardian === undefined) return;
    const { chain, address } = module;
    const { message_id: messageId, round } = row;
    const subject: FlagSubject = { module: address, messageId, round };
    const common = { chain, account: guardian, subject };
    if (module.flag.includes("message")) {
      const key = `flag-message:${chain}:${address}:${messageId}:${round}`;
      await actions.intend({ ...common, key, kind: "flag-message" });
    }
    if (module.flag.includes("submodule")) {
      await actions.intend({ ...common, key: `flag-submodule:${chain}:${address}:${round}`, kind: "flag-submodule" });
    }
  }

  return {
    async onForeign(row) {
      for (const module of modules) {
        const isInTime = module.when === "suspected" || row.state === "certain";
        if (module.chain !== row.chain || !isInTime) continue;
        if (module.type === "optimistic") {
          if (row.kind === "pre-verification" && row.emitter === module.address) await flag(module, row);
          continue;
        }
        const concerns = row.origin === null || module.origins.includes(row.origin);
        if (concerns && module.on.includes("foreign")) await pause(module, row.message_id);
      }
    },

    async onOffence({ signer, origin, kind }) {
      for (const module of modules) {
        if (module.type !== "pausable" || !module.on.includes("fraud") || !module.origins.includes(origin)) continue;
        await pause(module, `${signer}:${origin}:${kind}`);
      }
    },
  };
}
