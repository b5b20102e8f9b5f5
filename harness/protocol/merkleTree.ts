import { bytesToHex, type Hex, hexToBytes } from "viem";
import { keccakBytes } from "./keccak.ts";
import { checkedHex, checkedUint32, FormatError } from "./wireFormat.ts";

/** Levels above the leaves. The tree holds at most 2^32 - 1 leaves. */
export const TREE_DEPTH = 32;
const MAX_LEAVES = 2 ** TREE_DEPTH - 1;
const NODE_SIZE = 32;

const both = new Uint8Array(2 * NODE_SIZE);

const zeros = zeroNodes();

/** The roots of the empty subtrees: `zeroHashes[0]` is the empty leaf, `zeroHashes[i + 1] = keccak(zeroHashes[i] ‖ zeroHashes[i])`. */
export const zeroHashes: readonly Hex[] = zeros.slice(0, TREE_DEPTH).map((node) => bytesToHex(node));

/** The root of the tree without leaves. */
export const EMPTY_ROOT: Hex = bytesToHex(at(zeros, TREE_DEPTH));

/**
 * The incremental Merkle tree of depth 32 over message ids. It keeps every node of every full subtree, 64 bytes a leaf,
 * so that it knows its root and proofs at each count it ever had.
 */
export type MerkleTree = {
  /** The number of leaves. */
  readonly count: number;
  /** Adds a leaf of 32 bytes; one hash on average. @throws FormatError when the leaf is not 32 bytes or the tree is full */
  append(leaf: Hex): void;
  /** The root when the tree had `count` leaves, by default now; 32 hashes at most. @throws FormatError when it never had so many */
  root(count?: number): Hex;
  /**
   * The 32 siblings of leaf `index`, lowest first, against `root(count)`; 32 hashes at most.
   * @throws FormatError when leaf `index` was not among the first `count`, or the tree never had so many
   */
  proof(index: number, count?: number): Hex[];
  /**
   * The siblings that the leaves at `indices` need together against `root(count)`: level by level from the lowest, left to
   * right, what stands beside a node that is known and is neither known nor empty.
   * @param indices at least one, strictly ascending
   * @throws FormatError when they are not so, or one was not among the first `count`, or the tree never had so many
   */
  multiproof(indices: readonly number[], count?: number): Hex[];
  /** Leaf `index`. @throws FormatError when there is none */
  leaf(index: number): Hex;
  /** Forgets all leaves from index `count` on. @throws FormatError when the tree has fewer */
  truncate(count: number): void;
};

