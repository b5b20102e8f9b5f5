import { type Address, keccak256, parseEventLogs, zeroHash } from "viem";
import { expect, it } from "vitest";
import { validatorStakeAbi } from "../contracts/abi.ts";
import { addressToBytes32 } from "../protocol/address.ts";
import { locationToFolder } from "../storage/folderLocation.ts";
import { createWorld } from "../world/createWorld.ts";
import { bodies, control } from "./kit.ts";
import { behindStake } from "./stakedModule.ts";
import { deployStaking, REPORTER_SHARE, slashingTerms } from "./stakeKit.ts";
import { eventually, honestCheckpoint, newAccount, openTower, publish, spentBy } from "./towerKit.ts";

const WHOLE = 10n ** 18n;
const after = (share: bigint, amount: bigint) => amount - (amount * share) / WHOLE;

it("who signs a forged root is slashed by the watchtower, leaves the set, and counts nowhere any more", async () => {
  await using world = await createWorld({ validators: 4 });
  const { alpha, beta } = world.chains;
  await world.sendMany("alpha", bodies(1));
  await world.rounds(1);
  const [agent] = world.validators;
  const [key, ...honest] = alpha.validators;
  if (agent === undefined || key === undefined) throw new Error("alpha has validators");

  // One has less than a third of the weight, most of it not its own.
  const staking = await deployStaking(world);
  const [own, hers, his] = [2n * WHOLE, (3n * WHOLE) / 2n, WHOLE] as const;
  const forger = await staking.register({ account: key, address: lower(key) }, own);
  for (const account of honest) await staking.register({ account, address: lower(account) }, 5n * WHOLE);
  const [she, he, reporter] = [await newAccount(world), await newAccount(world), await newAccount(world)];
  await staking.delegate(she, forger, hers);
  await staking.delegate(he, forger, his);
  await staking.nextEpoch();
  const module = await behindStake(world, staking);
  const { recipient } = module;
  const sent = await world.send({ from: "alpha", body: "0x01", recipient: recipient.address });
  await world.until(() => world.delivered("beta", sent.id), "delivered by those who have a stake");
  expect(await recipient.view()).toMatchObject({ received: 1n, lastData: "0x01" });

  // It signs a root that the tree never had, where it published honest ones before.
  await world.removeValidator(agent);
  const next = await world.send({ from: "alpha", body: "0x02", recipient: recipient.address });
  const checkpoint = await honestCheckpoint(world, next.index);
  await publish(key, locationToFolder(agent.location), { ...checkpoint, root: keccak256("0x01") });
  const mixed = [key, ...honest.slice(1)];
  expect(await module.takes(next, mixed)).toBe(true);

  await using tower = await openTower(world, { reporter, stakes: { alpha: staking.stake } });
  const before = await control(alpha).getBalance({ address: reporter.address });
  const isClaimed = async () => {
    const claimed = tower.store.db.selectFrom("tower_action").select("key").where("kind", "=", "claim");
    return (await claimed.where("state", "=", "done").executeTakeFirst()) !== undefined;
  };
  await eventually(tower, isClaimed);
  expect(await tower.offences()).toMatchObject([{ kind: "wrong-root", signer: forger.address }]);
  const share = slashingTerms.rootShare;
  expect(await staking.worth(forger, forger.operator.address)).toBe(after(share, own));
  expect(await staking.worth(forger, she.address)).toBe(after(share, hers));
  expect(await staking.worth(forger, he.address)).toBe(after(share, his));
  expect(await staking.pool(forger)).toBe(after(share, own + hers + his));
  const reward = (((own * share) / WHOLE) * REPORTER_SHARE) / WHOLE;
  const gain =
    (await control(alpha).getBalance({ address: reporter.address })) - before + (await spentBy(tower, alpha));
  expect(gain).toBe(reward);
  expect([...(await staking.set())].sort()).toEqual(honest.map(lower).sort());

  // The destination learns it by a message, which a quorum of those it knows has signed; anyone may send it.
  const known = await module.setOf();
  expect(known.members.map(({ signingAddress }) => lower({ address: signingAddress }))).toContain(forger.address);
  const push = [beta.config.domain, addressToBytes32(lower(module)), "0x"] as const;
  const { logs } = await staking.as(she, "pushSet", push);
  const [event] = parseEventLogs({ abi: validatorStakeAbi, eventName: "SetPushed", logs });
  const pushed = event?.args.messageId ?? zeroHash;
  await world.until(() => world.delivered("beta", pushed), "delivered to the module, by those who are left");
  const learnt = await module.setOf();
  expect(learnt.setId).toBeGreaterThan(known.setId);
  expect(learnt.members.map(({ signingAddress }) => lower({ address: signingAddress })).sort()).toEqual(
    honest.map(lower).sort(),
  );

  // What would have been enough before is not, and the route goes on without it.
  expect(await module.takes(next, mixed)).toMatch(/NotAValidator/);
  expect(await module.takes(next, honest)).toBe(true);
  const last = await world.send({ from: "alpha", body: "0x03", recipient: recipient.address });
  await world.until(() => world.delivered("beta", last.id), "delivered by the new set");
  expect(await recipient.view()).toMatchObject({ received: 3n });
});

function lower({ address }: { address: Address }): Address {
  return address.toLowerCase() as Address;
}
