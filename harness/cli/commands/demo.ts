import { Argument, Command } from "commander";
import { runLocal } from "../runLocal.ts";

const MESSAGES = 2;

export function demoCommand(): Command {
  return new Command("demo")
    .description("two local chains, messages in both directions, and what happened to each of them")
    .addArgument(new Argument("[stay]", "stay up afterwards and say how to talk to the chains").choices(["stay"]))
    .option("--directory <folder>", "for stores, checkpoints and the configuration; emptied first", ".causeway")
    .action(async (stay: string | undefined, { directory }: { directory: string }) => {
      await runLocal({ directory, messages: MESSAGES, stay: stay !== undefined });
    });
}
