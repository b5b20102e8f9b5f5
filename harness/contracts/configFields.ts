import { type Address, getAddress, isAddress } from "viem";
import { z } from "zod";

// What descriptions of contracts to be deployed are made of.

export const addressField = z
  .string()
  .refine((value) => isAddress(value), "is no address of 20 bytes with a valid checksum")
  .transform((value): Address => getAddress(value));

/** A number, or a decimal string where it does not fit into one of JSON. */
export const uintField = z
  .union([z.bigint(), z.int().min(0), z.string().regex(/^\d{1,78}$/, "is no whole number")])
  .transform((value) => BigInt(value));

const MAX_DOMAIN = 2 ** 32 - 1;

/** A domain as a key. */
export const domainField = z
  .string()
  .regex(/^\d{1,10}$/, "is no domain: a number, by convention the chain id")
  .refine((value) => Number(value) <= MAX_DOMAIN, "is no domain: beyond 32 bits");
