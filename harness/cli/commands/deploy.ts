import { Command, InvalidArgumentError, Option } from "commander";
import { type Address, getAddress, isAddress } from "viem";
import { deployCore, type IsmKind } from "../../contracts/deployCore.ts";
import { readKey } from "../readKey.ts";

type DeployOptions = {
  rpcUrl: string;
  validators: Address[];
  threshold: number;
  ism: IsmKind;
  domain?: number;
  owner?: Address;
  keyFile?: string;
  development: boolean;
};

export function deployCommand(): Command {
  return new Command("deploy")
    .description("deploy a Mailbox with its default module to a chain; prints the addresses as JSON")
    .requiredOption("--rpc-url <url>", "RPC of the chain")
    .requiredOption("--validators <addresses>", "whose signatures to ask for, separated by commas", addresses)
    .requiredOption("--threshold <m>", "how many of them must sign", integer)
    .addOption(new Option("--ism <kind>", "kind of multisig").choices(["message-id", "merkle-root"]).default("message-id"))
    .option("--domain <n>", "domain of the chain (default: its chain id)", integer)
    .option("--owner <address>", "may set the default module and the hooks (default: the deployer)", address)
    .option("--key-file <file>", "private key that pays (default: the environment variable CAUSEWAY_DEPLOYER_KEY)")
    .option("--development", "a chain without value: allow one validator or threshold one, add a test recipient", false)
    .action(async (options: DeployOptions) => {
      const { keyFile, validators, threshold, ...rest } = options;
      const deployment = await deployCore({
        ...rest,
        set: { validators, threshold },
        account: readKey(keyFile === undefined ? { env: "CAUSEWAY_DEPLOYER_KEY" } : { file: keyFile }),
        onStep: (step) => console.error(step),
      });
      console.log(JSON.stringify(deployment, null, 2));
    });
}

function integer(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("a whole number is needed");
  return Number(text);
}

function address(text: string): Address {
  if (!isAddress(text)) throw new InvalidArgumentError(`"${text}" is no address (0x and 40 hex digits, checksum right)`);
  return getAddress(text);
}

function addresses(text: string): Address[] {
  return text.split(",").map((part) => address(part.trim()));
}
