import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import type { Hex } from "viem";
import { expect, it } from "vitest";
import { type ValidatorTables, validatorMigrations } from "../agents/validator/validator.ts";
import { localKey } from "../chains/localChains.ts";
import { checkpointDigest, recoverSigner } from "../protocol/checkpoint.ts";
import { createMerkleTree } from "../protocol/merkleTree.ts";
import { createFolderReader } from "../storage/folderReader.ts";
import { openStore } from "../store/openStore.ts";
import { createWorld } from "../world/createWorld.ts";
import type { Sent } from "../world/dispatchMessages.ts";
import { type AgentProcess, eventually, seededRandom, startAgent, writeConfig } from "./agentProcess.ts";
import { bodies, expectEachPaidOnce, processed, publishedBy } from "./kit.ts";

const BURST = 100;
const ROUNDS = 2;

it("validators killed at any moment sign every message once, and go on", { timeout: 600_000 }, async () => {
  await using world = await createWorld({ withoutAgents: true, pollIntervalMs: 50 });
  const { alpha, beta } = world.chains;
  const random = seededRandom(11);
  const validators = alpha.validators.slice(0, 2).map((account, i) => {
    const folder = join(world.directory, `validator-${i}`);
    const store = join(world.directory, `validator-${i}.db`);
    const validator = { chain: "alpha", storage: `file://${folder}`, store };
    const config = writeConfig(world, `validator-${i}`, { validator });
    const start = () => startAgent("validator", config, { CAUSEWAY_VALIDATOR_KEY: localKey(account) });
    return { account, folder, store, location: `file://${folder}`, start };
  });
  const sent: Sent[] = [];

  function checkpointFiles(folder: string): string[] {
    return readdirSync(folder).filter((name) => name.endsWith("_with_id.json"));
  }

  /** Everything that was ever readable, by validator and file: none of it may change any more. */
  const seen = validators.map(() => new Map<string, string>());
  for (let round = 0; round < ROUNDS; round++) {
    sent.push(...(await world.sendMany("alpha", bodies(BURST, sent.length))));
    await Promise.all(
      validators.map(async ({ folder, start }, i) => {
        const moment = round * BURST + 1 + Math.floor(random() * BURST);
        await using agent = start();
        const isThere = () => checkpointFiles(folder).length >= moment;
        await eventually(() => existsSync(folder) && isThere(), { what: `at ${moment}`, agents: [agent] });
        await agent.kill();
        for (const name of checkpointFiles(folder)) {
          const content = readFileSync(join(folder, name), "utf8");
          expect(seen[i]?.get(name) ?? content).toBe(content);
          seen[i]?.set(name, content);
        }
      }),
    );
  }

  const agents = validators.map(({ start }) => start());
  const last = ROUNDS * BURST - 1;
  const isDone = async () => {
    const latest = validators.map(({ folder }) => createFolderReader({ directory: folder }).latestIndex());
    return (await Promise.all(latest)).every((index) => index === last);
  };
  await eventually(isDone, { what: "all signed", agents });
  for (const code of await Promise.all(agents.map((agent: AgentProcess) => agent.terminate()))) expect(code).toBe(0);

  const tree = createMerkleTree();
  for (const { id } of sent) tree.append(id);
  for (const [i, { account, folder, location, store }] of validators.entries()) {
    for (const [name, content] of seen[i] ?? []) expect(readFileSync(join(folder, name), "utf8")).toBe(content);
    expect(checkpointFiles(folder).length).toBe(sent.length);
    expect(readdirSync(folder)).not.toContain("reorg_flag.json");

    await using opened = await openStore<ValidatorTables>({
      file: store,
      migrations: validatorMigrations,
      readonly: true,
    });
    expect((await sql`pragma integrity_check`.execute(opened.db)).rows).toEqual([{ integrity_check: "ok" }]);
    const history = await opened.db.selectFrom("validator_signature").selectAll().orderBy("leaf_index").execute();
    expect(history.map(({ leaf_index }) => leaf_index)).toEqual(sent.map(({ index }) => index));
    for (const { id, index } of sent) {
      const { checkpoint, signature } = await publishedBy({ location }, index);
      expect(checkpoint).toMatchObject({
        origin: alpha.config.domain,
        index,
        messageId: id,
        root: tree.root(index + 1),
      });
      const digest: Hex = checkpointDigest(checkpoint);
      expect(history[index]?.digest).toBe(digest);
      expect(await recoverSigner({ digest, signature })).toBe(account.address.toLowerCase());
    }
  }

  await world.addRelayer();
  await world.until(async () => (await processed(beta)).length === sent.length, "delivered");
  await expectEachPaidOnce(world, { alpha: [], beta: sent });
});
