import { Command } from "commander";
import type { Abi, Address, Hex } from "viem";
import { errorText } from "../../agents/relayer/rpcError.ts";
import { checkpointFraudProofsAbi, slasherAbi } from "../../contracts/abi.ts";
import { addressToBytes32 } from "../../protocol/address.ts";
import { formatAmount } from "../../staking/stakeAsset.ts";
import { StakeRefusedError } from "../../staking/stakeErrors.ts";
import { openReader } from "../../storage/openReader.ts";
import { actInStake, type InStake, type StakeOptions, withStakeOptions } from "../actInStake.ts";
import { addressArgument, integerArgument } from "../parseArgument.ts";

type IndexOptions = StakeOptions & { index: number };
type AnswerOptions = IndexOptions & { storage: string };

/** Challenges to sign, which is all that can be done about silence. */
export function stakeLivenessCommands(): Command[] {
  return [challengeCommand(), answerCommand(), resolveCommand()];
}

function withIndex(command: Command): Command {
  return withStakeOptions(command).requiredOption(
    "--index <n>",
    "index of the checkpoint in the tree",
    integerArgument,
  );
}

function challengeCommand(): Command {
  return withIndex(new Command("challenge"))
    .description(
      "challenge a validator to sign on chain, for a bond that is its own if it does, and back with a reward if not",
    )
    .argument("<validator>", "address of its operator", addressArgument)
    .action(async (validator: Address, options: IndexOptions, command: Command) => {
      const judge = await openSlasher(await actInStake(options, command));
      const { livenessBond, finalAfter } = await judge.terms();
      const stored = await judge.rootOver(options.index);
      if (stored === undefined) throw new StakeRefusedError(`the tree has no leaf ${options.index} yet`);
      const from = (stored.storedAt + finalAfter) * 1_000;
      if ((await judge.now()) * 1_000 < from) {
        const when = new Date(from).toISOString();
        console.log(`a root over index ${options.index} is stored: challenge from ${when} on`);
        return;
      }
      const what = `challenging ${validator} to sign index ${options.index}`;
      await judge.write(what, "challengeLiveness", [validator, options.index, stored.root], livenessBond);
      const [, , deadline] = await judge.challenge(validator, options.index);
      console.log(`${validator} has until ${new Date(deadline * 1_000).toISOString()} to sign index ${options.index}`);
    });
}

function answerCommand(): Command {
  return withIndex(new Command("answer"))
    .description("answer a challenge with the checkpoint that the validator published; anybody may")
    .requiredOption("--storage <location>", "where it is: file:///absolute/directory")
    .action(async (options: AnswerOptions, command: Command) => {
      const judge = await openSlasher(await actInStake(options, command));
      const reader = openReader({ location: options.storage, allowLocal: true });
      const signed = await reader.checkpoint(options.index);
      if (signed === undefined) {
        throw new StakeRefusedError(`there is no checkpoint of index ${options.index} at ${options.storage}`);
      }
      const { merkleTreeHook, ...rest } = signed.checkpoint;
      const checkpoint = { ...rest, merkleTree: addressToBytes32(merkleTreeHook) };
      await judge.write(`answering for index ${options.index}`, "answerLiveness", [checkpoint, signed.signature]);
      console.log(`index ${options.index} is signed on chain; the bond is the operator's`);
    });
}

function resolveCommand(): Command {
  return withIndex(new Command("resolve"))
    .description("end a challenge that nobody answered in time: slashes and jails the validator; anybody may")
    .argument("<validator>", "address of its operator", addressArgument)
    .action(async (validator: Address, options: IndexOptions, command: Command) => {
      const inStake = await actInStake(options, command);
      const judge = await openSlasher(inStake);
      const args = [validator, options.index] as const;
      const slashed = await judge.write(`resolving the challenge of ${validator}`, "resolveLiveness", args);
      console.log(
        `${validator} did not sign index ${options.index}: ${formatAmount(inStake.stake.asset, slashed)} slashed`,
      );
    });
}

/** The slasher of a chain's staking, for one account. */
async function openSlasher({ chain, stake }: InStake) {
  const { deployer } = stake;
  const { client, account } = deployer;
  const address = await client.readContract({ ...stake.contract, functionName: "slasher" });
  const slasher = { address, abi: slasherAbi } as const;
  const proofs = {
    address: await client.readContract({ ...slasher, functionName: "proofs" }),
    abi: checkpointFraudProofsAbi,
  } as const;
  const tree = chain.merkleTreeHook;

  /** The root that was stored first of those that have the leaf. */
  async function storedOver(index: number): Promise<Hex | undefined> {
    const filter = { eventName: "CheckpointStored", fromBlock: BigInt(chain.fromBlock), strict: true } as const;
    const events = await client.getContractEvents({ ...proofs, ...filter, args: { merkleTree: tree } });
    return events.find(({ args }) => args.index >= index)?.args.root;
  }

  return {
    terms: () => client.readContract({ ...slasher, functionName: "terms" }),
    now: async () => Number((await client.getBlock()).timestamp),
    challenge: (validator: Address, index: number) =>
      client.readContract({ ...slasher, functionName: "livenessChallenge", args: [validator, index] }),

    /** A stored root over the leaf, stored now if there is none; undefined if the tree is too short. */
    async rootOver(index: number): Promise<{ root: Hex; storedAt: number } | undefined> {
      let root = await storedOver(index);
      if (root === undefined) {
        const call = { ...proofs, abi: checkpointFraudProofsAbi as Abi, functionName: "storeLatestCheckpoint" };
        await deployer.write("storing the tree's root", { ...call, args: [tree] });
        root = await storedOver(index);
      }
      if (root === undefined) return undefined;
      return { root, storedAt: await client.readContract({ ...proofs, functionName: "storedAt", args: [tree, root] }) };
    },

    /** Sends what would go through now; returns what it would return. @throws StakeRefusedError that says why it would not */
    async write(what: string, functionName: string, args: readonly unknown[], value = 0n): Promise<bigint> {
      const call = { ...slasher, abi: slasherAbi as Abi, functionName, args, value };
      const simulated = await client.simulateContract({ ...call, account }).catch((cause: unknown) => {
        throw new StakeRefusedError(`can not be done: ${what}: ${errorText(cause)}`, { cause });
      });
      await deployer.write(what, call);
      return typeof simulated.result === "bigint" ? simulated.result : 0n;
    },
  };
}
