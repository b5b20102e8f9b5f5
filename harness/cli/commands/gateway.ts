import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { createOriginIndex } from "../../agents/originIndex.ts";
import { type OriginIndexTables, originIndexMigrations } from "../../agents/originIndexTables.ts";
import { createChainClient } from "../../chains/client.ts";
import { describeError } from "../../chains/describeError.ts";
import { createGateway } from "../../gateway/createGateway.ts";
import { openStore } from "../../store/openStore.ts";
import { chainNamed, readConfig } from "../config.ts";
import { createLogger } from "../logger.ts";
import { integerArgument } from "../parseArgument.ts";
import { readKey } from "../readKey.ts";
import { untilSignal } from "../untilSignal.ts";

type Options = { chain: string; store: string; keyFile?: string; host: string; port: number };

const POLL_INTERVAL_MS = 1_000;

export function gatewayCommand(): Command {
  return new Command("gateway")
    .description("sign, as the attester of CCIP-read modules, for messages that are final on one chain; until stopped")
    .requiredOption("--chain <name>", "chain whose messages it attests")
    .requiredOption("--store <file>", "its index of that chain, a cache that may be deleted")
    .option("--key-file <file>", "the attester's private key (default: the environment variable CAUSEWAY_ATTESTER_KEY)")
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--port <n>", "port to listen on", integerArgument, 8547)
    .action(async (options: Options, command: Command) => {
      const chain = chainNamed(readConfig(command.optsWithGlobals().config), options.chain);
      const account = readKey(
        options.keyFile === undefined ? { env: "CAUSEWAY_ATTESTER_KEY" } : { file: options.keyFile },
      );
      const log = createLogger();
      await using store = await openStore<OriginIndexTables>({
        exclusive: true,
        file: options.store,
        migrations: originIndexMigrations,
      });
      const index = await createOriginIndex({ chain, client: createChainClient(chain), store, log });
      const gateway = createGateway({ domain: chain.domain, index, account, log });
      const url = await gateway.listen(options);
      log.info({ url, chain: chain.name, attester: account.address }, "gateway listens");
      const stopped = new AbortController();
      const following = (async () => {
        while (!stopped.signal.aborted) {
          await gateway.tick().catch((error: unknown) => log.warn(`can not read the origin: ${describeError(error)}`));
          const pause = chain.pollIntervalMs ?? POLL_INTERVAL_MS;
          await sleep(pause, undefined, { signal: stopped.signal }).catch(() => {});
        }
      })();
      await untilSignal();
      stopped.abort();
      await Promise.all([gateway.close(), following]);
      log.info("gateway stops");
    });
}
