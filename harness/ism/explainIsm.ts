import type { Address } from "viem";
import type { ChainConfig } from "../chains/chainConfig.ts";
import { createChainClient } from "../chains/client.ts";
import { type Analysis, analyzeIsm } from "./analyzeIsm.ts";
import { createContractReader, lower } from "./contractReader.ts";
import type { Owner } from "./ismTree.ts";
import { readIsm } from "./readIsm.ts";
import { healthWarnings, type ValidatorHealth, validatorHealth } from "./validatorHealth.ts";
import type { Warning } from "./warnings.ts";

export type Explanation = Analysis & {
  chain: Pick<ChainConfig, "name" | "domain">;
  /** What was asked about. */
  target: Address;
  kind: "module" | "recipient";
  /** Whether the recipient named no module, and so has the Mailbox's default. */
  isDefault: boolean;
  validators: ValidatorHealth[];
};

export type ExplainIsmParameters = {
  /** The configured ones. */
  chains: readonly ChainConfig[];
  /** Where the module is. */
  chain: ChainConfig;
  /** A module or a recipient. */
  target: Address;
  /** A domain. */
  origin?: number | undefined;
  /** Of tokens. */
  amount?: bigint | undefined;
  /** Whether folders of this machine are read that validators announced. */
  allowLocal: boolean;
  now: () => number;
};

/** There is nothing to explain. The message says why. */
export class NothingToExplainError extends Error {
  override name = "NothingToExplainError";
}

/**
 * Explains who vouches for the messages of a recipient, or through a module.
 *
 * @throws NothingToExplainError when the address is neither; viem's errors when a node does not answer
 */
export async function explainIsm(parameters: ExplainIsmParameters): Promise<Explanation> {
  const { chains, chain, origin, amount, allowLocal, now } = parameters;
  const target = lower(parameters.target);
  const client = createChainClient(chain);
  const { module, ...found } = await findModule(parameters, target);
  const tree = await readIsm({ client, ism: module, origin, amount });
  const analysis = analyzeIsm({ tree, origin, amount, ...(found.isDefault && { defaultOf: found.mailbox }) });
  const origins = chains
    .filter(({ domain }) => domain !== chain.domain && (origin === undefined || domain === origin))
    .map((one) => ({ chain: one, client: createChainClient(one) }));
  const validators = await validatorHealth({ tree, origins, origin, allowLocal });
  return {
    ...analysis,
    warnings: [...found.warnings, ...analysis.warnings, ...healthWarnings(validators, now())],
    chain: { name: chain.name, domain: chain.domain },
    target,
    kind: found.kind,
    isDefault: found.isDefault,
    validators,
  };
}

type Found = {
  module: Address;
  kind: "module" | "recipient";
  isDefault: boolean;
  mailbox: { mailbox: Address; owner?: Owner | undefined };
  warnings: Warning[];
};

async function findModule({ chain }: ExplainIsmParameters, target: Address): Promise<Found> {
  const contracts = createContractReader(createChainClient(chain));
  const none = { mailbox: { mailbox: chain.mailbox }, warnings: [] };
  if (!(await contracts.hasCode(target))) {
    throw new NothingToExplainError(
      `there is no contract at ${target} on ${chain.name}: neither a module nor a recipient`,
    );
  }
  if ((await contracts.ask(target, "moduleType")) !== undefined) {
    return { module: target, kind: "module", isDefault: false, ...none };
  }
  const [module, own, recipientOwner, owner] = await Promise.all([
    contracts.ask(chain.mailbox, "recipientIsm", [target]),
    contracts.ask(target, "interchainSecurityModule"),
    contracts.owner(target),
    contracts.owner(chain.mailbox),
  ]);
  if (module === undefined) {
    throw new NothingToExplainError(
      `the Mailbox ${chain.mailbox} on ${chain.name} does not tell the module of ${target}`,
    );
  }
  const isDefault = own === undefined || lower(own) !== lower(module);
  const warnings: Warning[] = [];
  if (recipientOwner !== undefined && BigInt(recipientOwner.address) !== 0n) {
    const text = `the recipient has an owner, ${recipientOwner.address}, that may be able to name another module`;
    warnings.push({ code: "recipient-owner", contract: target, text });
  }
  return { module: lower(module), kind: "recipient", isDefault, mailbox: { mailbox: chain.mailbox, owner }, warnings };
}
