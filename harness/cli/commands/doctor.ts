import { Command } from "commander";
import { createChainClient } from "../../chains/client.ts";
import { checkRelayer, checkValidator } from "../../doctor/checkAgents.ts";
import { checkChain } from "../../doctor/checkChain.ts";
import { checkQuorums } from "../../doctor/checkQuorums.ts";
import type { Finding } from "../../doctor/finding.ts";
import { type Config, chainNamed, readConfig } from "../config.ts";
import { type HttpConfig, httpOptions } from "../httpConfig.ts";
import { openAccount } from "../openAccount.ts";
import { readBlsKey } from "../readKey.ts";
import { UsageError } from "../usageError.ts";

export function doctorCommand(): Command {
  return new Command("doctor")
    .description(
      "check the configuration from end to end before agents start: nodes, clock, contracts, keys, balances, storage, validators",
    )
    .option("--json", "machine-readable: [{result, subject, what, advice}]", false)
    .addHelpText("after", "\nExits 1 when a line says fail. It sends nothing and changes nothing.")
    .action(async (options: { json: boolean }, command: Command) => {
      const findings = await examine(readConfig(command.optsWithGlobals().config));
      if (options.json) console.log(JSON.stringify(findings, null, 2));
      else for (const finding of findings) console.log(line(finding));
      if (findings.some(({ result }) => result === "fail")) process.exitCode = 1;
    });
}

function line({ result, subject, what, advice }: Finding): string {
  return [
    `${result.padEnd(4)}  ${subject.padEnd(10)}  ${what}`,
    ...(advice ? [`${" ".repeat(18)}→ ${advice}`] : []),
  ].join("\n");
}

/** All findings on a configuration. Never throws for what it examines. */
export async function examine(config: Config, now: () => number = Date.now): Promise<Finding[]> {
  const open = (name: string) => {
    const chain = chainNamed(config, name);
    return { chain, client: createChainClient(chain) };
  };
  const all = Object.keys(config.chains);
  const ofChains = await Promise.all(all.map((name) => checkChain({ ...open(name), now })));
  const findings = ofChains.flat();
  const { relayer, validator, watchtower } = config;
  if (relayer !== undefined) {
    const origins = (relayer.origins ?? all).map(open);
    const destinations = (relayer.destinations ?? all).map(open);
    const account = await secret(findings, "relayer", "its key", async () => (await openAccount(relayer.key)).address);
    checkHttp(findings, "relayer", relayer.http);
    if (account !== undefined) {
      findings.push(...(await checkRelayer({ account, destinations, store: relayer.store })));
    }
    const allowLocal = relayer.allowLocalStorage;
    const quorums = destinations.map((destination) => checkQuorums({ destination, origins, allowLocal }));
    findings.push(...(await Promise.all(quorums)).flat());
  }
  if (validator !== undefined) {
    const { key, blsKey, transactionKey = key, chain, storage: location, store, http } = validator;
    const account = await secret(findings, "validator", "its key", async () => (await openAccount(key)).address);
    const payer = await secret(
      findings,
      "validator",
      "what pays for it",
      async () => (await openAccount(transactionKey)).address,
    );
    if (blsKey !== undefined)
      await secret(findings, "validator", "its BLS key", () => readBlsKey(blsKey).key.slice(0, 18));
    checkHttp(findings, "validator", http);
    if (account !== undefined && payer !== undefined) {
      findings.push(...(await checkValidator({ account, payer, origin: open(chain), location, store })));
    }
  }
  if (watchtower !== undefined) {
    for (const name of ["key", "guardianKey"] as const) {
      const source = watchtower[name];
      if (source !== undefined)
        await secret(findings, "watchtower", name, async () => (await openAccount(source)).address);
    }
    checkHttp(findings, "watchtower", watchtower.http);
  }
  return findings;
}

/** Reads a secret, and says whose it is. */
async function secret<T extends string>(
  findings: Finding[],
  subject: string,
  what: string,
  read: () => T | Promise<T>,
): Promise<T | undefined> {
  try {
    const found = await read();
    findings.push({ result: "ok", subject, what: `${what}: ${found.toLowerCase()}` });
    return found;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    findings.push({ result: "fail", subject, what: error.message, advice: "put the key there" });
    return undefined;
  }
}

function checkHttp(findings: Finding[], subject: string, http: HttpConfig | undefined): void {
  if (http === undefined) {
    const advice = 'add "http": { "port": 9464, "token": { "file": "…" } }';
    findings.push({
      result: "warn",
      subject,
      what: "it serves no metrics: nobody will notice when it stands still",
      advice,
    });
    return;
  }
  try {
    const { host, port, token } = httpOptions(http);
    const commands = token === undefined ? "without commands" : "with commands";
    findings.push({ result: "ok", subject, what: `serves http://${host}:${port}, ${commands}` });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    findings.push({ result: "fail", subject, what: error.message, advice: "put a token there, or leave `token` out" });
  }
}
