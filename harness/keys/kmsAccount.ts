import { createPublicKey } from "node:crypto";
import { GetPublicKeyCommand, KMSClient, SignCommand } from "@aws-sdk/client-kms";
import { secp256k1 } from "@noble/curves/secp256k1";
import {
  bytesToHex,
  type Hex,
  hashMessage,
  hashTypedData,
  hexToBytes,
  keccak256,
  type LocalAccount,
  type Signature,
  serializeSignature,
  serializeTransaction,
} from "viem";
import { publicKeyToAddress, toAccount } from "viem/accounts";

export type CreateKmsAccountParameters = {
  /** Key id, ARN or alias of an ECC_SECG_P256K1 key for SIGN_VERIFY. */
  keyId: string;
  /** Default: what the AWS configuration says. */
  region?: string;
  /** Base URL of another service than Amazon's. Default: what the AWS configuration says. */
  endpoint?: string;
  /** Default: AWS's chain of environment, shared files, container and instance. */
  credentials?: { accessKeyId: string; secretAccessKey: string };
};

/** The key can not be used. The message says why; it names the key and never holds a secret. */
export class KmsError extends Error {
  override name = "KmsError";
}

/** Of one request with its repetitions. */
const TIMEOUT_MS = 30_000;

/**
 * An account whose private key never leaves AWS KMS. What KMS signs is checked against the key that the account was made with, so
 * that an alias which is moved to another key does not change who signs.
 *
 * @example const account = await createKmsAccount({ keyId: "alias/validator", region: "eu-central-1" });
 * @throws KmsError when the key can not be read, or is of another curve or for another use
 */
export async function createKmsAccount(parameters: CreateKmsAccountParameters): Promise<LocalAccount> {
  const { keyId, ...configuration } = parameters;
  const client = new KMSClient(configuration);
  const publicKey = await attempt(`read the public key of ${keyId}`, async (abortSignal) => {
    const { PublicKey, KeyUsage } = await client.send(new GetPublicKeyCommand({ KeyId: keyId }), { abortSignal });
    if (PublicKey === undefined || KeyUsage !== "SIGN_VERIFY") throw new Error("it is not for signing (SIGN_VERIFY)");
    return parsePublicKey(PublicKey);
  });

  function signHash(hash: Hex): Promise<Signature> {
    return attempt(`sign with ${keyId}`, async (abortSignal) => {
      const { Signature: der } = await client.send(
        new SignCommand({
          KeyId: keyId,
          Message: hexToBytes(hash),
          MessageType: "DIGEST",
          SigningAlgorithm: "ECDSA_SHA_256",
        }),
        { abortSignal },
      );
      if (der === undefined) throw new Error("no signature came back");
      return parseSignature(der, hash, publicKey);
    });
  }
  const sign = async (hash: Hex) => serializeSignature(await signHash(hash));

  return toAccount({
    address: publicKeyToAddress(publicKey),
    sign: ({ hash }) => sign(hash),
    signMessage: ({ message }) => sign(hashMessage(message)),
    signTypedData: (typedData) => sign(hashTypedData(typedData as Parameters<typeof hashTypedData>[0])),
    async signTransaction(transaction, { serializer = serializeTransaction } = {}) {
      return await serializer(transaction, await signHash(keccak256(await serializer(transaction))));
    },
  }) as LocalAccount;
}

/** From a DER SubjectPublicKeyInfo to the 65 bytes of an uncompressed point. */
function parsePublicKey(der: Uint8Array): Hex {
  const {
    crv,
    x = "",
    y = "",
  } = createPublicKey({ key: Buffer.from(der), format: "der", type: "spki" }).export({
    format: "jwk",
  });
  if (crv !== "secp256k1") throw new Error(`it is of the curve ${crv}, not of secp256k1 (ECC_SECG_P256K1)`);
  return bytesToHex(Buffer.concat([Uint8Array.of(4), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]));
}

/** KMS gives r and s in DER, s in either half, and no hint which of two keys it was: it must be the one that is known. */
function parseSignature(der: Uint8Array, hash: Hex, publicKey: Hex): Signature {
  const lowS = secp256k1.Signature.fromDER(der).normalizeS();
  for (const yParity of [0, 1]) {
    const recovered = lowS.addRecoveryBit(yParity).recoverPublicKey(hash.slice(2)).toHex(false);
    if (`0x${recovered}` !== publicKey) continue;
    const [r, s] = [lowS.r, lowS.s].map((part) => `0x${part.toString(16).padStart(64, "0")}` as const);
    if (r !== undefined && s !== undefined) return { r, s, v: BigInt(27 + yParity), yParity };
  }
  throw new Error("the signature is not of the key that this account began with: was its alias moved?");
}

async function attempt<T>(what: string, action: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    return await action(signal);
  } catch (cause) {
    const told = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    const reason = signal.aborted ? `no answer within ${TIMEOUT_MS} ms` : told;
    throw new KmsError(`can not ${what} in AWS KMS: ${reason}`, { cause });
  }
}
