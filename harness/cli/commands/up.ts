import { Command } from "commander";
import { amountArgument } from "../parseArgument.ts";
import { runLocal } from "../runLocal.ts";

export function upCommand(): Command {
  return new Command("up")
    .description("two local chains with everything deployed, six validators and a relayer, until stopped")
    .option("--directory <folder>", "for stores, checkpoints and the configuration; emptied first", ".causeway")
    .option(
      "--pay-on-delivery <wei>",
      "deploy escrows too, at so many wei for a gas of the other chain",
      amountArgument,
    )
    .action(async ({ directory, payOnDelivery }: { directory: string; payOnDelivery?: bigint }) => {
      const escrow = payOnDelivery === undefined ? {} : { escrowGasPrice: payOnDelivery };
      await runLocal({ directory, messages: 0, stay: true, ...escrow });
    });
}
