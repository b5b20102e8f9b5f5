import { type Address, concat, type Hex } from "viem";
import { checkedAddress, checkedHex, FormatError, hexSize, hexSlice } from "./wireFormat.ts";

/** What an origin's stake tells a destination: who its validators are. */
export type ValidatorSetMessage = {
  /** uint64: a later set has a higher one. */
  setId: bigint;
  /** uint48: when it was sent, in seconds since 1970 by the origin's clock. */
  issuedAt: number;
  /** In the order in which their signatures come. */
  members: readonly ValidatorSetMember[];
};

export type ValidatorSetMember = {
  /** uint96: its stake, in units of the asset. */
  weight: bigint;
  /** Address of the key that it signs checkpoints with. */
  key: Address;
};

const VERSION = "0x01";
const MEMBERS_OFFSET = 15;
const MEMBER_SIZE = 32;

/**
 * Writes the body by which the stake on an origin names its validators:
 *
 *     uint8 version = 1 (0..1) ‖ uint64 setId (1..9) ‖ uint48 issuedAt (9..15) ‖ members (15..), each uint96 weight ‖ address key
 *
 * @throws FormatError when a field is out of range
 */
export function encodeValidatorSetMessage({ setId, issuedAt, members }: ValidatorSetMessage): Hex {
  if (!Number.isInteger(issuedAt)) throw new FormatError(`issuedAt is not a whole number of seconds: ${issuedAt}`);
  return concat([
    VERSION,
    uintToHex("setId", setId, 8),
    uintToHex("issuedAt", BigInt(issuedAt), 6),
    ...members.flatMap(({ weight, key }) => [uintToHex("weight", weight, 12), checkedAddress("key", key)]),
  ]);
}

/**
 * Reads such a body. Whether its sender may send it, and whether it is a good set, is not looked at.
 *
 * @returns the fields, addresses in lower case
 * @throws FormatError when it is of another version, or not of whole members
 */
export function decodeValidatorSetMessage(body: Hex): ValidatorSetMessage {
  const bytes = checkedHex("validator set", body);
  const size = hexSize(bytes) - MEMBERS_OFFSET;
  if (size < 0 || size % MEMBER_SIZE !== 0) {
    throw new FormatError(
      `a validator set is ${MEMBERS_OFFSET} bytes and ${MEMBER_SIZE} for each member, not ${hexSize(bytes)}`,
    );
  }
  if (hexSlice(bytes, 0, 1) !== VERSION) {
    throw new FormatError(`this is no validator set of version 1, but of ${hexSlice(bytes, 0, 1)}`);
  }
  return {
    setId: BigInt(hexSlice(bytes, 1, 9)),
    issuedAt: Number(hexSlice(bytes, 9, MEMBERS_OFFSET)),
    members: Array.from({ length: size / MEMBER_SIZE }, (_, i) => {
      const at = MEMBERS_OFFSET + MEMBER_SIZE * i;
      return { weight: BigInt(hexSlice(bytes, at, at + 12)), key: hexSlice(bytes, at + 12, at + MEMBER_SIZE) };
    }),
  };
}

function uintToHex(field: string, value: bigint, size: number): Hex {
  if (value < 0n || value >= 1n << BigInt(8 * size)) {
    throw new FormatError(`${field} is not an integer of ${size} bytes: ${value}`);
  }
  return `0x${value.toString(16).padStart(2 * size, "0")}`;
}
