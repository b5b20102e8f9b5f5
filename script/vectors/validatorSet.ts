import { addr32, address, bytes, columns, hex, keccak, text, uint } from "./bytes.ts";
import { signature, validators } from "./signatures.ts";

type Member = [weight: bigint, key: Buffer];
const UINT96_MAX = 2n ** 96n - 1n;

const encoded = (setId: bigint, issuedAt: number, members: Member[]): Buffer =>
  Buffer.concat([uint(1, 1), uint(setId, 8), uint(issuedAt, 6), ...members.map(word)]);
const word = ([weight, key]: Member): Buffer => Buffer.concat([uint(weight, 12), key]);

const key = (i: number): Buffer => address(`validator key ${i}`);
const sets: [setId: bigint, issuedAt: number, members: Member[]][] = [
  [1n, 1_800_000_000, [[10n ** 20n, key(0)]]],
  [
    7n,
    1_800_086_400,
    [
      [3n * 10n ** 20n, key(0)],
      [10n ** 20n + 1n, key(1)],
      [10n ** 20n, key(2)],
    ],
  ],
  [2n ** 64n - 1n, 2 ** 48 - 1, [[UINT96_MAX, Buffer.alloc(20, 0xff)]]],
  [0n, 0, []],
  [2n ** 32n, 1, Array.from({ length: 64 }, (_, i): Member => [BigInt(64 - i) * 10n ** 18n, key(i)])],
];

const valid = encoded(1n, 1_800_000_000, [[10n ** 20n, key(0)]]);
const rejected: [name: string, body: Buffer][] = [
  ["empty", Buffer.alloc(0)],
  ["version 0", Buffer.concat([uint(0, 1), valid.subarray(1)])],
  ["version 2", Buffer.concat([uint(2, 1), valid.subarray(1)])],
  ["no whole header", valid.subarray(0, 14)],
  ["a byte of a member is missing", valid.subarray(0, valid.length - 1)],
  ["a byte too many", Buffer.concat([valid, uint(0, 1)])],
];

// What a key signs to become an operator's.
const stake = address("validator stake");
const keyProofs = [];
for (const [i, chainId] of [1, 31337, 2 ** 40].entries()) {
  const operator = address(`operator ${i}`);
  const owned = bytes(validators[i] as string);
  const digest = keccak(
    keccak(text("CAUSEWAY_VALIDATOR_KEY")),
    uint(chainId, 32),
    addr32(stake),
    addr32(operator),
    addr32(owned),
  );
  keyProofs.push({
    chainId,
    stake: hex(stake),
    operator: hex(operator),
    key: hex(owned),
    digest: hex(digest),
    signature: hex(await signature(i, digest)),
  });
}

export const validatorSetVectors = {
  valid: columns(
    sets.map(([setId, issuedAt, members]) => ({
      setId: hex(uint(setId, 32)),
      issuedAt,
      memberCount: members.length,
      members: hex(Buffer.concat(members.map(word))),
      encoded: hex(encoded(setId, issuedAt, members)),
    })),
  ),
  rejected: columns(rejected.map(([name, body]) => ({ name, encoded: hex(body) }))),
  keyProofs: columns(keyProofs),
};
