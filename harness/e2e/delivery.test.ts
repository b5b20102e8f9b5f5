import { keccak256, toHex } from "viem";
import { describe, expect, it } from "vitest";
import { localAccounts } from "../chains/localChains.ts";
import { merkleTreeHookAbi } from "../contracts/abi.ts";
import { addressToBytes32 } from "../protocol/address.ts";
import { createWorld } from "../world/createWorld.ts";
import { control, deploy, expectEachPaidOnce, recipientOn, statusOf } from "./kit.ts";

const sender = addressToBytes32(localAccounts.sender.address);

describe.each(["message-id", "merkle-root"] as const)("%s", (ism) => {
  it("delivers the only message ever, and then the first one of the other chain", async () => {
    await using world = await createWorld({ ism });
    const { alpha, beta } = world.chains;
    const there = await world.send({ from: "alpha", body: "0x68656c6c6f" });
    expect(there.index).toBe(0);
    await world.until(() => world.delivered("beta", there.id), "delivered");
    await expectEachPaidOnce(world, { alpha: [], beta: [there] });

    const back = await world.send({ from: "beta", body: "0x776f726c64" });
    expect(back.index).toBe(0);
    await world.until(() => world.delivered("alpha", back.id), "delivered");
    await world.rounds(3);
    await expectEachPaidOnce(world, { alpha: [back], beta: [there] });

    expect(await recipientOn(beta).view()).toEqual({ received: 1n, lastSender: sender, lastData: "0x68656c6c6f" });
    expect(await recipientOn(alpha).view()).toEqual({ received: 1n, lastSender: sender, lastData: "0x776f726c64" });
    for (const chain of [alpha, beta]) {
      const tree = { address: chain.config.merkleTreeHook, abi: merkleTreeHookAbi };
      expect(await control(chain).readContract({ ...tree, functionName: "count" })).toBe(1);
    }
    for (const { id } of [there, back]) {
      expect(await statusOf(world, id)).toMatchObject({ state: "delivered", attempts: 0, reason: null });
    }
  });

  it("delivers bodies of no byte, one byte and 64 KB", async () => {
    await using world = await createWorld({ ism });
    const bodies = ["0x", "0x00", toHex(new Uint8Array(65_536).map((_, i) => 1 + (i % 255)))] as const;
    const { beta } = world.chains;
    const { address, abi } = await deploy(beta, "DigestRecipient");
    const read = (functionName: string) => control(beta).readContract({ address, abi, functionName });
    for (const [i, body] of bodies.entries()) {
      const { id } = await world.send({ from: "alpha", body, recipient: address });
      await world.until(() => world.delivered("beta", id), "delivered");
      expect(await read("received")).toBe(BigInt(i + 1));
      expect(await read("lastLength")).toBe(BigInt(body.length / 2 - 1));
      expect(await read("lastDigest")).toBe(keccak256(body));
    }
  });
});
