import type { ChainConfig } from "../chains/chainConfig.ts";
import type { ChainClient } from "../chains/client.ts";
import type { MerkleTree } from "../protocol/merkleTree.ts";
import type { IndexState } from "./originIndex.ts";
import { treeAt } from "./originIndexChain.ts";
import { ChainNotReadyError, TreeMismatchError } from "./originIndexErrors.ts";
import type { OriginRecords } from "./originIndexTables.ts";

/** Makes the tree the one in the store, whoever has written that. */
export async function loadTree(records: OriginRecords, tree: MerkleTree): Promise<void> {
  let index = 0;
  for await (const id of records.ids()) {
    if (index >= tree.count || tree.leaf(index) !== id) {
      tree.truncate(index);
      tree.append(id);
    }
    index += 1;
  }
  tree.truncate(index);
}

/**
 * Reads on in the store what another process has written there up to its newest block.
 * @throws TreeMismatchError when that is not the chain's, ChainNotReadyError when there is nothing yet, viem's errors
 */
export async function readStored(parameters: {
  chain: ChainConfig;
  client: ChainClient;
  records: OriginRecords;
  tree: MerkleTree;
}): Promise<IndexState> {
  const { chain, client, records, tree } = parameters;
  const last = await records.newestBlock();
  if (last === undefined) throw new ChainNotReadyError(`no process has indexed anything of ${chain.name} yet`);
  if (tree.count > last.count) tree.truncate(last.count);
  for await (const id of records.ids(tree.count)) {
    if (tree.count === last.count) break;
    tree.append(id);
  }
  const onChain = await treeAt(client, chain.merkleTreeHook, last.hash);
  if (onChain.root !== tree.root()) await loadTree(records, tree); // it was rewound meanwhile
  const own = { count: tree.count, root: tree.root() };
  if (onChain.root !== own.root) {
    throw new TreeMismatchError({ name: chain.name, block: last.number, own, chain: onChain });
  }
  return { confirmedBlock: last.number, confirmedHash: last.hash, ...own };
}
