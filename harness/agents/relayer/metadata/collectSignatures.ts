import type { Address, Hex } from "viem";
import type { Checkpoint } from "../../../protocol/checkpoint.ts";
import type { CheckpointSource, ValidatorAnswer } from "./checkpointSource.ts";
import type { ValidatorSet } from "./readValidatorSet.ts";

export type CollectedSignatures =
  /** As many signatures over `checkpoint` as are needed, in the order of the set. */
  | { status: "quorum"; checkpoint: Checkpoint; signatures: Hex[]; signers: Address[] }
  | { status: "short"; reason: string };

/** After so long, validators that have not answered no longer hold back those that were not asked. */
const PATIENCE_MS = 200;
const MAX_NAMED = 10;

/**
 * Collects a quorum's signatures over the checkpoint that the origin's own tree has at `index`; others never count.
 *
 * Only as many validators are asked as are needed, and the next ones as soon as one fails or is slow: one bad validator of n
 * costs at most a moment, whatever it does.
 */
export async function collectSignatures(
  parameters: ValidatorSet & {
    checkpoints: CheckpointSource;
    index: number;
    /** Whether to recover the signers: see `ReadOptions`. */
    verify: boolean;
    onSigned: (validator: Address, index: number) => void;
    /** How to read what one validator signed. Default: its ECDSA signatures. */
    read?: CheckpointSource["read"];
  },
): Promise<CollectedSignatures> {
  const { validators, weights, threshold, checkpoints, index, verify, onSigned, read = checkpoints.read } = parameters;
  const answers = new Map<Address, ValidatorAnswer>();
  const weightOf = (validator: Address) => weights[validators.indexOf(validator)] ?? 0n;
  const notAsked = checkpoints.bestFirst(validators.filter((_, i) => weights[i] !== 0n));
  const expected = checkpoints.checkpointAt(index);

  await new Promise<void>((resolve) => {
    let missing = threshold;
    let unanswered = 0;
    const patience = setTimeout(() => {
      while (notAsked.length > 0) ask();
    }, PATIENCE_MS);

    function done(): void {
      clearTimeout(patience);
      notAsked.length = 0;
      resolve();
    }

    function ask(): void {
      const validator = notAsked.shift();
      if (validator === undefined) return;
      unanswered += 1;
      void read(validator, expected, { verify, isNeeded: () => missing > 0n }).then((answer) => {
        unanswered -= 1;
        if (missing <= 0n) return;
        answers.set(validator, answer);
        if (answer.status === "signed") {
          missing -= weightOf(validator);
          onSigned(validator, index);
        } else {
          ask();
        }
        if (missing <= 0n || unanswered === 0) done();
      });
    }

    let asked = 0n;
    while (asked < threshold && notAsked[0] !== undefined) {
      asked += weightOf(notAsked[0]);
      ask();
    }
  });

  const signatures: Hex[] = [];
  const signers: Address[] = [];
  let signed = 0n;
  for (const validator of validators) {
    const answer = answers.get(validator);
    if (answer?.status !== "signed" || signed >= threshold) continue;
    signatures.push(answer.signature);
    signers.push(validator);
    signed += weightOf(validator);
  }
  if (signed >= threshold) return { status: "quorum", checkpoint: expected, signatures, signers };
  return { status: "short", reason: shortReason(parameters, signed, answers) };
}

function shortReason(
  { validators, weights, threshold, index }: ValidatorSet & { index: number },
  signed: bigint,
  answers: ReadonlyMap<Address, ValidatorAnswer>,
): string {
  const others = [...answers].flatMap(([validator, answer]) => {
    if (answer.status === "signed") return [];
    return [answer.status === "absent" ? `${validator} absent` : `${validator} rejected: ${answer.reason}`];
  });
  const more = others.length > MAX_NAMED ? `, and ${others.length - MAX_NAMED} more` : "";
  const unweighted = weights.every((weight) => weight === 1n);
  const needed = unweighted
    ? `${threshold} of ${validators.length} validators needed, ${signed} signed`
    : `validators of weight ${threshold} needed, of weight ${signed} signed`;
  return `${needed} index ${index}: ` + `${others.slice(0, MAX_NAMED).join(", ")}${more}`;
}
