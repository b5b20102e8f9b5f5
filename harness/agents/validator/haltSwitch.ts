import type { Logger } from "pino";
import type { Address, Hex } from "viem";
import { describeError } from "../../chains/describeError.ts";
import type { CheckpointStorage, ReorgFlag } from "../../storage/checkpointStorage.ts";
import type { SigningHistory, SigningRecord } from "./signingHistory.ts";
import { ValidatorHaltedError } from "./validatorErrors.ts";

export type HaltSwitch = {
  /** The flag counts wherever it is found. @throws ValidatorHaltedError; StorageError when the storage does not tell */
  throwIfHalted(): Promise<void>;
  /** Stops the validator for good. @throws ValidatorHaltedError */
  halt(signed: Pick<SigningRecord, "index" | "root">, canonicalRoot: Hex): Promise<never>;
};

/** What stops a validator for good, kept in its store and shown in its storage. */
export function createHaltSwitch(parameters: {
  validator: Address;
  history: SigningHistory;
  storage: CheckpointStorage;
  reorgPeriod: ReorgFlag["reorgPeriod"];
  log: Logger;
  /** Milliseconds since 1970. */
  now: () => number;
  onHalted: (flag: ReorgFlag) => void;
}): HaltSwitch {
  const { validator, history, storage, reorgPeriod, log, now, onHalted } = parameters;

  /** Sees to it that the world knows. The validator has stopped, whether or not that can be written. */
  async function halted(flag: ReorgFlag): Promise<ValidatorHaltedError> {
    await storage.writeReorgFlag(flag).catch((error) => {
      log.error({ reason: describeError(error) }, "could not publish the reorg flag");
    });
    const error = new ValidatorHaltedError({ validator, location: storage.location, flag });
    log.fatal({ flag }, error.message);
    return error;
  }

  return {
    async throwIfHalted() {
      const recorded = await history.flag();
      if (recorded !== undefined) throw await halted(recorded);
      const published = await storage.reorgFlag();
      if (published === undefined) return;
      await history.halt(published);
      throw await halted(published);
    },

    async halt(signed, canonicalRoot) {
      const flag: ReorgFlag = {
        localMerkleRoot: signed.root,
        canonicalMerkleRoot: canonicalRoot,
        checkpointIndex: signed.index,
        unixTimestamp: Math.floor(now() / 1000),
        reorgPeriod,
      };
      await history.halt(flag); // first: if nothing else can be written, it is not forgotten
      onHalted(flag);
      throw await halted(flag);
    },
  };
}
