import { Command } from "commander";
import { stakeAccountCommands } from "./stakeAccount.ts";
import { stakeDeployCommand } from "./stakeDeploy.ts";
import { stakeLivenessCommands } from "./stakeLiveness.ts";
import { stakeOperatorCommands } from "./stakeOperator.ts";
import { stakeSetCommands } from "./stakeSet.ts";
import { stakeStatusCommand } from "./stakeStatus.ts";

export function stakeCommand(): Command {
  const command = new Command("stake").description("what stands behind the validators of a chain (docs/staking.md)");
  command.addCommand(stakeDeployCommand()).addCommand(stakeStatusCommand());
  const subs = [stakeOperatorCommands(), stakeAccountCommands(), stakeSetCommands(), stakeLivenessCommands()];
  for (const sub of subs.flat()) command.addCommand(sub);
  return command;
}
