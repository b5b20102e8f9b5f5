import { closeSync, openSync, writeSync } from "node:fs";
import { Command } from "commander";
import { isAddress } from "viem";
import { registerBlsKey, signBlsRegistration } from "../../contracts/blsRegistration.ts";
import { createDeployer } from "../../contracts/deployer.ts";
import { createBlsSecret, createBlsSigner } from "../../protocol/bls.ts";
import { chainNamed, readConfig } from "../config.ts";
import { openAccount } from "../openAccount.ts";
import { readBlsKey } from "../readKey.ts";
import { UsageError } from "../usageError.ts";

export function blsCommand(): Command {
  return new Command("bls")
    .description("BLS keys of validators")
    .addCommand(newCommand())
    .addCommand(registerCommand());
}

function newCommand(): Command {
  return new Command("new")
    .description("make a BLS secret, in a new file that only its owner can read")
    .argument("<file>")
    .action((file: string) => {
      const secret = createBlsSecret();
      try {
        const handle = openSync(file, "wx", 0o600);
        writeSync(handle, `${secret.slice(2)}\n`);
        closeSync(handle);
      } catch (cause) {
        throw new UsageError(`can not make ${file}: ${cause instanceof Error ? cause.message : cause}`, { cause });
      }
      console.log(`secret in ${file}; its key is\n${createBlsSigner(secret).key}`);
    });
}

function registerCommand(): Command {
  return new Command("register")
    .description("make `blsKey` of the configuration's validator its key in a registry of another chain")
    .argument("<chain>", "where modules will verify its signatures")
    .argument("<registry>", "address of the BlsKeyRegistry there")
    .action(async (name: string, registry: string, _options: unknown, command: Command) => {
      const config = readConfig(command.optsWithGlobals().config);
      const { validator } = config;
      if (validator?.blsKey === undefined)
        throw new UsageError(`${config.file} has no part "validator" with a "blsKey"`);
      if (!isAddress(registry)) throw new UsageError(`${registry} is no address`);
      const account = await openAccount(validator.key);
      const chain = chainNamed(config, name);
      const deployer = await createDeployer({
        rpcUrl: chain.rpcUrl,
        account: await openAccount(validator.transactionKey ?? validator.key),
      });
      const registration = await signBlsRegistration({ account, signer: readBlsKey(validator.blsKey) });
      const isNew = await registerBlsKey({ deployer, registry, registration });
      console.log(`${registration.key}\n${isNew ? "is now" : "was already"} a key of ${account.address} on ${name}`);
    });
}
