import { Command } from "commander";
import { runLocal } from "../runLocal.ts";

export function upCommand(): Command {
  return new Command("up")
    .description("two local chains with everything deployed, six validators and a relayer, until stopped")
    .option("--directory <folder>", "for stores, checkpoints and the configuration; emptied first", ".causeway")
    .action(async ({ directory }: { directory: string }) => {
      await runLocal({ directory, messages: 0, stay: true });
    });
}
