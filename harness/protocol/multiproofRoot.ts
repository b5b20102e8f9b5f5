import type { Hex } from "viem";
import { parentNode, TREE_DEPTH, zeroHashes } from "./merkleTree.ts";
import { checkedHex, checkedUint32, FormatError } from "./wireFormat.ts";

/**
 * The root that several leaves and their multiproof (`MerkleTree.multiproof`) lead to, as `MerkleMultiproof.sol` computes it.
 * @param leaves 32 bytes each
 * @param indices theirs, strictly ascending, at most `lastIndex`
 * @param lastIndex uint32: the index of the last leaf under the root
 * @param siblings 32 bytes each
 * @throws FormatError when one of them is not so, or there are more or fewer siblings than the leaves need
 */
export function multiproofRoot(
  leaves: readonly Hex[],
  indices: readonly number[],
  lastIndex: number,
  siblings: readonly Hex[],
): Hex {
  checkedUint32("last index", lastIndex);
  if (leaves.length === 0 || leaves.length !== indices.length) {
    throw new FormatError(`${leaves.length} leaves at ${indices.length} indices prove nothing`);
  }
  let known = leaves.map((leaf, i) => {
    const position = checkedUint32("leaf index", indices[i] ?? -1);
    if (position > lastIndex) throw new FormatError(`leaf ${position} comes after the last one, ${lastIndex}`);
    if (i > 0 && position <= (indices[i - 1] ?? 0)) throw new FormatError(`leaf ${position} is out of order`);
    return { node: checkedHex(`leaves[${i}]`, leaf, 32), position };
  });
  let used = 0;
  const next = () => {
    const sibling = siblings[used];
    if (sibling === undefined) throw new FormatError(`the proof has ${siblings.length} siblings, which are too few`);
    return checkedHex(`siblings[${used++}]`, sibling, 32);
  };
  for (let level = 0; level < TREE_DEPTH; level++) {
    const last = Math.floor(lastIndex / 2 ** level);
    const above: typeof known = [];
    for (let i = 0; i < known.length; i++) {
      const { node, position } = known[i] as (typeof known)[number];
      const beside = known[i + 1];
      let parent: Hex;
      if (position % 2 === 1) parent = parentNode(next(), node);
      else if (position === last) parent = parentNode(node, zeroHashes[level] as Hex);
      else if (beside?.position !== position + 1) parent = parentNode(node, next());
      else {
        parent = parentNode(node, beside.node);
        i += 1;
      }
      above.push({ node: parent, position: Math.floor(position / 2) });
    }
    known = above;
  }
  if (used !== siblings.length) throw new FormatError(`the proof has ${siblings.length} siblings, ${used} are needed`);
  return (known[0] as (typeof known)[number]).node;
}
