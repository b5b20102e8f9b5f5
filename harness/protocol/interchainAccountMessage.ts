import { concat, decodeAbiParameters, encodeAbiParameters, type Hash, type Hex, keccak256 } from "viem";
import { checkedHex, FormatError, hexSize, hexSlice } from "./wireFormat.ts";

/** What an account does. */
export type AccountCall = {
  /** addr32. */
  to: Hex;
  /** Wei of the account. */
  value: bigint;
  data: Hex;
};

/** An account, as its router on another chain knows it. All of 32 bytes. */
export type AccountKey = {
  /** addr32. */
  owner: Hex;
  /** Module that the account is bound to, addr32; zero for the default of the Mailbox. */
  ism: Hex;
  userSalt: Hex;
};

/**
 * The body of a message between account routers.
 *
 * | offset | bytes | field                                                                            |
 * |--------|-------|----------------------------------------------------------------------------------|
 * | 0      | 1     | type: 0 calls, 1 commitment                                                      |
 * | 1      | 96    | owner ‖ ism ‖ userSalt                                                           |
 * | 97     | rest  | abi.encode((bytes32 to, uint256 value, bytes data)[]), or the commitment (32)     |
 *
 * | offset | bytes | field                                                                            |
 * |--------|-------|----------------------------------------------------------------------------------|
 * | 0      | 1     | type: 2 reveal                                                                   |
 * | 1      | 32    | module that brings the calls, addr32                                             |
 * | 33     | 32    | commitment                                                                       |
 * | 65     | 96    | owner ‖ ism ‖ userSalt; the ecosystem's reveals end before                        |
 */
export type InterchainAccountMessage =
  | { type: "calls"; account: AccountKey; calls: AccountCall[] }
  | { type: "commitment"; account: AccountKey; commitment: Hash }
  | { type: "reveal"; readIsm: Hex; commitment: Hash; account?: AccountKey };

const CALLS = [
  {
    type: "tuple[]",
    components: [
      { name: "to", type: "bytes32" },
      { name: "value", type: "uint256" },
      { name: "data", type: "bytes" },
    ],
  },
] as const;
const PAYLOAD = 97;
const REVEAL_HEAD = 65;
const REVEAL_SIZE = REVEAL_HEAD + 96;

/** @throws FormatError naming the field that is wrong */
export function encodeInterchainAccountMessage(message: InterchainAccountMessage): Hex {
  if (message.type === "calls") return concat(["0x00", encodeKey(message.account), encodeCalls(message.calls)]);
  const commitment = checkedHex("commitment", message.commitment, 32);
  if (message.type === "commitment") return concat(["0x01", encodeKey(message.account), commitment]);
  const account = message.account === undefined ? "0x" : encodeKey(message.account);
  return concat(["0x02", checkedHex("readIsm", message.readIsm, 32), commitment, account]);
}

/** @throws FormatError when the body is of no known type, too short, or its calls are not ABI-encoded */
export function decodeInterchainAccountMessage(body: Hex): InterchainAccountMessage {
  const bytes = checkedHex("account message", body);
  const type = hexSlice(bytes, 0, 1);
  if (type === "0x00") {
    expectSize(bytes, PAYLOAD);
    return { type: "calls", account: decodeKey(bytes, 1), calls: decodeCalls(hexSlice(bytes, PAYLOAD)) };
  }
  if (type === "0x01") {
    expectSize(bytes, PAYLOAD + 32);
    return { type: "commitment", account: decodeKey(bytes, 1), commitment: hexSlice(bytes, PAYLOAD, PAYLOAD + 32) };
  }
  if (type !== "0x02") throw new FormatError(`an account message of type ${type}; 0x00, 0x01 and 0x02 are known`);
  expectSize(bytes, REVEAL_HEAD);
  return {
    type: "reveal",
    readIsm: hexSlice(bytes, 1, 33),
    commitment: hexSlice(bytes, 33, REVEAL_HEAD),
    ...(hexSize(bytes) >= REVEAL_SIZE && { account: decodeKey(bytes, REVEAL_HEAD) }),
  };
}

/**
 * What commits an account to calls.
 * @throws FormatError naming the field that is wrong
 */
export function commitmentToCalls(calls: readonly AccountCall[], salt: Hex): Hash {
  return keccak256(concat([checkedHex("salt", salt, 32), encodeCalls(calls)]));
}

/**
 * Metadata of the module that brings the calls of a reveal.
 * @throws FormatError naming the field that is wrong
 */
export function encodeRevealMetadata(parameters: { account: Hex; salt: Hex; calls: readonly AccountCall[] }): Hex {
  const { account, salt, calls } = parameters;
  return concat([checkedHex("account", account, 20), checkedHex("salt", salt, 32), encodeCalls(calls)]);
}

function encodeCalls(calls: readonly AccountCall[]): Hex {
  for (const { to, value, data } of calls) {
    checkedHex("to", to, 32);
    checkedHex("data", data);
    if (value < 0n || value >= 2n ** 256n) throw new FormatError(`value is no uint256: ${value}`);
  }
  return encodeAbiParameters(CALLS, [calls]);
}

function decodeCalls(encoded: Hex): AccountCall[] {
  try {
    return decodeAbiParameters(CALLS, encoded)[0].map(({ to, value, data }) => ({ to, value, data }));
  } catch (cause) {
    throw new FormatError(`the calls of an account message are not ABI-encoded: ${encoded}`, { cause });
  }
}

function encodeKey({ owner, ism, userSalt }: AccountKey): Hex {
  return concat([checkedHex("owner", owner, 32), checkedHex("ism", ism, 32), checkedHex("userSalt", userSalt, 32)]);
}

function decodeKey(bytes: Hex, at: number): AccountKey {
  return {
    owner: hexSlice(bytes, at, at + 32),
    ism: hexSlice(bytes, at + 32, at + 64),
    userSalt: hexSlice(bytes, at + 64, at + 96),
  };
}

function expectSize(bytes: Hex, least: number): void {
  if (hexSize(bytes) >= least) return;
  throw new FormatError(`an account message of this type has at least ${least} bytes, this one ${hexSize(bytes)}`);
}
