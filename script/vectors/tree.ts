import { columns, hex, keccak, uint, word } from "./bytes.ts";

type Tree = { leaf: (index: number) => Buffer; node: (level: number, position: number, count: number) => Buffer };

const zero: Buffer[] = [Buffer.alloc(32)];
for (let level = 0; level < 32; level++) zero.push(keccak(zero[level] as Buffer, zero[level] as Buffer));

/** The tree by definition: node (level, position) of the tree with `count` leaves. Full subtrees are computed once. */
export function tree(leaf: (index: number) => Buffer): Tree {
  const full = new Map<number, Buffer>();
  function node(level: number, position: number, count: number): Buffer {
    const first = position * 2 ** level;
    if (first >= count) return zero[level] as Buffer;
    if (level === 0) return leaf(position);
    const isFull = first + 2 ** level <= count;
    const key = position * 64 + level;
    const known = isFull ? full.get(key) : undefined;
    if (known !== undefined) return known;
    const value = keccak(node(level - 1, 2 * position, count), node(level - 1, 2 * position + 1, count));
    if (isFull) full.set(key, value);
    return value;
  }
  return { leaf, node };
}

export const rootAt = (t: Tree, count: number): Buffer => t.node(32, 0, count);

export function proofAt(t: Tree, index: number, count: number): Buffer {
  const siblings: Buffer[] = [];
  for (let level = 0, position = index; level < 32; level++, position = Math.floor(position / 2)) {
    siblings.push(t.node(level, position % 2 === 0 ? position + 1 : position - 1, count));
  }
  return Buffer.concat(siblings);
}

const leafSeed = word("leaf seed");
const seedNumber = BigInt(hex(leafSeed));
const large = tree((index) => uint(seedNumber ^ BigInt(index), 32));

const counts = new Set<number>(Array.from({ length: 34 }, (_, count) => count));
for (let power = 6; power <= 20; power++) for (const delta of [-1, 0, 1]) counts.add(2 ** power + delta);
counts.delete(2 ** 20 + 1);

const samples: [index: number, count: number][] = [];
for (let count = 1; count <= 5; count++) for (let index = 0; index < count; index++) samples.push([index, count]);
for (const count of [7, 8, 9, 31, 32, 33, 1000, 2 ** 16 - 1, 2 ** 16, 2 ** 16 + 1, 2 ** 20 - 1, 2 ** 20]) {
  for (const index of [0, word(`index of ${count}`).readUInt32BE() % count, count - 1]) samples.push([index, count]);
}

export const treeVectors = {
  zeroHashes: zero.slice(0, 32).map(hex),
  emptyRoot: hex(zero[32] as Buffer),
  leafSeed: hex(leafSeed),
  roots: columns([...counts].map((count) => ({ count, root: hex(rootAt(large, count)) }))),
  proofs: columns(
    samples.map(([index, count]) => ({
      index,
      count,
      leaf: hex(large.leaf(index)),
      proof: hex(proofAt(large, index, count)),
      root: hex(rootAt(large, count)),
    })),
  ),
};
