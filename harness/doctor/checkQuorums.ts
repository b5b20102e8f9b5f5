import { ethCall } from "../agents/relayer/ethCall.ts";
import { errorText } from "../agents/relayer/rpcError.ts";
import { mailboxAbi } from "../contracts/abi.ts";
import type { IsmNode } from "../ism/ismTree.ts";
import { readIsm } from "../ism/readIsm.ts";
import { type HealthOrigin, type ValidatorHealth, validatorHealth } from "../ism/validatorHealth.ts";
import { createFindings, type Finding } from "./finding.ts";

/** Final messages that a validator may not have signed yet. */
const MAX_BEHIND = 10;

/** Whether enough validators of a chain's default module can be read from here, for messages from each origin. */
export async function checkQuorums(parameters: {
  destination: HealthOrigin;
  origins: readonly HealthOrigin[];
  allowLocal: boolean;
}): Promise<Finding[]> {
  const { destination, origins, allowLocal } = parameters;
  const { chain, client } = destination;
  const findings = createFindings(chain.name);
  for (const origin of origins) {
    const { name, domain } = origin.chain;
    if (domain === chain.domain) continue;
    try {
      const mailbox = { address: chain.mailbox, abi: mailboxAbi } as const;
      const ism = await ethCall(client, { ...mailbox, functionName: "defaultIsm", args: [] });
      const tree = await readIsm({ client, ism, origin: domain });
      const health = await validatorHealth({ tree, origins: [origin], origin: domain, allowLocal });
      const good = new Set(health.filter(isGood).map(({ validator }) => validator.toLowerCase()));
      for (const one of health.filter((one) => !isGood(one))) {
        findings.warn(`validator ${one.validator} of ${name}: ${complaint(one)}`, "ask its operator");
      }
      const reached = canVerify(tree, good);
      const who = `${good.size} of ${health.length} validators of ${name} can be read and are up to date`;
      if (reached === undefined) findings.ok(`messages from ${name} need more than validators, or others: ${who}`);
      else if (reached) findings.ok(`messages from ${name} can be verified: ${who}`);
      else findings.fail(`messages from ${name} can not be verified now: ${who}`, "no delivery before that is mended");
    } catch (error) {
      const advice = "mend what is said of these chains first";
      findings.fail(`the module for messages from ${name} can not be read: ${errorText(error)}`, advice);
    }
  }
  return findings.all;
}

function isGood({ problem, announced, behind }: ValidatorHealth): boolean {
  return announced && problem === null && (behind ?? 0) <= MAX_BEHIND;
}

function complaint({ announced, problem, behind }: ValidatorHealth): string {
  if (!announced) return "has announced no storage";
  return problem ?? `is ${behind} messages behind`;
}

/** Whether a module can be satisfied with these signers; undefined where something else decides. */
export function canVerify(node: IsmNode, signers: ReadonlySet<string>): boolean | undefined {
  const of = (nodes: readonly IsmNode[]) => nodes.map((one) => canVerify(one, signers));
  switch (node.kind) {
    case "multisig": {
      const weights = node.validators.map(({ address, weight }) => (signers.has(address.toLowerCase()) ? weight : 0n));
      return weights.reduce((sum, weight) => sum + weight, 0n) >= node.threshold;
    }
    case "aggregation": {
      const answers = of(node.modules);
      if (answers.filter((answer) => answer === true).length >= node.threshold) return true;
      return answers.filter((answer) => answer !== false).length < node.threshold ? false : undefined;
    }
    case "routing": {
      const next = node.routes[0]?.module ?? node.fallback?.module;
      return next === undefined ? false : canVerify(next, signers);
    }
    case "optimistic":
      return canVerify(node.submodule, signers);
    case "noop":
      return true;
    case "pausable":
      return !node.paused;
    case "broken":
      return false;
    default:
      return undefined;
  }
}
