import { type Address, encodeFunctionData, type Hex, hexToBigInt, zeroAddress } from "viem";
import { slasherAbi, validatorStakeAbi } from "../../../contracts/abi.ts";
import type { RawCheckpoint } from "../../../protocol/checkpoint.ts";
import { ethCall } from "../../relayer/ethCall.ts";
import { isRevert } from "../../relayer/rpcError.ts";
import type { Plan, PlanParameters } from "../actions.ts";
import { askAll } from "../askAll.ts";
import { readHeads } from "../heads.ts";
import { judgeCheckpoint } from "../judgeCheckpoint.ts";
import type { OffenceKind, OffenceTable } from "../schema.ts";
import type { Signatures } from "../signatures.ts";
import type { StakingContracts } from "./stakingContracts.ts";
import type { StakingRecords } from "./stakingRecords.ts";
import { findStoredProof } from "./storedProof.ts";

export type ProofSubject = Pick<OffenceTable, "signer" | "origin" | "tree" | "leaf_index">;

/** `IFraudEvidence.Kind`. */
const KINDS: Record<OffenceKind, number> = {
  equivocation: 0,
  "wrong-message-id": 1,
  "wrong-root": 2,
  premature: 3,
  "foreign-tree": 4,
};

/** Nobody answers for the key now; it may be registered later. */
const LOOK_AGAIN_MS = 3_600_000;

/**
 * Has a validator slashed for what it signed for one leaf: by the gravest kind that can be proven now, whoever has proven what before.
 * Before each step the evidence is compared with what the nodes agree on once more.
 */
