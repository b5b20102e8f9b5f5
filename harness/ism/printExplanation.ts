import type { Case } from "./analyzeIsm.ts";
import type { Explanation } from "./explainIsm.ts";
import { childrenOf, type IsmNode, type Owner } from "./ismTree.ts";
import type { Party, Power } from "./parties.ts";
import type { Choice, SmallestSet } from "./smallestSet.ts";
import type { ValidatorHealth } from "./validatorHealth.ts";

export type Printer = {
  /** What people call the chain of a domain. */
  chainName: (domain: number) => string;
  now: number;
};

type Context = Printer & Pick<Explanation, "validators" | "parties">;

type TreeContext = Printer & { validators: readonly ValidatorHealth[] };

/** Choices of which a set consists. */
const MAX_CHOICES = 8;

const MAX_LINES_PER_SET = 12;
const MAX_NAMED = 6;
const MAX_LINES = 200;

/** An explanation for people: the tree, who could forge, who could block, who has powers, and what to know. */
export function printExplanation(explanation: Explanation, printer: Printer): string {
  const { chain, target, kind, isDefault, tree, cases, omittedOrigins, powers, warnings } = explanation;
  const context = { ...printer, ...explanation };
  const which = isDefault ? "the Mailbox's default module, for it named none" : "its own module";
  const title =
    kind === "module" ? `module ${target} on ${chain.name}` : `recipient ${target} on ${chain.name}: ${which}`;
  const more = omittedOrigins === 0 ? [] : [`${omittedOrigins} more domains were not looked at: name an --origin`];
  return [
    title,
    "",
    ...capped(printTree(tree, context)),
    ...section("To forge a message it takes", [...casesText(cases, forging, context), ...more]),
    ...section("To stop messages it takes", casesText(cases, blocking, context)),
    ...section("Powers", capped(powers.map((power) => `  ${powerText(power)}`))),
    ...section("Warnings", capped(warnings.map(({ code, contract, text }) => `  ${code}: ${contract} ${text}`))),
  ].join("\n");
}

/** The modules below each other, with who must sign. */
export function printTree(
  tree: IsmNode,
  printer: Pick<Printer, "chainName"> & { now?: number; validators?: readonly ValidatorHealth[] },
): string[] {
  const context = { now: 0, validators: [], ...printer };
  return [`${titleOf(tree)}  ${tree.address}${ownerText(tree.owner)}`, ...below(tree, context, "")];
}

function below(node: IsmNode, context: TreeContext, indent: string): string[] {
  const labels = childLabels(node, context);
  const children = childrenOf(node);
  const bar = children.length > 0 ? "│ " : "  ";
  const lines = leafLines(node, context).map((line) => `${indent}${bar} ${line}`);
  for (const [i, child] of children.entries()) {
    const last = i === children.length - 1;
    const label = labels[i] ?? "";
    lines.push(`${indent}${last ? "└─" : "├─"} ${label}${titleOf(child)}  ${child.address}${ownerText(child.owner)}`);
    lines.push(...below(child, context, `${indent}${last ? "   " : "│  "}`));
  }
  return lines;
}

function childLabels(node: IsmNode, { chainName }: TreeContext): string[] {
  if (node.kind === "routing")
    return [...node.routes.map(({ domain }) => `from ${chainName(domain)}: `), "from others: "];
  if (node.kind === "amountRouting") return [`below ${node.threshold}: `, `from ${node.threshold}: `];
  return [];
}

/** What a module is, in a few words. */
export function titleOf(node: IsmNode): string {
  switch (node.kind) {
    case "multisig": {
      const total = node.validators.reduce((sum, { weight }) => sum + weight, 0n);
      const name = `${node.scheme === "bls" ? "BLS" : node.scheme} multisig`;
      if (node.weighted) return `weighted ${name}, weight ${node.threshold} of ${total} must sign`;
      return `${name}, ${node.threshold} of ${total} must sign`;
    }
    case "aggregation":
      return `aggregation, ${node.threshold} of ${node.modules.length} must verify`;
    case "routing":
      return {
        domain: "routing by domain",
        incremental: "routing by domain, only added to",
        fallback: "routing by domain",
        custom: "routing of its own kind",
      }[node.variant];
    case "amountRouting":
      return "routing by amount";
    case "pausable":
      return node.paused ? "pausable, PAUSED" : "pausable, not paused";
    case "rateLimited":
      return `rate limit, ${node.level} of ${node.maxCapacity ?? "?"} left`;
    case "trustedRelayer":
      return "trusted relayer";
    case "noop":
      return "no-op, verifies everything";
    case "bridge":
      return `bridge, ${node.bridge === "unknown" ? "of unknown kind" : node.bridge}`;
    case "ccipRead":
      return "CCIP-read";
    case "optimistic":
      return `optimistic, window ${duration(node.fraudWindow)}, ${node.threshold} of ${node.watchers.length} watchers may refuse`;
    case "notAsked":
      return "not asked about these messages";
    case "unknown":
      return `UNKNOWN: ${node.reason}`;
    case "broken":
      return `BROKEN: ${node.reason}`;
  }
}

