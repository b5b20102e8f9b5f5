import { generateKeyPairSync } from "node:crypto";
import {
  hexToBytes,
  keccak256,
  parseTransaction,
  recoverAddress,
  recoverMessageAddress,
  recoverTransactionAddress,
  toHex,
  verifyTypedData,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterEach, beforeEach, expect, it } from "vitest";
import { recoverSigner } from "../protocol/checkpoint.ts";
import { type KmsKey, startKms } from "./kms.testkit.ts";
import { createKmsAccount, KmsError } from "./kmsAccount.ts";

const SECRET = `0x${"5a".repeat(32)}` as const;
const { address } = privateKeyToAccount(SECRET);
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

let keys: Map<string, KmsKey>;
let kms: Awaited<ReturnType<typeof startKms>>;
beforeEach(async () => {
  keys = new Map([["alias/validator", { secret: hexToBytes(SECRET) }]]);
  kms = await startKms(keys);
});
afterEach(() => kms.stop());

const open = (keyId = "alias/validator") =>
  createKmsAccount({
    keyId,
    region: "eu-central-1",
    endpoint: kms.endpoint,
    credentials: { accessKeyId: "id", secretAccessKey: "secret" },
  });

it("has the address of the key and signs digests as a local account does, s low and v by recovery", async () => {
  const account = await open();
  expect(account.address).toBe(address);
  for (let i = 0; i < 16; i++) {
    const digest = keccak256(toHex(i));
    const signature = await account.signMessage({ message: { raw: digest } });
    expect(signature).toBe(await privateKeyToAccount(SECRET).signMessage({ message: { raw: digest } }));
    expect(BigInt(`0x${signature.slice(66, 130)}`)).toBeLessThanOrEqual(ORDER / 2n);
    expect(await recoverSigner({ digest, signature })).toBe(address.toLowerCase());
    expect(await recoverMessageAddress({ message: { raw: digest }, signature })).toBe(address);
  }
  const last = kms.asked.at(-1);
  expect(last).toMatchObject({
    target: "TrentService.Sign",
    body: { KeyId: "alias/validator", MessageType: "DIGEST", SigningAlgorithm: "ECDSA_SHA_256" },
  });
});

it("signs hashes, typed data and transactions", async () => {
  const account = await open();
  const hash = keccak256("0x1234");
  expect(await recoverAddress({ hash, signature: (await account.sign?.({ hash })) ?? expect.unreachable() })).toBe(
    address,
  );
  const typed = {
    domain: { name: "a" },
    types: { Thing: [{ name: "id", type: "uint256" }] },
    primaryType: "Thing",
    message: { id: 1n },
  } as const;
  const signature = await account.signTypedData(typed);
  expect(await verifyTypedData({ ...typed, address, signature })).toBe(true);

  const request = { chainId: 31337, nonce: 5, gas: 21_000n, to: address, value: 3n } as const;
  for (const serializedTransaction of [
    await account.signTransaction({ ...request, type: "eip1559", maxFeePerGas: 7n, maxPriorityFeePerGas: 1n }),
    await account.signTransaction({ ...request, type: "legacy", gasPrice: 7n }),
  ]) {
    expect(parseTransaction(serializedTransaction)).toMatchObject({ nonce: 5, chainId: 31337, value: 3n });
    expect(await recoverTransactionAddress({ serializedTransaction: serializedTransaction as `0x02${string}` })).toBe(
      address,
    );
  }
});

it("refuses what another key signed: an alias that was moved", async () => {
  const account = await open();
  keys.set("alias/validator", { secret: hexToBytes(`0x${"5b".repeat(32)}`) });
  const signing = account.signMessage({ message: "a" });
  await expect(signing).rejects.toThrow(KmsError);
  await expect(signing).rejects.toThrow(/not of the key that this account began with/);
});

it("refuses keys of another curve or use, and names a key that is missing", async () => {
  const publicKey = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({
    format: "der",
    type: "spki",
  });
  keys.set("p256", { secret: hexToBytes(SECRET), publicKey });
  keys.set("mac", { secret: hexToBytes(SECRET), usage: "GENERATE_VERIFY_MAC" });
  keys.set("noise", { secret: hexToBytes(SECRET), publicKey: Uint8Array.of(1, 2, 3) });
  await expect(open("p256")).rejects.toThrow(/public key of p256 .*curve P-256/);
  await expect(open("mac")).rejects.toThrow(/SIGN_VERIFY/);
  await expect(open("noise")).rejects.toThrow(KmsError);
  await expect(open("none")).rejects.toThrow(/public key of none .*NotFoundException: no key none/);
});
