import { type Address, type Hash, pad, zeroAddress } from "viem";
import { describe, expect, it } from "vitest";
import { localAccounts } from "../chains/localChains.ts";
import { mailboxAbi, pausableIsmAbi } from "../contracts/abi.ts";
import { diagnose } from "../why/diagnose.ts";
import { createWorld, type World } from "../world/createWorld.ts";
import { control, deploy, recipientOn, write } from "./kit.ts";
import { guarded } from "./modules/kit.ts";

const why = ({ chains }: World, id: Hash, relayer: Address = zeroAddress) =>
  diagnose({
    id,
    chains: [chains.alpha.config, chains.beta.config],
    relayer,
    allowLocalStorage: true,
    allowPrivateGateways: true,
  });

const names = ({ checks }: Awaited<ReturnType<typeof why>>) => checks.map(({ what, result }) => `${what} ${result}`);
const upTo = (count: number) => ["dispatched ok", "final ok", "recipient ok", "module ok"].slice(0, count);

describe("a message that is not delivered", () => {
  it("waits for its origin's finality: says how far it is", async () => {
    await using world = await createWorld({ withoutAgents: true, finality: { blocks: 3 } });
    const { id } = await world.send({ from: "alpha", body: "0x01" });
    await control(world.chains.alpha).mine({ blocks: 1 });
    const diagnosis = await why(world, id);
    expect(diagnosis.verdict).toMatch(/^not final on alpha yet: its block \d+ has 1 of 3 blocks on top$/);
    expect(names(diagnosis)).toEqual(["dispatched ok", "final blocks"]);
  });

  it("waits for validators: says who has not signed, what they signed last and when; then that nothing is in its way", async () => {
    await using world = await createWorld({ withoutAgents: true });
    const [first, second, third] = world.chains.alpha.validators.map(({ address }) => address.toLowerCase());
    const validator = await world.addValidator("alpha", 0);
    const lagging = await world.addValidator("alpha", 1);
    await world.send({ from: "alpha", body: "0x01" });
    await world.rounds(1);
    await world.removeValidator(lagging);
    const { id } = await world.send({ from: "alpha", body: "0x02" });
    await validator.tick();
    const diagnosis = await why(world, id);
    expect(names(diagnosis)).toEqual([
      ...upTo(4),
      "validator info",
      "validator info",
      "validator info",
      "metadata blocks",
    ]);
    const details = diagnosis.checks.filter(({ what }) => what === "validator").map(({ detail }) => detail);
    expect(details.find((detail) => detail.includes(second ?? ""))).toMatch(
      /has not signed index 1; its last is index 0, dispatched 20\d\d-\d\d-\d\dT/,
    );
    expect(details.find((detail) => detail.includes(third ?? ""))).toContain("it has announced no storage location");
    expect(details.at(-1)).toBe(`${first} signed index 1`);
    expect(diagnosis.verdict).toContain("2 of 3 validators needed, 1 signed index 1");

    await (await world.addValidator("alpha", 1)).tick();
    const ready = await why(world, id);
    expect(ready.verdict).toBe("nothing prevents its delivery: a relayer has only to send it");
    expect(names(ready).slice(-2)).toEqual(["metadata ok", "simulation ok"]);
  });

  it("has a recipient that is none, refuses, or hides its reason; or a module that is paused", async () => {
    await using world = await createWorld({ withoutAgents: true });
    const { beta } = world.chains;
    for (const i of [0, 1]) await world.addValidator("alpha", i);
    const nobody = "0x00000000000000000000000000000000000000aa" as const;
    const refusing = recipientOn(beta, (await deploy(beta, "TestRecipient")).address);
    await refusing.setRefuses(true);
    const text = "0x08c379a0".concat(
      pad("0x20", { size: 32 }).slice(2),
      pad("0x04", { size: 32 }).slice(2),
      pad("0x6e6f7065", { size: 32, dir: "right" }).slice(2),
    );
    const texting = await deploy(beta, "RawAnswer", [1, text, 0]);
    const hiding = await deploy(beta, "RawAnswer", [1, "0xdeadbeef", 0]);
    const owner = localAccounts.deployer.address;
    const paused = await guarded(world, { type: "pausableIsm", owner });
    await write(beta, { address: paused.module, abi: pausableIsmAbi, functionName: "pause" });
    const trusting = await guarded(world, { type: "trustedRelayerIsm", relayer: owner });
    const sent = await world.sendMany("alpha", [
      { body: "0x01", recipient: nobody },
      { body: "0x02", recipient: refusing.address },
      { body: "0x03", recipient: texting.address },
      { body: "0x04", recipient: hiding.address },
      { body: "0x05", recipient: paused.recipient.address },
      { body: "0x06", recipient: trusting.recipient.address },
      { body: "0x07", recipient: pad("0xff", { size: 32, dir: "right" }) },
    ]);
    await world.rounds(2);
    const verdicts: string[] = [];
    for (const { id } of sent) verdicts.push((await why(world, id)).verdict);
    expect(verdicts).toEqual([
      `${nobody} has no code on beta`,
      expect.stringMatching(/^simulation with 10000000 gas: reverted: Refused\(\)$/),
      expect.stringMatching(/reverted: "nope"$/),
      expect.stringMatching(/reverted: error 0xdeadbeef \(unknown, 4 bytes\)$/),
      `module ${paused.module.toLowerCase()} is paused`,
      `module ${trusting.module.toLowerCase()} lets only ${owner.toLowerCase()} deliver`,
      expect.stringContaining("is no address of an EVM chain: it can never be delivered"),
    ]);
    expect((await why(world, sent[5]?.id ?? "0x", owner)).verdict).toContain("nothing prevents its delivery");
  });

  it("is for a domain that is not configured", async () => {
    await using world = await createWorld({ withoutAgents: true });
    const { alpha } = world.chains;
    const args = [99, pad("0x01", { size: 32 }), "0x"];
    await write(alpha, { address: alpha.config.mailbox, abi: mailboxAbi, functionName: "dispatch", args });
    const [event] = await control(alpha).getContractEvents({
      address: alpha.config.mailbox,
      abi: mailboxAbi,
      eventName: "DispatchId",
      fromBlock: 0n,
      strict: true,
    });
    const { verdict } = await why(world, event?.args.messageId ?? "0x");
    expect(verdict).toBe("it is for domain 99, which no chain of the configuration has");
  });
});

it("a delivered message is delivered, by whom; one that nobody sent is an error", async () => {
  await using world = await createWorld();
  const { id } = await world.send({ from: "alpha", body: "0x01" });
  await world.until(() => world.delivered("beta", id), "delivered");
  const diagnosis = await why(world, id);
  expect(diagnosis.delivered).toBe(true);
  expect(diagnosis.verdict).toContain(`by ${localAccounts.relayer.address.toLowerCase()}`);
  await expect(why(world, pad("0x01", { size: 32 }))).rejects.toThrow(/dispatched on none of the 2 chains/);
});
