import { concat, encodeFunctionData, type Hex, keccak256, numberToHex, parseAbi, toHex } from "viem";
import { describe, expect, it } from "vitest";
import { mailboxAbi, optimisticIsmAbi } from "../../contracts/abi.ts";
import { addressToBytes32 } from "../../protocol/address.ts";
import { encodeAggregationMetadata } from "../../protocol/aggregationMetadata.ts";
import { encodeDeliveryGroups } from "../../protocol/deliveryGroups.ts";
import { createMerkleTree } from "../../protocol/merkleTree.ts";
import { encodeMessage, messageId } from "../../protocol/message.ts";
import { encodeMultisigBatchMetadata } from "../../protocol/multisigBatchMetadata.ts";
import { encodeMerkleRootMetadata, encodeMessageIdMetadata } from "../../protocol/multisigMetadata.ts";
import { messagesInCalldata, signaturesInMetadata } from "./calldataSignatures.ts";

const merkleTreeHook = `0x${"aa".repeat(20)}` as const;
const word = (number: number): Hex => keccak256(numberToHex(number));
const signature = (number: number): Hex => concat([word(number), word(number + 1), "0x1b"]);

function message(nonce: number): Hex {
  const address = `0x${"00".repeat(32)}` as const;
  return encodeMessage({
    version: 3,
    nonce,
    origin: 31_337,
    sender: address,
    destination: 2,
    recipient: address,
    body: toHex("body"),
  });
}

const process = (metadata: Hex, bytes: Hex) =>
  encodeFunctionData({ abi: mailboxAbi, functionName: "process", args: [metadata, bytes] });

const processBatch = (groups: Hex, messages: readonly Hex[]) =>
  encodeFunctionData({ abi: mailboxAbi, functionName: "processBatch", args: [groups, messages] });

describe("messagesInCalldata", () => {
  it("finds the message of a delivery and of a pre-verification", () => {
    const bytes = message(1);
    const expected = { id: messageId(bytes), message: bytes, origin: 31_337, metadata: "0x1234" };
    expect(messagesInCalldata(process("0x1234", bytes))).toEqual([expected]);
    const preVerify = encodeFunctionData({ abi: optimisticIsmAbi, functionName: "preVerify", args: ["0x1234", bytes] });
    expect(messagesInCalldata(preVerify)).toEqual([expected]);
  });

  it("finds each message of a batch, with those that it was verified with", () => {
    const messages = [1, 2, 3].map(message);
    const groups = encodeDeliveryGroups([
      { count: 2, gasLimit: 1, metadata: "0x1234" },
      { count: 1, gasLimit: 1, metadata: "0x56" },
    ]);
    const found = messagesInCalldata(processBatch(groups, messages));
    const carried = (i: number, metadata: Hex) => ({
      id: messageId(messages[i] as Hex),
      message: messages[i],
      origin: 31_337,
      metadata,
    });
    const group = messages.slice(0, 2);
    expect(found).toEqual([{ ...carried(0, "0x1234"), group }, { ...carried(1, "0x1234"), group }, carried(2, "0x56")]);
  });

  it("finds nothing in a batch that no Mailbox takes, and looks at so many messages and no more", () => {
    const messages = [message(1), "0x1234"] as const;
    const groups = encodeDeliveryGroups([{ count: 2, gasLimit: 1, metadata: "0x" }]);
    expect(messagesInCalldata(processBatch(groups, messages))).toEqual([]);
    expect(messagesInCalldata(processBatch(groups.slice(0, -2) as Hex, [message(1), message(2)]))).toEqual([]);
    const many = Array.from({ length: 500 }, (_, nonce) => message(nonce));
    const each = encodeDeliveryGroups([{ count: 500, gasLimit: 1, metadata: "0x" }]);
    const calls = [1, 2, 3].map(() => processBatch(each, many));
    expect(messagesInCalldata(concat(calls))).toHaveLength(500);
    const different = [0, 1].map((from) => processBatch(each, many.toSpliced(from, 1, message(999))));
    expect(messagesInCalldata(concat([...different, processBatch(each, many)]))).toHaveLength(1_500);
  });

  it("finds each of several in a call of another contract", () => {
    const abi = parseAbi(["function aggregate((address target, bytes callData)[] calls)"]);
    const calls = [1, 2, 3].map((nonce) => ({ target: merkleTreeHook, callData: process("0x", message(nonce)) }));
    const data = encodeFunctionData({ abi, functionName: "aggregate", args: [calls] });
    const found = messagesInCalldata(data);
    expect(found.map(({ id }) => id)).toEqual([1, 2, 3].map((nonce) => messageId(message(nonce))));
  });

  it("finds it at an odd place, and not at half a byte", () => {
    const call = process("0x", message(1));
    expect(messagesInCalldata(concat(["0x112233", call]))).toHaveLength(1);
    expect(messagesInCalldata(`0x1${call.slice(2)}2`)).toEqual([]);
  });

  it.each<[string, Hex]>([
    ["nothing", "0x"],
    ["a call of something else", "0x12345678"],
    ["a selector alone", "0x7c39d130"],
    ["a message that is none", process("0x", "0x1234")],
    ["a message of another version", process("0x", `0x01${message(1).slice(4)}`)],
    ["bytes that are not there", concat([process("0x", message(1)).slice(0, 60) as Hex, "0x00"])],
    ["lengths beyond all", concat(["0x7c39d130", `0x${"ff".repeat(64)}`])],
    ["more than is looked at", concat([process("0x", message(1)), `0x${"00".repeat(256 * 1024)}`])],
  ])("finds nothing in %s", (_, data) => {
    expect(messagesInCalldata(data)).toEqual([]);
  });

  it("looks at so many and no more", () => {
    const calls = Array.from({ length: 300 }, (_, nonce) => process("0x", message(nonce)));
    expect(messagesInCalldata(concat(calls))).toHaveLength(128);
  });
});

