import type { Hex } from "viem";
import { addressToBytes32 } from "../../protocol/address.ts";
import type { MerkleTree } from "../../protocol/merkleTree.ts";
import type { Verdict } from "./schema.ts";

/** What is known of an origin, by all of its nodes. */
export type OriginFacts = {
  /** Its domain and its only genuine tree. */
  chain: { domain: number; merkleTreeHook: `0x${string}` };
  /** Leaves that are agreed on. */
  count: number;
  tree: MerkleTree;
};

/**
 * What a checkpoint of this origin is against the origin's own tree. A wrong message id is named first: it is wrong whatever
 * the root is.
 */
export function judgeCheckpoint(
  checkpoint: { tree: Hex; leaf_index: number; root: Hex; message_id: Hex },
  { chain, count, tree }: OriginFacts,
): Exclude<Verdict, "unjudged" | "premature" | "unwatched"> {
  const { leaf_index: index, root, message_id } = checkpoint;
  if (checkpoint.tree !== addressToBytes32(chain.merkleTreeHook)) return "foreign-tree";
  if (index >= count) return "ahead";
  if (tree.leaf(index) !== message_id) return "wrong-message-id";
  return tree.root(index + 1) === root ? "honest" : "wrong-root";
}
