import {
  type Abi,
  type Address,
  concat,
  decodeEventLog,
  encodeAbiParameters,
  encodeFunctionData,
  getAbiItem,
  type Hex,
  hexToBigInt,
  keccak256,
  numberToHex,
  parseEther,
  size,
  slice,
  toFunctionSelector,
  zeroAddress,
} from "viem";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { LocalChain } from "../../chains/localChains.ts";
import { localAccounts } from "../../chains/localChains.ts";
import { mailboxAbi, messageIdAuthorizedIsmAbi } from "../../contracts/abi.ts";
import { addressToBytes32 } from "../../protocol/address.ts";
import { createWorld, type World } from "../../world/createWorld.ts";
import { type Sent, sentIn } from "../../world/dispatchMessages.ts";
import { control, deploy, statusOf, write } from "../kit.ts";
import { type Forge, fromDomain, openForge } from "./kit.ts";

const VALUE = parseEther("1");
const ALIAS_OFFSET = 0x1111000000000000000000000000000000001111n;
const attacker = localAccounts.sender.address;
const deployer = localAccounts.deployer.address;

let world: World;
let forge: Forge;
let alpha: LocalChain;
let beta: LocalChain;

beforeAll(async () => {
  world = await createWorld();
  forge = await openForge(world);
  ({ alpha, beta } = world.chains);
});

