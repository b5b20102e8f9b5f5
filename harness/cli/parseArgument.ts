import { InvalidArgumentError } from "commander";
import { type Address, getAddress, isAddress } from "viem";

/** A whole number on the command line. */
export function integerArgument(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("a whole number is needed");
  return Number(text);
}

/** An address on the command line; where it has capitals, its checksum must be right. */
export function addressArgument(text: string): Address {
  if (!isAddress(text))
    throw new InvalidArgumentError(`"${text}" is no address (0x and 40 hex digits, checksum right)`);
  return getAddress(text);
}

/** Addresses separated by commas. */
export function addressesArgument(text: string): Address[] {
  return text.split(",").map((part) => addressArgument(part.trim()));
}

/** A whole number that may be large. */
export function amountArgument(text: string): bigint {
  if (!/^\d{1,78}$/.test(text) || BigInt(text) >= 2n ** 256n)
    throw new InvalidArgumentError("a whole number is needed");
  return BigInt(text);
}
