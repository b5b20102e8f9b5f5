import { type Abi, type Address, createPublicClient, createWalletClient, getAddress, http, publicActions } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Anvil, startAnvil } from "../chains/anvil.ts";
import { localAccounts } from "../chains/localChains.ts";
import { gasPaymasterAbi, mailboxAbi } from "./abi.ts";
import { readArtifact } from "./artifact.ts";
import { UnsafeSetError } from "./assertSafeSet.ts";
import { deployCore } from "./deployCore.ts";
import { createDeployer } from "./deployer.ts";

const [first, second, third] = [7, 8, 9].map(
  (addressIndex) =>
    mnemonicToAccount("test test test test test test test test test test test junk", { addressIndex }).address,
) as [Address, Address, Address];
const account = localAccounts.deployer;
let anvil: Anvil;
beforeAll(async () => {
  anvil = await startAnvil({ chainId: 77 });
});
afterAll(() => anvil.stop());

it.each(["message-id", "merkle-root"] as const)("deploys a %s core that is as asked for", async (ism) => {
  const set = { validators: [third, first, second], threshold: 2 };
  const core = await deployCore({ rpcUrl: anvil.rpcUrl, account, set, ism, domain: 1234, owner: second });

  const client = createPublicClient({ transport: http(anvil.rpcUrl) });
  const read = (name: string, address: Address, functionName: string, args: unknown[] = []) =>
    client.readContract({ address, abi: readArtifact(name).abi, functionName, args });
  expect(await read("Mailbox", core.mailbox, "localDomain")).toBe(1234);
  expect(await read("Mailbox", core.mailbox, "owner")).toBe(second);
  expect(await read("Mailbox", core.mailbox, "defaultIsm")).toBe(core.defaultIsm);
  expect(await read("Mailbox", core.mailbox, "defaultHook")).toBe(core.merkleTreeHook);
  expect(await read("Mailbox", core.mailbox, "deployedBlock")).toBe(BigInt(core.fromBlock));
  expect(await read("ValidatorAnnounce", core.validatorAnnounce, "localDomain")).toBe(1234);
  const module = "StaticMessageIdMultisigIsm";
  expect(await read(module, core.defaultIsm, "moduleType")).toBe(ism === "message-id" ? 5 : 4);
  expect(await read(module, core.defaultIsm, "validatorsAndThreshold", ["0x"])).toEqual([[third, first, second], 2]);
  expect(core.testRecipient).toBeUndefined();
});

it("sends no transaction for a set that one key could forge through, unless told that the chain is for development", async () => {
  const client = createPublicClient({ transport: http(anvil.rpcUrl) });
  const before = await client.getTransactionCount({ address: account.address });
  const set = { validators: [first], threshold: 1 };
  await expect(deployCore({ rpcUrl: anvil.rpcUrl, account, set })).rejects.toThrow(UnsafeSetError);
  expect(await client.getTransactionCount({ address: account.address })).toBe(before);

  const core = await deployCore({ rpcUrl: anvil.rpcUrl, account, set, development: true });
  expect(core.domain).toBe(77);
  expect(core.testRecipient).toMatch(/^0x/);
});

const destination = { tokenExchangeRate: 25_000_000_000n, gasPrice: 7n, overhead: 75_000 };

it("deploys a paymaster that dispatches pay by default", async () => {
  const core = await deployCore({
    rpcUrl: anvil.rpcUrl,
    account,
    set: { validators: [first, second, third], threshold: 2 },
    gasPaymaster: { beneficiary: first, updater: second, destinations: { 1234: destination, 5678: destination } },
  });
  const [paymaster] = core.interchainGasPaymasters ?? [];
  if (paymaster === undefined) throw new Error("no paymaster");
  expect(core.pendingOwner).toBeUndefined();

  const client = createPublicClient({ transport: http(anvil.rpcUrl) });
  const read = (address: Address, functionName: string, args: unknown[] = []) =>
    client.readContract({ address, abi: [...gasPaymasterAbi, ...mailboxAbi] as Abi, functionName, args });
  expect(await read(core.mailbox, "defaultHook")).toBe(getAddress(paymaster));
  expect(await read(core.mailbox, "owner")).toBe(account.address);
  expect(await read(paymaster, "owner")).toBe(account.address);
  expect(await read(paymaster, "mailbox")).toBe(getAddress(core.mailbox));
  expect(await read(paymaster, "beneficiary")).toBe(first);
  expect(await read(paymaster, "gasOracleUpdater")).toBe(second);
  expect(await read(paymaster, "domains")).toEqual([1234, 5678]);
  expect(await read(paymaster, "destinationGasConfigs", [1234])).toEqual([getAddress(paymaster), 75_000n]);
  const to = `0x${"00".repeat(32)}`;
  expect(await read(core.mailbox, "quoteDispatch", [1234, to, "0x"])).toBe((125_000n * 7n * 5n) / 2n);
});

it("offers Mailbox and paymaster to another owner, who accepts them", async () => {
  const owner = mnemonicToAccount("test test test test test test test test test test test junk", { addressIndex: 9 });
  const steps: string[] = [];
  const core = await deployCore({
    rpcUrl: anvil.rpcUrl,
    account,
    owner: owner.address,
    set: { validators: [first, second, third], threshold: 2 },
    gasPaymaster: { destinations: {} },
    onStep: (step) => steps.push(step),
  });
  expect(core.pendingOwner).toBe(owner.address);
  const wallet = createWalletClient({ account: owner, transport: http(anvil.rpcUrl) }).extend(publicActions);
  for (const address of [core.mailbox, ...(core.interchainGasPaymasters ?? [])]) {
    expect(steps).toContain(`offering ${address} to ${owner.address}, who must call acceptOwnership on it`);
    const call = { address, abi: mailboxAbi } as const;
    expect(await wallet.readContract({ ...call, functionName: "owner" })).toBe(account.address);
    const hash = await wallet.writeContract({ ...call, functionName: "acceptOwnership", chain: null });
    await wallet.waitForTransactionReceipt({ hash });
    expect(await wallet.readContract({ ...call, functionName: "owner" })).toBe(owner.address);
  }
  // Nobody else was named, so the payments are the owner's.
  const [address] = core.interchainGasPaymasters ?? [];
  if (address === undefined) throw new Error("no paymaster");
  expect(await wallet.readContract({ address, abi: gasPaymasterAbi, functionName: "beneficiary" })).toBe(owner.address);
});

it("deploys pay on delivery too where that is asked for, at the prices of a paymaster", async () => {
  const deployer = await createDeployer({ rpcUrl: anvil.rpcUrl, account });
  const { address: paymaster } = await deployer.create("FlatPaymaster", [7n]);
  const set = { validators: [first, second, third], threshold: 2 };
  const core = await deployCore({ rpcUrl: anvil.rpcUrl, account, set, payOnDelivery: paymaster });
  const { escrowPaymaster: escrow = "0x", deliveryReceipts: receipts = "0x" } = core;
  const read = (name: string, address: Address, functionName: string) =>
    deployer.client.readContract({ address, abi: readArtifact(name).abi, functionName });
  expect(await read("EscrowPaymaster", escrow, "gasPaymaster")).toBe(getAddress(paymaster));
  expect(await read("EscrowPaymaster", escrow, "mailbox")).toBe(getAddress(core.mailbox));
  expect(await read("DeliveryReceipts", receipts, "mailbox")).toBe(getAddress(core.mailbox));
  expect(core.receiptIsms).toEqual([core.defaultIsm]);
});
