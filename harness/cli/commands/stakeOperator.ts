import { Command, InvalidArgumentError } from "commander";
import type { Hex, LocalAccount } from "viem";
import { validatorKeyProofDigest } from "../../protocol/validatorKeyProof.ts";
import { formatAmount, parseAmount } from "../../staking/stakeAsset.ts";
import { actInStake, type InStake, type StakeOptions, withStakeOptions } from "../actInStake.ts";
import { readKey } from "../readKey.ts";

type RegisterOptions = StakeOptions & { amount: string; commission: number; validatorKeyFile?: string };
type RotateOptions = StakeOptions & { newKeyFile: string };

/** What an operator does with its validator. */
export function stakeOperatorCommands(): Command[] {
  return [registerCommand(), rotateCommand(), rejoinCommand(), commissionCommand()];
}

function registerCommand(): Command {
  return withStakeOptions(new Command("register"))
    .description("make the account an operator, with a key that signs checkpoints and a bond of its own; for ever")
    .requiredOption("--amount <n>", "the self-bond, in whole tokens")
    .requiredOption("--commission <percent>", "what the operator gets of rewards, like 5 or 2.5", percentArgument)
    .option(
      "--validator-key-file <file>",
      "the key that signs checkpoints (default: that of the configuration's validator, else CAUSEWAY_VALIDATOR_KEY)",
    )
    .action(async (options: RegisterOptions, command: Command) => {
      const inStake = await actInStake(options, command);
      const { stake } = inStake;
      const key = validatorKey(inStake, options.validatorKeyFile);
      const amount = parseAmount(stake.asset, options.amount);
      const value = await stake.pay(amount);
      const args = [key.address, await proofBy(key, inStake), options.commission, amount] as const;
      const bond = formatAmount(stake.asset, amount);
      await stake.write(`registering with ${bond}`, "register", args, value);
      console.log(
        `${stake.account} is a validator of ${options.chain}: it signs as ${key.address}, with ${bond} at stake`,
      );
    });
}

function rotateCommand(): Command {
  return withStakeOptions(new Command("rotate"))
    .description(
      "replace the key that signs checkpoints, from the next epoch on; the old one stays slashable for its delay",
    )
    .requiredOption("--new-key-file <file>", "the new key")
    .action(async (options: RotateOptions, command: Command) => {
      const inStake = await actInStake(options, command);
      const { stake } = inStake;
      const key = readKey({ file: options.newKeyFile });
      await stake.write("replacing the key", "rotateKey", [key.address, await proofBy(key, inStake)]);
      const epoch = await stake.deployer.client.readContract({ ...stake.contract, functionName: "epoch" });
      console.log(`${stake.account} signs as ${key.address} from epoch ${epoch + 1} on; keep the old key until then`);
    });
}

function rejoinCommand(): Command {
  return withStakeOptions(new Command("rejoin"))
    .description("stand for the set again: after jail, after the self-bond was too small, or after losing the place")
    .action(async (options: StakeOptions, command: Command) => {
      const { stake } = await actInStake(options, command);
      await stake.write("standing for the set", "rejoin", []);
      console.log(`${stake.account} is a candidate`);
    });
}

function commissionCommand(): Command {
  return withStakeOptions(new Command("commission"))
    .description("set what the operator gets of rewards: less at once, more after the unbonding time")
    .argument("<percent>", "like 5 or 2.5", percentArgument)
    .action(async (commission: number, options: StakeOptions, command: Command) => {
      const { stake } = await actInStake(options, command);
      await stake.write("setting the commission", "setCommission", [commission]);
      const args = [stake.account] as const;
      const status = await stake.deployer.client.readContract({
        ...stake.contract,
        functionName: "validatorStatus",
        args,
      });
      const percent = (hundredths: number) => `${hundredths / 100} %`;
      const now = `the commission of ${stake.account} is ${percent(status.commission)}`;
      const later = `, and ${percent(status.nextCommission)} from epoch ${status.commissionEpoch} on`;
      console.log(status.commission === status.nextCommission ? now : `${now}${later}`);
    });
}

/** The configured validator's key, if it is a validator of this chain, unless a file is named. */
function validatorKey({ config, chain }: InStake, file: string | undefined): LocalAccount {
  if (file !== undefined) return readKey({ file });
  const { validator } = config;
  return readKey(validator?.chain === chain.name ? validator.key : { env: "CAUSEWAY_VALIDATOR_KEY" });
}

/** That the key agrees to be the account's. */
async function proofBy(key: LocalAccount, { stake }: InStake): Promise<Hex> {
  const { address, account, deployer } = stake;
  const proof = { chainId: deployer.chainId, stake: address, operator: account, key: key.address };
  return key.signMessage({ message: { raw: validatorKeyProofDigest(proof) } });
}

/** In hundredths of a percent. */
function percentArgument(text: string): number {
  const match = /^(\d{1,3})(?:\.(\d{1,2}))?$/.exec(text);
  const hundredths = match === null ? Number.NaN : Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
  if (!(hundredths <= 10_000)) throw new InvalidArgumentError("a percentage from 0 to 100 is needed, like 5 or 2.5");
  return hundredths;
}
