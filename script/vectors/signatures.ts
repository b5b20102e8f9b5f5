import { privateKeyToAccount, sign } from "viem/accounts";
import { hex, keccak, text, uint, word } from "./bytes.ts";

export const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
export const privateKeys = [0, 1, 2].map((i) => word(`validator ${i}`));
export const validators = privateKeys.map((key) => privateKeyToAccount(hex(key)).address.toLowerCase());

export const ethSignedHash = (digest: Buffer): Buffer => keccak(text("\x19Ethereum Signed Message:\n32"), digest);

export async function signature(validator: number, digest: Buffer): Promise<Buffer> {
  const { r, s, v } = await sign({
    hash: hex(ethSignedHash(digest)),
    privateKey: hex(privateKeys[validator] as Buffer),
  });
  return Buffer.concat([uint(BigInt(r), 32), uint(BigInt(s), 32), uint(v ?? 0n, 1)]);
}
