import { type Address, type Hash, type LocalAccount, parseEventLogs } from "viem";
import { afterAll, beforeAll, expect, it } from "vitest";
import { validatorStakeAbi } from "../contracts/abi.ts";
import { addressToBytes32 } from "../protocol/address.ts";
import { createWorld, type World, type WorldValidator } from "../world/createWorld.ts";
import { bodies, control, processed, statusOf } from "./kit.ts";
import { behindStake, SET_LIFETIME, type StakedModule } from "./stakedModule.ts";
import { deployStaking, SELF_BOND, type StakedValidator, type Staking } from "./stakeKit.ts";
import { newAccount, passTime } from "./towerKit.ts";

const EPOCHS = 10;
const MESSAGES_PER_EPOCH = 50;
/** Of six validators four are in the set at a time; more than two thirds of the weight are three of them. */
const VALIDATORS = 6;
const IN_SET = 4;

type Member = StakedValidator & { agent: WorldValidator };

let world: World;
let staking: Staking;
let module: StakedModule;
/** Those in the set, who has been there longest first. */
let members: Member[];
/** Those that were in it: they may come back. */
const left: Omit<Member, "agent">[] = [];
const sent: Hash[] = [];
/** Who took its stake out, and when it is released. */
const releases: { operator: LocalAccount; epoch: number }[] = [];

beforeAll(async () => {
  world = await createWorld({ validators: VALIDATORS, withoutAgents: true });
  staking = await deployStaking(world);
  members = [];
  for (let i = 0; i < IN_SET; i++) members.push(await join(i));
  await staking.nextEpoch();
  module = await behindStake(world, staking);
  await world.addRelayer();
});
afterAll(() => world[Symbol.asyncDispose]());

const placeOf = ({ address }: { address: Address }) =>
  world.chains.alpha.validators.findIndex((account) => lower(account) === address);

/** A validator becomes a candidate, for the first time or again, and signs. */
async function join(i: number): Promise<Member> {
  const account = world.chains.alpha.validators[i];
  if (account === undefined) throw new Error(`alpha has no validator ${i}`);
  const before = left.findIndex(({ address }) => address === lower(account));
  if (before === -1) {
    return {
      ...(await staking.register({ account, address: lower(account) })),
      agent: await world.addValidator("alpha", i),
    };
  }
  const [known] = left.splice(before, 1);
  if (known === undefined) throw new Error("it was found");
  const { operator } = known;
  await control(world.chains.alpha).setBalance({ address: operator.address, value: 2n * SELF_BOND });
  await staking.as(operator, "delegate", [operator.address, SELF_BOND], SELF_BOND);
  await staking.as(operator, "rejoin", []);
  return { ...known, agent: await world.addValidator("alpha", i) };
}

/** A validator takes all its stake out: from the next epoch on it is not in the set. */
async function leave({ operator }: Member): Promise<number> {
  const args = [operator.address, operator.address] as const;
  const call = { address: staking.stake, abi: validatorStakeAbi, functionName: "delegationOf", args } as const;
  const [shares] = await control(world.chains.alpha).readContract(call);
  const { logs } = await staking.as(operator, "unbond", [operator.address, shares]);
  const [event] = parseEventLogs({ abi: validatorStakeAbi, eventName: "Unbonded", logs });
  expect(event?.args.amount).toBe(SELF_BOND);
  return event?.args.releaseEpoch ?? 0;
}

/** Anyone sends the present set to the module. */
async function push(): Promise<Hash> {
  const anyone = await newAccount(world);
  const to = [
    world.chains.beta.config.domain,
    addressToBytes32(module.address.toLowerCase() as Address),
    "0x",
  ] as const;
  const { logs } = await staking.as(anyone, "pushSet", to);
  const [event] = parseEventLogs({ abi: validatorStakeAbi, eventName: "SetPushed", logs });
  if (event === undefined) throw new Error("no set was sent");
  return event.args.messageId;
}

