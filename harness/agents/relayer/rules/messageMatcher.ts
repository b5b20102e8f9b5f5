import { RE2JS } from "re2js";
import type { Hash, Hex } from "viem";
import { z } from "zod";

/** Where the body begins in a message as hex: 0x, then 77 bytes. */
const BODY = 2 + 2 * 77;
/** Bytes of a body that patterns are held against; whether they match a longer one is not told. */
export const MAX_MATCHED_BODY = 8 * 1024;
/** Steps that a pattern compiles to: its time is that times the body's length, at worst. */
const MAX_PROGRAM = 1_000;

const DOMAIN = z
  .int()
  .min(0)
  .max(2 ** 32 - 1);
const ADDRESS = z
  .string()
  .regex(/^0x([0-9a-fA-F]{40}|[0-9a-fA-F]{64})$/, "not an address of 20 or 32 bytes (0x and 40 or 64 hex digits)")
  .transform((value) => `0x${value.slice(2).toLowerCase().padStart(64, "0")}` as Hex);
const ID = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/, "not a message id (0x and 64 hex digits)")
  .transform((value) => value.toLowerCase() as Hash);
const PATTERN = z
  .string()
  .max(10_000)
  .refine(compiles, "not a pattern that RE2 knows (no look-around, no back references), or one that is too large");

/** One value, a list of them, or "*" for all. */
const some = <T extends z.ZodType>(value: T) => z.union([z.literal("*"), value, z.array(value).min(1)]).optional();

/**
 * Which messages are meant: those that every field given matches. A list of values matches if one of them does.
 * `bodyRegex` is searched for in the body as lower-case hex without 0x.
 */
export const messageMatcherSchema = z.strictObject({
  originDomain: some(DOMAIN),
  senderAddress: some(ADDRESS),
  destinationDomain: some(DOMAIN),
  recipientAddress: some(ADDRESS),
  messageId: some(ID),
  bodyRegex: some(PATTERN),
});

export type MessageMatcher = z.infer<typeof messageMatcherSchema>;
export type MatchedMessage = {
  id: Hash;
  origin: number;
  destination: number;
  /** 32 bytes, lower case. */
  sender: Hex;
  recipient: Hex;
  /** The whole message. */
  raw: Hex;
};

/** Whether a message is meant; why, when that can not be told. */
export type Matched = boolean | string;

/**
 * Compiles a matcher. Patterns run in time linear to the body, whatever is in it: a body is anyone's, and a pattern that
 * backtracks could be made to run for ever by one. They are not run on bodies above `MAX_MATCHED_BODY` bytes.
 */
export function createMessageMatcher(matcher: MessageMatcher): (message: MatchedMessage) => Matched {
  const { bodyRegex } = matcher;
  const patterns = bodyRegex === undefined || bodyRegex === "*" ? undefined : [bodyRegex].flat().map(compile);
  return (message) => {
    const others =
      matches(matcher.originDomain, message.origin) &&
      matches(matcher.senderAddress, message.sender) &&
      matches(matcher.destinationDomain, message.destination) &&
      matches(matcher.recipientAddress, message.recipient) &&
      matches(matcher.messageId, message.id);
    if (!others || patterns === undefined) return others;
    const body = message.raw.slice(BODY);
    if (body.length > 2 * MAX_MATCHED_BODY) {
      return `its body has ${body.length / 2} bytes, and patterns are held against ${MAX_MATCHED_BODY} at most`;
    }
    return patterns.some((pattern) => pattern.matcher(body).find());
  };
}

function matches<T>(wanted: "*" | T | readonly T[] | undefined, value: T): boolean {
  if (wanted === undefined || wanted === "*") return true;
  return Array.isArray(wanted) ? wanted.includes(value) : wanted === value;
}

function compile(pattern: string): RE2JS {
  return RE2JS.compile(pattern);
}

function compiles(pattern: string): boolean {
  try {
    return compile(pattern).programSize() <= MAX_PROGRAM;
  } catch {
    return false;
  }
}
