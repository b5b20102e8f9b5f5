import { concat, type Hex, keccak256, toHex } from "viem";
import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { branchRoot, createMerkleTree, EMPTY_ROOT, type MerkleTree, zeroHashes } from "./merkleTree.ts";
import { createRandom, flipByte, hexColumn, hexSchema, numberColumn, readVectors, rows } from "./testkit.ts";
import { FormatError, hexSlice } from "./wireFormat.ts";

const vectors = readVectors(
  "tree",
  z.object({
    zeroHashes: hexColumn,
    emptyRoot: hexSchema,
    leafSeed: hexSchema,
    roots: z.object({ count: numberColumn, root: hexColumn }),
    proofs: z.object({ index: numberColumn, count: numberColumn, leaf: hexColumn, proof: hexColumn, root: hexColumn }),
  }),
);
const roots = rows(vectors.roots);
const proofs = rows(vectors.proofs).map((row) => ({ ...row, siblings: siblingsOf(row.proof) }));

/** How far the tree is grown leaf by leaf here: a few seconds of keccak-256. Proofs of larger trees are checked by themselves. */
const GROWN = 2 ** 20;

function siblingsOf(proof: Hex): Hex[] {
  return Array.from({ length: 32 }, (_, level) => hexSlice(proof, 32 * level, 32 * (level + 1)));
}

const seed = BigInt(vectors.leafSeed);
const vectorLeaf = (index: number): Hex => toHex(seed ^ BigInt(index), { size: 32 });

function treeOf(leaves: readonly Hex[]): MerkleTree {
  const tree = createMerkleTree();
  for (const leaf of leaves) tree.append(leaf);
  return tree;
}

/** The tree by its definition, level by level: what the incremental one has to equal. */
function naive(leaves: readonly Hex[], index = 0): { root: Hex; proof: Hex[] } {
  const proof: Hex[] = [];
  let level = [...leaves];
  for (let depth = 0; depth < 32; depth++) {
    const zero = zeroHashes[depth] ?? "0x";
    proof.push(level[Math.floor(index / 2 ** depth) ^ 1] ?? zero);
    level = Array.from({ length: Math.ceil(level.length / 2) }, (_, i) =>
      keccak256(concat([level[2 * i] ?? zero, level[2 * i + 1] ?? zero])),
    );
  }
  return { root: level[0] ?? EMPTY_ROOT, proof };
}

describe("golden vectors", () => {
  let tree: MerkleTree;
  beforeAll(() => {
    tree = createMerkleTree();
    for (let index = 0; index < GROWN + 1; index++) tree.append(vectorLeaf(index));
  });

  test("empty subtrees", () => {
    expect(zeroHashes).toEqual(vectors.zeroHashes);
    expect(EMPTY_ROOT).toBe(vectors.emptyRoot);
    expect(EMPTY_ROOT).toBe("0x27ae5ba08d7291c96c8cbddcc148bf48a6d68c7974b94356f53754ef6171d757");
  });

  test("root at each count, while growing and later", () => {
    const small = createMerkleTree();
    for (const { count, root } of roots.filter((row) => row.count <= 1025)) {
      while (small.count < count) small.append(vectorLeaf(small.count));
      expect(small.root()).toBe(root);
    }
    const known = roots.filter((row) => row.count <= tree.count);
    expect(known.length).toBeGreaterThan(60);
    for (const { count, root } of known) expect(tree.root(count)).toBe(root);
  });

  test("proof at past counts", () => {
    const known = proofs.filter((row) => row.count <= tree.count);
    expect(known.length).toBeGreaterThan(40);
    for (const { index, count, leaf, siblings } of known) {
      expect(tree.leaf(index)).toBe(leaf);
      expect(tree.proof(index, count)).toEqual(siblings);
    }
  });

  test.each(proofs)("leaf $index of $count leads to the root", ({ index, leaf, siblings, root }) => {
    expect(leaf).toBe(vectorLeaf(index));
    expect(branchRoot(leaf, siblings, index)).toBe(root);
  });
});

describe("against the definition", () => {
  const random = createRandom(4);
  const leaves = Array.from({ length: 40 }, () => random.hex(32));

  test("root and every proof at every count", () => {
    const tree = treeOf(leaves);
    for (let count = 0; count <= leaves.length; count++) {
      const { root } = naive(leaves.slice(0, count));
      expect(tree.root(count)).toBe(root);
      for (let index = 0; index < count; index++) {
        const proof = tree.proof(index, count);
        expect(branchRoot(leaves[index] ?? "0x", proof, index)).toBe(root);
        if (index % 7 === 0) expect(proof).toEqual(naive(leaves.slice(0, count), index).proof);
      }
    }
  });

  test("after any truncation the tree is as if the forgotten leaves had never been", () => {
    let kept: Hex[] = [];
    const tree = createMerkleTree();
    for (let step = 0; step < 60; step++) {
      if (random.below(3) === 0) {
        kept = kept.slice(0, random.below(kept.length + 1));
        tree.truncate(kept.length);
      }
      for (let i = random.below(12); i > 0; i--) {
        const leaf = random.hex(32);
        kept.push(leaf);
        tree.append(leaf);
      }
      expect(tree.count).toBe(kept.length);
      expect(tree.root()).toBe(naive(kept).root);
      if (kept.length === 0) continue;
      const count = 1 + random.below(kept.length);
      const index = random.below(count);
      expect(tree.leaf(index)).toBe(kept[index]);
      expect(tree.proof(index, count)).toEqual(naive(kept.slice(0, count), index).proof);
    }
  });

  test("what it returned does not change when it is truncated and grows again", () => {
    const tree = treeOf(leaves);
    const [root, proof, leaf] = [tree.root(), tree.proof(3), tree.leaf(3)];
    tree.truncate(2);
    for (let i = 0; i < 40; i++) tree.append(random.hex(32));
    expect(branchRoot(leaf, proof, 3)).toBe(root);
  });

  test("zero is a leaf like others", () => {
    const zero = toHex(0, { size: 32 });
    const tree = treeOf([zero, zero, zero]);
    expect(tree.count).toBe(3);
    expect(tree.root()).toBe(EMPTY_ROOT);
    expect(branchRoot(zero, tree.proof(2), 2)).toBe(EMPTY_ROOT);
  });
});

