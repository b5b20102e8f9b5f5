import type { ReorgFlag } from "../../storage/checkpointStorage.ts";

/** The chain contradicted what this validator has signed: it signs nothing more, whatever is restarted. */
export class ValidatorHaltedError extends Error {
  override name = "ValidatorHaltedError";
  readonly flag: ReorgFlag;

  constructor(parameters: { validator: string; location: string; flag: ReorgFlag }) {
    const { validator, location, flag } = parameters;
    const now =
      flag.localMerkleRoot === flag.canonicalMerkleRoot ? "reached it anew" : `has ${flag.canonicalMerkleRoot}`;
    super(
      `validator ${validator} has stopped for good: it signed root ${flag.localMerkleRoot} for index ` +
        `${flag.checkpointIndex} in a final block, but the chain was reorganised and ${now}. The flag is in ${location}. ` +
        "Find out how a final block could change, then go on with a new key and a deeper finality",
    );
    this.flag = flag;
  }
}

/** The validator can not know that it would not sign a second checkpoint for an index, so it does not start. */
export class ValidatorRefusedError extends Error {
  override name = "ValidatorRefusedError";
}
