import { type Address, createPublicClient, getAddress, http } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Anvil, startAnvil } from "../chains/anvil.ts";
import { localAccounts } from "../chains/localChains.ts";
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