describe("branchRoot", () => {
  const random = createRandom(5);
  const leaves = Array.from({ length: 13 }, () => random.hex(32));
  const tree = treeOf(leaves);

  test("any changed part of the proof leads elsewhere", () => {
    const root = tree.root();
    for (let index = 0; index < leaves.length; index++) {
      const leaf = tree.leaf(index);
      const proof = tree.proof(index);
      expect(branchRoot(flipByte(leaf, random.below(32)), proof, index)).not.toBe(root);
      for (let level = 0; level < 32; level++) {
        const tampered = proof.with(level, flipByte(proof[level] ?? "0x", random.below(32)));
        expect(branchRoot(leaf, tampered, index)).not.toBe(root);
        expect(branchRoot(leaf, proof, (index ^ (1 << level)) >>> 0)).not.toBe(root);
      }
    }
  });

  test("the highest index has all its siblings on the left", () => {
    const proof = Array.from({ length: 32 }, () => random.hex(32));
    const leaf = random.hex(32);
    const expected = proof.reduce((node, sibling) => keccak256(concat([sibling, node])), leaf);
    expect(branchRoot(leaf, proof, 2 ** 32 - 1)).toBe(expected);
  });

  test.each([-1, 0.5, 2 ** 32, Number.NaN])("index %d is refused", (index) => {
    expect(() => branchRoot(tree.leaf(0), tree.proof(0), index)).toThrow(FormatError);
  });

  test("a proof of another depth is refused: no node passes as a leaf", () => {
    const leaf = tree.leaf(0);
    const proof = tree.proof(0);
    const node = keccak256(concat([leaf, proof[0] ?? "0x"]));
    expect(() => branchRoot(node, proof.slice(1), 0)).toThrow(FormatError);
    expect(() => branchRoot(leaf, [...proof, leaf], 0)).toThrow(FormatError);
    expect(() => branchRoot(leaf, [], 0)).toThrow(FormatError);
  });

  test.each(["0x", `0x${"00".repeat(31)}`, `0x${"00".repeat(33)}`, "0xzz"] as Hex[])("node %s is refused", (node) => {
    expect(() => branchRoot(node, tree.proof(0), 0)).toThrow(FormatError);
    expect(() => branchRoot(tree.leaf(0), tree.proof(0).with(31, node), 0)).toThrow(FormatError);
  });
});

describe("bounds", () => {
  const leaf: Hex = `0x${"11".repeat(32)}`;

  test("an empty tree has no leaf and no proof", () => {
    const tree = createMerkleTree();
    expect(tree.root()).toBe(EMPTY_ROOT);
    expect(tree.root(0)).toBe(EMPTY_ROOT);
    expect(() => tree.leaf(0)).toThrow(FormatError);
    expect(() => tree.proof(0)).toThrow(FormatError);
    expect(() => tree.root(1)).toThrow(FormatError);
    expect(() => tree.truncate(1)).toThrow(FormatError);
  });

  test("nothing is known beyond the count", () => {
    const tree = treeOf([leaf, leaf, leaf]);
    expect(() => tree.root(4)).toThrow(FormatError);
    expect(() => tree.proof(3)).toThrow(FormatError);
    expect(() => tree.proof(2, 2)).toThrow(FormatError);
    expect(() => tree.proof(0, 4)).toThrow(FormatError);
    expect(() => tree.proof(0, 0)).toThrow(FormatError);
    expect(() => tree.leaf(3)).toThrow(FormatError);
    tree.truncate(2);
    expect(() => tree.leaf(2)).toThrow(FormatError);
    expect(() => tree.proof(0, 3)).toThrow(FormatError);
    expect(() => tree.root(3)).toThrow(FormatError);
  });

  test.each([-1, 0.5, 2 ** 32, Number.NaN])("%d is neither a count nor an index", (value) => {
    const tree = treeOf([leaf]);
    expect(() => tree.root(value)).toThrow(FormatError);
    expect(() => tree.proof(value)).toThrow(FormatError);
    expect(() => tree.proof(0, value)).toThrow(FormatError);
    expect(() => tree.leaf(value)).toThrow(FormatError);
    expect(() => tree.truncate(value)).toThrow(FormatError);
  });

  test("a leaf that is refused leaves the tree as it was", () => {
    const tree = treeOf([leaf]);
    const root = tree.root();
    for (const bad of ["0x", `0x${"11".repeat(31)}`, `0x${"11".repeat(33)}`, "0xzz"] as Hex[]) {
      expect(() => tree.append(bad)).toThrow(FormatError);
    }
    expect(tree.count).toBe(1);
    expect(tree.root()).toBe(root);
  });
});