export async function planProof(
  parameters: PlanParameters,
  { contracts, records, signatures }: { contracts: StakingContracts; records: StakingRecords; signatures: Signatures },
): Promise<Plan> {
  const subject = parameters.subject as ProofSubject;
  const { watched, agreement } = parameters;
  const { chain, quorum } = watched;
  const { views } = agreement;
  const { signer, origin, tree, leaf_index } = subject;
  const judge = { address: contracts.slasher, abi: slasherAbi } as const;

  const known = await signatures.offencesAt(subject);
  const kinds = known.map(({ kind }) => kind).filter((kind) => kind === "equivocation" || origin === chain.domain);
  if (kinds.length === 0) return { status: "moot", reason: "nothing of it can be proven on this chain" };
  const state = await askAll({
    what: `what the slasher knows of ${signer} at ${leaf_index}`,
    views,
    quorum,
    ask: async (client) => {
      const call = { address: contracts.stake, abi: validatorStakeAbi, functionName: "validatorOf" } as const;
      const validator = await ethCall(client, { ...call, args: [signer] });
      const slashed = await ethCall(client, {
        ...judge,
        functionName: "slashedFor",
        args: [validator, origin, tree, leaf_index],
      });
      const share = (kind: OffenceKind) => ethCall(client, { ...judge, functionName: "shareOf", args: [KINDS[kind]] });
      return { validator, slashed, shares: await Promise.all(kinds.map(share)) };
    },
  });
  if (state.status !== "agreed") return { status: "wait", reason: state.problem };
  const { validator, slashed, shares } = state.value;
  if (validator === zeroAddress) {
    return { status: "wait", reason: "no validator answers for the key", forMs: LOOK_AGAIN_MS };
  }
  const gravest = known
    .filter(({ kind }) => kinds.includes(kind))
    .map((offence) => ({ offence, share: shares[kinds.indexOf(offence.kind)] ?? 0n }))
    .filter(({ share }) => share > slashed)
    .sort((a, b) => (a.share === b.share ? KINDS[a.offence.kind] - KINDS[b.offence.kind] : a.share > b.share ? -1 : 1));
  if (gravest.length === 0) return { status: "done", reason: `validator ${validator} was slashed for it` };

  const plans: Plan[] = [];
  for (const { offence } of gravest) {
    const plan = await planKind(offence, validator);
    if (plan.status === "call" && plan.step === "prove" && (await takesNothing(plan))) {
      return { status: "moot", reason: `nothing is left of what stood behind ${validator}` };
    }
    if (plan.status === "call") return plan;
    plans.push(plan);
  }
  return (
    plans.find(({ status }) => status === "wait") ?? plans[0] ?? { status: "moot", reason: "there is no evidence" }
  );

  async function planKind(offence: OffenceTable, validator: Address): Promise<Plan> {
    const { kind, digest, signature } = offence;
    const checkpoint = await signatures.checkpointOf(digest);
    if (kind === "equivocation") return await planEquivocation(offence, checkpoint);
    const verdict = judgeCheckpoint(
      { tree, leaf_index, root: checkpoint.root, message_id: checkpoint.messageId },
      {
        chain,
        ...agreement,
      },
    );
    if (kind === "premature" && verdict === "honest") return { status: "moot", reason: "it has come true" };
    if (kind === "premature") return await planPremature(validator, checkpoint, signature);
    if (kind !== verdict) {
      return { status: "wait", reason: `by now it is ${verdict}, not ${kind}`, forMs: LOOK_AGAIN_MS };
    }
    if (kind === "foreign-tree") {
      return call("prove", "proveForeignTree", [encoded(checkpoint), signature]);
    }
    const found = await findStoredProof(leaf_index, parameters, { contracts, records });
    if (found.status !== "ready") return found;
    return kind === "wrong-message-id"
      ? call("prove", "proveMessageId", [
          encoded(checkpoint),
          signature,
          found.siblings,
          agreement.tree.leaf(leaf_index),
        ])
      : call("prove", "proveRoot", [encoded(checkpoint), signature, found.siblings]);
  }

  /** Who has lost all can still sign a thousand frauds: proving them would only cost gas. What would fail is told of by its sender. */
  async function takesNothing({ to, data }: Extract<Plan, { status: "call" }>): Promise<boolean> {
    const slashed = await askAll({
      what: `what ${signer} would be slashed by`,
      views,
      quorum,
      async ask(client) {
        try {
          const answer = await client.call({ account: parameters.account, to, data });
          return answer.data === undefined ? undefined : hexToBigInt(answer.data);
        } catch (error) {
          if (isRevert(error)) return undefined;
          throw error;
        }
      },
    });
    return slashed.status === "agreed" && slashed.value === 0n;
  }

  async function planEquivocation(offence: OffenceTable, first: RawCheckpoint): Promise<Plan> {
    const { signature, other_digest, other_signature } = offence;
    if (other_digest === null || other_signature === null) return { status: "moot", reason: "there is no second one" };
    const second = await signatures.checkpointOf(other_digest);
    return call("prove", "proveEquivocation", [encoded(first), signature, encoded(second), other_signature]);
  }

  async function planPremature(validator: Address, checkpoint: RawCheckpoint, signature: Hex): Promise<Plan> {
    const id = await askAll({
      what: `the challenge of ${validator} at ${leaf_index}`,
      views,
      quorum,
      ask: async (client) => {
        const challengeId = await ethCall(client, {
          ...judge,
          functionName: "prematureChallengeId",
          args: [validator, encoded(checkpoint)],
        });
        return await ethCall(client, { ...judge, functionName: "prematureChallenge", args: [challengeId] });
      },
    });
    if (id.status !== "agreed") return { status: "wait", reason: id.problem };
    const [reporter, deadline] = id.value;
    if (reporter !== zeroAddress) {
      const until = new Date(deadline * 1_000).toISOString();
      return { status: "wait", reason: `it is challenged until ${until}` };
    }
    const heads = await readHeads(views, chain.merkleTreeHook);
    if (heads.some(({ count }) => count > leaf_index)) {
      return { status: "wait", reason: "the tree has come to have that leaf, which is not final" };
    }
    return call("challenge", "challengePremature", [encoded(checkpoint), signature]);
  }

  function call(step: string, functionName: string, args: readonly unknown[]): Plan {
    const data = encodeFunctionData({ abi: slasherAbi, functionName, args } as Parameters<
      typeof encodeFunctionData
    >[0]);
    return { status: "call", step, to: contracts.slasher, data };
  }
}

/** As the contracts want it. */
export function encoded({ tree, ...rest }: RawCheckpoint) {
  return { ...rest, merkleTree: tree };
}
