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
    for (let i = 0; i < 8; i++) {
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

it("signs hashes and transactions exactly as viem does", async () => {
  const common = { chainId: 1, gas: 21_000n, to: `0x${"11".repeat(20)}` } as const;
  for (const key of keys) {
    const [ours, theirs] = [createLocalSigner(key), privateKeyToAccount(key)];
    expect(await ours.sign?.({ hash: keccak256(key) })).toBe(await theirs.sign({ hash: keccak256(key) }));
    for (let nonce = 0; nonce < 4; nonce++) {
      const fees = { maxFeePerGas: 10n ** 9n, maxPriorityFeePerGas: BigInt(nonce) };
      for (const transaction of [
        { ...common, ...fees, nonce, type: "eip1559", value: 1n },
        { ...common, nonce, type: "legacy", gasPrice: 7n, data: numberToHex(nonce) },
        { ...common, nonce, type: "eip2930", gasPrice: 7n, accessList: [] },
      ] as const) {
        expect(await ours.signTransaction(transaction)).toBe(await theirs.signTransaction(transaction));
      }
    }
  }
});

it("takes no number that is no key", () => {
  for (const key of [0n, ORDER, 2n ** 256n - 1n].map((one) => numberToHex(one, { size: 32 }))) {
    expect(() => createLocalSigner(key)).toThrow();
  }
});
