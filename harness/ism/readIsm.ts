import { type Address, concat, type Hex, numberToHex, zeroAddress, zeroHash } from "viem";
import { MAX_DEPTH, MAX_MODULES } from "../agents/relayer/metadata/buildMetadata.ts";
import { gatewayHost } from "../agents/relayer/metadata/gatewayHost.ts";
import type { ChainClient } from "../chains/client.ts";
import { encodeMessage } from "../protocol/message.ts";
import { type ContractReader, createContractReader, lower } from "./contractReader.ts";
import type { IsmKind, IsmNode, Signer } from "./ismTree.ts";
import { isNoop } from "./isNoop.ts";

export type ReadIsmParameters = {
  client: ChainClient;
  ism: Address;
  /** Read only what is asked about messages from this domain. */
  origin?: number | undefined;
  /** Read only what is asked about messages of this amount. */
  amount?: bigint | undefined;
};

type Context = ReadIsmParameters & {
  contracts: ContractReader;
  above: readonly Address[];
  count: { modules: number };
};
type Read = (context: Context, address: Address) => Promise<IsmKind>;

const MAX_VALIDATORS = 256;
const MAX_URLS = 20;

/**
 * Reads a tree of modules, as they describe themselves: any of them may lie, and does no more harm than that.
 *
 * @throws viem's errors when the node does not answer; whatever a module does is in the tree
 * @example const tree = await readIsm({ client, ism: "0x…" });
 */
export async function readIsm(parameters: ReadIsmParameters): Promise<IsmNode> {
  const contracts = createContractReader(parameters.client);
  return readNode({ ...parameters, contracts, above: [], count: { modules: 0 } }, parameters.ism);
}

async function readNode(context: Context, ism: Address): Promise<IsmNode> {
  const address = lower(ism);
  const { contracts, above, count } = context;
  const broken = (problem: "no code" | "cycle" | "too large", reason: string): IsmNode => ({
    address,
    moduleType: null,
    kind: "broken",
    problem,
    reason,
  });
  if (above.includes(address)) return broken("cycle", "comes to itself");
  if (above.length >= MAX_DEPTH) return broken("too large", `more than ${MAX_DEPTH} modules deep`);
  count.modules += 1;
  if (count.modules > MAX_MODULES) return broken("too large", `the tree has more than ${MAX_MODULES} modules`);
  if (!(await contracts.hasCode(address))) return broken("no code", "has no code");
  const [type, owner] = await Promise.all([contracts.ask(address, "moduleType"), contracts.owner(address)]);
  const common = { address, moduleType: type ?? null, ...(owner !== undefined && { owner }) };
  if (type === undefined) return { ...common, kind: "unknown", reason: "does not tell its type" };
  const read = readers.get(type);
  if (read === undefined) return { ...common, kind: "unknown", reason: `module type ${type} is not known` };
  return { ...common, ...(await read({ ...context, above: [...above, address] }, address)) };
}

/** By `moduleType()`. */
const readers: ReadonlyMap<number, Read> = new Map<number, Read>([
  [1, readRouting],
  [2, readAggregation],
  [4, (context, address) => readMultisig(context, address, "merkle-root")],
  [5, (context, address) => readMultisig(context, address, "message-id")],
  [6, readNull],
  [7, readCcipRead],
  [8, (context, address) => readBridge(context, address, "Arbitrum L2 to L1")],
  [9, (context, address) => readWeighted(context, address, "merkle-root")],
  [10, (context, address) => readWeighted(context, address, "message-id")],
  [11, (context, address) => readBridge(context, address, "OP stack L2 to L1")],
  [128, readOptimistic],
  [129, readBls],
]);

const silent = (what: string): IsmKind => ({ kind: "unknown", reason: `does not tell its ${what}` });

async function readMultisig(
  context: Context,
  address: Address,
  scheme: "message-id" | "merkle-root",
): Promise<IsmKind> {
  const answer = await context.contracts.ask(address, "validatorsAndThreshold", [exampleMessage(context)]);
  if (answer === undefined) return silent("validators");
  const [addresses, threshold] = answer;
  return multisig(scheme, false, addresses.map(one), BigInt(threshold));
}

async function readWeighted(
  context: Context,
  address: Address,
  scheme: "message-id" | "merkle-root",
): Promise<IsmKind> {
  const answer = await context.contracts.ask(address, "validatorsAndThresholdWeight", [exampleMessage(context)]);
  if (answer === undefined) return silent("validators");
  const [infos, threshold] = answer;
  const signers = infos.map(({ signingAddress, weight }) => ({ address: signingAddress, weight }));
  return multisig(scheme, true, signers, threshold);
}