/** Creates an empty tree. */
export function createMerkleTree(): MerkleTree {
  // Level k holds the roots of the full subtrees of 2^k leaves: count >>> k of them are valid, whatever lies behind is stale.
  const levels = Array.from({ length: TREE_DEPTH }, () => new Uint8Array(0));
  let count = 0;

  function node(level: number, position: number): Uint8Array {
    return at(levels, level).subarray(position * NODE_SIZE, (position + 1) * NODE_SIZE);
  }

  function store(level: number, position: number, value: Uint8Array): void {
    let nodes = at(levels, level);
    const offset = position * NODE_SIZE;
    if (offset === nodes.length) {
      const grown = new Uint8Array(NODE_SIZE * Math.ceil((position + 1) * 1.5));
      grown.set(nodes);
      levels[level] = nodes = grown;
    }
    nodes.set(value, offset);
  }

  function checkedCount(value: number): number {
    if (checkedUint32("leaf count", value) > count) {
      throw new FormatError(`the tree has ${count} leaves, it is not known with ${value}`);
    }
    return value;
  }

  return {
    get count() {
      return count;
    },

    append(leaf) {
      let full: Uint8Array = hexToBytes(checkedHex("leaf", leaf, NODE_SIZE));
      if (count === MAX_LEAVES) throw new FormatError(`the tree is full, it has ${MAX_LEAVES} leaves`);

      let level = 0;
      let position = count;
      store(level, position, full);
      while (position % 2 === 1) {
        full = parent(node(level, position - 1), full);
        level += 1;
        position >>>= 1;
        store(level, position, full);
      }
      count += 1;
    },

    root(atCount = count) {
      checkedCount(atCount);
      // The edge is the node above the first empty leaf: all to its left is full, all to its right is empty.
      let edge = at(zeros, 0);
      for (let level = 0; level < TREE_DEPTH; level++) {
        edge = edgeAbove(edge, level, atCount);
      }
      return bytesToHex(edge);
    },

    proof(index, atCount = count) {
      checkedCount(atCount);
      if (checkedUint32("leaf index", index) >= atCount) {
        throw new FormatError(`leaf ${index} is not among the first ${atCount} leaves`);
      }
      const siblings: Hex[] = [];
      let edge: Uint8Array | undefined = at(zeros, 0);
      for (let level = 0; level < TREE_DEPTH; level++) {
        const sibling = ((index >>> level) ^ 1) >>> 0;
        const edgePosition = atCount >>> level;
        if (sibling < edgePosition) {
          siblings.push(bytesToHex(node(level, sibling)));
        } else if (sibling === edgePosition && edge !== undefined) {
          siblings.push(bytesToHex(edge));
          edge = undefined; // from here up, the leaf itself is below the edge
        } else {
          siblings.push(at(zeroHashes, level));
        }
        if (edge !== undefined) edge = edgeAbove(edge, level, atCount);
      }
      return siblings;
    },

    multiproof(indices, atCount = count) {
      checkedCount(atCount);
      assertAscending(indices, atCount);
      const siblings: Hex[] = [];
      let known: readonly number[] = indices;
      let edge = at(zeros, 0);
      for (let level = 0; level < TREE_DEPTH; level++) {
        const edgePosition = atCount >>> level;
        for (const [i, position] of known.entries()) {
          const sibling = (position ^ 1) >>> 0;
          if (known[i - 1] === sibling || known[i + 1] === sibling) continue;
          if (sibling < edgePosition) siblings.push(bytesToHex(node(level, sibling)));
          else if (sibling * 2 ** level < atCount) siblings.push(bytesToHex(edge));
        }
        edge = edgeAbove(edge, level, atCount);
        known = known.map((position) => position >>> 1).filter((position, i, all) => position !== all[i - 1]);
      }
      return siblings;
    },

    leaf(index) {
      if (checkedUint32("leaf index", index) >= count) {
        throw new FormatError(`there is no leaf ${index}, the tree has ${count}`);
      }
      return bytesToHex(node(0, index));
    },

    truncate(newCount) {
      count = checkedCount(newCount);
    },
  };

  function edgeAbove(edge: Uint8Array, level: number, atCount: number): Uint8Array {
    const position = atCount >>> level;
    return position % 2 === 1 ? parent(node(level, position - 1), edge) : parent(edge, at(zeros, level));
  }
}

/**
 * The root that a leaf and its proof lead to. Bit i of `index`, from the lowest, says that `proof[i]` is the left sibling.
 * @param leaf 32 bytes
 * @param proof exactly 32 siblings of 32 bytes each, lowest first
 * @param index uint32
 * @throws FormatError when one of them is not so
 */
export function branchRoot(leaf: Hex, proof: readonly Hex[], index: number): Hex {
  checkedUint32("leaf index", index);
  if (proof.length !== TREE_DEPTH) {
    throw new FormatError(`a proof has ${TREE_DEPTH} siblings, not ${proof.length}`);
  }
  let node: Uint8Array = hexToBytes(checkedHex("leaf", leaf, NODE_SIZE));
  for (const [level, hex] of proof.entries()) {
    const sibling = hexToBytes(checkedHex(`proof[${level}]`, hex, NODE_SIZE));
    node = (index >>> level) % 2 === 1 ? parent(sibling, node) : parent(node, sibling);
  }
  return bytesToHex(node);
}

/** The node above two nodes of 32 bytes. */
export function parentNode(left: Hex, right: Hex): Hex {
  return bytesToHex(parent(hexToBytes(left), hexToBytes(right)));
}

function assertAscending(indices: readonly number[], count: number): void {
  if (indices.length === 0) throw new FormatError("there are no leaves to prove");
  for (const [i, index] of indices.entries()) {
    if (checkedUint32("leaf index", index) >= count) {
      throw new FormatError(`leaf ${index} is not among the first ${count} leaves`);
    }
    if (i > 0 && index <= at(indices, i - 1)) {
      throw new FormatError(`leaf ${index} comes after leaf ${at(indices, i - 1)}: sort them, each once`);
    }
  }
}

function parent(left: Uint8Array, right: Uint8Array): Uint8Array {
  both.set(left);
  both.set(right, NODE_SIZE);
  return keccakBytes(both);
}

function zeroNodes(): Uint8Array[] {
  const nodes: Uint8Array[] = [new Uint8Array(NODE_SIZE)];
  while (nodes.length <= TREE_DEPTH) {
    const below = at(nodes, nodes.length - 1);
    nodes.push(parent(below, below));
  }
  return nodes;
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError(`no item ${index} of ${items.length}`);
  return item;
}
