import { Command, Option } from "commander";
import type { Address } from "viem";
import { deployCore, type IsmKind } from "../../contracts/deployCore.ts";
import { gasPaymasterSchema } from "../../contracts/gasPaymasterConfig.ts";
import { addressArgument, addressesArgument, integerArgument } from "../parseArgument.ts";
import { readJson } from "../readJson.ts";
import { readKey } from "../readKey.ts";

type DeployOptions = {
  rpcUrl: string;
  validators: Address[];
  threshold: number;
  ism: IsmKind;
  domain?: number;
  owner?: Address;
  paymaster?: string;
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
      "--paymaster <file>",
      "deploy a gas paymaster too, as this JSON says (docs/gas-payment.md), as default hook",
    )
    .option(
      "--pay-on-delivery <paymaster>",
      "deploy an escrow and receipts too (docs/pay-on-delivery.md), at the quotes of that contract",
      addressArgument,
    )
    .option("--key-file <file>", "private key that pays (default: the environment variable CAUSEWAY_DEPLOYER_KEY)")
    .option("--development", "a chain without value: allow one validator or threshold one, add a test recipient", false)
    .action(async (options: DeployOptions) => {
      const { keyFile, paymaster, validators, threshold, ...rest } = options;
      const gasPaymaster =
        paymaster === undefined ? undefined : readJson(paymaster, gasPaymasterSchema, "no gas paymaster");
      const deployment = await deployCore({
        ...rest,
        ...(gasPaymaster && { gasPaymaster }),
        set: { validators, threshold },
        account: readKey(keyFile === undefined ? { env: "CAUSEWAY_DEPLOYER_KEY" } : { file: keyFile }),
        onStep: (step) => console.error(step),
      });
      console.log(JSON.stringify(deployment, null, 2));
    });
}
