import { Command } from "commander";
import { steadyNow } from "../../agents/steadyNow.ts";
import { openValidator } from "../../agents/validator/openValidator.ts";
import { serveValidator } from "../../agents/validator/serveValidator.ts";
import { createValidatorSight } from "../../agents/validator/sight.ts";
import { chainNamed, readConfig } from "../config.ts";
import { httpOptions } from "../httpConfig.ts";
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
      const { chain, key, blsKey, transactionKey, rpcUrls, quorum, ...others } = config.validator;
      const { storage, store, acceptLostHistoryFrom, http } = others;
      const log = createLogger();
      const listen = http && httpOptions(http);
      const account = await openAccount(key);
      const payer = transactionKey === undefined ? account : await openAccount(transactionKey);
      const chainConfig = chainNamed(config, chain);
      const sight = createValidatorSight({
        chain: chainConfig,
        account: payer.address,
        now: steadyNow,
        withProcess: http !== undefined,
      });
      await using validator = await openValidator({
        chain: chainConfig,
        otherRpcUrls: rpcUrls.map((url) => readUrl(url)),
        ...(quorum !== undefined && { quorum }),
        account,
        ...(blsKey && { blsSigner: readBlsKey(blsKey) }),
        transactionAccount: payer,
        onRequest: sight.onRequest,
        location: storage,
        storeFile: store,
        log,
        ...(acceptLostHistoryFrom !== undefined && { acceptLostHistoryFrom }),
      });
      await using _server = listen && (await serveValidator({ http: listen, validator, sight, log }));
      log.info({ chain, storage }, "validator starts");
      // Ends by itself only with an error that no retry helps against.
      await Promise.race([validator.start(), untilSignal()]);
      log.info("validator stops");
    });
}
