import type { Address } from "viem";
import type { Case } from "./analyzeIsm.ts";
import { forgeFormula } from "./attackFormulas.ts";
import type { Formula } from "./formula.ts";
import { allModules, type IsmNode } from "./ismTree.ts";
import type { Power } from "./parties.ts";

export type WarningCode =
  | "anyone-can-forge"
  | "single-forger"
  | "never-verifies"
  | "threshold-one"
  | "counts-twice"
  | "no-op"
  | "key-owner"
  | "pending-owner"
  | "paused"
  | "relayer-key"
  | "cycle"
  | "unknown-module"
  | "no-code"
  | "no-route"
  | "too-large"
  | "default-module"
  | "recipient-owner"
  | "unnamed-hook"
  | "unannounced"
  | "lagging"
  | "old-signature"
  | "unreadable";

export type Warning = { code: WarningCode; contract: Address; text: string };

/** What somebody who relies on this tree should know. */
export function findWarnings(parameters: {
  tree: IsmNode;
  cases: readonly Case[];
  powers: readonly Power[];
}): Warning[] {
  const { tree, cases, powers } = parameters;
  const warnings = [
    ...cases.flatMap((one) => ofCase(tree, one)),
    ...allModules(tree).flatMap(ofModule),
    ...powers.flatMap(ofPower),
  ];
  const known = new Map(warnings.map((warning) => [`${warning.code} ${warning.contract} ${warning.text}`, warning]));
  return [...known.values()];
}

function ofCase({ address: contract }: IsmNode, { origin, forge }: Case): Warning[] {
  const from = origin === null ? "" : ` from domain ${origin}`;
  if (forge === undefined) {
    return [{ code: "never-verifies", contract, text: `no message${from} can be verified as things are` }];
  }
  if (forge.size === 0) return [{ code: "anyone-can-forge", contract, text: `anyone can forge messages${from}` }];
  if (forge.size > 1) return [];
  return [{ code: "single-forger", contract, text: `one party alone can forge messages${from}` }];
}

function ofModule(node: IsmNode): Warning[] {
  const warn = (code: WarningCode, text: string): Warning => ({ code, contract: node.address, text });
  switch (node.kind) {
    case "multisig": {
      const enough = node.threshold > 0n && node.validators.filter(({ weight }) => weight >= node.threshold).length;
      return enough ? [warn("threshold-one", `each of ${enough} validators alone is enough for this module`)] : [];
    }
    case "aggregation":
      return ofAggregation(node);
    case "routing":
      return node.fallback === undefined
        ? []
        : [
            warn(
              "default-module",
              "messages from domains without a route are verified by the Mailbox's default module",
            ),
          ];
    case "noop":
      return [warn("no-op", "verifies everything")];
    case "pausable":
      return node.paused ? [warn("paused", "is paused: nothing is verified until its owner acts")] : [];
    case "trustedRelayer":
      return node.isContract ? [] : [warn("relayer-key", `trusts one key, ${node.relayer}`)];
    case "bridge":
      return node.hook === null
        ? [warn("unnamed-hook", "no hook is named: nothing is verified until its deployer acts")]
        : [];
    case "ccipRead":
      return node.attester === null ? [warn("unknown-module", "tells no attester: whom it trusts is in its code")] : [];
    case "unknown":
      return [warn("unknown-module", node.reason)];
    case "broken": {
      const codes = { cycle: "cycle", "no code": "no-code", "no route": "no-route", "too large": "too-large" } as const;
      return [warn(codes[node.problem], node.reason)];
    }
    default:
      return [];
  }
}

const MAX_NAMED = 5;

/** Parties that several of its modules ask. */
function ofAggregation(node: IsmNode & { kind: "aggregation" }): Warning[] {
  const behind = new Map<string, number>();
  for (const module of node.modules) {
    for (const key of partiesIn(module)) behind.set(key, (behind.get(key) ?? 0) + 1);
  }
  const shared = [...behind].filter(([, modules]) => modules > 1).map(([key]) => key);
  if (shared.length === 0) return [];
  const names = shared.slice(0, MAX_NAMED).join(", ");
  const more = shared.length > MAX_NAMED ? ` and ${shared.length - MAX_NAMED} more` : "";
  const text = `${shared.length} ${shared.length === 1 ? "party counts" : "parties count"} for several of its modules: `;
  return [{ code: "counts-twice", contract: node.address, text: `${text}${names}${more}` }];
}

/** Whoever may have a say in what a module verifies, for some origin. */
function partiesIn(module: IsmNode): Set<string> {
  const keys = new Set<string>();
  const add = (formula: Formula): void => {
    if ("party" in formula) keys.add(formula.party);
    else for (const item of formula.of) add(item.formula);
  };
  for (const node of allModules(module)) {
    if (node.kind === "aggregation" || node.kind === "routing" || node.kind === "amountRouting") continue;
    add(forgeFormula(node, { origin: null, powers: () => false }));
  }
  return keys;
}

function ofPower({ contract, holder, role, isContract, can, forge, block }: Power): Warning[] {
  if (role === "pending owner") {
    return [{ code: "pending-owner", contract, text: `${holder} was offered the ownership: it could ${can}` }];
  }
  if ((!forge && !block) || isContract !== false) return [];
  const code = forge ? "forge or stop messages" : "stop messages";
  return [{ code: "key-owner", contract, text: `its ${role} is one key, ${holder}, that can ${can}, and so ${code}` }];
}