async function sendSome(count: number): Promise<void> {
  const recipient = module.recipient.address;
  const all = await world.sendMany(
    "alpha",
    bodies(count, sent.length).map((body) => ({ ...body, recipient })),
  );
  sent.push(...all.map(({ id }) => id));
}

it("hands over from set to set for ten epochs, while validators come and go and 500 messages flow: none is lost", async () => {
  const { alpha, beta } = world.chains;
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    const [leaver] = members;
    if (leaver === undefined) throw new Error("somebody is in the set");
    const joiner = await join((placeOf(leaver) + IN_SET) % VALIDATORS);
    releases.push({ operator: leaver.operator, epoch: await leave(leaver) });
    members = [...members.slice(1), joiner];

    // Half of them before the set changes on the origin, half between that and the day when the destination learns it.
    await sendSome(MESSAGES_PER_EPOCH / 2);
    await staking.nextEpoch();
    const message = await push();
    await sendSome(MESSAGES_PER_EPOCH / 2);
    await world.until(() => world.delivered("beta", message), "handed over");
    const { members: known } = await module.setOf();
    expect(known.map(({ signingAddress }) => lower({ address: signingAddress })).sort()).toEqual(
      members.map(lower).sort(),
    );
    await world.removeValidator(leaver.agent);
    left.push(leaver);
  }
  const last = sent.at(-1) ?? "0x";
  await world.until(() => world.delivered("beta", last), "all delivered");
  await world.until(async () => (await module.recipient.view()).received === BigInt(sent.length), "all handled");
  const delivered = await processed(beta);
  expect(sent).toHaveLength(EPOCHS * MESSAGES_PER_EPOCH);
  expect(delivered.filter((id) => sent.includes(id))).toHaveLength(sent.length);
  expect(new Set(delivered).size).toBe(delivered.length);
  // Four in the set, and ten whose stake is on its way out.
  const held = await control(alpha).getBalance({ address: staking.stake });
  expect(held).toBe(BigInt(IN_SET + EPOCHS) * SELF_BOND);
});

it("an expired set verifies nothing, its successor neither, until the owner has named the present one", async () => {
  await passTime(world, "beta", SET_LIFETIME);
  const message = await push();
  const { id, ...next } = await world.send({ from: "alpha", body: "0x01", recipient: module.recipient.address });
  const signers = members.map(({ account }) => account);
  expect(await module.takes(next, signers)).toMatch(/SetExpired/);
  await world.rounds(3);
  expect(await world.delivered("beta", id)).toBe(false);
  expect(await world.delivered("beta", message)).toBe(false);
  expect((await statusOf(world, id)).reason).toMatch(/SetExpired/);

  await module.bootstrap();
  expect(await module.takes(next, signers)).toBe(true);
  await world.until(() => world.delivered("beta", id), "delivered");
});

it("what was taken out is paid to the wei when it is released, and not an epoch before", async () => {
  const client = control(world.chains.alpha);
  const current = () => client.readContract({ address: staking.stake, abi: validatorStakeAbi, functionName: "epoch" });
  for (const { operator, epoch } of releases) {
    const args = [operator.address, epoch];
    while ((await current()) < epoch - 1) await staking.nextEpoch();
    if ((await current()) < epoch) {
      await expect(staking.as(operator, "withdraw", args)).rejects.toThrow(/NotReleased/);
      await staking.nextEpoch();
    }
    const [before, held] = await balances(operator);
    const { gasUsed, effectiveGasPrice } = await staking.as(operator, "withdraw", args);
    const [after, rest] = await balances(operator);
    expect(after - before + gasUsed * effectiveGasPrice).toBe(SELF_BOND);
    expect(held - rest).toBe(SELF_BOND);
  }
  expect(await client.getBalance({ address: staking.stake })).toBe(BigInt(IN_SET) * SELF_BOND);

  function balances({ address }: LocalAccount): Promise<[bigint, bigint]> {
    return Promise.all([client.getBalance({ address }), client.getBalance({ address: staking.stake })]);
  }
});

function lower({ address }: { address: Address }): Address {
  return address.toLowerCase() as Address;
}