async function readBls({ contracts }: Context, address: Address): Promise<IsmKind> {
  const [addresses, threshold] = await Promise.all([
    contracts.ask(address, "validators"),
    contracts.ask(address, "threshold"),
  ]);
  if (addresses === undefined || threshold === undefined) return silent("validators");
  return multisig("bls", false, addresses.map(one), threshold);
}

const one = (address: Address): Signer => ({ address, weight: 1n });

/** A signature counts once: of a validator that stands there twice, the first place is kept. */
function multisig(
  scheme: "message-id" | "merkle-root" | "bls",
  weighted: boolean,
  signers: readonly Signer[],
  threshold: bigint,
): IsmKind {
  if (signers.length > MAX_VALIDATORS) {
    return { kind: "unknown", reason: `has ${signers.length} validators, at most ${MAX_VALIDATORS} are looked at` };
  }
  const weights = new Map<Address, bigint>();
  for (const { address, weight } of signers) {
    if (!weights.has(lower(address))) weights.set(lower(address), weight);
  }
  const validators = [...weights].map(([address, weight]) => ({ address, weight }));
  return { kind: "multisig", scheme, weighted, validators, threshold };
}

async function readAggregation(context: Context, address: Address): Promise<IsmKind> {
  const answer = await context.contracts.ask(address, "modulesAndThreshold", [exampleMessage(context)]);
  if (answer === undefined) return silent("modules");
  const [modules, threshold] = answer;
  return {
    kind: "aggregation",
    threshold,
    modules: await Promise.all(modules.map((module) => readNode(context, module))),
  };
}

async function readRouting(context: Context, address: Address): Promise<IsmKind> {
  const { contracts, origin, amount } = context;
  const [smaller, larger, limit] = await Promise.all([
    contracts.ask(address, "lower"),
    contracts.ask(address, "upper"),
    contracts.ask(address, "threshold"),
  ]);
  if (smaller !== undefined && larger !== undefined && limit !== undefined) {
    const [lowerModule, upperModule] = await Promise.all([
      amount !== undefined && amount >= limit ? notAsked(smaller) : readNode(context, smaller),
      amount !== undefined && amount < limit ? notAsked(larger) : readNode(context, larger),
    ]);
    return { kind: "amountRouting", threshold: limit, lower: lowerModule, upper: upperModule };
  }

  const domains = await contracts.ask(address, "domains");
  if (domains === undefined) return readCustomRouting(context, address);
  const known = domains.filter((domain) => domain < 2n ** 32n).map(Number);
  const asked = origin === undefined ? known : known.filter((domain) => domain === origin);
  if (asked.length > MAX_MODULES) return { kind: "unknown", reason: `has ${asked.length} routes, too many to look at` };
  const [mailbox, canRemove, routes] = await Promise.all([
    contracts.ask(address, "mailbox"),
    contracts.canRemove(address),
    Promise.all(
      asked.map(async (domain) => {
        const module = await contracts.ask(address, "module", [domain]);
        const below = { ...context, origin: domain };
        return { domain, module: module === undefined ? noRoute(domain) : await readNode(below, module) };
      }),
    ),
  ]);
  if (mailbox === undefined) return { kind: "routing", variant: canRemove ? "domain" : "incremental", routes };

  const needsDefault = origin === undefined || asked.length === 0;
  const [mailboxOwner, defaultIsm] = await Promise.all([
    contracts.owner(lower(mailbox)),
    contracts.ask(mailbox, "defaultIsm"),
  ]);
  const fallback = {
    mailbox: lower(mailbox),
    ...(mailboxOwner !== undefined && { owner: mailboxOwner }),
    module:
      defaultIsm === undefined
        ? unroutable("no route", zeroAddress, "the Mailbox that it falls back to names no default module")
        : needsDefault
          ? await readNode(context, defaultIsm)
          : notAsked(defaultIsm),
  };
  return { kind: "routing", variant: "fallback", routes, fallback };
}

/** A contract that routes in its own way can only be asked where it sends an example. */
async function readCustomRouting(context: Context, address: Address): Promise<IsmKind> {
  const { contracts, origin } = context;
  if (origin === undefined) return { kind: "unknown", reason: "routes in a way of its own: name an --origin" };
  const module = await contracts.ask(address, "route", [exampleMessage(context)]);
  const routed = module === undefined ? noRoute(origin) : await readNode(context, module);
  return { kind: "routing", variant: "custom", routes: [{ domain: origin, module: routed }] };
}

