import { access, constants, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { type Address, formatEther } from "viem";
import { errorText } from "../agents/relayer/rpcError.ts";
import { validatorAnnounceAbi } from "../contracts/abi.ts";
import type { HealthOrigin } from "../ism/validatorHealth.ts";
import { locationToFolder } from "../storage/folderLocation.ts";
import { isPostgresUrl } from "../store/postgresUrl.ts";
import { createFindings, type Finding, type Findings } from "./finding.ts";

/** Wei: less than that pays for few transactions anywhere. */
const LITTLE = 10_000_000_000_000_000n;

/** Whether a relayer can pay on its destinations, and keep what it knows. */
export async function checkRelayer(parameters: {
  account: Address;
  destinations: readonly HealthOrigin[];
  store: string;
}): Promise<Finding[]> {
  const { account, destinations, store } = parameters;
  const findings = createFindings("relayer");
  await Promise.all(destinations.map((destination) => checkBalance(findings, destination, account, "deliveries")));
  if (isPostgresUrl(store)) await checkDatabase(findings, store);
  else await checkStore(findings, store);
  return findings.all;
}

/** Whether a validator can sign, announce and publish, and has its history. */
export async function checkValidator(parameters: {
  account: Address;
  payer: Address;
  origin: HealthOrigin;
  location: string;
  store: string;
}): Promise<Finding[]> {
  const { account, payer, origin, location, store } = parameters;
  const { chain, client } = origin;
  const findings = createFindings("validator");
  const { ok, warn, fail } = findings;
  try {
    const [announced = []] = await client.readContract({
      address: chain.validatorAnnounce,
      abi: validatorAnnounceAbi,
      functionName: "getAnnouncedStorageLocations",
      args: [[account]],
    });
    const hasHistory = await exists(store);
    if (announced.includes(location)) ok(`${account.toLowerCase()} has announced ${location}`);
    else {
      warn(`${account.toLowerCase()} has not announced ${location} yet`, "it does so when it starts");
      await checkBalance(findings, origin, payer, "the announcement");
    }
    if (announced.length > 0 && !hasHistory) {
      const advice = "do not start it with an empty history: restore the store, or see docs/operate.md";
      fail(`this key was in use before, and there is no signing history at ${store}`, advice);
    } else if (hasHistory) ok(`its signing history is at ${store}`);
  } catch (error) {
    fail(`its announcement can not be read: ${errorText(error)}`, `mend what is said of ${chain.name} first`);
  }
  await checkStore(findings, store);
  await checkLocation(findings, location);
  return findings.all;
}

async function checkBalance(
  { ok, warn, fail }: Findings,
  { chain, client }: HealthOrigin,
  account: Address,
  purpose: string,
): Promise<void> {
  try {
    const balance = await client.getBalance({ address: account });
    const what = `${account.toLowerCase()} has ${formatEther(balance)} on ${chain.name} to pay for ${purpose}`;
    if (balance === 0n) fail(what, "send it some of the chain's token");
    else if (balance < LITTLE) warn(what, "send it more of the chain's token");
    else ok(what);
  } catch (error) {
    fail(`its balance on ${chain.name} can not be read: ${errorText(error)}`, "mend what is said of the chain first");
  }
}

async function checkDatabase({ ok, fail }: Findings, url: string): Promise<void> {
  const { probePostgres } = await import("../store/openPostgres.ts");
  try {
    ok(`its store ${await probePostgres(url)} can be written`);
  } catch (error) {
    fail(errorText(error), "start the database, or correct DATABASE_URL or `relayer.store`");
  }
}

async function checkStore({ ok, fail }: Findings, file: string): Promise<void> {
  const place = await nearest(file);
  const { mode } = await stat(place);
  if (place === file && (mode & 0o077) !== 0) fail(`others can read ${file}`, `chmod 600 ${file}`);
  else if (await isWritable(place)) ok(`its store ${file} can be written`);
  else fail(`its store ${file} can not be written`, `make ${place} writable for who runs the agent`);
}

async function checkLocation({ ok, warn, fail }: Findings, location: string): Promise<void> {
  if (!location.startsWith("file:")) return ok(`checkpoints are published at ${location}`);
  let folder: string;
  try {
    folder = locationToFolder(location);
  } catch (error) {
    return fail(errorText(error), "correct `storage`");
  }
  const place = await nearest(folder);
  if (!(await isWritable(place))) return fail(`${folder} can not be written`, `make ${place} writable`);
  warn(
    `${location} can be read on this machine alone`,
    "only relayers here, with allowLocalStorage, see its signatures: for others use storage that they can reach",
  );
}

/** The file or folder itself, or the nearest folder above it that exists. */
async function nearest(path: string): Promise<string> {
  if ((await exists(path)) || dirname(path) === path) return path;
  return nearest(dirname(path));
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function isWritable(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
}
