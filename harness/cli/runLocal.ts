import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import ora from "ora";
import { type Hex, stringToHex } from "viem";
import { localAccounts, localKey } from "../chains/localChains.ts";
import { ISM_FACTORY_NAMES } from "../contracts/ismFactories.ts";
import { CHAIN_NAMES, createWorld, other, type World } from "../world/createWorld.ts";
import { createTimeline } from "./timeline.ts";
import { untilSignal } from "./untilSignal.ts";
import { UsageError } from "./usageError.ts";

export type RunLocalParameters = {
  /** For stores, checkpoints and the configuration; emptied first. */
  directory: string;
  /** How many messages to send in each direction. */
  messages: number;
  /** Go on until a signal comes. */
  stay: boolean;
  /** Wei for a gas of the other chain that escrows ask. Default: there are none. */
  escrowGasPrice?: bigint;
};

const BLOCK_TIME_S = 1;
const POLL_INTERVAL_MS = 200;
const DELIVERY_TIMEOUT_MS = 120_000;

/**
 * Runs two local chains with their agents, sends messages both ways and prints what happened to each.
 *
 * @throws Error when a message is not delivered in two minutes
 */
export async function runLocal({ directory, messages, stay, escrowGasPrice }: RunLocalParameters): Promise<void> {
  const folder = resolve(directory);
  await emptyFolder(folder);
  const spinner = ora({ text: "starting two chains", stream: process.stderr }).start();
  const timeline = createTimeline();
  try {
    await using world = await createWorld({
      directory: folder,
      blockTime: BLOCK_TIME_S,
      pollIntervalMs: POLL_INTERVAL_MS,
      onStep: (step) => {
        spinner.text = step;
      },
      ...(escrowGasPrice !== undefined && { escrowGasPrice }),
      relayerOptions: { pollIntervalMs: POLL_INTERVAL_MS },
      onValidatorEvent: timeline.onValidatorEvent,
      onRelayerEvent: timeline.onRelayerEvent,
    });
    await writeFile(join(folder, "causeway.json"), `${JSON.stringify(configOf(world), null, 2)}\n`);
    for (const validator of world.validators) void validator.start().catch(() => {}); // it logs why
    world.relayer.start();
    spinner.succeed(`alpha and beta are up: ${world.validators.length} validators (2 of 3 must sign), one relayer`);
    if (messages > 0) {
      await sendBothWays(world, messages, timeline, spinner);
      console.log(`\n${timeline.print()}\n`);
    }
    if (stay) {
      console.log(howToTalk(world, directory));
      await untilSignal();
    }
  } finally {
    spinner.stop();
  }
}

async function sendBothWays(
  world: World,
  messages: number,
  timeline: ReturnType<typeof createTimeline>,
  spinner: ReturnType<typeof ora>,
): Promise<void> {
  for (let i = 0; i < messages; i++) {
    for (const from of CHAIN_NAMES) {
      const at = Date.now();
      const sent = await world.send({ from, body: stringToHex(`message ${i} from ${from}`) });
      timeline.dispatched({ from, to: other(from), sent, at });
    }
  }
  spinner.start();
  const deadline = Date.now() + DELIVERY_TIMEOUT_MS;
  for (;;) {
    const { done, all, waitsFor } = timeline.progress();
    if (done === all) break;
    spinner.text = `${done} of ${all} messages delivered; the next one: ${waitsFor}`;
    if (Date.now() > deadline) {
      console.log(timeline.print());
      throw new Error(`${all - done} of ${all} messages were not delivered in ${DELIVERY_TIMEOUT_MS / 1000} s`);
    }
    await new Promise((wake) => setTimeout(wake, 50));
  }
  spinner.succeed(`${timeline.progress().done} messages delivered`);
}

/** A folder that agents may fill. Refuses to empty one that somebody else filled. */
async function emptyFolder(folder: string): Promise<void> {
  const names: string[] = await readdir(folder).catch(() => []);
  if (names.length > 0 && !names.includes("causeway.json")) {
    throw new UsageError(`${folder} is not empty and was not made by this command: name another --directory`);
  }
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
}

/** What `causeway send`, `status` and agents of one's own need. */
function configOf(world: World) {
  const chains = CHAIN_NAMES.map((name) => {
    const { name: _, ...chain } = world.chains[name].config;
    const { core } = world.chains[name];
    const ismFactories = Object.fromEntries(ISM_FACTORY_NAMES.map((factory) => [factory, core[factory]]));
    return [name, { ...chain, ismFactories, aggregationHookFactory: core.aggregationHookFactory }];
  });
  return {
    chains: Object.fromEntries(chains),
    relayer: { store: "relayer.db", allowLocalStorage: true },
  };
}

function howToTalk(world: World, directory: string): string {
  const config = directory === ".causeway" ? "" : ` --config ${join(directory, "causeway.json")}`;
  const key: Hex = localKey(localAccounts.sender);
  return `${CHAIN_NAMES.map((name) => {
    const { domain, rpcUrl, mailbox, testRecipient } = world.chains[name].config;
    return `${name}: domain ${domain}, ${rpcUrl}, Mailbox ${mailbox}, test recipient ${testRecipient}`;
  }).join("\n")}

From another shell, in this folder:

  export CAUSEWAY_SENDER_KEY=${key}   # a well-known key of anvil
  npx causeway${config} send alpha beta "hello" --wait
  npx causeway${config} status
  npx causeway${config} status <message id>

Ctrl-C ends it.`;
}
