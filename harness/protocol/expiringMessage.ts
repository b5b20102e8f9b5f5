import { concat, type Hash, type Hex, keccak256 } from "viem";
import {
  checkedHex,
  FormatError,
  hexSize,
  hexSlice,
  hexUint48At,
  uint32ToHex,
  uint48ToHex,
  uint64ToHex,
} from "./wireFormat.ts";

/**
 * The body of a message that may expire, and of the receipt that says that it did.
 *
 * | offset | bytes | field                         |
 * |--------|-------|-------------------------------|
 * | 0      | 1     | kind = 1 message, 2 receipt   |
 * | 1      | 6     | deadline                      |
 * | 7      | 8     | counter                       |
 * | 15     | rest  | payload                       |
 */
export type ExpiringMessage = {
  kind: "message" | "receipt";
  /** Last second, by the destination's clock, in which it is handled; 0: never expires. */
  deadline: number;
  /** Of its sender: no two messages of a sender have the same. */
  counter: bigint;
  payload: Hex;
};

const KINDS = { message: "0x01", receipt: "0x02" } as const;
const MIN_SIZE = 15;

/** @throws FormatError naming the field that is wrong */
export function encodeExpiringMessage({ kind, ...content }: ExpiringMessage): Hex {
  return concat([KINDS[kind], encodeContent(content)]);
}

/** @throws FormatError when the body is of no known kind, or too short */
export function decodeExpiringMessage(body: Hex): ExpiringMessage {
  const bytes = checkedHex("expiring message", body);
  if (hexSize(bytes) < MIN_SIZE) {
    throw new FormatError(`an expiring message has at least ${MIN_SIZE} bytes, this one ${hexSize(bytes)}`);
  }
  const kind = hexSlice(bytes, 0, 1);
  if (kind !== KINDS.message && kind !== KINDS.receipt) {
    throw new FormatError(`an expiring message of kind ${kind}; 0x01 (message) and 0x02 (receipt) are known`);
  }
  return {
    kind: kind === KINDS.message ? "message" : "receipt",
    deadline: hexUint48At(bytes, 1),
    counter: BigInt(hexSlice(bytes, 7, MIN_SIZE)),
    payload: hexSlice(bytes, MIN_SIZE),
  };
}

/**
 * What stands for a message, the same for it and its receipt, at the contract whose other end is `account` on `domain`.
 * @throws FormatError naming the field that is wrong
 */
export function expiringMessageCommitment(parameters: {
  domain: number;
  /** addr32. */
  account: Hex;
  message: Omit<ExpiringMessage, "kind">;
}): Hash {
  const { domain, account, message } = parameters;
  return keccak256(concat([uint32ToHex("domain", domain), checkedHex("account", account, 32), encodeContent(message)]));
}

function encodeContent({ deadline, counter, payload }: Omit<ExpiringMessage, "kind">): Hex {
  return concat([uint48ToHex("deadline", deadline), uint64ToHex("counter", counter), checkedHex("payload", payload)]);
}
