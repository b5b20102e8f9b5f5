import type { Address } from "viem";
import { blockFormula, bridgeKey, forgeFormula, gatewaysKey, moduleKey, type Question } from "./attackFormulas.ts";
import type { Owner } from "./ismTree.ts";
import { allModules, type IsmNode } from "./ismTree.ts";
import { ofOwner, type Party, type Power, powersOver, type Role } from "./parties.ts";
import { type SmallestSet, smallestSet } from "./smallestSet.ts";
import { findWarnings, type Warning } from "./warnings.ts";

/** What holds of messages from one domain. Undefined sets: nobody can. */
export type Case = {
  /** Null: domains that no route names; all, where nothing is routed by domain. */
  origin: number | null;
  /** The fewest who can have a message verified that was never sent, by what the modules verify. */
  forge?: SmallestSet | undefined;
  /** The same when those with powers over modules use them. */
  forgeWithPowers?: SmallestSet | undefined;
  /** The fewest who can stop all messages. */
  block?: SmallestSet | undefined;
  blockWithPowers?: SmallestSet | undefined;
};

export type Analysis = {
  tree: IsmNode;
  cases: Case[];
  /** Domains beyond those in `cases` that were not looked at. */
  omittedOrigins: number;
  parties: Party[];
  powers: Power[];
  warnings: Warning[];
};

export type AnalyzeIsmParameters = {
  tree: IsmNode;
  /** Messages from this domain alone. */
  origin?: number | undefined;
  /** Messages of this amount of tokens alone. */
  amount?: bigint | undefined;
  /** A recipient that named no module has this Mailbox's default, which its owner may replace. */
  defaultOf?: { mailbox: Address; owner?: Owner | undefined } | undefined;
};

const MAX_CASES = 256;

/**
 * Who could forge messages through a tree of modules, and who could stop them: the fewest parties, exactly.
 *
 * @example const { cases } = analyzeIsm({ tree: await readIsm({ client, ism }) });
 */
export function analyzeIsm({ tree, origin, amount, defaultOf }: AnalyzeIsmParameters): Analysis {
  const origins = origin === undefined ? originsOf(tree) : [origin];
  const replacing = { can: "replace the default module, which this is", forge: true, block: true };
  const above =
    defaultOf?.owner === undefined ? [] : ofOwner(defaultOf.mailbox, defaultOf.owner, replacing, "Mailbox owner", 0);
  const cases = origins.slice(0, MAX_CASES).map((one) => analyzeCase(tree, { origin: one, amount }, above));
  const powers = unique([...above, ...allModules(tree).flatMap(powersOver)]);
  return {
    tree,
    cases,
    omittedOrigins: Math.max(origins.length - MAX_CASES, 0),
    parties: partiesOf(tree, powers),
    powers,
    warnings: findWarnings({ tree, cases, powers }),
  };
}

function analyzeCase(tree: IsmNode, about: Omit<Question, "powers">, above: readonly Power[]): Case {
  const solve = (formula: typeof forgeFormula, powers: Question["powers"]) => {
    const inside = formula(tree, { ...about, powers });
    const holders = above.filter(powers).map(({ holder }) => ({ party: holder }));
    if (holders.length === 0) return smallestSet(inside);
    return smallestSet({ need: 1n, of: [inside, ...holders].map((one) => ({ weight: 1n, formula: one })) });
  };
  const nobody = () => false;
  const everybody = () => true;
  return {
    origin: about.origin,
    forge: solve(forgeFormula, nobody),
    forgeWithPowers: solve(forgeFormula, everybody),
    block: solve(blockFormula, nobody),
    blockWithPowers: solve(blockFormula, everybody),
  };
}

/** The domains that some module tells apart, ascending; null for all others, where those are served. */
function originsOf(tree: IsmNode): (number | null)[] {
  const routing = allModules(tree).flatMap((node) => (node.kind === "routing" ? [node] : []));
  const domains = [...new Set(routing.flatMap(({ routes }) => routes.map(({ domain }) => domain)))].sort(
    (a, b) => a - b,
  );
  const servesOthers = routing.length === 0 || domains.length === 0 || routing.some(({ fallback }) => fallback);
  return servesOthers ? [...domains, null] : domains;
}

function partiesOf(tree: IsmNode, powers: readonly Power[]): Party[] {
  const parties = new Map<string, Party>();
  function add(key: string, address: Address, role: Role, isContract: boolean | null = null): void {
    const known = parties.get(key) ?? { key, address, roles: [], isContract: null };
    if (!known.roles.includes(role)) known.roles.push(role);
    known.isContract ??= isContract;
    parties.set(key, known);
  }
  for (const node of allModules(tree)) {
    if (node.kind === "multisig") for (const { address } of node.validators) add(address, address, "validator");
    if (node.kind === "optimistic") for (const address of node.watchers) add(address, address, "watcher");
    if (node.kind === "trustedRelayer") add(node.relayer, node.relayer, "trusted relayer", node.isContract);
    if (node.kind === "bridge") add(bridgeKey(node), node.through ?? node.address, "bridge", true);
    if (node.kind === "ccipRead") {
      add(gatewaysKey(node), node.address, "gateways");
      if (node.attester !== null) add(node.attester, node.attester, "attester");
    }
    if (node.kind === "unknown" || (node.kind === "broken" && node.problem === "too large")) {
      add(moduleKey(node), node.address, "module", true);
    }
  }
  for (const { holder, role, isContract } of powers) add(holder, holder, role, isContract);
  return [...parties.values()];
}

/** A module may stand in a tree several times. */
function unique(powers: readonly Power[]): Power[] {
  const known = new Map(powers.map((power) => [JSON.stringify(power), power]));
  return [...known.values()];
}
