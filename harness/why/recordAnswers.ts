import type { Address } from "viem";
import type { CheckpointSource, ValidatorAnswer } from "../agents/relayer/metadata/checkpointSource.ts";

/** What a validator published for the message: for its own index, else for the last other one that was looked at. */
export type RecordedAnswer = { validator: Address; index: number; answer: ValidatorAnswer };

/** The same source, which also remembers what each validator answered. */
export function recordAnswers(source: CheckpointSource, index: number) {
  const answers = new Map<Address, RecordedAnswer>();
  return {
    source: {
      ...source,
      async read(validator, expected, options) {
        const answer = await source.read(validator, expected, options);
        const known = answers.get(validator);
        if (known === undefined || known.index !== index) {
          answers.set(validator, { validator, index: expected.index, answer });
        }
        return answer;
      },
    } satisfies CheckpointSource,
    /** Those that did not sign come first. */
    answers: (): RecordedAnswer[] => [...answers.values()].sort((a, b) => Number(hasSigned(a)) - Number(hasSigned(b))),
  };
}

const hasSigned = ({ answer }: RecordedAnswer) => answer.status === "signed";
