import { z } from "zod";
import { readBoundedFile } from "../../storage/readBoundedFile.ts";
import { printable } from "../relayer/rpcError.ts";
import { GasDataRefusedError } from "./gasDataRefused.ts";

const LIMITS = { maxBytes: 64 * 1024, timeoutMs: 10_000 };
/** Clocks of two machines may differ by so much. */
const MAX_AHEAD_MS = 5 * 60_000;

const time = z.union([
  z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
  z
    .int()
    .min(0)
    .transform((seconds) => seconds * 1000),
]);

const priceSchema = z.strictObject({
  /** Of one whole token, decimal. */
  price: z
    .string()
    .regex(/^\d{1,30}(\.\d{1,30})?$/, "is no decimal number")
    .refine((text) => /[1-9]/.test(text), "is zero"),
  /** Places that the token's smallest unit is behind the whole one. */
  decimals: z.int().min(0).max(36).default(18),
});

const tokenPricesSchema = z.strictObject({
  /** When these were the prices: ISO 8601 with its zone, or seconds since 1970. */
  at: time,
  /** What prices are in, the same for all: for people. */
  unit: z.string().max(32).exactOptional(),
  /** By the chain's name in the configuration. */
  chains: z.record(z.string(), priceSchema),
});

/** What the native token of a chain is worth. */
export type TokenPrice = z.infer<typeof priceSchema>;
export type TokenPrices = Record<string, TokenPrice>;

/**
 * Reads the file of prices that some other program writes.
 *
 * @param maxAgeMs What is older is refused.
 * @param now Milliseconds since 1970.
 * @throws GasDataRefusedError that says what is wrong with it
 */
export async function readTokenPrices(parameters: {
  file: string;
  maxAgeMs: number;
  now: number;
}): Promise<TokenPrices> {
  const { file, maxAgeMs, now } = parameters;
  const parsed = tokenPricesSchema.safeParse(await readJson(file));
  if (!parsed.success) {
    throw new GasDataRefusedError(`${file} is no file of prices:\n${printable(z.prettifyError(parsed.error))}`);
  }
  const { at, chains } = parsed.data;
  const age = now - at;
  if (age > maxAgeMs) {
    throw new GasDataRefusedError(
      `the prices in ${file} are of ${new Date(at).toISOString()}, ${Math.round(age / 1000)} seconds ago, and may be ` +
        `${maxAgeMs / 1000} seconds old: see to what writes the file`,
    );
  }
  if (-age > MAX_AHEAD_MS) {
    throw new GasDataRefusedError(
      `the prices in ${file} are of ${new Date(at).toISOString()}, which is to come: see to the clocks`,
    );
  }
  return chains;
}

async function readJson(file: string): Promise<unknown> {
  let bytes: Uint8Array | undefined;
  try {
    bytes = await readBoundedFile(file, LIMITS);
  } catch (cause) {
    throw new GasDataRefusedError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
  if (bytes === undefined) throw new GasDataRefusedError(`there is no file of prices at ${file}`);
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new GasDataRefusedError(`${file} is no JSON`, { cause });
  }
}
