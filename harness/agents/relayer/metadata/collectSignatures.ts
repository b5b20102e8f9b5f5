import type { Address, Hex } from "viem";
import type { Checkpoint } from "../../../protocol/checkpoint.ts";
import type { CheckpointSource, ValidatorAnswer } from "./checkpointSource.ts";
import type { ValidatorSet } from "./readValidatorSet.ts";

export type CollectedSignatures =
  /** Exactly `threshold` signatures over `checkpoint`, in the order of the set. */
  { status: "quorum"; checkpoint: Checkpoint; signatures: Hex[] } | { status: "short"; reason: string };

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
  },
): Promise<CollectedSignatures> {
  const { validators, threshold, checkpoints, index, verify, onSigned } = parameters;
  const answers = new Map<Address, ValidatorAnswer>();
  const notAsked = checkpoints.bestFirst([...new Set(validators)]);
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
      void checkpoints.read(validator, expected, { verify, isNeeded: () => missing > 0 }).then((answer) => {
        unanswered -= 1;
        if (missing === 0) return;
        answers.set(validator, answer);
        if (answer.status === "signed") {
          missing -= 1;
          onSigned(validator, index);
        } else {
          ask();
        }
        if (missing === 0 || unanswered === 0) done();
      });
    }

    for (let i = 0; i < threshold; i++) ask();
  });

  const signatures: Hex[] = [];
  for (const validator of new Set(validators)) {
    const answer = answers.get(validator);
    if (answer?.status === "signed" && signatures.length < threshold) signatures.push(answer.signature);
  }
  if (signatures.length === threshold) return { status: "quorum", checkpoint: expected, signatures };
  return { status: "short", reason: shortReason(parameters, signatures.length, answers) };
}

function shortReason(
  { validators, threshold, index }: ValidatorSet & { index: number },
  signed: number,
  answers: ReadonlyMap<Address, ValidatorAnswer>,
): string {
  const others = [...answers].flatMap(([validator, answer]) => {
    if (answer.status === "signed") return [];
    return [answer.status === "absent" ? `${validator} absent` : `${validator} rejected: ${answer.reason}`];
  });
  const more = others.length > MAX_NAMED ? `, and ${others.length - MAX_NAMED} more` : "";
  return (
    `${threshold} of ${validators.length} validators needed, ${signed} signed index ${index}: ` +
    `${others.slice(0, MAX_NAMED).join(", ")}${more}`
  );
}
