import { Command } from "commander";
import { openValidator } from "../../agents/validator/openValidator.ts";
import { chainNamed, readConfig } from "../config.ts";
import { createLogger } from "../logger.ts";
import { openAccount } from "../openAccount.ts";
import { readBlsKey } from "../readKey.ts";
import { untilSignal } from "../untilSignal.ts";
import { readUrl } from "../urlSource.ts";
import { UsageError } from "../usageError.ts";

export function validatorCommand(): Command {
  return new Command("validator")
    .description("sign the checkpoints of one chain, until stopped; part `validator` of the configuration")
    .action(async (_options: unknown, command: Command) => {
      const config = readConfig(command.optsWithGlobals().config);
      if (config.validator === undefined) throw new UsageError(`${config.file} has no part "validator"`);
      const { chain, key, blsKey, transactionKey, storage, store, acceptLostHistoryFrom, rpcUrls, quorum } =
        config.validator;
      const log = createLogger();
      await using validator = await openValidator({
        chain: chainNamed(config, chain),
        otherRpcUrls: rpcUrls.map((url) => readUrl(url)),
        ...(quorum !== undefined && { quorum }),
        account: await openAccount(key),
        ...(blsKey && { blsSigner: readBlsKey(blsKey) }),
        ...(transactionKey && { transactionAccount: await openAccount(transactionKey) }),
        location: storage,
        storeFile: store,
        log,
        ...(acceptLostHistoryFrom !== undefined && { acceptLostHistoryFrom }),
      });
      log.info({ chain, storage }, "validator starts");
      // Ends by itself only with an error that no retry helps against.
      await Promise.race([validator.start(), untilSignal()]);
      log.info("validator stops");
    });
}
