import { type Address, createPublicClient, createWalletClient, type Hex, http, parseAbi } from "viem";
import { foundry } from "viem/chains";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Anvil, startAnvil } from "../chains/anvil.ts";
import { localAccounts } from "../chains/localChains.ts";
import { type CoreDeployment, deployCore } from "../contracts/deployCore.ts";
import { addressToBytes32 } from "../protocol/address.ts";
import { checkpointDigest } from "../protocol/checkpoint.ts";
import { createMerkleTree, EMPTY_ROOT } from "../protocol/merkleTree.ts";
import { encodeMessage, messageId } from "../protocol/message.ts";
import { encodeMultisigBatchMetadata } from "../protocol/multisigBatchMetadata.ts";
import { encodeMerkleRootMetadata } from "../protocol/multisigMetadata.ts";
import { createRandom, flipByte } from "../protocol/testkit.ts";

const SEED = 20_001;
const MESSAGES = 70;
const PROOFS = 100;
const DOMAIN = 4_000_000_000;
const MAX_BODY = 200;

const mailboxAbi = parseAbi([
  "function dispatch(uint32 destination, bytes32 recipient, bytes body) payable returns (bytes32)",
]);
const treeAbi = parseAbi([
  "function root() view returns (bytes32)",
  "function count() view returns (uint32)",
  "function tree() view returns (bytes32[32] branch, uint256 count)",
]);
const ismAbi = parseAbi([
  "function verify(bytes metadata, bytes message) view returns (bool)",
  "function verifyBatch(bytes metadata, bytes[] messages) view returns (bool)",
]);

