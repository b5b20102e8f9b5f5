import { Command } from "commander";
import { ismDeployCommand } from "./ismDeploy.ts";
import { ismExplainCommand } from "./ismExplain.ts";

export function ismCommand(): Command {
  return new Command("ism")
    .description("security modules: who may vouch for messages")
    .addCommand(ismDeployCommand())
    .addCommand(ismExplainCommand());
}
