import { Command } from "commander";
import { type Address, isHash, zeroAddress } from "viem";
import { getMessage } from "../../agents/relayer/messageStatus.ts";
import { openRelayerStore } from "../../agents/relayer/openRelayer.ts";
import { createMessageRules } from "../../agents/relayer/rules/messageRules.ts";
import { printTree } from "../../ism/printExplanation.ts";
import { type Check, diagnose } from "../../why/diagnose.ts";
import { chainNames } from "../chainNames.ts";
import { type Config, readConfig } from "../config.ts";
import { addressArgument } from "../parseArgument.ts";
import { UsageError } from "../usageError.ts";

type Options = { relayer: Address; json: boolean };

/** One screen is what a reader has. */
const MAX_TREE_LINES = 40;
const decimal = (_: string, value: unknown) => (typeof value === "bigint" ? String(value) : value);
const MARKS = { ok: "✔", blocks: "✖", info: "·" } as const;

export function whyCommand(): Command {
  return new Command("why")
    .description("why a message is not delivered: every step of its delivery, up to the one that fails")
    .argument("<id>", "message id")
    .option(
      "--relayer <address>",
      "who would deliver it, for modules that trust one relayer",
      addressArgument,
      zeroAddress,
    )
    .option("--json", "machine-readable: {id, verdict, delivered, checks: [{what, result, detail}], tree}", false)
    .action(async (id: string, options: Options, command: Command) => {
      if (!isHash(id)) throw new UsageError(`"${id}" is no message id: 0x and 64 hex digits`);
      const config = readConfig(command.optsWithGlobals().config);
      const names = chainNames(config);
      const diagnosis = await diagnose({
        id,
        chains: Object.values(config.chains),
        relayer: options.relayer,
        allowLocalStorage: config.relayer?.allowLocalStorage ?? false,
        allowPrivateGateways: config.relayer?.allowPrivateGateways ?? false,
        ...(config.relayer && { rules: createMessageRules(config.relayer, Object.values(config.chains)) }),
      });
      const view = await relayerView(config, diagnosis.id);
      const checks = [...diagnosis.checks, ...view];
      const givenUp = diagnosis.delivered ? undefined : view.find(({ result }) => result === "blocks");
      const verdict = givenUp?.detail ?? diagnosis.verdict;
      if (options.json) return console.log(JSON.stringify({ ...diagnosis, verdict, checks }, decimal, 2));
      for (const { what, result, detail } of checks) console.log(`${MARKS[result]} ${what.padEnd(12)}${detail}`);
      if (diagnosis.tree !== null) {
        const chainName = (domain: number) => names.get(domain) ?? `domain ${domain}`;
        console.log(
          ["", "guarded by", ...printTree(diagnosis.tree, { chainName }).slice(0, MAX_TREE_LINES)].join("\n"),
        );
      }
      console.log(`\n${verdict}`);
    });
}

/** What the configured relayer, if it has run, knows of the message. */
async function relayerView({ relayer }: Config, id: `0x${string}`): Promise<Check[]> {
  if (relayer === undefined) return [];
  try {
    await using store = await openRelayerStore({ file: relayer.store, readonly: true });
    const found = await getMessage(store.db, id);
    if (found === undefined) return [{ what: "relayer", result: "info", detail: "it does not know the message yet" }];
    const { state, attempts, reason } = found.message;
    const result = state === "parked" ? "blocks" : "info";
    return [{ what: "relayer", result, detail: `${state}, ${attempts} failed attempts; ${reason ?? "no reason"}` }];
  } catch {
    return []; // there is no store, or it is of another release: the chains have said all
  }
}
