import { type Address, isAddressEqual } from "viem";
import { checkpointFraudProofsAbi, slasherAbi, validatorStakeAbi } from "../../../contracts/abi.ts";
import { addressToBytes32 } from "../../../protocol/address.ts";
import { type RawCheckpoint, rawCheckpointDigest } from "../../../protocol/checkpoint.ts";
import { mayBeTooLarge } from "../../originIndexChain.ts";
import type { CandidateSignature } from "../calldataSignatures.ts";
import type { ChainView, WatchedChain } from "../followChain.ts";
import type { StakingContracts } from "./stakingContracts.ts";
import type { StakingEvents, StakingRecords } from "./stakingRecords.ts";

const EVENTS = [...validatorStakeAbi, ...slasherAbi, ...checkpointFraudProofsAbi].filter(
  (item) =>
    item.type === "event" &&
    (item.name === "ValidatorRegistered" ||
      item.name === "KeyRotated" ||
      item.name === "PrematureChallenged" ||
      item.name === "LivenessAnswered" ||
      item.name === "CheckpointStored"),
);
const REQUESTS_PER_TURN = 50;
/** Read again each time: the newest blocks may be others by then. */
const OVERLAP = 256;

export type StakingScanner = {
  /**
   * Reads on, by one node, what happened to the stake and its slasher.
   * @returns signatures that validators answered challenges with
   * @throws viem's errors: the next turn goes on
   */
  scan(view: ChainView): Promise<CandidateSignature[]>;
};

/** Reads the events of a staking deployment. What any node tells is taken down, since no more than looking follows from it. */
export function createStakingScanner(parameters: {
  watched: WatchedChain;
  contracts: StakingContracts;
  records: StakingRecords;
  /** Blocks per request at most. */
  maxRange: number;
}): StakingScanner {
  const { watched, contracts, records, maxRange } = parameters;
  const { chain } = watched;
  const ranges = new Map<string, number>();

  async function read({ client }: ChainView, fromBlock: bigint, toBlock: bigint) {
    const address = [contracts.stake, contracts.slasher, contracts.proofs];
    const logs = await client.getLogs({ address, events: EVENTS, fromBlock, toBlock, strict: true });
    const keys: Address[] = [];
    const stored: StakingEvents["stored"][number][] = [];
    const challenges: StakingEvents["challenges"][number][] = [];
    const signatures: CandidateSignature[] = [];
    for (const log of logs) {
      const emitter = log.address.toLowerCase();
      if (log.removed) continue;
      if (log.eventName === "ValidatorRegistered" && emitter === contracts.stake) {
        keys.push(log.args.key);
      } else if (log.eventName === "KeyRotated" && emitter === contracts.stake) {
        keys.push(log.args.oldKey, log.args.newKey);
      } else if (log.eventName === "CheckpointStored" && emitter === contracts.proofs) {
        const { merkleTree, root, index } = log.args;
        if (isAddressEqual(merkleTree, chain.merkleTreeHook)) stored.push({ root, index });
      } else if (log.eventName === "PrematureChallenged" && emitter === contracts.slasher) {
        const { challengeId: id, validator, reporter, deadline } = log.args;
        const { merkleTree: tree, ...rest } = log.args.checkpoint;
        challenges.push({ id, validator, reporter, deadline: Number(deadline), checkpoint: { tree, ...rest } });
      } else if (log.eventName === "LivenessAnswered" && emitter === contracts.slasher) {
        const { index, root, messageId, signature } = log.args;
        const tree = addressToBytes32(chain.merkleTreeHook);
        const checkpoint: RawCheckpoint = { origin: chain.domain, tree, root, index, messageId };
        signatures.push({ checkpoint, digest: rawCheckpointDigest(checkpoint), signature });
      }
    }
    return { keys, stored, challenges, signatures };
  }

  return {
    async scan(view) {
      const cursor = `${view.id} ${contracts.stake}`;
      const known = await records.next(cursor);
      const head = await view.client.getBlockNumber();
      const found: CandidateSignature[] = [];
      let next = BigInt(Math.max(chain.fromBlock, (known ?? chain.fromBlock) - OVERLAP));
      for (let requests = 0; next <= head && requests < REQUESTS_PER_TURN; requests++) {
        const range = BigInt(ranges.get(view.id) ?? maxRange);
        const end = next + range - 1n < head ? next + range - 1n : head;
        try {
          const { signatures, ...events } = await read(view, next, end);
          await records.store(cursor, Number(end) + 1, `the stake ${contracts.stake} on ${chain.name}`, events);
          found.push(...signatures);
        } catch (error) {
          if (!mayBeTooLarge(error) || end === next) throw error;
          ranges.set(view.id, Math.max(1, Math.ceil(Number(end - next + 1n) / 2)));
          continue;
        }
        next = end + 1n;
      }
      return found;
    },
  };
}
