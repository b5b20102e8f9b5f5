import { concat, type Hash, type Hex } from "viem";
import { keccak256 } from "./keccak.ts";
import { checkedHex, FormatError, hexSize, hexSlice, hexUint32At, uint32ToHex } from "./wireFormat.ts";

/**
 * | offset | bytes | field       |
 * |--------|-------|-------------|
 * | 0      | 1     | version     |
 * | 1      | 4     | nonce       |
 * | 5      | 4     | origin      |
 * | 9      | 32    | sender      |
 * | 41     | 4     | destination |
 * | 45     | 32    | recipient   |
 * | 77     | rest  | body        |
 */
export type Message = {
  /** The format's version, always 3. */
  version: number;
  /** uint32: the index of the message in the origin's Mailbox and in its tree, from 0. */
  nonce: number;
  /** uint32: the domain of the chain it was sent on. */
  origin: number;
  /** 32 bytes: who called the origin's Mailbox. */
  sender: Hex;
  /** uint32: the domain of the chain it goes to. */
  destination: number;
  /** 32 bytes: who handles it there. */
  recipient: Hex;
  /** Any bytes. */
  body: Hex;
};

export const MESSAGE_VERSION = 3;
const HEADER_SIZE = 77;

/**
 * Writes a message as the bytes that the Mailbox hashes and processes.
 * @throws FormatError when a field is out of range or of the wrong length
 */
export function encodeMessage(message: Message): Hex {
  checkVersion(message.version);
  return concat([
    "0x03",
    uint32ToHex("message nonce", message.nonce),
    uint32ToHex("message origin", message.origin),
    checkedHex("message sender", message.sender, 32),
    uint32ToHex("message destination", message.destination),
    checkedHex("message recipient", message.recipient, 32),
    checkedHex("message body", message.body),
  ]);
}

/**
 * Reads the bytes of a message.
 * @returns the fields, hex in lower case
 * @throws FormatError when there are fewer than 77 bytes or the version is not 3
 */
export function decodeMessage(bytes: Hex): Message {
  const message = checkedHex("message", bytes);
  if (hexSize(message) < HEADER_SIZE) {
    throw new FormatError(`message is ${hexSize(message)} bytes, its header alone is ${HEADER_SIZE}`);
  }
  const version = Number(hexSlice(message, 0, 1));
  checkVersion(version);
  return {
    version,
    nonce: hexUint32At(message, 1),
    origin: hexUint32At(message, 5),
    sender: hexSlice(message, 9, 41),
    destination: hexUint32At(message, 41),
    recipient: hexSlice(message, 45, HEADER_SIZE),
    body: hexSlice(message, HEADER_SIZE),
  };
}

/**
 * The id of a message: keccak-256 of all its bytes, and the leaf that it is in the origin's tree.
 * @throws FormatError when `bytes` is not hex
 */
export function messageId(bytes: Hex): Hash {
  return keccak256(checkedHex("message", bytes));
}

function checkVersion(version: number): void {
  if (version !== MESSAGE_VERSION) {
    throw new FormatError(`message version is ${String(version)}, only version ${MESSAGE_VERSION} is known`);
  }
}
