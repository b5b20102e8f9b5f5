import { Command } from "commander";
import { type Address, createPublicClient, erc20Abi, http, isAddressEqual, parseUnits, zeroAddress } from "viem";
import { hypERC20Abi } from "../../contracts/abi.ts";
import { addressToBytes32 } from "../../protocol/address.ts";
import { checkRoute } from "../../route/checkRoute.ts";
import { deployRoute, type Routers } from "../../route/deployRoute.ts";
import { enrollRoute } from "../../route/enrollRoute.ts";
import { isCollection, type RouteConfig, routeConfigSchema } from "../../route/routeConfig.ts";
import { readRouters, routersFile, writeRouters } from "../../route/routersFile.ts";
import { transferRemote } from "../../route/transferRemote.ts";
import { chainNamed, type NamedChain, readConfig } from "../config.ts";
import { addressArgument } from "../parseArgument.ts";
import { readJson } from "../readJson.ts";
import { readKey } from "../readKey.ts";
import { UsageError } from "../usageError.ts";
import { waitForDelivery } from "../waitForDelivery.ts";

type KeyOptions = { keyFile?: string };
type TransferOptions = KeyOptions & { recipient?: Address; wait: boolean };
type Opened = { route: RouteConfig; chains: Record<string, NamedChain>; routers: Routers; file: string };

const DESCRIPTION = "the route: see docs/tokens.md";
const onStep = (step: string) => console.error(step);

export function routeCommand(): Command {
  return new Command("route")
    .description("token routes: the same token on several chains")
    .addCommand(deploying("deploy", "create the routers that the route lacks, and enroll them with each other", true))
    .addCommand(deploying("enroll", "make the routers what the route says, as far as their owner signs", false))
    .addCommand(checkCommand())
    .addCommand(transferCommand());
}

function deploying(name: string, description: string, creates: boolean): Command {
  return new Command(name)
    .description(`${description}; can be repeated. Prints the routers, and calls left to other owners, as JSON`)
    .argument("<file>", DESCRIPTION)
    .option("--key-file <file>", "private key that pays (default: the environment variable CAUSEWAY_DEPLOYER_KEY)")
    .action(async (description: string, options: KeyOptions, command: Command) => {
      const { file, ...opened } = open(description, command);
      const account = keyOf(options, "CAUSEWAY_DEPLOYER_KEY");
      const onRouter = (routers: Routers) => writeRouters(file, routers);
      const routers = creates ? await deployRoute({ ...opened, account, onRouter, onStep }) : opened.routers;
      const calls = await enrollRoute({ ...opened, routers, account, onStep });
      console.log(JSON.stringify({ routers, calls }, null, 2));
    });
}

function checkCommand(): Command {
  return new Command("check")
    .description("read the route from its chains and tell all in which it is not what its description says")
    .argument("<file>", DESCRIPTION)
    .action(async (description: string, _options: object, command: Command) => {
      const { differences, balance } = await checkRoute(open(description, command));
      for (const { chain, what } of differences) console.log(`${chain}: ${what}`);
      if (balance === undefined)
        console.error("balances are not compared: others mint or lock a token of the route, too");
      else console.error(`collateral ${balance.collateral}, supply ${balance.supply}, in units of messages`);
      if (differences.length === 0) console.error("the route is what its description says");
      else process.exitCode = 1;
    });
}

function transferCommand(): Command {
  return new Command("transfer")
    .description("send tokens over the route; prints the message's id")
    .argument("<file>", DESCRIPTION)
    .argument("<origin>", "chain to send from, by its name in the configuration")
    .argument("<destination>", "chain to send to")
    .argument("<amount>", "of the origin's token, with decimals: 1.5; of a collection the token's id")
    .option("--recipient <address>", "who gets it (default: the sender)", addressArgument)
    .option("--key-file <file>", "private key of the sender (default: the environment variable CAUSEWAY_SENDER_KEY)")
    .option("--wait", "wait until it is delivered", false)
    .action(
      async (file: string, from: string, to: string, text: string, options: TransferOptions, command: Command) => {
        const { route, chains, routers } = open(file, command);
        const [origin, destination, router] = [chains[from], chains[to], routers[from]];
        if (origin === undefined || destination === undefined || router === undefined) {
          throw new UsageError(
            `${file} has no router on ${from}, or no chain ${to}: \`causeway route deploy\` it first`,
          );
        }
        const account = keyOf(options, "CAUSEWAY_SENDER_KEY");
        const byId = Object.values(route.chains).some(isCollection);
        const amount = parseAmount(text, byId ? 0 : await decimalsOf(origin.rpcUrl, router));
        const { id } = await transferRemote({
          ...{
            rpcUrl: origin.rpcUrl,
            account,
            router,
            destination: destination.domain,
            amount,
            isCollection: byId,
            onStep,
          },
          recipient: addressToBytes32(options.recipient ?? account.address),
        });
        console.log(id);
        if (options.wait) await waitForDelivery(destination, id);
      },
    );
}

function open(description: string, command: Command): Opened {
  const config = readConfig(command.optsWithGlobals().config);
  const route = readJson(description, routeConfigSchema, "no route");
  const chains = Object.fromEntries(Object.keys(route.chains).map((name) => [name, chainNamed(config, name)]));
  const file = routersFile(description);
  return { route, chains, routers: readRouters(file), file };
}

function keyOf({ keyFile }: KeyOptions, variable: string) {
  return readKey(keyFile === undefined ? { env: variable } : { file: keyFile });
}

function parseAmount(text: string, decimals: number): bigint {
  const [, fraction = ""] = text.split(".");
  if (!/^\d+(\.\d+)?$/.test(text) || fraction.length > decimals) {
    throw new UsageError(`"${text}" is no amount of a token with ${decimals} decimals`);
  }
  return parseUnits(text, decimals);
}

/** Decimals of the token of a router; of the native coin 18. */
async function decimalsOf(rpcUrl: string, router: Address): Promise<number> {
  const client = createPublicClient({ transport: http(rpcUrl) });
  const address = await client.readContract({ address: router, abi: hypERC20Abi, functionName: "token" });
  if (isAddressEqual(address, zeroAddress)) return 18;
  return client.readContract({ address, abi: erc20Abi, functionName: "decimals" });
}
