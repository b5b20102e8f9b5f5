import { expect, it } from "vitest";
import { createWorld } from "../world/createWorld.ts";

it("delivers both ways, the first message ever included", async () => {
  await using world = await createWorld();
  const there = await world.send({ from: "alpha", body: "0x68656c6c6f" });
  const back = await world.send({ from: "beta", body: "0x" });
  expect(there.index).toBe(0);
  await world.until(
    async () => (await world.delivered("beta", there.id)) && (await world.delivered("alpha", back.id)),
    "delivered",
  );
});
