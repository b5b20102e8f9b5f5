import type { Address } from "viem";
import { validatorStakeAbi } from "../../../contracts/abi.ts";
import { ethCall } from "../../relayer/ethCall.ts";
import { remember } from "../../relayer/remember.ts";
import { errorText } from "../../relayer/rpcError.ts";
import type { Actions, Planner } from "../actions.ts";
import { askAll } from "../askAll.ts";
import type { Collector } from "../collectFromStorage.ts";
import type { TowerContext } from "../context.ts";
import type { Agreement, ChainView, WatchedChain } from "../followChain.ts";
import type { OffenceTable } from "../schema.ts";
import type { Signatures } from "../signatures.ts";
import type { KeySource } from "../watchedKeys.ts";
import { type ChallengeSubject, planChallenge } from "./planChallenge.ts";
import { planClaim } from "./planClaim.ts";
import { type ProofSubject, planProof } from "./planProof.ts";
import { createStakingScanner, type StakingScanner } from "./scanStaking.ts";
import { readStakingContracts } from "./stakingContracts.ts";
import { createStakingRecords } from "./stakingRecords.ts";

export type StakingWatch = {
  /** Whose signatures are watched because they have a stake here. */
  keys: KeySource;
  /** Reads on, by one node, what happened to the stake. Never throws. */
  read(view: ChainView, collector: Collector): Promise<void>;
  /** Intends what follows from challenges and rewards. @throws Error when the nodes do not tell alike */
  follow(agreement: Agreement): Promise<void>;
  /** Intends to prove an offence here, if that is possible. @param isNew of an index that something was proven of, it is looked at again */
  onOffence(offence: OffenceTable, isNew: boolean): Promise<void>;
  planners: Record<"prove" | "challenge" | "claim", Planner>;
};

/** Watches one staking deployment: whose keys are at stake, what can be proven there, and what it pays. */
export function createStakingWatch(
  context: TowerContext,
  parameters: {
    watched: WatchedChain;
    /** `ValidatorStake`. */
    stake: Address;
    actions: Actions;
    signatures: Signatures;
    /** Who proves, and is rewarded; undefined when nobody does. */
    reporter: Address | undefined;
  },
): StakingWatch {
  const { db, now, alerts, options } = context;
  const { watched, stake, actions, signatures, reporter } = parameters;
  const { chain, quorum } = watched;
  const records = createStakingRecords({ db, chain: chain.domain, now });
  const contracts = remember((address: Address) => readStakingContracts(watched, address));
  let scanner: StakingScanner | undefined;

  async function openScanner(): Promise<StakingScanner> {
    scanner ??= createStakingScanner({
      watched,
      contracts: await contracts(stake),
      records,
      maxRange: options.scanRange,
    });
    return scanner;
  }

  /** What was challenged by anybody, told and to be ended. */
  async function followChallenges(): Promise<void> {
    for (const challenge of await records.unhandledChallenges()) {
      const { id, validator, deadline } = challenge;
      const subject: ChallengeSubject = { id, validator, checkpoint: JSON.parse(challenge.checkpoint) };
      if (reporter !== undefined) {
        const key = `challenge:${chain.domain}:${id}:${deadline}`;
        await actions.intend({ key, chain: chain.domain, account: reporter, kind: "challenge", subject });
      }
      await alerts.raise({
        key: `challenge:${chain.domain}:${validator}`,
        kind: "premature-challenge",
        severity: "info",
        text: `validator ${validator} is challenged for having signed index ${subject.checkpoint.index} of ${chain.name} too early`,
        details: { validator, chain: chain.domain, index: subject.checkpoint.index, deadline },
      });
      await records.markHandled(challenge);
    }
  }

  /** Rewards, of whatever was proven: each amount is claimed once. */
  async function followRewards({ views }: Agreement): Promise<void> {
    if (reporter === undefined || !(await actions.any(chain.domain, ["prove", "challenge"]))) return;
    if (await actions.any(chain.domain, ["claim"], "due")) return;
    const credit = await askAll({
      what: `the credit of ${reporter}`,
      views,
      quorum,
      ask: (client) =>
        ethCall(client, { address: stake, abi: validatorStakeAbi, functionName: "creditOf", args: [reporter] }),
    });
    if (credit.status !== "agreed" || credit.value < options.minClaim) return;
    const key = `claim:${chain.domain}:${stake}:${now()}`;
    await actions.intend({ key, chain: chain.domain, account: reporter, kind: "claim", subject: {} });
  }

  return {
    keys: {
      name: `the stake ${stake} on ${chain.name}`,
      async keys() {
        const answers = await Promise.allSettled(
          watched.views.map(({ client }) =>
            ethCall(client, { address: stake, abi: validatorStakeAbi, functionName: "validators", args: [] }),
          ),
        );
        const told = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
        const failed = answers.find((answer) => answer.status === "rejected");
        if (failed !== undefined && answers.every(({ status }) => status === "rejected")) throw failed.reason;
        const named = await db.selectFrom("tower_key").select("key").execute();
        return [...told, ...named.map(({ key }) => key)];
      },
    },

    async read(view, collector) {
      try {
        const { scan } = await openScanner();
        await collector.keep(await scan(view), `answers to challenges on ${chain.name}`);
      } catch (error) {
        await alerts.raise({
          key: `stake:${chain.domain}:${view.id}`,
          kind: "stake-unreadable",
          severity: "warning",
          text: `the stake ${stake} on ${chain.name} can not be watched by ${view.name}: ${errorText(error)}`,
        });
      }
    },

    async follow(agreement) {
      await followChallenges();
      await followRewards(agreement);
    },

    async onOffence({ signer, origin, tree, leaf_index, kind }, isNew) {
      if (reporter === undefined || (kind !== "equivocation" && origin !== chain.domain)) return;
      const subject: ProofSubject = { signer, origin, tree, leaf_index };
      const key = `prove:${chain.domain}:${signer}:${origin}:${tree}:${leaf_index}`;
      // An offence that was proven, and now turns out to be of another kind, may be a graver one.
      const intended = await actions.intend({ key, chain: chain.domain, account: reporter, kind: "prove", subject });
      if (!intended && isNew) await actions.reopen(key);
    },

    planners: {
      prove: async (plan) => planProof(plan, { contracts: await contracts(stake), records, signatures }),
      challenge: async (plan) => planChallenge(plan, { contracts: await contracts(stake), records }),
      claim: async (plan) => planClaim(plan, { contracts: await contracts(stake) }),
    },
  };
}
