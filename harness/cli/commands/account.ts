import { Command, InvalidArgumentError } from "commander";
import {
  type Address,
  createPublicClient,
  createWalletClient,
  getAddress,
  type Hex,
  http,
  isAddress,
  isHash,
  isHex,
  parseEventLogs,
  zeroHash,
} from "viem";
import { createChainClient } from "../../chains/client.ts";
import { accountRouterAbi, mailboxAbi } from "../../contracts/abi.ts";
import { addressToBytes32 } from "../../protocol/address.ts";
import type { AccountCall } from "../../protocol/interchainAccountMessage.ts";
import { type Config, chainNamed, type NamedChain, readConfig } from "../config.ts";
import { addressArgument, amountArgument } from "../parseArgument.ts";
import { readKey } from "../readKey.ts";
import { UsageError } from "../usageError.ts";

type Options = { salt: Hex };
type CallOptions = Options & { gasLimit?: bigint; keyFile?: string };

/** Accounts on other chains: docs/accounts.md. */
export function accountCommand(): Command {
  const command = new Command("account").description(
    "accounts on other chains, which do what their owners say on theirs",
  );
  common(command, "address", "print the address of somebody's account")
    .argument("<owner>", "who owns it, on the first chain", addressArgument)
    .action(async (from: string, to: string, owner: Address, { salt }: Options, self: Command) => {
      const { origin, router, domain } = readChains(readConfig(self.optsWithGlobals().config), from, to);
      const call = { address: router, abi: accountRouterAbi, functionName: "getRemoteInterchainAccount" } as const;
      console.log(await createChainClient(origin).readContract({ ...call, args: [domain, owner, salt] }));
    });
  common(command, "call", "have your account make calls, all or none; prints the message's id")
    .argument("<calls...>", "address:data[:wei], data as 0x…", callArgument)
    .option("--gas-limit <n>", "gas for the calls (default: what the router has for that chain)", amountArgument)
    .option("--key-file <file>", "private key of the owner (default: the environment variable CAUSEWAY_SENDER_KEY)")
    .action((from: string, to: string, calls: AccountCall[], options: CallOptions, self: Command) =>
      sendCalls(readChains(readConfig(self.optsWithGlobals().config), from, to), calls, options),
    );
  return command;
}

type Chains = { origin: NamedChain; router: Address; domain: number };

async function sendCalls(
  { origin, router, domain }: Chains,
  calls: AccountCall[],
  options: CallOptions,
): Promise<void> {
  const { keyFile, salt } = options;
  const account = readKey(keyFile === undefined ? { env: "CAUSEWAY_SENDER_KEY" } : { file: keyFile });
  const client = createPublicClient({ transport: http(origin.rpcUrl), pollingInterval: 200 });
  const wallet = createWalletClient({ account, transport: http(origin.rpcUrl) });
  const contract = { account, address: router, abi: accountRouterAbi } as const;
  const gas =
    options.gasLimit ?? (await client.readContract({ ...contract, functionName: "destinationGas", args: [domain] }));
  const defaults = await client.readContract({ ...contract, functionName: "defaultOptions", args: [domain, gas] });
  const args = [domain, calls, { ...defaults, salt }] as const;
  const value = await client.readContract({ ...contract, functionName: "quoteCallRemote", args });
  const { request } = await client.simulateContract({ ...contract, functionName: "callRemote", args, value });
  const hash = await wallet.writeContract({ ...request, chain: null });
  const { status, logs, blockNumber } = await client.waitForTransactionReceipt({ hash });
  const [event] = parseEventLogs({ abi: mailboxAbi, eventName: "DispatchId", logs });
  if (status !== "success" || event === undefined) {
    throw new UsageError(`the call was reverted in transaction ${hash} on ${origin.name}`);
  }
  if (value > 0n) console.error(`paid ${value} wei for it`);
  console.error(`dispatched in block ${blockNumber} of ${origin.name}, transaction ${hash}`);
  console.log(event.args.messageId);
}

function readChains(config: Config, from: string, to: string): Chains {
  const origin = chainNamed(config, from);
  const router = origin.interchainAccountRouter;
  if (router === undefined) throw new UsageError(`${from} has no interchainAccountRouter in ${config.file}`);
  return { origin, router, domain: chainNamed(config, to).domain };
}

function common(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .argument("<from>", "chain of the owner, by its name in the configuration")
    .argument("<to>", "chain of the account")
    .option("--salt <bytes32>", "of the account: an owner may have any number of them", saltArgument, zeroHash);
}

function saltArgument(text: string): Hex {
  if (!isHash(text)) throw new InvalidArgumentError("0x and 64 hex digits are needed");
  return text;
}

/** commander gives what the arguments before gave. */
function callArgument(text: string, before: AccountCall[] = []): AccountCall[] {
  const [to = "", data = "", wei = "0", ...rest] = text.split(":");
  if (!isAddress(to) || !isHex(data) || data.length % 2 !== 0 || rest.length > 0) {
    throw new InvalidArgumentError(`"${text}" is not address:data or address:data:wei, with data as 0x…`);
  }
  return [...before, { to: addressToBytes32(getAddress(to)), value: amountArgument(wei), data }];
}
