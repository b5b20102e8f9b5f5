import { encodeFunctionData, zeroAddress } from "viem";
import { expect, it } from "vitest";
import { getMessage } from "../../agents/relayer/messageStatus.ts";
import { localAccounts } from "../../chains/localChains.ts";
import { readAbi } from "../../contracts/artifact.ts";
import { addressToBytes32 } from "../../protocol/address.ts";
import { encodeDeliveryTerms } from "../../protocol/deliveryTerms.ts";
import { sentIn } from "../../world/dispatchMessages.ts";
import { control, deploy, processed, transactionCount, write } from "../kit.ts";
import { causeway, createEscrowWorld, feesPaid, GAS_LIMIT, passTo, REFUNDEE, timeOf, transact } from "./kit.ts";

const PRICE = 1_000n * 10n ** 9n;
const AMOUNT = 10n ** 18n;
const vaultAbi = readAbi("ExpiringVault");

it("refunds a payment that nobody earned, and not a second before its end", async () => {
  await using setup = await createEscrowWorld(PRICE);
  const { world } = setup;
  const { alpha } = world.chains;
  await world.removeRelayer();
  const escrowUntil = (await timeOf(alpha)) + 3_600;
  const { id, value } = await setup.send("0x01", { escrowUntil });

  const refund = () => causeway(world, "escrow", "refund", id, "--on", "alpha");
  await passTo(alpha, escrowUntil - 1);
  const end = new Date(escrowUntil * 1_000).toISOString();
  await expect(refund()).rejects.toThrow(
    `nothing to refund: ${value} wei are locked until ${end}, then refundable to ${REFUNDEE}`,
  );
  const call = { functionName: "refund", args: [[id]] } as const;
  await control(alpha).setNextBlockTimestamp({ timestamp: BigInt(escrowUntil) });
  await expect(setup.call(call)).rejects.toThrow("EscrowNotEnded");
  await passTo(alpha, escrowUntil + 1);
  expect(await refund()).toContain(`${value} wei were sent to ${REFUNDEE}`);
  expect(await control(alpha).getBalance({ address: REFUNDEE })).toBe(value);
  expect(await setup.held()).toBe(0n);

  // Who delivers it now has seen that there is nothing to earn, and a receipt that comes now pays nothing.
  await world.addRelayer();
  await world.until(() => world.delivered("beta", id), "delivered");
  await setup.sendReceipts(alpha.core.defaultIsm, [id]);
  await world.until(async () => (await processed(alpha)).length === 1, "the receipt is delivered");
  await world.rounds(3);
  expect(await setup.credit(localAccounts.relayer.address)).toBe(0n);
  expect(await transactionCount(alpha)).toBe(1);
  const { relayer } = world;
  expect((await getMessage(relayer.store.db, id))?.lock).toMatchObject({ state: "refunded", amount: value.toString() });
});

it("refunds what an application locked for a message that expired, and pays who brought it to its tombstone", async () => {
  await using setup = await createEscrowWorld(PRICE);
  const { world } = setup;
  const { alpha, beta } = world.chains;
  const here = (await deploy(alpha, "ExpiringVault", [alpha.config.mailbox])).address;
  const there = (await deploy(beta, "ExpiringVault", [beta.config.mailbox])).address;
  const enroll = (domain: number, account: `0x${string}`) =>
    ({ abi: vaultAbi, functionName: "enroll", args: [domain, addressToBytes32(account)] }) as const;
  await write(alpha, { address: here, ...enroll(beta.config.domain, there) });
  await write(beta, { address: there, ...enroll(alpha.config.domain, here) });
  await transact(beta, { to: there, data: "0x", value: 5n * AMOUNT });

  const sender = localAccounts.sender.address;
  const receiver = `0x${"ab".repeat(20)}` as const;
  const before = {
    sender: await control(alpha).getBalance({ address: sender }),
    block: (await control(alpha).getBlockNumber()) + 1n,
  };
  const deadline = (await timeOf(beta)) + 3_600;
  const terms = await setup.terms({ deadline, escrowUntil: (await timeOf(alpha)) + 7_200 });
  const metadata = encodeDeliveryTerms({ gasLimit: GAS_LIMIT, refundAddress: zeroAddress }, terms);
  const price = GAS_LIMIT * PRICE;
  const data = encodeFunctionData({
    abi: vaultAbi,
    functionName: "transfer",
    args: [
      {
        destination: beta.config.domain,
        deadline,
        hook: setup.escrow,
        recipient: addressToBytes32(there),
        value: 0n,
      },
      receiver,
      AMOUNT,
      metadata,
    ],
  });
  const { id } = sentIn(await transact(alpha, { to: here, data, value: AMOUNT + price }));
  expect(await control(alpha).getBalance({ address: here })).toBe(AMOUNT);

  await passTo(beta, deadline + 1);
  const refunded = async () => (await control(alpha).getBalance({ address: here })) === 0n;
  await world.until(refunded, "refunded");
  await world.until(async () => (await setup.held()) === 0n, "paid for the delivery");
  expect(await world.delivered("beta", id)).toBe(true);
  expect(await control(beta).getBalance({ address: there })).toBe(5n * AMOUNT);
  expect(await control(beta).getBalance({ address: receiver })).toBe(0n);
  const fees = await feesPaid(alpha, sender, before.block);
  expect(await control(alpha).getBalance({ address: sender })).toBe(before.sender - price - fees);
});
