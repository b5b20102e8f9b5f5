import { Command } from "commander";
import ora from "ora";
import {
  type Address,
  createPublicClient,
  createWalletClient,
  type Hash,
  type Hex,
  http,
  isHex,
  parseEventLogs,
  stringToHex,
} from "viem";
import type { ChainConfig } from "../../chains/chainConfig.ts";
import { mailboxAbi } from "../../contracts/abi.ts";
import { addressToBytes32 } from "../../protocol/address.ts";
import { encodeHookMetadata } from "../../protocol/hookMetadata.ts";
import { chainNamed, readConfig } from "../config.ts";
import { addressArgument, amountArgument } from "../parseArgument.ts";
import { readKey } from "../readKey.ts";
import { UsageError } from "../usageError.ts";

type SendOptions = { recipient?: Address; gasLimit?: bigint; keyFile?: string; wait: boolean };

export function sendCommand(): Command {
  return new Command("send")
    .description("dispatch a message; prints its id")
    .argument("<origin>", "chain to send from, by its name in the configuration")
    .argument("<destination>", "chain to send to")
    .argument("<body>", "text, or bytes as 0x…")
    .option("--recipient <address>", "who handles it (default: the test recipient, if there is one)", addressArgument)
    .option(
      "--gas-limit <n>",
      "gas for the recipient to pay for, where a paymaster is the default hook (default: what the paymaster assumes)",
      amountArgument,
    )
    .option("--key-file <file>", "private key of the sender (default: the environment variable CAUSEWAY_SENDER_KEY)")
    .option("--wait", "wait until it is delivered", false)
    .action(async (from: string, to: string, body: string, options: SendOptions, command: Command) => {
      const config = readConfig(command.optsWithGlobals().config);
      const origin = chainNamed(config, from);
      const destination = chainNamed(config, to);
      const recipient = options.recipient ?? destination.testRecipient;
      if (recipient === undefined) throw new UsageError(`${to} has no test recipient: name a --recipient`);
      const account = readKey(
        options.keyFile === undefined ? { env: "CAUSEWAY_SENDER_KEY" } : { file: options.keyFile },
      );

      const client = createPublicClient({ transport: http(origin.rpcUrl), pollingInterval: 200 });
      const wallet = createWalletClient({ account, transport: http(origin.rpcUrl) });
      const bytes: Hex = isHex(body) ? body : stringToHex(body);
      const { gasLimit } = options;
      const metadata =
        gasLimit === undefined ? "0x" : encodeHookMetadata({ msgValue: 0n, gasLimit, refundAddress: account.address });
      const args = [destination.domain, addressToBytes32(recipient), bytes, metadata] as const;
      const call = { account, address: origin.mailbox, abi: mailboxAbi, args } as const;
      const value = await client.readContract({ ...call, functionName: "quoteDispatch" });
      const { request } = await client.simulateContract({ ...call, functionName: "dispatch", value });
      const receipt = await client.waitForTransactionReceipt({
        hash: await wallet.writeContract({ ...request, chain: null }),
      });
      const [event] = parseEventLogs({ abi: mailboxAbi, eventName: "DispatchId", logs: receipt.logs });
      if (receipt.status !== "success" || event === undefined) {
        throw new UsageError(`the dispatch was reverted in transaction ${receipt.transactionHash} on ${from}`);
      }
      const id = event.args.messageId;
      if (value > 0n) console.error(`paid ${value} wei for it`);
      console.error(`dispatched in block ${receipt.blockNumber} of ${from}, transaction ${receipt.transactionHash}`);
      console.log(id);
      if (options.wait) await waitForDelivery(destination, id);
    });
}

async function waitForDelivery(destination: ChainConfig, id: Hash): Promise<void> {
  const client = createPublicClient({ transport: http(destination.rpcUrl) });
  const call = { address: destination.mailbox, abi: mailboxAbi, args: [id] } as const;
  const spinner = ora({ text: `waiting for its delivery on ${destination.name}`, stream: process.stderr }).start();
  while (!(await client.readContract({ ...call, functionName: "delivered" }))) {
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  const block = await client.readContract({ ...call, functionName: "processedAt" });
  spinner.succeed(`delivered in block ${block} of ${destination.name}`);
}
