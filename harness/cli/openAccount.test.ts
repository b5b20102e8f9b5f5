import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hexToBytes } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterEach, expect, it, vi } from "vitest";
import { startKms } from "../keys/kms.testkit.ts";
import { keySourceSchema } from "./keySource.ts";
import { openAccount } from "./openAccount.ts";
import { UsageError } from "./usageError.ts";

const KEY = `0x${"5a".repeat(32)}` as const;
const { address } = privateKeyToAccount(KEY);
afterEach(() => vi.unstubAllEnvs());

it("opens keys in files, in the environment and in KMS", async () => {
  const folder = mkdtempSync(join(tmpdir(), "causeway-key-"));
  const file = join(folder, "key");
  writeFileSync(file, KEY, { mode: 0o600 });
  vi.stubEnv("CAUSEWAY_TEST_KEY", KEY);
  const kms = await startKms(new Map([["alias/validator", { secret: hexToBytes(KEY) }]]));
  vi.stubEnv("AWS_ENDPOINT_URL_KMS", kms.endpoint);
  vi.stubEnv("AWS_ACCESS_KEY_ID", "id");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
  const sources = [{ file }, { env: "CAUSEWAY_TEST_KEY" }, { kms: "alias/validator", region: "eu-central-1" }];
  for (const source of sources) expect((await openAccount(keySourceSchema.parse(source))).address).toBe(address);
  const missing = openAccount({ kms: "alias/none", region: "eu-central-1" });
  await expect(missing).rejects.toThrow(UsageError);
  await expect(missing).rejects.toThrow(/alias\/none/);
  kms.stop();
  rmSync(folder, { recursive: true });
});
