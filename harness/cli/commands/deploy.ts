import { Command, Option } from "commander";
import type { Address } from "viem";
import { deployCore, type IsmKind } from "../../contracts/deployCore.ts";
import { addressArgument, addressesArgument, integerArgument } from "../parseArgument.ts";
import { readKey } from "../readKey.ts";

type DeployOptions = {
  rpcUrl: string;
  validators: Address[];
  threshold: number;
  ism: IsmKind;
  domain?: number;
  owner?: Address;
  payOnDelivery?: Address;
  keyFile?: string;
  development: boolean;
};

export function deployCommand(): Command {
  return new Command("deploy")
    .description("deploy a Mailbox with its default module to a chain; prints the addresses as JSON")
    .requiredOption("--rpc-url <url>", "RPC of the chain")
    .requiredOption("--validators <addresses>", "whose signatures to ask for, separated by commas", addressesArgument)
    .requiredOption("--threshold <m>", "how many of them must sign", integerArgument)
    .addOption(
      new Option("--ism <kind>", "kind of multisig").choices(["message-id", "merkle-root"]).default("message-id"),
    )
    .option("--domain <n>", "domain of the chain (default: its chain id)", integerArgument)
    .option("--owner <address>", "may set the default module and the hooks (default: the deployer)", addressArgument)
    .option(
      "--pay-on-delivery <paymaster>",
      "deploy an escrow and receipts too (docs/pay-on-delivery.md), at the quotes of that contract",
      addressArgument,
    )
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
