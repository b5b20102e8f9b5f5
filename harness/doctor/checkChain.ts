import { type Address, isAddressEqual } from "viem";
import { assertContracts, confirmedBlock, treeAt } from "../agents/originIndexChain.ts";
import { ethCall } from "../agents/relayer/ethCall.ts";
import { errorText } from "../agents/relayer/rpcError.ts";
import type { ChainConfig } from "../chains/chainConfig.ts";
import type { ChainClient } from "../chains/client.ts";
import { mailboxAbi } from "../contracts/abi.ts";
import { createFindings, type Finding, type Findings } from "./finding.ts";

/** Of Mailboxes that these agents understand. */
const MAILBOX_VERSION = 3;
/** A block may be a little ahead of this machine's clock. */
const MAX_AHEAD_MS = 30_000;
const MAX_AGE_MS = 600_000;

/** Looks at one chain: its node, its clock, its contracts, and whether what is final can be read. */
export async function checkChain(parameters: {
  chain: ChainConfig;
  client: ChainClient;
  now: () => number;
}): Promise<Finding[]> {
  const { chain, client, now } = parameters;
  const findings = createFindings(chain.name);
  const { ok, warn, fail } = findings;
  let latest: { number: bigint; timestamp: bigint };
  try {
    const [id, block] = await Promise.all([client.getChainId(), client.getBlock({ blockTag: "latest" })]);
    latest = block;
    const advice = "make sure that the rpcUrl is one of this chain; domains are by convention the chain's id";
    if (id === chain.domain) ok(`its node answers: chain id ${id}, block ${block.number}`);
    else warn(`its node is of chain id ${id}, its domain is ${chain.domain}`, advice);
  } catch (error) {
    fail(`its node does not answer: ${errorText(error)}`, "correct the rpcUrl, or use another node");
    return findings.all;
  }
  checkClock(findings, Number(latest.timestamp) * 1_000, now());
  try {
    await assertContracts(client, chain);
    await checkContracts(chain, client, findings);
  } catch (error) {
    fail(errorText(error), "correct the addresses, the domain or the rpcUrl");
    return findings.all;
  }
  await checkFinal(chain, client, findings, latest.number);
  return findings.all;
}

function checkClock({ ok, warn, fail }: Findings, blockAt: number, now: number): void {
  const ahead = blockAt - now;
  if (ahead > MAX_AHEAD_MS) {
    fail(`its newest block is ${Math.round(ahead / 1_000)} s ahead of this machine's clock`, "set the clock (NTP)");
  } else if (-ahead > MAX_AGE_MS) {
    const age = Math.round(-ahead / 1_000);
    warn(`its newest block is ${age} s old`, "the node or the chain stands still, or this machine's clock is fast");
  } else ok("its newest block fits this machine's clock");
}

async function checkContracts(chain: ChainConfig, client: ChainClient, { ok, warn, fail }: Findings): Promise<void> {
  const mailbox = { address: chain.mailbox, abi: mailboxAbi } as const;
  const version = await ethCall(client, { ...mailbox, functionName: "VERSION", args: [] });
  if (version === MAILBOX_VERSION) ok(`Mailbox ${chain.mailbox}, version ${version}, domain ${chain.domain}`);
  else fail(`Mailbox ${chain.mailbox} is of version ${version}`, `use one of version ${MAILBOX_VERSION}`);

  const tree: Address | undefined = await ethCall(client, {
    ...mailbox,
    functionName: "merkleTreeHook",
    args: [],
  }).catch(
    () => undefined, // a Mailbox of another make need not tell
  );
  const advice = "a tree that is not fed by this Mailbox has no proof of its messages: correct merkleTreeHook";
  if (tree === undefined) warn("its Mailbox does not tell its Merkle tree", advice);
  else if (isAddressEqual(tree, chain.merkleTreeHook)) ok("the Merkle tree is the Mailbox's own");
  else fail(`merkleTreeHook is ${chain.merkleTreeHook}, the Mailbox's is ${tree.toLowerCase()}`, advice);

  const others = Object.entries({
    validatorAnnounce: [chain.validatorAnnounce],
    validatorStake: [chain.validatorStake],
    interchainGasPaymasters: chain.interchainGasPaymasters ?? [],
    escrowPaymaster: [chain.escrowPaymaster],
    receiptIsms: chain.receiptIsms ?? [],
    deliveryReceipts: [chain.deliveryReceipts],
  }).flatMap(([name, addresses]) => addresses.flatMap((address) => (address === undefined ? [] : { name, address })));
  const codes = await Promise.all(others.map(({ address }) => client.getCode({ address })));
  for (const [i, { name, address }] of others.entries()) {
    if (codes[i] === undefined) fail(`${name} ${address} has no code`, "correct the address");
  }
  if (codes.every((code) => code !== undefined)) ok(`${others.map(({ name }) => name).join(", ")}: all have code`);
}

async function checkFinal(
  chain: ChainConfig,
  client: ChainClient,
  { ok, fail }: Findings,
  latest: bigint,
): Promise<void> {
  try {
    const final = await confirmedBlock(client, chain.finality);
    const { count } = await treeAt(client, chain.merkleTreeHook, final.hash);
    ok(
      `final up to block ${final.number} (${latest > final.number ? latest - final.number : 0n} behind), with ${count} messages`,
    );
  } catch (error) {
    const advice = "use a node that knows the state of final blocks, or a finality that the chain has";
    fail(`what is final can not be read: ${errorText(error)}`, advice);
  }
}
