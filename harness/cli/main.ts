import { Command } from "commander";
import { BaseError } from "viem";

/** Loaded when it is asked for: a command needs a fraction of what all of them do. */
const commands: Record<string, () => Promise<Command>> = {
  up: async () => (await import("./commands/up.ts")).upCommand(),
  demo: async () => (await import("./commands/demo.ts")).demoCommand(),
  send: async () => (await import("./commands/send.ts")).sendCommand(),
  pay: async () => (await import("./commands/pay.ts")).payCommand(),
  account: async () => (await import("./commands/account.ts")).accountCommand(),
  route: async () => (await import("./commands/route.ts")).routeCommand(),
  escrow: async () => (await import("./commands/escrow.ts")).escrowCommand(),
  status: async () => (await import("./commands/status.ts")).statusCommand(),
  retry: async () => (await import("./commands/retry.ts")).retryCommand(),
  pause: async () => (await import("./commands/pause.ts")).pauseCommand(),
  resume: async () => (await import("./commands/pause.ts")).resumeCommand(),
  doctor: async () => (await import("./commands/doctor.ts")).doctorCommand(),
  validator: async () => (await import("./commands/validator.ts")).validatorCommand(),
  relayer: async () => (await import("./commands/relayer.ts")).relayerCommand(),
  watchtower: async () => (await import("./commands/watchtower.ts")).watchtowerCommand(),
  "gas-oracle": async () => (await import("./commands/gasOracle.ts")).gasOracleCommand(),
  deploy: async () => (await import("./commands/deploy.ts")).deployCommand(),
  ism: async () => (await import("./commands/ism.ts")).ismCommand(),
  hook: async () => (await import("./commands/hook.ts")).hookCommand(),
  stake: async () => (await import("./commands/stake.ts")).stakeCommand(),
  bls: async () => (await import("./commands/bls.ts")).blsCommand(),
  gateway: async () => (await import("./commands/gateway.ts")).gatewayCommand(),
  why: async () => (await import("./commands/why.ts")).whyCommand(),
};

// Whoever reads has seen enough, as `head` does: no failure, and nobody left to tell.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

const program = new Command("causeway")
  .description("Interchain messaging: a contract on one chain sends bytes to a contract on another.")
  .option("-c, --config <file>", "configuration (default: CAUSEWAY_CONFIG, causeway.json, .causeway/causeway.json)")
  .option("-v, --verbose", "show the stack of an error")
  .showHelpAfterError("(causeway --help lists the commands)");

const [asked = ""] = program.parseOptions(process.argv.slice(2)).operands;
const one = Object.hasOwn(commands, asked) ? commands[asked] : undefined;
for (const load of one === undefined ? Object.values(commands) : [one]) program.addCommand(await load());

try {
  await program.parseAsync();
} catch (error) {
  console.error(`causeway: ${explain(error)}`);
  if (program.opts().verbose) console.error(error);
  process.exitCode = 1;
}

/** One readable message: without the stack, and without what viem appends about versions and documentation. */
function explain(error: unknown): string {
  if (error instanceof BaseError) return [error.shortMessage, error.details].filter(Boolean).join("\n");
  return error instanceof Error ? error.message : String(error);
}
