import { join } from "node:path";
import { pino } from "pino";
import type { LocalAccount } from "viem";
import { createOriginIndex } from "../../agents/originIndex.ts";
import { type OriginIndexTables, originIndexMigrations } from "../../agents/originIndexTables.ts";
import { createGateway } from "../../gateway/createGateway.ts";
import { openStore } from "../../store/openStore.ts";
import type { World } from "../../world/createWorld.ts";

/** A gateway that attests for messages of alpha. */
export async function startGateway(world: World, account: LocalAccount) {
  const { config } = world.chains.alpha;
  const file = join(world.directory, `gateway-${account.address}.db`);
  const store = await openStore<OriginIndexTables>({ file, migrations: originIndexMigrations });
  const index = await createOriginIndex({ chain: config, client: world.clients.alpha, store });
  const log = pino({ level: "silent" });
  const gateway = createGateway({ domain: config.domain, index, account, log });
  const url = await gateway.listen({ host: "127.0.0.1", port: 0 });
  return {
    ...gateway,
    url,
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await store.close();
    },
  };
}
