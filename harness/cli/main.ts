import { Command } from "commander";
import { BaseError } from "viem";
import { blsCommand } from "./commands/bls.ts";
import { demoCommand } from "./commands/demo.ts";
import { deployCommand } from "./commands/deploy.ts";
import { escrowCommand } from "./commands/escrow.ts";
import { gasOracleCommand } from "./commands/gasOracle.ts";
import { gatewayCommand } from "./commands/gateway.ts";
import { hookCommand } from "./commands/hook.ts";
import { ismCommand } from "./commands/ism.ts";
import { payCommand } from "./commands/pay.ts";
import { relayerCommand } from "./commands/relayer.ts";
import { retryCommand } from "./commands/retry.ts";
import { sendCommand } from "./commands/send.ts";
import { stakeCommand } from "./commands/stake.ts";
import { statusCommand } from "./commands/status.ts";
import { upCommand } from "./commands/up.ts";
import { validatorCommand } from "./commands/validator.ts";
import { watchtowerCommand } from "./commands/watchtower.ts";
import { whyCommand } from "./commands/why.ts";

const program = new Command("causeway")
  .description("Interchain messaging: a contract on one chain sends bytes to a contract on another.")
  .option("-c, --config <file>", "configuration (default: CAUSEWAY_CONFIG, causeway.json, .causeway/causeway.json)")
  .option("-v, --verbose", "show the stack of an error")
  .showHelpAfterError("(causeway --help lists the commands)")
  .addCommand(upCommand())
  .addCommand(demoCommand())
  .addCommand(sendCommand())
  .addCommand(payCommand())
  .addCommand(escrowCommand())
  .addCommand(statusCommand())
  .addCommand(retryCommand())
  .addCommand(validatorCommand())
  .addCommand(relayerCommand())
  .addCommand(watchtowerCommand())
  .addCommand(gasOracleCommand())
  .addCommand(deployCommand())
  .addCommand(ismCommand())
  .addCommand(hookCommand())
  .addCommand(stakeCommand())
  .addCommand(blsCommand())
  .addCommand(gatewayCommand())
  .addCommand(whyCommand());

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
