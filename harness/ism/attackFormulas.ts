import { ALWAYS, allOf, anyOf, type Formula, NEVER, party } from "./formula.ts";
import type { IsmNode, NodeOf } from "./ismTree.ts";
import { type Power, powersOver } from "./parties.ts";

/** Which messages, and whose powers count. */
export type Question = {
  /** Their origin; null: a domain that no route names. */
  origin: number | null;
  /** Of tokens; undefined: any. */
  amount?: bigint | undefined;
  /** Whose powers to count beside what the modules verify. */
  powers: (power: Power) => boolean;
};

/** Who must act together to have a message verified that was never sent. */
export function forgeFormula(node: IsmNode, question: Question): Formula {
  const holders = powersOf(node, question).filter(({ forge }) => forge);
  return withHolders(verifiedBy(node, question, forgeFormula), holders);
}

/** Who must act, or stay silent, together to have no message verified; until others with powers act against it. */
export function blockFormula(node: IsmNode, question: Question): Formula {
  const holders = powersOf(node, question).filter(({ block }) => block);
  return withHolders(refusedBy(node, question), holders);
}

function withHolders(formula: Formula, holders: readonly Power[]): Formula {
  return holders.length === 0 ? formula : anyOf([formula, ...holders.map(({ holder }) => party(holder))]);
}

function powersOf(node: IsmNode, question: Question): Power[] {
  const route = node.kind === "routing" && !isRouted(node, question.origin);
  return powersOver(node).flatMap((power) => {
    if (!question.powers(power)) return [];
    // Who can replace the default module has a say only where no route is named.
    if (power.role === "Mailbox owner" && !route) return [];
    const canAdd = node.kind === "routing" && node.variant === "incremental" && route;
    return [canAdd ? { ...power, forge: true } : power];
  });
}

function isRouted(node: NodeOf<"routing">, origin: number | null): boolean {
  return node.routes.some(({ domain }) => domain === origin);
}

/** Where a routing module sends such messages: to one of these modules, as the sender chooses; none: nowhere. */
export function routedTo(node: NodeOf<"routing"> | NodeOf<"amountRouting">, question: Question): IsmNode[] {
  const { origin, amount } = question;
  if (node.kind === "amountRouting") {
    if (amount === undefined) return [node.lower, node.upper];
    return [amount < node.threshold ? node.lower : node.upper];
  }
  const route = node.routes.find(({ domain }) => domain === origin)?.module ?? node.fallback?.module;
  return route === undefined ? [] : [route];
}

function verifiedBy(node: IsmNode, question: Question, below: (node: IsmNode, question: Question) => Formula): Formula {
  switch (node.kind) {
    case "multisig":
      if (node.threshold <= 0n) return NEVER;
      return {
        need: node.threshold,
        of: node.validators.map(({ address, weight }) => ({ weight, formula: party(address) })),
      };
    case "aggregation":
      if (node.threshold === 0) return NEVER;
      return {
        need: BigInt(node.threshold),
        of: node.modules.map((module) => ({ weight: 1n, formula: below(module, question) })),
      };
    case "routing":
    case "amountRouting":
      return anyOf(routedTo(node, question).map((module) => below(module, question)));
    case "pausable":
    case "rateLimited":
    case "noop":
      return ALWAYS;
    case "trustedRelayer":
      return party(node.relayer);
    case "bridge":
      return node.hook === null ? NEVER : party(bridgeKey(node));
    case "ccipRead":
      return node.attester === null ? ALWAYS : party(node.attester);
    case "optimistic":
      return allOf([below(node.submodule, question), silentWatchers(node)]);
    case "notAsked":
    case "unknown":
      return ALWAYS; // the worst that it may be
    case "broken":
      return node.problem === "too large" ? ALWAYS : NEVER;
  }
}

export const bridgeKey = (node: NodeOf<"bridge">) => `bridge:${node.through ?? node.address}`;
export const gatewaysKey = (node: IsmNode) => `gateways:${node.address}`;
export const moduleKey = (node: IsmNode) => `module:${node.address}`;

/** So many watchers that the others are too few to stop a message. */
function silentWatchers({ watchers, threshold }: NodeOf<"optimistic">): Formula {
  return atLeastOf(watchers, watchers.length - threshold + 1);
}

function atLeastOf(addresses: readonly string[], need: number): Formula {
  return { need: BigInt(need), of: addresses.map((address) => ({ weight: 1n, formula: party(address) })) };
}

function refusedBy(node: IsmNode, question: Question): Formula {
  switch (node.kind) {
    case "multisig": {
      const total = node.validators.reduce((sum, { weight }) => sum + weight, 0n);
      if (node.threshold <= 0n) return ALWAYS;
      return {
        need: total - node.threshold + 1n,
        of: node.validators.map(({ address, weight }) => ({ weight, formula: party(address) })),
      };
    }
    case "aggregation":
      if (node.threshold === 0) return ALWAYS;
      return {
        need: BigInt(node.modules.length - node.threshold + 1),
        of: node.modules.map((module) => ({ weight: 1n, formula: blockFormula(module, question) })),
      };
    case "routing":
    case "amountRouting": {
      const modules = routedTo(node, question);
      return modules.length === 0 ? ALWAYS : anyOf(modules.map((module) => blockFormula(module, question)));
    }
    case "pausable":
    case "rateLimited":
    case "noop":
      return NEVER;
    case "trustedRelayer":
      return party(node.relayer);
    case "bridge":
      return node.hook === null ? ALWAYS : party(bridgeKey(node));
    case "ccipRead":
      return anyOf([party(gatewaysKey(node)), ...(node.attester === null ? [] : [party(node.attester)])]);
    case "optimistic":
      return anyOf([blockFormula(node.submodule, question), atLeastOf(node.watchers, node.threshold)]);
    case "notAsked":
    case "unknown":
      return party(moduleKey(node));
    case "broken":
      return node.problem === "too large" ? party(moduleKey(node)) : ALWAYS;
  }
}
