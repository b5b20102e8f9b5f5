import type { Hex } from "viem";
import { describe, expect, test } from "vitest";
import { createMerkleTree, zeroHashes } from "./merkleTree.ts";
import { multiproofRoot } from "./multiproofRoot.ts";
import { createRandom, flipByte } from "./testkit.ts";
import { FormatError } from "./wireFormat.ts";

const random = createRandom(11);
const tree = createMerkleTree();
for (let i = 0; i < 70; i++) tree.append(random.hex(32));

function choose(count: number): number[] {
  const rare = 1 + random.below(6);
  const chosen = Array.from({ length: count }, (_, index) => index).filter(() => random.below(rare) === 0);
  return chosen.length === 0 ? [random.below(count)] : chosen;
}

/** By the definition: what stands beside a known node, is not known, and has leaves below it. */
function naive(indices: readonly number[], count: number): Hex[] {
  const proofs = new Map(indices.map((index) => [index, tree.proof(index, count)]));
  const siblings: Hex[] = [];
  for (let level = 0; level < 32; level++) {
    const seen = new Set<number>();
    const known = new Set(indices.map((index) => Math.floor(index / 2 ** level)));
    for (const index of indices) {
      const beside = (Math.floor(index / 2 ** level) ^ 1) >>> 0;
      if (seen.has(beside) || known.has(beside) || beside * 2 ** level >= count) continue;
      seen.add(beside);
      siblings.push(proofs.get(index)?.[level] ?? "0x");
    }
  }
  return siblings;
}

describe("several leaves", () => {
  test("their proof is what stands beside them, and leads to the root", () => {
    for (let i = 0; i < 200; i++) {
      const count = 1 + random.below(tree.count);
      const indices = choose(count);
      const siblings = tree.multiproof(indices, count);
      expect(siblings).toEqual(naive(indices, count));
      const leaves = indices.map((index) => tree.leaf(index));
      expect(multiproofRoot(leaves, indices, count - 1, siblings)).toBe(tree.root(count));
    }
  });

  test("of one leaf it is the single proof without what is empty", () => {
    for (let count = 1; count <= tree.count; count++) {
      const index = random.below(count);
      const proof = tree.proof(index, count).filter((node, level) => node !== zeroHashes[level]);
      expect(tree.multiproof([index], count)).toEqual(proof);
    }
  });

  test("of all leaves it is empty", () => {
    for (const count of [1, 2, 3, 31, 32, 33, 64, 65]) {
      const all = Array.from({ length: count }, (_, index) => index);
      expect(tree.multiproof(all, count)).toEqual([]);
    }
  });

  test("any changed leaf, index or sibling leads elsewhere, or nowhere", () => {
    for (let i = 0; i < 100; i++) {
      const indices = choose(tree.count);
      const leaves = indices.map((index) => tree.leaf(index));
      const siblings = tree.multiproof(indices);
      const at = random.below(indices.length);
      const changed = leaves.with(at, flipByte(leaves[at] ?? "0x", random.below(32)));
      expect(multiproofRoot(changed, indices, 69, siblings)).not.toBe(tree.root());
      if (siblings.length > 0) {
        const which = random.below(siblings.length);
        const other = siblings.with(which, flipByte(siblings[which] ?? "0x", random.below(32)));
        expect(multiproofRoot(leaves, indices, 69, other)).not.toBe(tree.root());
        expect(() => multiproofRoot(leaves, indices, 69, siblings.slice(1))).toThrow(/too few/);
      }
      expect(() => multiproofRoot(leaves, indices, 69, [...siblings, random.hex(32)])).toThrow(/are needed/);
    }
  });

  test("out of order, twice, beyond the last, or none: refused on both sides", () => {
    const [a, b] = [tree.leaf(0), tree.leaf(1)];
    expect(() => multiproofRoot([b, a], [1, 0], 69, [])).toThrow(/out of order/);
    expect(() => multiproofRoot([a, a], [0, 0], 69, [])).toThrow(/out of order/);
    expect(() => multiproofRoot([a], [70], 69, [])).toThrow(/after the last/);
    expect(() => multiproofRoot([a], [], 69, [])).toThrow(FormatError);
    expect(() => multiproofRoot([], [], 69, [])).toThrow(FormatError);
    expect(() => multiproofRoot(["0x00"], [0], 69, [])).toThrow(FormatError);
    expect(() => tree.multiproof([])).toThrow(FormatError);
    expect(() => tree.multiproof([1, 0])).toThrow(FormatError);
    expect(() => tree.multiproof([1, 1])).toThrow(FormatError);
    expect(() => tree.multiproof([5], 5)).toThrow(FormatError);
    expect(() => tree.multiproof([5], 71)).toThrow(FormatError);
  });
});
