import { decodeAbiParameters, encodeAbiParameters, type Hex } from "viem";
import { checkedHex, FormatError } from "./wireFormat.ts";

/** A view call on another chain, and the calldata to put in front of its answer. */
export type Query = {
  /** addr32. */
  to: Hex;
  data: Hex;
  callback: Hex;
};

/**
 * The body of a message between query routers:
 *
 *     query   abi.encode(bytes32 sender, uint8 0, ((bytes32 to, bytes data) call, bytes callback)[])
 *     answer  abi.encode(bytes32 sender, uint8 1, bytes[] callbacks)
 *
 * `sender` (addr32) is who asks. Each callback of an answer is the calldata that the sender is called with.
 */
export type InterchainQueryMessage =
  | { type: "query"; sender: Hex; queries: Query[] }
  | { type: "answer"; sender: Hex; callbacks: Hex[] };

const HEAD = [{ type: "bytes32" }, { type: "uint8" }] as const;
const QUERY = [
  ...HEAD,
  {
    type: "tuple[]",
    components: [
      {
        name: "call",
        type: "tuple",
        components: [
          { name: "to", type: "bytes32" },
          { name: "data", type: "bytes" },
        ],
      },
      { name: "callback", type: "bytes" },
    ],
  },
] as const;
const ANSWER = [...HEAD, { type: "bytes[]" }] as const;

/** @throws FormatError naming the field that is wrong */
export function encodeInterchainQueryMessage(message: InterchainQueryMessage): Hex {
  const sender = checkedHex("sender", message.sender, 32);
  if (message.type === "answer") {
    return encodeAbiParameters(ANSWER, [sender, 1, message.callbacks.map((data) => checkedHex("callback", data))]);
  }
  const queries = message.queries.map(({ to, data, callback }) => ({
    call: { to: checkedHex("to", to, 32), data: checkedHex("data", data) },
    callback: checkedHex("callback", callback),
  }));
  return encodeAbiParameters(QUERY, [sender, 0, queries]);
}

/** @throws FormatError when the body is of no known type or not ABI-encoded */
export function decodeInterchainQueryMessage(body: Hex): InterchainQueryMessage {
  const bytes = checkedHex("query message", body);
  try {
    const [sender, type] = decodeAbiParameters(HEAD, bytes);
    if (type === 1) return { type: "answer", sender, callbacks: [...decodeAbiParameters(ANSWER, bytes)[2]] };
    if (type !== 0) throw new FormatError(`a query message of type ${type}; 0 and 1 are known`);
    const queries = decodeAbiParameters(QUERY, bytes)[2].map(({ call, callback }) => ({ ...call, callback }));
    return { type: "query", sender, queries };
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    throw new FormatError(`a query message that is not ABI-encoded: ${bytes}`, { cause });
  }
}
