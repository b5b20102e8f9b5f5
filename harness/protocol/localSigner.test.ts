import { type Hex, keccak256, numberToHex, recoverMessageAddress, toHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { expect, it } from "vitest";
import { createLocalSigner } from "./localSigner.ts";

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const keys = [1n, 2n, ORDER - 1n, ...Array.from({ length: 5 }, (_, i) => BigInt(keccak256(toHex(`key ${i}`))))].map(
  (key) => numberToHex(key, { size: 32 }),
);

it("signs messages exactly as viem does", async () => {
  for (const key of keys) {
    const [ours, theirs] = [createLocalSigner(key), privateKeyToAccount(key)];
    expect(ours.address).toBe(theirs.address);
    for (let i = 0; i < 16; i++) {
      const raw = keccak256(toHex(`digest ${i}`));
      const signature = await ours.signMessage({ message: { raw } });
      expect(signature).toBe(await theirs.signMessage({ message: { raw } }));
      expect(await recoverMessageAddress({ message: { raw }, signature })).toBe(ours.address);
    }
  }
  const [key] = keys as [Hex];
  const text = { message: "a text" };
  expect(await createLocalSigner(key).signMessage(text)).toBe(await privateKeyToAccount(key).signMessage(text));
});

it("signs transactions as before", async () => {
  const [key] = keys as [Hex];
  const transaction = { type: "eip1559", chainId: 1, nonce: 0, to: `0x${"11".repeat(20)}`, gas: 21_000n } as const;
  expect(await createLocalSigner(key).signTransaction(transaction)).toBe(
    await privateKeyToAccount(key).signTransaction(transaction),
  );
});

it("takes no number that is no key", () => {
  for (const key of [0n, ORDER, 2n ** 256n - 1n].map((one) => numberToHex(one, { size: 32 }))) {
    expect(() => createLocalSigner(key)).toThrow();
  }
});
