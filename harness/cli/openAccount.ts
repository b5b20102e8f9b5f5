import type { LocalAccount } from "viem";
import { createKmsAccount, KmsError } from "../keys/kmsAccount.ts";
import type { KeySource } from "./keySource.ts";
import { readKey } from "./readKey.ts";
import { UsageError } from "./usageError.ts";

/** The account of a key, wherever it is. @throws UsageError that names where the key was looked for */
export async function openAccount(source: KeySource): Promise<LocalAccount> {
  if (!("kms" in source)) return readKey(source);
  const { kms: keyId, region } = source;
  try {
    return await createKmsAccount({ keyId, ...(region !== undefined && { region }) });
  } catch (cause) {
    if (cause instanceof KmsError) throw new UsageError(cause.message, { cause });
    throw cause;
  }
}
