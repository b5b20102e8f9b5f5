import { pino } from "pino";
import { afterEach, expect, it, vi } from "vitest";
import { openValidator } from "../agents/validator/openValidator.ts";
import { CREDENTIALS, startS3 } from "../storage/s3.testkit.ts";
import { createWorld } from "../world/createWorld.ts";

afterEach(() => vi.unstubAllEnvs());

it("delivers with validators that publish in S3 buckets, which the relayer reads as anybody can", async () => {
  const s3 = await startS3("validators");
  // As operators and AWS's own tools set them.
  vi.stubEnv("AWS_ENDPOINT_URL_S3", s3.endpoint);
  vi.stubEnv("AWS_ACCESS_KEY_ID", CREDENTIALS.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", CREDENTIALS.secretAccessKey);
  await using world = await createWorld({ withoutAgents: true, relayerOptions: { allowLocalStorage: false } });
  const { config, validators } = world.chains.alpha;
  const open = (i: number) =>
    openValidator({
      chain: config,
      account: validators[i] ?? expect.unreachable(),
      location: `s3://validators/eu-central-1/number-${i}`,
      storeFile: `${world.directory}/s3-${i}.db`,
      log: pino({ level: "silent" }),
    });
  {
    await using first = await open(0);
    await using second = await open(1);
    await world.addRelayer();
    const { id } = await world.send({ from: "alpha", body: "0x01" });
    const both = async () => {
      await Promise.all([first.tick(), second.tick()]);
      return world.delivered("beta", id);
    };
    await world.until(both, "delivered");
  }
  // A store that was lost is rebuilt from what the bucket holds, as from a folder.
  await using again = await openValidator({
    chain: config,
    account: validators[0] ?? expect.unreachable(),
    location: "s3://validators/eu-central-1/number-0",
    storeFile: `${world.directory}/rebuilt.db`,
    log: pino({ level: "silent" }),
  });
  await again.tick();
  const published = await fetch(`${s3.endpoint}/validators/number-0/checkpoint_latest_index.json`);
  expect(await published.json()).toBe(0);
  await s3.stop();
});