afterAll(async () => {
  await forge[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

type Contract = { address: Address; abi: Abi };

/** A transaction from any account of a chain, its value given to it before. What a bridge's own node does. */
async function as(chain: LocalChain, from: Address, to: Address, data: Hex, value = 0n): Promise<void> {
  const node = control(chain);
  await node.impersonateAccount({ address: from });
  await node.setBalance({ address: from, value: value + VALUE });
  const hash = await node.sendUnsignedTransaction({ from, to, data, value, gas: 2_000_000n });
  const { status } = await node.waitForTransactionReceipt({ hash });
  await node.stopImpersonatingAccount({ address: from });
  expect(status).toBe("success");
}

/** A hook on alpha that feeds a module on beta, which a recipient there names. */
async function connect(hook: { name: string; bridge: Address; args?: readonly unknown[] }, module: Contract) {
  const { mailbox } = alpha.config;
  const args = [mailbox, beta.config.domain, addressToBytes32(module.address), hook.bridge, ...(hook.args ?? [])];
  const deployed = await deploy(alpha, hook.name, args);
  await write(beta, { ...module, functionName: "setAuthorizedHook", args: [addressToBytes32(deployed.address)] });
  const recipient = await deploy(beta, "WealthyRecipient", [module.address]);
  return { module, hook: deployed, recipient };
}

type Route = Awaited<ReturnType<typeof connect>>;

/** Alpha's deployer dispatches through the hook, with value for the recipient, and the relayer sees it. */
async function send({ hook, recipient }: Route, body: Hex, value: bigint): Promise<Sent> {
  const metadata = concat(["0x0001", numberToHex(value, { size: 32 })]);
  const args = [beta.config.domain, addressToBytes32(recipient.address), body, metadata, hook.address] as const;
  const data = encodeFunctionData({ abi: mailboxAbi, functionName: "dispatch", args });
  const node = control(alpha);
  const nonce = await node.getTransactionCount({ address: deployer });
  await as(alpha, deployer, alpha.config.mailbox, data, value);
  const block = await node.getBlock({ includeTransactions: true });
  const transaction = block.transactions.find((t) => t.from === deployer.toLowerCase() && t.nonce === nonce);
  if (transaction === undefined) throw new Error("the dispatch is not in the latest block");
  return sentIn(await node.getTransactionReceipt({ hash: transaction.hash }));
}

/** The event that a bridge's contract emitted for a message. */
function eventOf<const name extends string>({ receipt }: Sent, { address, abi }: Contract, name: name) {
  const log = receipt.logs.find((entry) => {
    if (entry.address !== address.toLowerCase()) return false;
    return decodeEventLog({ abi, ...entry, strict: false }).eventName === name;
  });
  if (log === undefined) throw new Error(`${address} emitted no ${name}`);
  return decodeEventLog({ abi, ...log }).args as unknown as Record<string, never>;
}

const preVerify = (id: Hex, value: bigint) =>
  encodeFunctionData({ abi: messageIdAuthorizedIsmAbi, functionName: "preVerifyMessage", args: [id, value] });

/** Nothing was brought yet: nobody can deliver it, and the relayer says what it waits for. */
async function expectNotDeliverable({ module, hook }: Route, sent: Sent, bridge: string): Promise<void> {
  expect(await forge.process("0x", sent.message)).toMatch(/^reverted: NotVerified\(/);
  await world.rounds(3);
  const { state, reason } = await statusOf(world, sent.id);
  expect(state).toBe("waiting");
  expect(reason).toBe(
    `module ${module.address.toLowerCase()}: ${bridge} has not brought the message from hook ` +
      `${hook.address.toLowerCase()} on domain ${alpha.config.domain}`,
  );
  const forged = { address: module.address, abi: messageIdAuthorizedIsmAbi, functionName: "preVerifyMessage" } as const;
  await expect(control(beta).simulateContract({ ...forged, args: [sent.id, 0n], account: attacker })).rejects.toThrow(
    /NotCrossChainCall/,
  );
}

/** It was brought: exactly that message is deliverable, once, and its recipient has the value. */
async function expectDelivered({ recipient }: Route, sent: Sent, value: bigint): Promise<void> {
  expect(await forge.process("0x", `${sent.message}00`)).toMatch(/^reverted: NotVerified\(/);
  expect(await forge.process("0x", fromDomain(sent.message, 31_338))).toMatch(/^reverted: NotVerified\(/);
  await world.until(() => world.delivered("beta", sent.id), "delivered");
  expect(await control(beta).getBalance({ address: recipient.address })).toBe(value);
  expect(await control(beta).readContract({ ...recipient, functionName: "handled" })).toBe(1n);
}

it("OP stack, L1 to L2: what the messenger relays is delivered with its value", async () => {
  const portal = await deploy(alpha, "OptimismPortalMock");
  const l1 = await deploy(alpha, "L1CrossDomainMessengerMock", [portal.address]);
  const passer = await deploy(beta, "MessagePasserMock");
  const l2 = await deploy(beta, "L2CrossDomainMessengerMock", [passer.address]);
  await write(alpha, { ...l1, functionName: "setOtherMessenger", args: [l2.address] });
  await write(beta, { ...l2, functionName: "setOtherMessenger", args: [l1.address] });
  const module = await deploy(beta, "OPStackIsm", [l2.address]);
  const route = await connect({ name: "OPStackHook", bridge: l1.address }, module);

  const sent = await send(route, "0x01", VALUE);
  await expectNotDeliverable(route, sent, "the bridge that feeds it");

  /** The L2's node executes a deposit. */
  async function execute(deposit: Record<string, never>): Promise<void> {
    const { from, to, opaqueData } = deposit as unknown as { from: Address; to: Address; opaqueData: Hex };
    await as(beta, from, to, slice(opaqueData, 73), hexToBigInt(slice(opaqueData, 0, 32)));
  }
  const alias = numberToHex((hexToBigInt(l1.address) + ALIAS_OFFSET) % 2n ** 160n, { size: 20 });
  const deposit = eventOf(sent, portal, "TransactionDeposited");
  expect(String(deposit.from).toLowerCase()).toBe(alias);

  // The attacker sends the same call through the same bridge: relayed, and refused by the module.
  const args = [module.address, preVerify(sent.id, 0n), 100_000] as const;
  const data = encodeFunctionData({ abi: l1.abi, functionName: "sendMessage", args });
  await as(alpha, attacker, l1.address, data);
  const [forged] = await control(alpha).getContractEvents({ ...portal, eventName: "TransactionDeposited" });
  await execute((forged as unknown as { args: Record<string, never> }).args);
  expect(await forge.process("0x", sent.message)).toMatch(/^reverted: NotVerified\(/);

  await execute(deposit);
  await expectDelivered(route, sent, VALUE);
});

it("OP stack, L2 to L1: what was finalized is delivered, and metadata can finalize it", async () => {
  const passer = await deploy(alpha, "MessagePasserMock");
  const l2 = await deploy(alpha, "L2CrossDomainMessengerMock", [passer.address]);
  const portal = await deploy(beta, "OptimismPortalMock");
  const l1 = await deploy(beta, "L1CrossDomainMessengerMock", [portal.address]);
  await write(alpha, { ...l2, functionName: "setOtherMessenger", args: [l1.address] });
  await write(beta, { ...l1, functionName: "setOtherMessenger", args: [l2.address] });
  await control(beta).setBalance({ address: portal.address, value: VALUE });
  const module = await deploy(beta, "OPL2ToL1Ism", [l1.address]);
  const hook = { name: "OPL2ToL1Hook", bridge: l2.address, args: [zeroAddress] };
  const route = await connect(hook, module);

  const sent = await send(route, "0x02", VALUE);
  await expectNotDeliverable(route, sent, "the OP stack's portal");
  const { withdrawalHash, ...withdrawal } = eventOf(sent, passer, "MessagePassed");
  const finalize = getAbiItem({ abi: portal.abi, name: "finalizeWithdrawalTransaction" });
  if (finalize?.type !== "function") throw new Error("the portal has no finalizeWithdrawalTransaction");
  const metadata = encodeAbiParameters(finalize.inputs, [withdrawal]);

  expect(await forge.process(metadata, sent.message)).toContain(toFunctionSelector("function Unproven()"));
  await write(beta, { ...portal, functionName: "prove", args: [withdrawalHash] });
  expect(await forge.process(metadata, sent.message)).toBe("delivered");
  expect(await forge.process(metadata, `${sent.message}00`)).toMatch(/^reverted: NotThisMessage\(/);
  await write(beta, { ...portal, functionName: "finalizeWithdrawalTransaction", args: [withdrawal] });
  expect(await forge.process(metadata, sent.message)).toBe("delivered"); // though somebody was faster
  await expectDelivered(route, sent, VALUE);
});

it("Arbitrum, L2 to L1: what was executed at the outbox is delivered, and metadata can execute it", async () => {
  const arbSys = await deploy(alpha, "ArbSysMock");
  const bridge = await deploy(beta, "ArbBridgeMock");
  const outbox = await deploy(beta, "ArbOutboxMock", [bridge.address]);
  await write(beta, { ...bridge, functionName: "setOutbox", args: [outbox.address, true] });
  await control(beta).setBalance({ address: bridge.address, value: VALUE });
  const module = await deploy(beta, "ArbL2ToL1Ism", [bridge.address, outbox.address]);
  const route = await connect({ name: "ArbL2ToL1Hook", bridge: arbSys.address, args: [zeroAddress] }, module);

  const sent = await send(route, "0x03", VALUE);
  await expectNotDeliverable(route, sent, "Arbitrum's outbox");
  const { hash, ...event } = eventOf(sent, arbSys, "L2ToL1Tx") as Record<string, unknown>;
  const fields = [
    ...[[], event.position, event.caller, event.destination, event.arbBlockNum, event.ethBlockNum],
    ...[event.timestamp, event.callvalue, event.data],
  ];
  const execute = getAbiItem({ abi: outbox.abi, name: "executeTransaction" });
  if (execute?.type !== "function") throw new Error("the outbox has no executeTransaction");
  const metadata = encodeAbiParameters(execute.inputs, fields);

  const unknownRoot = toFunctionSelector("function UnknownRoot(bytes32)");
  expect(await forge.process(metadata, sent.message)).toContain(unknownRoot);
  // A tree of one message is its leaf.
  await write(beta, {
    ...outbox,
    functionName: "confirm",
    args: [keccak256(numberToHex(hash as bigint, { size: 32 }))],
  });
  expect(await forge.process(metadata, sent.message)).toBe("delivered");
  expect(await forge.process(metadata, `${sent.message}00`)).toMatch(/^reverted: NotThisMessage\(/);
  await write(beta, { ...outbox, functionName: "executeTransaction", args: fields });
  await expectDelivered(route, sent, VALUE);
});

it("ERC-5164: what the executor brings from the hook, and from its chain, is delivered", async () => {
  const dispatcher = await deploy(alpha, "MessageDispatcherMock", [beta.config.domain]);
  const executor = await deploy(beta, "MessageExecutorMock", [deployer]);
  const module = await deploy(beta, "ERC5164Ism", [executor.address, alpha.config.domain]);
  const route = await connect({ name: "ERC5164Hook", bridge: dispatcher.address }, module);

  const sent = await send(route, "0x04", 0n);
  await expectNotDeliverable(route, sent, "the bridge that feeds it");
  const { messageId, from, to, data } = eventOf(sent, dispatcher, "MessageDispatched") as Record<string, unknown>;
  expect(size(data as Hex)).toBe(68);
  const execute = (origin: number, sender: unknown) =>
    write(beta, { ...executor, functionName: "executeMessage", args: [to, data, messageId, origin, sender] });
  await expect(execute(31_338, from)).rejects.toThrow(errorIn("WrongOrigin(uint256)"));
  await expect(execute(alpha.config.domain, attacker)).rejects.toThrow(errorIn("NotAuthorizedHook(bytes32)"));
  await execute(alpha.config.domain, from);
  await expectDelivered(route, sent, 0n);
});

/** An executor's error holds the module's. */
function errorIn(signature: string): RegExp {
  return new RegExp(`MessageFailure[\\s\\S]*${toFunctionSelector(`function ${signature}`)}`);
}

it("a module whose deployer named no hook: the message fails, with that reason", async () => {
  const executor = await deploy(beta, "MessageExecutorMock", [deployer]);
  const module = await deploy(beta, "ERC5164Ism", [executor.address, alpha.config.domain]);
  const recipient = await deploy(beta, "WealthyRecipient", [module.address]);
  const sent = await world.send({ from: "alpha", body: "0x05", recipient: recipient.address });
  await world.rounds(2);
  const { state, reason } = await statusOf(world, sent.id);
  expect(state).toBe("pending");
  expect(reason).toBe(`module ${module.address.toLowerCase()} never verifies: its deployer has named no hook`);
});
