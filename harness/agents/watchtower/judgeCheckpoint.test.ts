import { keccak256, numberToHex } from "viem";
import { expect, it } from "vitest";
import { addressToBytes32 } from "../../protocol/address.ts";
import { createMerkleTree } from "../../protocol/merkleTree.ts";
import { judgeCheckpoint } from "./judgeCheckpoint.ts";

const merkleTreeHook = `0x${"aa".repeat(20)}` as const;
const tree = createMerkleTree();
for (let i = 0; i < 5; i++) tree.append(keccak256(numberToHex(i)));
const facts = { chain: { domain: 1, merkleTreeHook }, count: 4, tree };
const honest = (index: number) => ({
  tree: addressToBytes32(merkleTreeHook),
  leaf_index: index,
  root: tree.root(index + 1),
  message_id: tree.leaf(index),
});
const wrong = keccak256("0xbad0");

it.each([0, 1, 2, 3])("what the tree has at %i is honest", (index) => {
  expect(judgeCheckpoint(honest(index), facts)).toBe("honest");
});

it.each([0, 3])("at %i names the message id before the root, the root alone too", (index) => {
  expect(judgeCheckpoint({ ...honest(index), message_id: wrong }, facts)).toBe("wrong-message-id");
  expect(judgeCheckpoint({ ...honest(index), message_id: wrong, root: wrong }, facts)).toBe("wrong-message-id");
  expect(judgeCheckpoint({ ...honest(index), root: wrong }, facts)).toBe("wrong-root");
});

it("a root that the tree had at another index is wrong", () => {
  expect(judgeCheckpoint({ ...honest(2), root: tree.root(4) }, facts)).toBe("wrong-root");
  expect(judgeCheckpoint({ ...honest(2), root: tree.root(2) }, facts)).toBe("wrong-root");
});

it("a leaf that is not agreed on says nothing, although one node knows it", () => {
  expect(judgeCheckpoint(honest(4), facts)).toBe("ahead");
  expect(judgeCheckpoint({ ...honest(0), leaf_index: 4_294_967_294 }, facts)).toBe("ahead");
});

it("a tree that is not the Mailbox's is foreign wherever it points, also one that is no address", () => {
  const other = addressToBytes32(`0x${"bb".repeat(20)}`);
  expect(judgeCheckpoint({ ...honest(0), tree: other }, facts)).toBe("foreign-tree");
  expect(judgeCheckpoint({ ...honest(0), tree: other, leaf_index: 9 }, facts)).toBe("foreign-tree");
  const padded = `0x01${addressToBytes32(merkleTreeHook).slice(4)}` as const;
  expect(judgeCheckpoint({ ...honest(0), tree: padded }, facts)).toBe("foreign-tree");
});
