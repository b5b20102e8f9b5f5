import { type Address, concat, type Hex } from "viem";
import { decodeHookMetadata, encodeHookMetadata, type HookMetadata } from "./hookMetadata.ts";
import { checkedAddress, checkedHex, FormatError, hexSize, hexSlice, hexUint48At, uint48ToHex } from "./wireFormat.ts";

/**
 * Until when a message is to be delivered and how who delivers it is paid: hook metadata after the fee token.
 *
 * | offset | bytes | field         |
 * |--------|-------|---------------|
 * | 86     | 20    | feeToken = 0  |
 * | 106    | 6     | deadline      |
 * | 112    | 6     | escrowUntil   |
 * | 118    | 20    | receiptIsm    |
 * | 138    | 32    | receiptSender |
 * | 170    | rest  | not looked at |
 */
export type DeliveryTerms = {
  /** Last second, by the destination's clock, in which the message is handled; 0 for none. */
  deadline: number;
  /** Last second, by the origin's clock, for which the payment is locked. */
  escrowUntil: number;
  /** Module on the origin that vouches for receipts. */
  receiptIsm: Address;
  /** Contract on the destination that sends receipts, addr32. */
  receiptSender: Hex;
};

export const DEFAULT_GAS_LIMIT = 50_000n;

const NOBODY: Address = `0x${"00".repeat(20)}`;
/** Of the custom bytes, which begin at 86: where the deadline ends, and where all terms do. */
const DEADLINE_END = 26;
const END = 84;

/**
 * Hook metadata with these terms, to be paid in the native token.
 * @throws FormatError naming the field that is wrong
 * @example encodeDeliveryTerms({ gasLimit: 80_000n, refundAddress }, { deadline: 0, escrowUntil, receiptIsm, receiptSender })
 */
export function encodeDeliveryTerms(
  { msgValue = 0n, gasLimit = DEFAULT_GAS_LIMIT, refundAddress = NOBODY }: Omit<HookMetadata, "custom">,
  terms: DeliveryTerms,
): Hex {
  const custom = concat([
    NOBODY,
    uint48ToHex("deadline", terms.deadline),
    uint48ToHex("escrowUntil", terms.escrowUntil),
    checkedAddress("receiptIsm", terms.receiptIsm),
    checkedHex("receiptSender", terms.receiptSender, 32),
  ]);
  return encodeHookMetadata({ msgValue, gasLimit, refundAddress, custom });
}

/**
 * The terms in hook metadata.
 * @throws FormatError when it is no hook metadata, or ends before the terms do
 */
export function decodeDeliveryTerms(metadata: Hex): DeliveryTerms {
  const { custom = "0x" } = decodeHookMetadata(metadata);
  if (hexSize(custom) < END) {
    throw new FormatError(`hook metadata of ${hexSize(metadata)} bytes has no terms of delivery: they end at byte 170`);
  }
  return {
    deadline: hexUint48At(custom, 20),
    escrowUntil: hexUint48At(custom, DEADLINE_END),
    receiptIsm: hexSlice(custom, 32, 52),
    receiptSender: hexSlice(custom, 52, END),
  };
}

/**
 * Hook metadata as a contract completes it for a message that has `deadline`: with that, and `refundAddress` unless it names one.
 * @throws FormatError when it is no hook metadata, or names another deadline
 */
export function completeHookMetadata(
  metadata: Hex,
  { deadline, refundAddress }: { deadline: number; refundAddress: Address },
): Hex {
  const {
    msgValue = 0n,
    gasLimit = DEFAULT_GAS_LIMIT,
    refundAddress: given = NOBODY,
    custom = "0x",
  } = decodeHookMetadata(metadata);
  const hasToken = hexSize(custom) >= 20;
  const hasDeadline = hexSize(custom) >= DEADLINE_END;
  const named = hasDeadline ? hexUint48At(custom, 20) : 0;
  if (named !== 0 && named !== deadline) {
    throw new FormatError(`hook metadata names the deadline ${named}, but the message has ${deadline}`);
  }
  return encodeHookMetadata({
    msgValue,
    gasLimit,
    refundAddress: given === NOBODY ? refundAddress : given,
    custom: concat([
      hasToken ? hexSlice(custom, 0, 20) : NOBODY,
      uint48ToHex("deadline", deadline),
      hasDeadline ? hexSlice(custom, DEADLINE_END) : "0x",
    ]),
  });
}
