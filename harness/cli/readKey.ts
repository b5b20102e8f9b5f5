import { readFileSync, statSync } from "node:fs";
import type { Hex, LocalAccount } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { type BlsSigner, createBlsSigner } from "../protocol/bls.ts";
import type { KeySource } from "./keySource.ts";
import { UsageError } from "./usageError.ts";

/**
 * The account of a private key: 32 bytes of hex, with or without 0x, in an environment variable or alone in a file that
 * only its owner can read.
 *
 * @throws UsageError that names where the key was looked for, and never what was found there
 */
export function readKey(source: KeySource, env: NodeJS.ProcessEnv = process.env): LocalAccount {
  return readSecret(source, env, privateKeyToAccount);
}

/** The signer of a BLS secret, kept in the same way. @throws UsageError as `readKey` */
export function readBlsKey(source: KeySource, env: NodeJS.ProcessEnv = process.env): BlsSigner {
  return readSecret(source, env, createBlsSigner);
}

function readSecret<T>(source: KeySource, env: NodeJS.ProcessEnv, use: (secret: Hex) => T): T {
  const place = "env" in source ? `the environment variable ${source.env}` : source.file;
  const text = "env" in source ? env[source.env] : readKeyFile(source.file);
  if (text === undefined || text.trim() === "") throw new UsageError(`no private key in ${place}: set it`);
  const hex = text.trim().replace(/^0x/, "");
  if (!/^[0-9a-fA-F]{64}$/.test(hex)) {
    throw new UsageError(`what is in ${place} is no private key: it must be 64 hex digits`);
  }
  try {
    return use(`0x${hex}`);
  } catch {
    // The library's message might repeat the key.
    throw new UsageError(`what is in ${place} is no private key: it is zero or above the order of the curve`);
  }
}

function readKeyFile(file: string): string {
  let mode: number;
  try {
    mode = statSync(file).mode;
  } catch (cause) {
    throw new UsageError(`can not read the key file ${file}: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
  if ((mode & 0o077) !== 0) {
    throw new UsageError(`the key file ${file} can be read by others than its owner: chmod 600 ${file}`);
  }
  return readFileSync(file, "utf8");
}
