import { join } from "node:path";
import { pino } from "pino";
import { expect, it } from "vitest";
import { openRelayer } from "../agents/relayer/openRelayer.ts";
import { localAccounts, localKey } from "../chains/localChains.ts";
import { startLyingRpc } from "../chains/lyingRpc.ts";
import { createLocalSigner } from "../protocol/localSigner.ts";
import { createWorld } from "../world/createWorld.ts";
import { bodies, control, recipientOn } from "./kit.ts";
import { limitsRate } from "./lies.ts";

const BURST = 30;
/** Less than the relayer asks at once, for the burst. */
const PER_SECOND = 30;
const DEADLINE_MS = 90_000;

it("delivers a burst through nodes that limit the rate of calls, and pays for each message once", async () => {
  await using world = await createWorld({ blockTime: 1 });
  await world.removeRelayer();
  await world.sendMany("alpha", bodies(BURST));
  for (const validator of world.validators) await validator.tick();
  const { alpha, beta } = world.chains;
  await using seenAlpha = await startLyingRpc(alpha.config.rpcUrl);
  await using seenBeta = await startLyingRpc(beta.config.rpcUrl);
  let refused = 0;
  for (const node of [seenAlpha, seenBeta]) {
    const limit = limitsRate(PER_SECOND);
    node.setLie((request, forward) =>
      limit(request, forward).catch((error: unknown) => {
        refused += 1;
        throw error;
      }),
    );
  }
  await using relayer = await openRelayer({
    origins: [{ ...alpha.config, rpcUrl: seenAlpha.url }],
    destinations: [{ ...beta.config, rpcUrl: seenBeta.url }],
    account: createLocalSigner(localKey(localAccounts.relayer)),
    storeFile: join(world.directory, "limited.db"),
    log: pino({ level: "silent" }),
    options: { allowLocalStorage: true, pollIntervalMs: 200 },
  });
  relayer.start();
  await expect
    .poll(async () => Number((await recipientOn(beta).view()).received), { timeout: DEADLINE_MS, interval: 200 })
    .toBe(BURST);
  await relayer.stop();
  expect(refused).toBeGreaterThan(0);
  expect(await control(beta).getTransactionCount({ address: localAccounts.relayer.address })).toBe(BURST);
}, 120_000);