/** The tree of the contracts and the tree of the agents, fed with the same random messages, are one tree. */
describe("the tree on the chain and off it", () => {
  const random = createRandom(SEED);
  const tree = createMerkleTree();
  const messages: Hex[] = [];
  const blocks: bigint[] = [];
  const { sender, deployer, relayer } = localAccounts;
  let anvil: Anvil;
  let core: CoreDeployment;
  const chain = foundry;
  const transport = () => http(anvil.rpcUrl, { batch: true });
  const client = () => createPublicClient({ chain, transport: transport(), pollingInterval: 50 });

  beforeAll(async () => {
    anvil = await startAnvil({ chainId: chain.id });
    const set = { validators: [deployer.address, relayer.address] as Address[], threshold: 2 };
    core = await deployCore({ rpcUrl: anvil.rpcUrl, account: deployer, domain: DOMAIN, set, ism: "merkle-root" });
    blocks.push(await client().getBlockNumber());

    const wallet = createWalletClient({ account: sender, chain, transport: transport() });
    for (let nonce = 0; nonce < MESSAGES; nonce++) {
      const [destination, recipient, body] = [random.uint32(), random.hex(32), random.hex(random.below(MAX_BODY))];
      const args = [destination, recipient, body] as const;
      const request = { address: core.mailbox, abi: mailboxAbi, functionName: "dispatch", args } as const;
      const receipt = await client().waitForTransactionReceipt({ hash: await wallet.writeContract(request) });
      blocks.push(receipt.blockNumber);
      const from = addressToBytes32(sender.address);
      const bytes = encodeMessage({ version: 3, nonce, origin: DOMAIN, sender: from, destination, recipient, body });
      messages.push(bytes);
      tree.append(messageId(bytes));
    }
  });
  afterAll(() => anvil.stop());

  const read = <Name extends "root" | "count" | "tree">(functionName: Name, count: number) =>
    client().readContract({
      address: core.merkleTreeHook,
      abi: treeAbi,
      functionName,
      blockNumber: blocks[count] as bigint,
    });

  it("have the same count, root and stored nodes after every message", async () => {
    expect(await read("root", 0)).toBe(EMPTY_ROOT);
    for (let count = 0; count <= MESSAGES; count++) {
      const [chainCount, chainRoot, stored] = await Promise.all([
        read("count", count),
        read("root", count),
        read("tree", count),
      ]);
      expect(chainCount).toBe(count);
      expect(chainRoot).toBe(tree.root(count));
      const [branch, leaves] = stored as readonly [readonly Hex[], bigint];
      expect(leaves).toBe(BigInt(count));
      if (count === MESSAGES) continue;
      // Where the count has a bit, the stored node is the left sibling that the next leaf will have.
      const siblings = tree.proof(count, count + 1);
      const lefts = siblings.map((_, level) => level).filter((level) => (count >>> level) % 2 === 1);
      expect(lefts.map((level) => branch[level])).toEqual(lefts.map((level) => siblings[level]));
    }
  });

  it("agree on every proof, and on none that was tampered with", async () => {
    for (let i = 0; i < PROOFS; i++) {
      const count = 1 + random.below(MESSAGES);
      const index = random.below(count);
      const { metadata, message } = await signedProof(index, count);
      expect(await verify(metadata, message), `leaf ${index} of ${count}`).toBe(true);
      // One bit of the index or of the proof changed: bytes 32 to 36 and 68 to 1092 of the metadata.
      const offset = i % 4 === 0 ? 35 : 68 + random.below(1024);
      await expect(
        verify(flipByte(metadata, offset, 1 << random.below(8)), message),
        `byte ${offset}`,
      ).rejects.toThrow();
    }
  });

  it("agree on every proof of several leaves, and on none that was tampered with", async () => {
    for (let i = 0; i < PROOFS / 2; i++) {
      const count = 1 + random.below(MESSAGES);
      const rare = 1 + random.below(6);
      const chosen = Array.from({ length: count }, (_, index) => index).filter(() => random.below(rare) === 0);
      const indices = chosen.length === 0 ? [count - 1] : chosen;
      const siblings = tree.multiproof(indices, count);
      const { signed, signatures } = await signedRoot(count);
      const { merkleTreeHook, messageId: signedMessageId, index: signedIndex } = signed;
      const fields = { merkleTreeHook, signedMessageId, signedIndex, siblings, signatures };
      const metadata = encodeMultisigBatchMetadata(fields);
      const batch = indices.map((index) => messages[index] as Hex);
      expect(await verifyBatch(metadata, batch), `leaves ${indices} of ${count}`).toBe(true);

      const refused = async (bytes: Hex, those: readonly Hex[], what: string) =>
        expect(verifyBatch(bytes, those), what).rejects.toThrow();
      // One bit of the fields that are signed, of the number of siblings or of the siblings.
      const offset = i % 4 === 0 ? 64 + random.below(6) : 12 + random.below(58 + 32 * siblings.length);
      await refused(flipByte(metadata, offset, 1 << random.below(8)), batch, `byte ${offset}`);
      const another = random.below(batch.length);
      await refused(metadata, batch.with(another, flipByte(batch[another] as Hex, 10)), "another message");
      if (batch.length > 1) {
        await refused(metadata, batch.toReversed(), "in another order");
        await refused(metadata, batch.with(0, batch[1] as Hex), "one twice");
        await refused(metadata, batch.slice(1), "one fewer");
      }
      const longer = encodeMultisigBatchMetadata({ ...fields, siblings: [...siblings, random.hex(32)] });
      await refused(longer, batch, "a sibling more");
    }
  });

  /** The checkpoint of the tree with `count` leaves, and signatures of all validators over it. */
  async function signedRoot(count: number) {
    const signed = {
      origin: DOMAIN,
      merkleTreeHook: core.merkleTreeHook,
      root: tree.root(count),
      index: count - 1,
      messageId: tree.leaf(count - 1),
    };
    const raw = checkpointDigest(signed);
    const signatures = await Promise.all([deployer, relayer].map((key) => key.signMessage({ message: { raw } })));
    return { signed, signatures };
  }

  /** What the relayer would submit for leaf `index` under the checkpoint of the tree with `count` leaves. */
  async function signedProof(index: number, count: number): Promise<{ metadata: Hex; message: Hex }> {
    const { signed, signatures } = await signedRoot(count);
    const { merkleTreeHook, messageId: signedMessageId } = signed;
    const proof = tree.proof(index, count);
    const metadata = encodeMerkleRootMetadata({
      merkleTreeHook,
      messageIndex: index,
      signedMessageId,
      proof,
      signedIndex: count - 1,
      signatures,
    });
    return { metadata, message: messages[index] as Hex };
  }

  function verifyBatch(metadata: Hex, batch: readonly Hex[]): Promise<boolean> {
    return client().readContract({
      address: core.defaultIsm,
      abi: ismAbi,
      functionName: "verifyBatch",
      args: [metadata, batch],
    });
  }

  function verify(metadata: Hex, message: Hex): Promise<boolean> {
    return client().readContract({
      address: core.defaultIsm,
      abi: ismAbi,
      functionName: "verify",
      args: [metadata, message],
    });
  }
});