describe("signaturesInMetadata", () => {
  const bytes = message(1);
  const id = messageId(bytes);
  const find = (metadata: Hex) => signaturesInMetadata({ id, origin: 31_337, metadata });
  const signatures = [signature(10), signature(20), signature(30)];
  const messageIdMetadata = encodeMessageIdMetadata({ merkleTreeHook, root: word(1), index: 7, signatures });
  const tree = createMerkleTree();
  for (const leaf of [word(3), id, word(4)]) tree.append(leaf);
  const merkleRootMetadata = encodeMerkleRootMetadata({
    merkleTreeHook,
    messageIndex: 1,
    signedMessageId: word(4),
    proof: tree.proof(1, 3),
    signedIndex: 2,
    signatures,
  });
  const ofMessageId = {
    origin: 31_337,
    tree: addressToBytes32(merkleTreeHook),
    root: word(1),
    index: 7,
    messageId: id,
  };
  const ofMerkleRoot = {
    origin: 31_337,
    tree: addressToBytes32(merkleTreeHook),
    root: tree.root(),
    index: 2,
    messageId: word(4),
  };

  it.each<[string, Hex, object]>([
    ["a message-id multisig", messageIdMetadata, ofMessageId],
    ["a merkle-root multisig", merkleRootMetadata, ofMerkleRoot],
    ["an aggregation", encodeAggregationMetadata([undefined, messageIdMetadata, "0x"]), ofMessageId],
    [
      "an aggregation in one",
      encodeAggregationMetadata([encodeAggregationMetadata([merkleRootMetadata]), undefined, "0x1234"]),
      ofMerkleRoot,
    ],
  ])("finds those of %s, over the checkpoint that they are of", (_, metadata, checkpoint) => {
    const found = find(metadata).filter(
      (candidate) => JSON.stringify(candidate.checkpoint) === JSON.stringify(checkpoint),
    );
    expect(found.map((candidate) => candidate.signature)).toEqual(signatures);
  });

  it("finds those of a batch, also inside an aggregation, over the root that it proves", () => {
    const group = [0, 2].map(message);
    const leaves = createMerkleTree();
    for (const leaf of [messageId(message(0)), word(3), messageId(message(2)), word(4)]) leaves.append(leaf);
    const metadata = encodeMultisigBatchMetadata({
      merkleTreeHook,
      signedMessageId: word(4),
      signedIndex: 3,
      siblings: leaves.multiproof([0, 2]),
      signatures,
    });
    const checkpoint = { ...ofMerkleRoot, root: leaves.root(), index: 3 };
    for (const shown of [metadata, encodeAggregationMetadata([undefined, metadata])]) {
      const found = signaturesInMetadata({ id: messageId(message(0)), origin: 31_337, metadata: shown, group });
      const good = found.filter((candidate) => JSON.stringify(candidate.checkpoint) === JSON.stringify(checkpoint));
      expect(good.map((candidate) => candidate.signature)).toEqual(signatures);
    }
    const others = [0, 1, 2].map(message);
    expect(signaturesInMetadata({ id, origin: 31_337, metadata, group: others })).toEqual([]);
  });

  it("keeps a tree that is no address as it is: a module takes any", () => {
    const metadata = `0x${"ee".repeat(32)}${messageIdMetadata.slice(66)}` as Hex;
    expect(find(metadata)[0]?.checkpoint.tree).toBe(`0x${"ee".repeat(32)}`);
  });

  it("finds nothing in what is too short", () => {
    expect(find("0x")).toEqual([]);
    expect(find(messageIdMetadata.slice(0, 2 + 2 * 132) as Hex)).toEqual([]);
  });

  it("ends soon, whatever is nested in what", () => {
    // Each part is nearly the whole again.
    const table = Array.from(
      { length: 40 },
      () => `${numberToHex(320, { size: 4 })}${numberToHex(9_000, { size: 4 })}`,
    );
    const entries = table.join("").replaceAll("0x", "");
    const hostile = `0x${entries.repeat(30)}`.slice(0, 2 + 2 * 9_000) as Hex;
    expect(find(hostile).length).toBeLessThanOrEqual(512);
  });
});