const noRoute = (domain: number) => unroutable("no route", zeroAddress, `domain ${domain} is routed to nothing`);
const notAsked = (address: Address): IsmNode => ({
  address: lower(address),
  moduleType: null,
  kind: "notAsked",
});

function unroutable(problem: "no route", address: Address, reason: string): IsmNode {
  return { address, moduleType: null, kind: "broken", problem, reason };
}

/** Found out by asking for what only one kind has, as a relayer does. */
async function readNull(context: Context, address: Address): Promise<IsmKind> {
  const { contracts, client } = context;
  const [relayer, paused, level, bridged] = await Promise.all([
    contracts.ask(address, "trustedRelayer"),
    contracts.ask(address, "paused"),
    contracts.ask(address, "calculateCurrentLevel"),
    contracts.ask(address, "VERIFIED_MASK_INDEX"),
  ]);
  if (relayer !== undefined) {
    return { kind: "trustedRelayer", relayer: lower(relayer), isContract: await contracts.isContract(lower(relayer)) };
  }
  if (paused !== undefined) {
    const guardian = await contracts.ask(address, "guardian");
    return { kind: "pausable", paused, guardian: named(guardian) };
  }
  if (level !== undefined) {
    const [maxCapacity, recipient] = await Promise.all([
      contracts.ask(address, "maxCapacity"),
      contracts.ask(address, "recipient"),
    ]);
    return { kind: "rateLimited", level, maxCapacity: maxCapacity ?? null, recipient: named(recipient) };
  }
  if (bridged !== undefined) {
    const messenger = await contracts.ask(address, "l2Messenger");
    return readBridge(context, address, messenger === undefined ? "ERC-5164" : "OP stack");
  }
  if (await isNoop(client, address)) return { kind: "noop" };
  return { kind: "unknown", reason: "wants no metadata, and is none of the modules that are known to" };
}

type Bridge = Extract<IsmKind, { kind: "bridge" }>["bridge"];
const BRIDGE_CONTRACTS = {
  "OP stack": "l2Messenger",
  "OP stack L2 to L1": "l1Messenger",
  "Arbitrum L2 to L1": "arbBridge",
  "ERC-5164": "executor",
} as const;

async function readBridge(
  { contracts }: Context,
  address: Address,
  bridge: Exclude<Bridge, "unknown">,
): Promise<IsmKind> {
  const [hook, deployer, own, outbox] = await Promise.all([
    contracts.ask(address, "authorizedHook"),
    contracts.ask(address, "deployer"),
    contracts.ask(address, BRIDGE_CONTRACTS[bridge]),
    contracts.ask(address, "arbOutbox"),
  ]);
  const through = own ?? (bridge === "Arbitrum L2 to L1" ? outbox : undefined);
  return {
    kind: "bridge",
    bridge: through === undefined && bridge === "ERC-5164" ? "unknown" : bridge,
    through: named(through),
    hook: hook === undefined || hook === zeroHash ? null : (hook.toLowerCase() as Hex),
    deployer: named(deployer),
  };
}

async function readCcipRead({ contracts }: Context, address: Address): Promise<IsmKind> {
  const [urls, attester] = await Promise.all([contracts.ask(address, "urls"), contracts.ask(address, "attester")]);
  return {
    kind: "ccipRead",
    urls: (urls ?? []).slice(0, MAX_URLS).map(gatewayHost),
    attester: named(attester),
  };
}

async function readOptimistic(context: Context, address: Address): Promise<IsmKind> {
  const { contracts } = context;
  const [submodule, fraudWindow, watchers] = await Promise.all([
    contracts.ask(address, "submodule"),
    contracts.ask(address, "fraudWindow"),
    contracts.ask(address, "watchersAndThreshold"),
  ]);
  if (submodule === undefined || fraudWindow === undefined || watchers === undefined)
    return silent("submodule and watchers");
  const [addresses, threshold] = watchers;
  return {
    kind: "optimistic",
    fraudWindow,
    watchers: [...new Set(addresses.map(lower))],
    threshold,
    submodule: await readNode(context, submodule),
  };
}

const named = (address: Address | undefined) =>
  address === undefined || address === zeroAddress ? null : lower(address);

/** A message as one of those that the module would be asked about. */
function exampleMessage({ origin = 0, amount = 0n }: Context): Hex {
  const body = concat([zeroHash, numberToHex(amount, { size: 32 })]);
  return encodeMessage({ version: 3, nonce: 0, origin, sender: zeroHash, destination: 0, recipient: zeroHash, body });
}
