import { Command } from "commander";
import { createPublicClient, createWalletClient, type Hash, http, isHash } from "viem";
import { gasPaymasterAbi } from "../../contracts/abi.ts";
import { chainNamed, readConfig } from "../config.ts";
import { integerArgument } from "../parseArgument.ts";
import { readKey } from "../readKey.ts";
import { UsageError } from "../usageError.ts";

type PayOptions = { gas: number; keyFile?: string };

export function payCommand(): Command {
  return new Command("pay")
    .description("pay for the delivery of a message that was dispatched, at the paymaster of its origin")
    .argument("<id>", "message id")
    .requiredOption("--from <chain>", "its origin")
    .requiredOption("--to <chain>", "its destination")
    .requiredOption(
      "--gas <n>",
      "gas of the destination to pay for, all of it: `causeway status` says what is lacking",
      integerArgument,
    )
    .option("--key-file <file>", "private key of who pays (default: the environment variable CAUSEWAY_SENDER_KEY)")
    .action(async (id: string, options: PayOptions & { from: string; to: string }, command: Command) => {
      const config = readConfig(command.optsWithGlobals().config);
      if (!isHash(id)) throw new UsageError(`"${id}" is no message id: 0x and 64 hex digits`);
      const origin = chainNamed(config, options.from);
      const { domain } = chainNamed(config, options.to);
      const [address] = origin.interchainGasPaymasters ?? [];
      if (address === undefined)
        throw new UsageError(`${origin.name} has no interchainGasPaymasters in ${config.file}`);
      const account = readKey(
        options.keyFile === undefined ? { env: "CAUSEWAY_SENDER_KEY" } : { file: options.keyFile },
      );

      const client = createPublicClient({ transport: http(origin.rpcUrl), pollingInterval: 200 });
      const wallet = createWalletClient({ account, transport: http(origin.rpcUrl) });
      const paymaster = { account, address, abi: gasPaymasterAbi } as const;
      const gas = BigInt(options.gas);
      const value = await client.readContract({ ...paymaster, functionName: "quoteGasPayment", args: [domain, gas] });
      const args = [id.toLowerCase() as Hash, domain, gas, account.address] as const;
      const { request } = await client.simulateContract({ ...paymaster, functionName: "payForGas", args, value });
      const receipt = await client.waitForTransactionReceipt({
        hash: await wallet.writeContract({ ...request, chain: null }),
      });
      if (receipt.status !== "success") {
        throw new UsageError(`the payment was reverted in transaction ${receipt.transactionHash} on ${origin.name}`);
      }
      console.log(`paid ${value} wei for ${gas} gas in transaction ${receipt.transactionHash} on ${origin.name}`);
    });
}
