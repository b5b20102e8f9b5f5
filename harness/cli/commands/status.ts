import { Command } from "commander";
import { isHash } from "viem";
import { getMessage, listMessages, type MessageStatus } from "../../agents/relayer/messageStatus.ts";
import { openRelayerStore } from "../../agents/relayer/openRelayer.ts";
import { readTotals } from "../../agents/relayer/payments/totals.ts";
import { type Config, readConfig } from "../config.ts";
import { integerArgument } from "../parseArgument.ts";
import { UsageError } from "../usageError.ts";

export function statusCommand(): Command {
  return new Command("status")
    .description("what the relayer knows: the latest messages, or all about one")
    .argument("[id]", "message id")
    .option("--limit <n>", "how many messages to list", integerArgument, 20)
    .option("--json", "machine-readable", false)
    .action(async (id: string | undefined, options: { limit: number; json: boolean }, command: Command) => {
      const config = readConfig(command.optsWithGlobals().config);
      if (config.relayer === undefined) throw new UsageError(`${config.file} has no part "relayer"`);
      await using store = await openRelayerStore({ file: config.relayer.store, readonly: true });
      if (id === undefined) {
        const messages = await listMessages(store.db, { limit: options.limit });
        if (options.json) return console.log(JSON.stringify(messages, null, 2));
        if (messages.length === 0) console.log("the relayer has seen no message yet");
        for (const message of messages) console.log(line(config, message));
        const { paid, earned, spent } = await readTotals(store.db);
        const sums = [
          ...paid.map(({ domain, wei }) => `paid on ${nameOf(config, domain)}: ${wei} wei`),
          ...earned.map(({ domain, wei }) => `paid on delivery on ${nameOf(config, domain)}: ${wei} wei`),
          ...spent.map(({ domain, wei, lost }) => `spent on ${nameOf(config, domain)}: ${wei} wei${lostOf(lost)}`),
        ];
        if (sums.length > 0) console.log(["", ...sums].join("\n"));
        return;
      }
      if (!isHash(id)) throw new UsageError(`"${id}" is no message id: 0x and 64 hex digits`);
      const found = await getMessage(store.db, id);
      if (found === undefined) {
        throw new UsageError(
          `the relayer does not know ${id}: it was not dispatched, is not final yet, or is between other chains`,
        );
      }
      if (options.json)
        return console.log(
          JSON.stringify(found, (_, value) => (typeof value === "bigint" ? value.toString() : value), 2),
        );
      printMessage(config, found);
    });
}

type Found = NonNullable<Awaited<ReturnType<typeof getMessage>>>;

function printMessage(config: Config, { message, paid, payments, lock, spent, transactions }: Found): void {
  const rows: [string, unknown][] = [
    ["message", message.id],
    ["from", `${nameOf(config, message.origin)}, nonce ${message.nonce}, sender ${message.sender}`],
    ["to", `${nameOf(config, message.destination)}, recipient ${message.recipient}`],
    ["dispatched", `block ${message.dispatched_block}, transaction ${message.dispatched_tx}`],
    ["state", message.state],
    ["failed attempts", message.attempts],
  ];
  if (message.reason !== null) rows.push(["reason", message.reason]);
  if (message.state === "pending" || message.state === "waiting") {
    rows.push(["next attempt", new Date(Number(message.next_attempt_at)).toISOString()]);
  }
  if (message.delivered_block !== null) {
    rows.push(["delivered", `block ${message.delivered_block}, transaction ${message.delivered_tx}`]);
  }
  if (message.gas_used !== null) rows.push(["gas used", message.gas_used]);
  rows.push(["paid", `${paid.payment} wei on ${nameOf(config, message.origin)}, for ${paid.gas} gas`]);
  for (const { paymaster, payment, gas, block } of payments) {
    rows.push(["payment", `${payment} wei to ${paymaster} in block ${block}, for ${gas} gas`]);
  }
  if (lock !== undefined) rows.push(["pay on delivery", describeLock(lock)]);
  rows.push(["spent", `${spent.spent} wei on ${nameOf(config, message.destination)}${lossOf(spent)}`]);
  for (const { hash, nonce, state, purpose } of transactions) {
    rows.push(["transaction", `${hash}, nonce ${nonce}, to ${purpose} it, ${state}`]);
  }
  for (const [name, value] of rows) console.log(`${name.padEnd(16)}${value}`);
}

function describeLock({ state, amount, escrow_until, paid_to, claims }: NonNullable<Found["lock"]>): string {
  if (state === "paid") return `${amount} wei were paid to ${paid_to}`;
  if (state === "refunded") return `${amount} wei were refunded`;
  const claimed = claims === 0 ? "not claimed yet" : claims === 1 ? "claimed" : `claimed ${claims} times`;
  return `${amount} wei are locked until ${new Date(escrow_until * 1_000).toISOString()}, ${claimed}`;
}

function lossOf({ lost, reverts }: Found["spent"]): string {
  return `${lostOf(lost)}${reverts === 0 ? "" : `, ${reverts} reverted`}`;
}

function lostOf(lost: bigint): string {
  return lost === 0n ? "" : `, ${lost} of them lost`;
}

function line(config: Config, { id, origin, destination, state, reason }: MessageStatus): string {
  const route = `${nameOf(config, origin)} → ${nameOf(config, destination)}`;
  return [id, route, state.padEnd(9), reason ?? ""].join("  ").trimEnd();
}

function nameOf(config: Config, domain: number): string {
  return Object.values(config.chains).find((chain) => chain.domain === domain)?.name ?? `domain ${domain}`;
}
