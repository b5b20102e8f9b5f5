import { Command } from "commander";
import {
  type Abi,
  type Address,
  createPublicClient,
  createWalletClient,
  type Hash,
  http,
  isHash,
  isHex,
  parseEventLogs,
  stringToHex,
} from "viem";
import { createChainClient } from "../../chains/client.ts";
import { escrowPaymasterAbi, mailboxAbi } from "../../contracts/abi.ts";
import { createDeployer } from "../../contracts/deployer.ts";
import { deployPayOnDelivery } from "../../contracts/deployPayOnDelivery.ts";
import { describeEscrow, readEscrow } from "../../escrow/readEscrow.ts";
import { addressToBytes32 } from "../../protocol/address.ts";
import { encodeDeliveryTerms } from "../../protocol/deliveryTerms.ts";
import { chainNamed, type NamedChain, readConfig } from "../config.ts";
import { addressArgument, amountArgument, integerArgument } from "../parseArgument.ts";
import { readKey } from "../readKey.ts";
import { UsageError } from "../usageError.ts";

type Options = { on: string; keyFile?: string };
type SendOptions = Options & { to: string; recipient?: Address; for: number; gas: number; refund?: Address };
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
  signing(sub(command, "send", "dispatch a message that is paid for when it is delivered; prints its id"))
    .argument("<body>", "text, or bytes as 0x…")
    .requiredOption("--to <chain>", "destination")
    .option("--recipient <address>", "who handles it (default: the test recipient, if there is one)", addressArgument)
    .option("--for <seconds>", "how long the payment is locked", integerArgument, 86_400)
    .option("--gas <n>", "gas that is paid for", integerArgument, 100_000)
    .option("--refund <address>", "gets it back if nobody earns it (default: the sender)", addressArgument)
    .action((body: string, options: SendOptions, self: Command) => dispatch(body, self, options));
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
      const { transactionHash: tx } = await send(found, options, {
        ...{ functionName: "topUp", args: [idOf(id)] },
        value: options.wei,
      });
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

async function dispatch(body: string, command: Command, options: SendOptions): Promise<void> {
  const found = escrowOn(command, options);
  const { chain: origin } = found;
  const config = readConfig(command.optsWithGlobals().config);
  const { name, domain, deliveryReceipts, testRecipient } = chainNamed(config, options.to);
  const recipient = options.recipient ?? testRecipient;
  const [receiptIsm] = origin.receiptIsms ?? [];
  if (recipient === undefined) throw new UsageError(`${name} has no test recipient: name a --recipient`);
  if (receiptIsm === undefined) throw new UsageError(`${origin.name} has no receiptIsms in ${config.file}`);
  if (deliveryReceipts === undefined) throw new UsageError(`${name} has no deliveryReceipts in ${config.file}`);

  const { timestamp } = await createChainClient(origin).getBlock();
  const metadata = encodeDeliveryTerms(
    {
      gasLimit: BigInt(options.gas),
      refundAddress: options.refund ?? keyOf(options, "CAUSEWAY_SENDER_KEY").address,
    },
    {
      deadline: 0,
      escrowUntil: Math.max(Number(timestamp), Math.floor(Date.now() / 1_000)) + options.for,
      receiptIsm,
      receiptSender: addressToBytes32(deliveryReceipts),
    },
  );
  const bytes = isHex(body) ? body : stringToHex(body);
  const args = [domain, addressToBytes32(recipient), bytes, metadata, found.escrow] as const;
  const mailbox = { address: origin.mailbox, abi: mailboxAbi, args } as const;
  const value = await createPublicClient({ transport: http(origin.rpcUrl) }).readContract({
    ...mailbox,
    functionName: "quoteDispatch",
  });
  const { transactionHash: tx, logs } = await send(found, options, { ...mailbox, functionName: "dispatch", value });
  const [event] = parseEventLogs({ abi: mailboxAbi, eventName: "DispatchId", logs });
  console.error(`locked ${value} wei for ${options.for} s in transaction ${tx} on ${origin.name}`);
  console.log(event?.args.messageId);
}

async function refund(id: Hash, found: Escrow, options: Options): Promise<void> {
  const held = await readEscrow({ ...found, client: createChainClient(found.chain) }, id);
  if (held.state !== "open" || !held.hasEnded) throw new UsageError(`nothing to refund: ${describeEscrow(held)}`);
  const { transactionHash: tx } = await send(found, options, { functionName: "refund", args: [[id]] });
  console.log(`${held.amount} wei are ${held.refundAddress}'s again, transaction ${tx} on ${found.chain.name}`);
  await withdraw(held.refundAddress, found, options);
}

async function withdraw(account: Address, found: Escrow, options: Options): Promise<void> {
  const { transactionHash: tx, logs } = await send(found, options, { functionName: "withdraw", args: [account] });
  const [event] = parseEventLogs({ abi: escrowPaymasterAbi, eventName: "Withdrawn", logs });
  console.log(`${event?.args.amount} wei were sent to ${account}, transaction ${tx} on ${found.chain.name}`);
}

type Call = { functionName: string; args: readonly unknown[]; value?: bigint; address?: Address; abi?: Abi };

/** Calls the escrow, or another contract. @throws viem's errors when the simulation reverts; UsageError when the block does */
async function send({ chain, escrow }: Escrow, options: Options, call: Call) {
  const account = keyOf(options, "CAUSEWAY_SENDER_KEY");
  const client = createPublicClient({ transport: http(chain.rpcUrl), pollingInterval: 200 });
  const wallet = createWalletClient({ account, transport: http(chain.rpcUrl) });
  const parameters = { account, address: escrow, abi: escrowPaymasterAbi as Abi, ...call };
  const { request } = await client.simulateContract(parameters);
  const hash = await wallet.writeContract({ ...request, chain: null });
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
