import { type Address, concat, createWalletClient, encodeFunctionData, type Hex, http, toHex, zeroHash } from "viem";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Anvil, startAnvil } from "../../chains/anvil.ts";
import { createChainClient } from "../../chains/client.ts";
import { localAccounts } from "../../chains/localChains.ts";
import { mailboxAbi } from "../../contracts/abi.ts";
import { type CoreDeployment, deployCore } from "../../contracts/deployCore.ts";
import { addressToBytes32 } from "../../protocol/address.ts";
import { checkpointDigest } from "../../protocol/checkpoint.ts";
import { encodeMessage, messageId } from "../../protocol/message.ts";
import { encodeMessageIdMetadata } from "../../protocol/multisigMetadata.ts";
import { classifyForeign } from "./classifyForeign.ts";
import type { Agreement, WatchedChain } from "./followChain.ts";
import type { ForeignTable } from "./schema.ts";

const ORIGIN = 92;
const DESTINATION = 91;
const merkleTreeHook: Address = `0x${"aa".repeat(20)}`;
const recipient: Address = `0x${"bb".repeat(20)}`;
const account = localAccounts.deployer;
const validator = localAccounts.relayer;

/** Never dispatched anywhere; the default module takes it with a signature of its one validator. */
const message = encodeMessage({
  ...{ version: 3, nonce: 0, origin: ORIGIN, sender: zeroHash, destination: DESTINATION },
  ...{ recipient: addressToBytes32(recipient), body: toHex("forged") },
});
const id = messageId(message);

let anvil: Anvil;
let core: CoreDeployment;
let good: Hex;

beforeAll(async () => {
  anvil = await startAnvil({ chainId: DESTINATION });
  const set = { validators: [validator.address], threshold: 1 };
  core = await deployCore({ rpcUrl: anvil.rpcUrl, account, set, development: true });
  const root = toHex("root", { size: 32 });
  const digest = checkpointDigest({ origin: ORIGIN, merkleTreeHook, root, index: 0, messageId: id });
  const signatures = [await validator.signMessage({ message: { raw: digest } })];
  good = encodeMessageIdMetadata({ merkleTreeHook, root, index: 0, signatures });
});
afterAll(() => anvil.stop());

const process = (metadata: Hex) =>
  encodeFunctionData({ abi: mailboxAbi, functionName: "process", args: [metadata, message] });

/** Asks two nodes how the message was verified that a transaction with these calls brought. */
async function classify(calls: readonly Hex[]) {
  const client = createChainClient(anvil);
  const wallet = createWalletClient({ account, transport: http(anvil.rpcUrl) });
  const hash = await wallet.sendTransaction({ chain: null, to: recipient, data: concat(calls) });
  const { blockNumber } = await client.waitForTransactionReceipt({ hash, pollingInterval: 10 });
  const views = ["a", "b"].map((name) => ({ name, client }));
  const row = { kind: "delivery", recipient, message_id: id, tx_hash: hash, block_number: Number(blockNumber) };
  return classifyForeign(row as ForeignTable, {
    watched: { chain: { name: "destination", mailbox: core.mailbox }, quorum: 2 } as WatchedChain,
    agreement: { views } as unknown as Agreement,
    protects: { recipients: [], verifiers: [] },
  });
}

it("proves by the metadata of the delivery that the default module took it", async () => {
  expect(await classify([process(good)])).toEqual({
    class: "proven",
    why: `module ${core.defaultIsm.toLowerCase()} verifies it`,
  });
});

it.each([
  ["before", (decoy: Hex, real: Hex) => [decoy, real]],
  ["behind", (decoy: Hex, real: Hex) => [real, decoy]],
])("is not led astray by the same message with worthless metadata %s the delivery", async (_, order) => {
  expect((await classify(order(process("0x1234"), process(good)))).class).toBe("proven");
});

it("is elsewhere where no metadata that is shown satisfies the module", async () => {
  expect((await classify([process("0x1234"), process("0x5678")])).class).toBe("elsewhere");
});
