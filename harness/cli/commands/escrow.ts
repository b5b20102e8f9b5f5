import { Command } from "commander";
import {
  type Address,
  createPublicClient,
  createWalletClient,
  encodeFunctionData,
  type Hash,
  http,
  isHash,
  parseEventLogs,
} from "viem";
import { createChainClient } from "../../chains/client.ts";
import { escrowPaymasterAbi } from "../../contracts/abi.ts";
import { createDeployer } from "../../contracts/deployer.ts";
import { deployPayOnDelivery } from "../../contracts/deployPayOnDelivery.ts";
import { describeEscrow, readEscrow } from "../../escrow/readEscrow.ts";
import { chainNamed, type NamedChain, readConfig } from "../config.ts";
import { addressArgument, amountArgument } from "../parseArgument.ts";
import { readKey } from "../readKey.ts";
import { UsageError } from "../usageError.ts";

type Options = { on: string; keyFile?: string };
type Escrow = { chain: NamedChain; escrow: Address };

/** Pay on delivery for payers and payees: docs/pay-on-delivery.md. */
export function escrowCommand(): Command {
  const command = new Command("escrow").description("payments that are locked until a message is delivered");
  sub(command, "status", "what the escrow holds for a message, until when, and what became of it")
    .argument("<id>", "message id")
    .action(async (id: string, options: Options, self: Command) => {
      const found = escrowOn(self, options);
      console.log(describeEscrow(await readEscrow({ ...found, client: createChainClient(found.chain) }, idOf(id))));
    });
  signing(sub(command, "refund", "after escrowUntil: gives a payment back and sends it to its refund address"))
    .argument("<id>", "message id")
    .action((id: string, options: Options, self: Command) => refund(idOf(id), escrowOn(self, options), options));
  signing(sub(command, "withdraw", "sends an account what the escrow owes it"))
    .argument("<account>", "the account", addressArgument)
    .action((account: Address, options: Options, self: Command) => withdraw(account, escrowOn(self, options), options));
  signing(sub(command, "top-up", "adds to what is locked for a message"))
    .argument("<id>", "message id")
    .requiredOption("--wei <n>", "how much to add", amountArgument)
    .action(async (id: string, options: Options & { wei: bigint }, self: Command) => {
      const found = escrowOn(self, options);
      const data = encodeFunctionData({ abi: escrowPaymasterAbi, functionName: "topUp", args: [idOf(id)] });
      const { transactionHash: tx } = await send(found, options, data, options.wei);
      console.log(`added ${options.wei} wei in transaction ${tx} on ${found.chain.name}`);
    });
  signing(sub(command, "deploy", "deploy both ends of pay on delivery; prints the addresses as JSON"))
    .option("--paymaster <address>", "whose quotes are the prices (default: the chain's own)", addressArgument)
    .action(async (options: Options & { paymaster?: Address }, self: Command) => {
      const config = readConfig(self.optsWithGlobals().config);
      const { name, rpcUrl, mailbox, interchainGasPaymasters } = chainNamed(config, options.on);
      const paymaster = options.paymaster ?? interchainGasPaymasters?.[0];
      if (paymaster === undefined) throw new UsageError(`${name} has no interchainGasPaymasters: name a --paymaster`);
      const account = keyOf(options, "CAUSEWAY_DEPLOYER_KEY");
      const deployer = await createDeployer({ rpcUrl, account, onStep: (step) => console.error(step) });
      console.log(JSON.stringify(await deployPayOnDelivery({ deployer, mailbox, paymaster }), null, 2));
    });
  return command;
}

async function refund(id: Hash, found: Escrow, options: Options): Promise<void> {
  const held = await readEscrow({ ...found, client: createChainClient(found.chain) }, id);
  if (held.state !== "open" || !held.hasEnded) throw new UsageError(`nothing to refund: ${describeEscrow(held)}`);
  const data = encodeFunctionData({ abi: escrowPaymasterAbi, functionName: "refund", args: [[id]] });
  const { transactionHash: tx } = await send(found, options, data);
  console.log(`${held.amount} wei are ${held.refundAddress}'s again, transaction ${tx} on ${found.chain.name}`);
  await withdraw(held.refundAddress, found, options);
}

async function withdraw(account: Address, found: Escrow, options: Options): Promise<void> {
  const data = encodeFunctionData({ abi: escrowPaymasterAbi, functionName: "withdraw", args: [account] });
  const { transactionHash: tx, logs } = await send(found, options, data);
  const [event] = parseEventLogs({ abi: escrowPaymasterAbi, eventName: "Withdrawn", logs });
  console.log(`${event?.args.amount} wei were sent to ${account}, transaction ${tx} on ${found.chain.name}`);
}

/** Sends the escrow a transaction. @throws viem's errors when its simulation reverts; UsageError when it does in its block */
async function send({ chain, escrow }: Escrow, options: Options, data: `0x${string}`, value = 0n) {
  const account = keyOf(options, "CAUSEWAY_SENDER_KEY");
  const client = createPublicClient({ transport: http(chain.rpcUrl), pollingInterval: 200 });
  const wallet = createWalletClient({ account, transport: http(chain.rpcUrl) });
  await client.call({ account, to: escrow, data, value });
  const hash = await wallet.sendTransaction({ to: escrow, data, value, chain: null });
  const receipt = await client.waitForTransactionReceipt({ hash });
  if (receipt.status !== "success") throw new UsageError(`transaction ${hash} on ${chain.name} was reverted`);
  return receipt;
}

function sub(parent: Command, name: string, description: string): Command {
  return parent.command(name).description(description).requiredOption("--on <chain>", "origin of the messages");
}

function signing(command: Command): Command {
  return command.option(
    "--key-file <file>",
    "private key of who sends (default: CAUSEWAY_SENDER_KEY; to deploy, _DEPLOYER_KEY)",
  );
}

function keyOf({ keyFile }: Options, env: string) {
  return readKey(keyFile === undefined ? { env } : { file: keyFile });
}

function escrowOn(command: Command, { on }: Options): Escrow {
  const config = readConfig(command.optsWithGlobals().config);
  const chain = chainNamed(config, on);
  if (chain.escrowPaymaster === undefined) throw new UsageError(`${on} has no escrowPaymaster in ${config.file}`);
  return { chain, escrow: chain.escrowPaymaster };
}

function idOf(id: string): Hash {
  if (!isHash(id)) throw new UsageError(`"${id}" is no message id: 0x and 64 hex digits`);
  return id.toLowerCase() as Hash;
}