function leafLines(node: IsmNode, { validators, now }: TreeContext): string[] {
  switch (node.kind) {
    case "multisig":
      return some(
        node.validators.map(({ address, weight }) => {
          const state = validators.filter(({ validator }) => validator === address);
          return [address, ...(node.weighted ? [`weight ${weight}`] : []), healthText(state, now)]
            .filter(Boolean)
            .join("  ");
        }),
        MAX_LINES_PER_SET,
      );
    case "optimistic":
      return some(
        node.watchers.map((address) => `watcher ${address}`),
        MAX_LINES_PER_SET,
      );
    case "trustedRelayer":
      return [`${node.relayer}, ${node.isContract ? "a contract" : "a key"}`];
    case "pausable":
      return node.guardian === null ? [] : [`guardian ${node.guardian}`];
    case "rateLimited":
      return node.recipient === null ? [] : [`for recipient ${node.recipient}`];
    case "bridge":
      return [`through ${node.through ?? "a contract that it does not tell"}`, `hook ${node.hook ?? "not named yet"}`];
    case "ccipRead":
      return [
        `attester ${node.attester ?? "not told"}`,
        ...some(
          node.urls.map((url) => `gateway ${url}`),
          MAX_NAMED,
        ),
      ];
    default:
      return [];
  }
}

function some(lines: string[], most: number): string[] {
  return lines.length <= most ? lines : [...lines.slice(0, most), `${lines.length - most} more`];
}

/** On the origins where it is announced; a validator of others is not announced here. */
function healthText(states: readonly ValidatorHealth[], now: number): string {
  const announced = states.filter((state) => state.announced);
  if (states.length > 0 && announced.length === 0) return "not announced";
  return announced
    .map(({ latestIndex, behind, problem, signedAt }) => {
      if (problem !== null) return `unreadable: ${problem}`;
      if (latestIndex === null) return behind === 0 ? "nothing to sign yet" : "has signed nothing";
      const when = signedAt === null ? "" : `, ${ago(now - signedAt)} ago`;
      return `signed up to index ${latestIndex}${when}${behind ? `, ${behind} behind` : ""}`;
    })
    .join("; ");
}

function ownerText(owner: Owner | undefined): string {
  if (owner === undefined) return "";
  if (BigInt(owner.address) === 0n) return "  owner renounced";
  return `  owner ${owner.address} (${owner.isContract ? "contract" : "key"})`;
}

type Which = {
  without: "forge" | "block";
  with: "forgeWithPowers" | "blockWithPowers";
  nobody: string;
  anyone: string;
};
const forging: Which = {
  without: "forge",
  with: "forgeWithPowers",
  nobody: "nobody can",
  anyone: "nobody's help: anyone can",
};
const blocking: Which = {
  without: "block",
  with: "blockWithPowers",
  nobody: "nobody can",
  anyone: "nobody's help: nothing is verified as it is",
};

/** Domains with the same answer stand together. */
function casesText(cases: readonly Case[], which: Which, context: Context): string[] {
  const groups = new Map<string, string[]>();
  for (const one of cases) {
    const plain = setText(one[which.without], which, context);
    const powered = setText(one[which.with], which, context);
    const text = plain === powered ? `  ${plain}` : `  ${plain}\n  with powers used: ${powered}`;
    const from = one.origin === null ? (cases.length === 1 ? "" : "others") : context.chainName(one.origin);
    groups.set(text, [...(groups.get(text) ?? []), from]);
  }
  return [...groups].flatMap(([text, origins]) => {
    const names = some(origins.filter(Boolean), MAX_NAMED).join(", ");
    return [
      ...(names === "" ? [] : [`  from ${names}`]),
      ...text.split("\n").map((line) => (names ? `  ${line}` : line)),
    ];
  });
}

function setText(set: SmallestSet | undefined, which: Which, context: Context): string {
  if (set === undefined) return which.nobody;
  if (set.size === 0) return which.anyone;
  const count = `${set.exact ? "" : "at most "}${set.size} ${set.size === 1 ? "party" : "parties"}`;
  return `${count}: ${some(
    set.choices.map((choice) => choiceText(choice, context)),
    MAX_CHOICES,
  ).join(" and ")}`;
}

function choiceText({ count, of }: Choice, { parties }: Context): string {
  const names = some(
    of.slice(0, MAX_NAMED + 1).map((key) => partyText(key, parties)),
    MAX_NAMED,
  ).slice(0, MAX_NAMED);
  const more = of.length > MAX_NAMED ? `, … ${of.length - MAX_NAMED} more` : "";
  if (count === of.length && of.length === 1) return names.join();
  return `${count === of.length ? "all" : "any"} ${count} of ${of.length} (${names.join(", ")}${more})`;
}

function partyText(key: string, parties: readonly Party[]): string {
  const found = parties.find((party) => party.key === key);
  if (found === undefined) return key;
  const { address, roles } = found;
  if (roles.includes("bridge")) return `the bridge at ${address} with its operators`;
  if (roles.includes("gateways")) return `the gateways of ${address}`;
  if (roles.includes("module")) return `whoever the unknown module ${address} serves`;
  return `${roles.join(" and ")} ${address}`;
}

function powerText({ contract, holder, role, isContract, can, delaySeconds }: Power): string {
  const what = isContract === null ? "" : isContract ? " (contract)" : " (key)";
  const when = delaySeconds === 0 ? "at once" : `after ${duration(delaySeconds)}`;
  return `${role} ${holder}${what} can ${can}, ${when}, of ${contract}`;
}

function duration(seconds: number): string {
  if (seconds % 86_400 === 0 && seconds > 0) return `${seconds / 86_400} d`;
  if (seconds % 3_600 === 0 && seconds > 0) return `${seconds / 3_600} h`;
  if (seconds % 60 === 0 && seconds > 0) return `${seconds / 60} min`;
  return `${seconds} s`;
}

function ago(milliseconds: number): string {
  const seconds = Math.max(Math.round(milliseconds / 1_000), 0);
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", title, ...lines];
}

function capped(lines: string[]): string[] {
  if (lines.length <= MAX_LINES) return lines;
  return [...lines.slice(0, MAX_LINES), `  … ${lines.length - MAX_LINES} more lines; --json has all`];
}
