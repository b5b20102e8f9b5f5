import { Argument, Command } from "commander";
import type { Kysely } from "kysely";
import { openRelayerStore } from "../../agents/relayer/openRelayer.ts";
import { type ValidatorTables, validatorMigrations } from "../../agents/validator/validator.ts";
import { pauseReasonSchema } from "../../control/commands.ts";
import { type PauseTables, pause, resume } from "../../control/pause.ts";
import { openStore } from "../../store/openStore.ts";
import { commandAgent } from "../commandAgent.ts";
import { type Config, readConfig } from "../config.ts";
import { UsageError } from "../usageError.ts";

type Agent = "relayer" | "validator";
const agentArgument = () => new Argument("<agent>", "who").choices(["relayer", "validator"]);

export function pauseCommand(): Command {
  return new Command("pause")
    .description(
      "have an agent pause until `causeway resume`, also over restarts: a relayer starts no delivery and looks after what it has " +
        "sent, a validator signs nothing and goes on watching its chain",
    )
    .addArgument(agentArgument())
    .requiredOption("--reason <text>", "why; it is shown wherever the agent is looked at")
    .action(async (agent: Agent, options: { reason: string }, command: Command) => {
      const reason = pauseReasonSchema.safeParse(options.reason);
      if (!reason.success) throw new UsageError("a reason has 1 to 200 characters, on one line");
      const config = readConfig(command.optsWithGlobals().config);
      await commandAgent(config[agent]?.http, {
        path: "/v1/pause",
        body: { reason: reason.data },
        offline: () => inStore(config, agent, (db) => pause(db, { reason: reason.data, since: Date.now() })),
      });
      console.log(`the ${agent} pauses: ${reason.data}`);
    });
}

export function resumeCommand(): Command {
  return new Command("resume")
    .description("have an agent that pauses go on")
    .addArgument(agentArgument())
    .action(async (agent: Agent, _options: unknown, command: Command) => {
      const config = readConfig(command.optsWithGlobals().config);
      await commandAgent(config[agent]?.http, {
        path: "/v1/resume",
        offline: () => inStore(config, agent, async (db) => void (await resume(db))),
      });
      console.log(`the ${agent} goes on`);
    });
}

async function inStore(config: Config, agent: Agent, run: (db: Kysely<PauseTables>) => Promise<void>): Promise<void> {
  const file = config[agent]?.store;
  if (file === undefined) throw new UsageError(`${config.file} has no part "${agent}"`);
  if (agent === "relayer") {
    await using store = await openRelayerStore({ file });
    return await run(store.db as unknown as Kysely<PauseTables>);
  }
  await using store = await openStore<ValidatorTables>({ file, migrations: validatorMigrations });
  return await run(store.db as unknown as Kysely<PauseTables>);
}
