import {
  type Address,
  concat,
  type Hex,
  type TransactionReceipt,
  toFunctionSelector,
  toHex,
  zeroAddress,
  zeroHash,
} from "viem";
import { hypERC20Abi, mailboxAbi } from "../contracts/abi.ts";
import { createDeployer } from "../contracts/deployer.ts";
import { addressToBytes32 } from "../protocol/address.ts";
import { encodeInterchainAccountMessage } from "../protocol/interchainAccountMessage.ts";
import { account, type BenchChain, call } from "./benchChain.ts";
import type { Row } from "./gasTable.ts";

/**
 * A sender's transfers of a part of what it has of a synthetic token, which the Mailbox brought it.
 * @param gas that each is paid for by its `value` in wei
 */
export async function transferRemote(
  origin: BenchChain,
  { domain, router, times, gas, value }: { domain: number; router: Address; times: number; gas: bigint; value: bigint },
): Promise<TransactionReceipt[]> {
  const owner = account.address;
  const { mailbox } = origin.core;
  const deployer = await createDeployer({ rpcUrl: origin.anvil.rpcUrl, account });
  const names = ["Synthetic", "SYN", 18, 1n, 1n];
  const { address } = await deployer.create("HypERC20", [...names, mailbox, zeroAddress, zeroAddress, owner]);
  await call(origin, address, hypERC20Abi, "enrollRemoteRouter", [domain, addressToBytes32(router)]);
  await call(origin, address, hypERC20Abi, "setDestinationGas", [domain, gas]);
  const body = concat([addressToBytes32(owner), toHex(10n ** 18n, { size: 32 })]);
  await origin.client.impersonateAccount({ address: mailbox });
  await origin.client.setBalance({ address: mailbox, value: 10n ** 18n });
  const args = [domain, addressToBytes32(router), body] as const;
  const handle = { address, abi: hypERC20Abi, functionName: "handle", args } as const;
  const hash = await origin.client.writeContract({ chain: null, account: mailbox, ...handle });
  await origin.client.waitForTransactionReceipt({ hash });
  const receipts: TransactionReceipt[] = [];
  for (let i = 0; i < times; i++) {
    const args = [domain, addressToBytes32(router), 10n ** 15n];
    receipts.push(await call(origin, address, hypERC20Abi, "transferRemote", args, value));
  }
  return receipts;
}

/**
 * An account on the destination makes one call, without arguments, to a contract that does nothing. Its module is the no-op.
 * @param send dispatches a body to an address; returns the message
 */
export async function accountRows(
  destination: BenchChain,
  { origin, send }: { origin: number; send: (body: Hex, to: Address) => Promise<Hex> },
): Promise<Row[]> {
  const owner = account.address;
  const { mailbox } = destination.core;
  const deployer = await createDeployer({ rpcUrl: destination.anvil.rpcUrl, account });
  const router = await deployer.create("InterchainAccountRouter", [mailbox, zeroAddress, owner, 0n, []]);
  const target = await deployer.create("CallTarget");
  const noop = await deployer.create("NoopIsm");
  // The account that dispatches stands for the router on the origin.
  await call(destination, router.address, router.abi, "enrollRemoteRouter", [origin, addressToBytes32(owner)]);
  const body = encodeInterchainAccountMessage({
    type: "calls",
    account: { owner: addressToBytes32(owner), ism: addressToBytes32(noop.address), userSalt: zeroHash },
    calls: [{ to: addressToBytes32(target.address), value: 0n, data: toFunctionSelector("nothing()") }],
  });
  const made: number[] = [];
  for (let i = 0; i < 2; i++) {
    const message = await send(body, router.address);
    const receipt = await call(destination, mailbox, mailboxAbi, "process", ["0x", message]);
    made.push(Number(receipt.gasUsed));
  }
  const [first = Number.NaN, later = Number.NaN] = made;
  return [
    { operation: "interchain account, first call, no-op module", gas: first, goal: 120_000 },
    { operation: "interchain account, later call, no-op module", gas: later, goal: 76_000 },
  ];
}
