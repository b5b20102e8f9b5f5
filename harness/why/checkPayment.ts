import type { Hash } from "viem";
import { confirmedBlock, mayBeTooLarge } from "../agents/originIndexChain.ts";
import { DEFAULT_CLAIM_OPTIONS } from "../agents/relayer/escrow/claimOptions.ts";
import { deliveryCost } from "../agents/relayer/escrow/claimWorth.ts";
import { inspectLock, timeOn } from "../agents/relayer/escrow/inspectLock.ts";
import { readClaimPrices } from "../agents/relayer/escrow/readPrices.ts";
import { howToPay } from "../agents/relayer/messages.ts";
import type { Paid } from "../agents/relayer/payments/paid.ts";
import { paymastersOf, readPaymentLogs } from "../agents/relayer/payments/paymentLogs.ts";
import type { MessageRules } from "../agents/relayer/rules/messageRules.ts";
import { type Circumstances, lacking, wantsLock } from "../agents/relayer/rules/paymentPolicy.ts";
import type { ChainConfig } from "../chains/chainConfig.ts";
import type { ChainClient } from "../chains/client.ts";
import { decodeMessage } from "../protocol/message.ts";

const SMALLEST_RANGE = 100n;

type Dispatched = { chain: ChainConfig; client: ChainClient; message: `0x${string}` };
type Steps = { ok: (what: string, detail: string) => void; blocks: (what: string, detail: string) => never };

/**
 * Holds a relayer's rules against a message: its lists, and what was paid on its origin, up to the final block.
 * @param there the destination
 * @returns what to do when the gas of the delivery is known
 */
export async function checkPayment(
  rules: MessageRules,
  { chain, client, message }: Dispatched,
  id: Hash,
  steps: Steps,
  there: ChainClient,
): Promise<(gas: bigint) => Promise<void>> {
  const { destination, ...parts } = decodeMessage(message);
  const matched = { ...parts, id, destination, raw: message };
  const excluded = rules.excludes(matched);
  if (excluded !== undefined) return steps.blocks("lists", `the relayer leaves it alone: ${excluded}`);
  const policy = rules.policy(matched);
  if (policy.type === "none") return async () => {};

  const final = (await confirmedBlock(client, chain.finality)).number;
  const paid = await paidOnChain(BigInt(chain.fromBlock), final);
  const locked = wantsLock(policy) ? await inspectLock({ chain, client }, id, rules.trust, Number(final)) : undefined;
  const offer = { ...paid, locked };
  const time = await timeOn(client, Date.now());
  const hold = (circumstances: Circumstances): void => {
    const lacks = lacking(policy, offer, circumstances);
    if (lacks === undefined) return;
    const nobody = paymastersOf(chain).length === 0 ? `; ${chain.name} has no interchainGasPaymasters configured` : "";
    steps.blocks("payment", howToPay(id, lacks) + (wantsLock(policy) ? "" : nobody));
  };
  hold({ time });
  const lock = locked && `, ${locked.amount} wei are locked`;
  steps.ok("payment", `${paid.payment} wei were paid, for ${paid.gas} gas${lock ?? ""}`);
  return async (gas) => {
    const escrow = locked && chain.escrowPaymaster;
    if (escrow === undefined) return hold({ time, gas });
    const prices = await readClaimPrices({
      origin: client,
      destination: there,
      escrow,
      destinationDomain: destination,
    });
    hold({ time, gas, cost: (count) => deliveryCost({ gas, spent: 0n, count }, prices, DEFAULT_CLAIM_OPTIONS) });
  };

  /** Asks for all blocks at once, the id being indexed; of a node that refuses so many, for halves. */
  async function paidOnChain(fromBlock: bigint, toBlock: bigint): Promise<Paid> {
    if (fromBlock > toBlock) return { payment: 0n, gas: 0n };
    try {
      const payments = await readPaymentLogs({ chain, client, fromBlock, toBlock, id });
      const ours = payments.filter((payment) => payment.destination === destination);
      return sum(ours.map(({ payment, gas }) => ({ payment: BigInt(payment), gas: BigInt(gas) })));
    } catch (error) {
      if (toBlock - fromBlock < SMALLEST_RANGE || !mayBeTooLarge(error)) throw error;
      const middle = (fromBlock + toBlock) / 2n;
      return sum([await paidOnChain(fromBlock, middle), await paidOnChain(middle + 1n, toBlock)]);
    }
  }
}

function sum(all: readonly Paid[]): Paid {
  return all.reduce((total, { payment, gas }) => ({ payment: total.payment + payment, gas: total.gas + gas }), {
    payment: 0n,
    gas: 0n,
  });
}
