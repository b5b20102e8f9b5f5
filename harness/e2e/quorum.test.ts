import { describe, expect, it } from "vitest";
import { listMessages } from "../agents/relayer/messageStatus.ts";
import { createWorld } from "../world/createWorld.ts";
import { expectEachPaidOnce, transactionCount } from "./kit.ts";

describe.each(["message-id", "merkle-root"] as const)("%s, 2 of 3", (ism) => {
  it("delivers with one dead, waits with two dead and says for whom, delivers when one returns", async () => {
    await using world = await createWorld({ ism });
    const [alive, absent, returning] = world.validators.filter(({ chain }) => chain === "alpha");
    if (alive === undefined || absent === undefined || returning === undefined) throw new Error("alpha has three");
    await world.rounds(1); // all announce

    await world.removeValidator(absent);
    const before = await world.send({ from: "alpha", body: "0x01" });
    await world.until(() => world.delivered("beta", before.id), "delivered");

    await world.removeValidator(returning);
    const { id, index } = await world.send({ from: "alpha", body: "0x02" });
    const other = await world.send({ from: "beta", body: "0x03" });
    await world.until(() => world.delivered("alpha", other.id), "delivered the other way");
    await world.rounds(6);
    expect(await world.delivered("beta", id)).toBe(false);
    const waiting = await listMessages(world.relayer.store.db, { state: "waiting" });
    expect(waiting).toMatchObject([{ id, attempts: 0, tx: null }]);
    const reason = waiting[0]?.reason;
    expect(reason).toContain(`2 of 3 validators needed, 1 signed index ${index}: `);
    for (const { account } of [absent, returning]) expect(reason).toContain(`${account.address.toLowerCase()} absent`);
    expect(reason).not.toContain(alive.account.address.toLowerCase());
    expect(await transactionCount(world.chains.beta)).toBe(1);

    await world.addValidator("alpha", 2);
    await world.until(() => world.delivered("beta", id), "delivered");
    await world.rounds(3);
    await expectEachPaidOnce(world, { alpha: [other], beta: [before, { id }] });
  });
});

it("waits for validators that have never announced and says so, delivers when one comes", async () => {
  await using world = await createWorld({ withoutAgents: true });
  await world.addValidator("alpha", 1);
  await world.addRelayer();
  const { id } = await world.send({ from: "alpha", body: "0x04" });
  await world.rounds(5);
  const [waiting] = await listMessages(world.relayer.store.db);
  expect(waiting).toMatchObject({ id, state: "waiting", attempts: 0 });
  for (const i of [0, 2]) {
    const address = world.chains.alpha.validators[i]?.address.toLowerCase();
    expect(waiting?.reason).toContain(`${address} rejected: it has announced no storage location`);
  }
  await world.addValidator("alpha", 0);
  await world.until(() => world.delivered("beta", id), "delivered");
});
