import { Command } from "commander";
import { type Address, parseEventLogs } from "viem";
import { validatorStakeAbi } from "../../contracts/abi.ts";
import { addressToBytes32 } from "../../protocol/address.ts";
import { actInStake, type StakeOptions, withStakeOptions } from "../actInStake.ts";
import { domainOf } from "../chainNames.ts";
import { addressArgument } from "../parseArgument.ts";

type PushOptions = StakeOptions & { to: string; module: Address };

/** What keeps the set going. Anybody may. */
export function stakeSetCommands(): Command[] {
  return [advanceCommand(), pushCommand()];
}

function advanceCommand(): Command {
  return withStakeOptions(new Command("advance"))
    .description("end the epoch and fix the set anew; anybody may, when the epoch has lasted long enough")
    .action(async (options: StakeOptions, command: Command) => {
      const { stake } = await actInStake(options, command);
      await stake.write("ending the epoch", "advanceEpoch", []);
      const { client } = stake.deployer;
      const epoch = await client.readContract({ ...stake.contract, functionName: "epoch" });
      const [setId, members] = await client.readContract({ ...stake.contract, functionName: "validatorSet" });
      console.log(`epoch ${epoch} of ${options.chain}: set ${setId} with ${members.length} validators`);
    });
}

function pushCommand(): Command {
  return withStakeOptions(new Command("push"))
    .description("send the set to a StakedMultisigIsm on another chain, as a message; prints its id")
    .requiredOption("--to <name>", "chain or domain that the module is on")
    .requiredOption("--module <address>", "the StakedMultisigIsm there", addressArgument)
    .action(async (options: PushOptions, command: Command) => {
      const { config, stake } = await actInStake(options, command);
      const args = [domainOf(config, options.to), addressToBytes32(options.module), "0x"] as const;
      const { client } = stake.deployer;
      const quote = { ...stake.contract, functionName: "quotePushSet", args, account: stake.account } as const;
      const value = await client.readContract(quote);
      const { logs } = await stake.write(`sending the set to ${options.to}`, "pushSet", args, value);
      const [pushed] = parseEventLogs({ abi: validatorStakeAbi, eventName: "SetPushed", logs });
      if (pushed === undefined) throw new Error("the set was sent, and its event is missing: the RPC hides logs");
      console.error(`set ${pushed.args.setId} is on its way to ${options.module} on ${options.to}`);
      console.log(pushed.args.messageId);
    });
}
