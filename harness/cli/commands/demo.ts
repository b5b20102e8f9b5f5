import { Argument, Command } from "commander";
import { integerArgument } from "../parseArgument.ts";
import { runLocal } from "../runLocal.ts";

const MESSAGES = 2;

export function demoCommand(): Command {
  return new Command("demo")
    .description("two local chains, messages in both directions, and what happened to each of them")
    .addArgument(new Argument("[stay]", "stay up afterwards and say how to talk to the chains").choices(["stay"]))
    .option("--directory <folder>", "for stores, checkpoints and the configuration; emptied first", ".causeway")
    .option("--port <n>", "where the explorer is while it stays, on this machine", integerArgument, 9464)
    .action(async (stay: string | undefined, { directory, port }: { directory: string; port: number }) => {
      await runLocal({ directory, messages: MESSAGES, stay: stay !== undefined, ...(stay !== undefined && { port }) });
    });
}
