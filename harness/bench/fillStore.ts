import { setImmediate as turn } from "node:timers/promises";
import { openOriginRecords } from "../agents/originIndexTables.ts";
import { openRelayerStore } from "../agents/relayer/openRelayer.ts";
import { createMerkleTree } from "../protocol/merkleTree.ts";
import { encodeMessage, messageId } from "../protocol/message.ts";
import { storedChain } from "./storedChain.ts";

const PAGE = 5_000;
const HASH = `0x${"11".repeat(32)}` as const;

/** Writes a store as a relayer has it that has indexed, recorded and delivered `count` messages with bodies of 32 bytes. */
export async function fillStore({ file, domain, count }: { file: string; domain: number; count: number }) {
  await using store = await openRelayerStore({ file });
  const { mailbox, merkleTreeHook, fromBlock } = storedChain(domain);
  const source = { origin: domain, mailbox, tree: merkleTreeHook, fromBlock };
  const records = await openOriginRecords({ db: store.db, source });
  const tree = createMerkleTree();
  const common = { version: 3, origin: domain, sender: HASH, destination: domain + 1, recipient: HASH, body: HASH };
  for (let start = 0; start < count; start += PAGE) {
    const messages = Array.from({ length: Math.min(PAGE, count - start) }, (_, offset) => {
      const message = encodeMessage({ ...common, nonce: start + offset });
      const id = messageId(message);
      return { index: start + offset, id, message, blockNumber: BigInt(start), transactionHash: id };
    });
    const block = { number: BigInt(start), hash: HASH, count: start + messages.length, verified: true };
    await turn(); // libsql lets go of its memory only when the event loop turns
    await records.append({ block, messages });
    for (const { id } of messages) tree.append(id);
    for (let i = 0; i < messages.length; i += 500) {
      await store.db
        .insertInto("message")
        .values(
          messages.slice(i, i + 500).map(({ id, index, message }) => ({
            ...{
              id,
              origin: domain,
              destination: domain + 1,
              nonce: index,
              sender: HASH,
              recipient: HASH,
              raw: message,
            },
            ...{ dispatched_block: start, dispatched_tx: id, recorded_at: 0, state: "delivered" as const, attempts: 0 },
            ...{ next_attempt_at: 0, reason: null, tx: null, delivered_block: 1, delivered_tx: id, gas_used: 90_000 },
            ...{ updated_at: index, retried_at: null, wanted_wei: null, wanted_gas: null, wanted_lock: null },
          })),
        )
        .execute();
    }
  }
  const root = tree.root();
  await store.db
    .insertInto("recorded")
    .values({ origin: domain, destination: domain + 1, next_index: count, root })
    .execute();
}
