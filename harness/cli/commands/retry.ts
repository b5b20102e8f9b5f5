import { Command } from "commander";
import { type Hash, isHash } from "viem";
import { retryMessage } from "../../agents/relayer/messages.ts";
import { openRelayerStore } from "../../agents/relayer/openRelayer.ts";
import { readConfig } from "../config.ts";
import { UsageError } from "../usageError.ts";

export function retryCommand(): Command {
  return new Command("retry")
    .description(
      "have the relayer try a message again at once, also one that it has given up; what it has cost is forgiven",
    )
    .argument("<id>", "message id")
    .action(async (id: string, _options: unknown, command: Command) => {
      const config = readConfig(command.optsWithGlobals().config);
      if (config.relayer === undefined) throw new UsageError(`${config.file} has no part "relayer"`);
      if (!isHash(id)) throw new UsageError(`"${id}" is no message id: 0x and 64 hex digits`);
      await using store = await openRelayerStore({ file: config.relayer.store });
      if (!(await retryMessage(store.db, id.toLowerCase() as Hash, Date.now()))) {
        throw new UsageError(
          `${id} can not be retried: it is delivered, under way, excluded or unknown (causeway status ${id})`,
        );
      }
      console.log(`${id} will be tried again`);
    });
}
