import { join } from "node:path";
import { type Address, encodeFunctionData, type Hex, type LocalAccount, parseEther } from "viem";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { errorText } from "../agents/relayer/rpcError.ts";
import type { ModuleResponse } from "../agents/watchtower/responses.ts";
import { localAccounts } from "../chains/localChains.ts";
import { mailboxAbi, optimisticIsmAbi, pausableIsmAbi } from "../contracts/abi.ts";
import { createDeployer } from "../contracts/deployer.ts";
import { deployIsm } from "../ism/deployIsm.ts";
import type { IsmConfig } from "../ism/ismConfig.ts";
import { encodeAggregationMetadata } from "../protocol/aggregationMetadata.ts";
import { createWorld, type World } from "../world/createWorld.ts";
import { control, deploy, recipientOn, write } from "./kit.ts";
import { inventDelivery, withoutLogs } from "./lies.ts";
import { startLyingRpc } from "./lyingRpc.ts";
import { callHidden, deliver, forgeMessage, newAccount, openTower, passTime, type TestTower } from "./towerKit.ts";

let world: World;
let guardian: LocalAccount;
beforeAll(async () => {
  world = await createWorld();
  await world.rounds(1);
  guardian = await newAccount(world);
});
afterAll(() => world[Symbol.asyncDispose]());

/** Every test begins with the same chains: what one forges, the next one's watchtower would act on, too. */
let snapshots: Hex[];
const nodes = () => [world.chains.alpha, world.chains.beta].map(control);
beforeEach(async () => {
  snapshots = await Promise.all(nodes().map((node) => node.snapshot()));
});
afterEach(async () => {
  for (const [i, id] of snapshots.entries()) await nodes()[i]?.revert({ id });
});

/** Deploys a module on beta. */
async function deployOnBeta(config: IsmConfig): Promise<Address> {
  const { beta } = world.chains;
  const deployer = await createDeployer({ rpcUrl: beta.config.rpcUrl, account: localAccounts.deployer });
  const { mailbox } = beta.config;
  return (await deployIsm({ deployer, config, mailbox, factories: beta.core })).toLowerCase() as Address;
}

const multisig = (): IsmConfig => ({
  type: "messageIdMultisigIsm",
  validators: world.chains.alpha.validators.map(({ address }) => address),
  threshold: 2,
});

/** A recipient behind validators and a module that the guardian may pause. */
async function behindPause() {
  const owner = localAccounts.deployer.address;
  const pausable = await deployOnBeta({ type: "pausableIsm", owner, guardian: guardian.address });
  const module = await deployOnBeta({
    type: "staticAggregationIsm",
    modules: [await deployOnBeta(multisig()), pausable],
    threshold: 2,
  });
  const recipient = recipientOn(world.chains.beta, (await deploy(world.chains.beta, "TestRecipient")).address);
  await recipient.setModule(module);
  const response: ModuleResponse = {
    type: "pausable",
    chain: world.chains.beta.config.domain,
    address: pausable,
    origins: [world.chains.alpha.config.domain],
    on: ["foreign"],
    when: "suspected",
  };
  return {
    recipient: recipient.address.toLowerCase() as Address,
    view: recipient.view,
    module,
    response,
    isPaused: () =>
      control(world.chains.beta).readContract({ address: pausable, abi: pausableIsmAbi, functionName: "paused" }),
    /** A message that a compromised quorum makes the recipient take. */
    async forge() {
      const forged = await forgeMessage(world, { recipient: recipient.address });
      return { ...forged, metadata: encodeAggregationMetadata([forged.metadata, "0x"]) };
    },
  };
}

type Guarded = Awaited<ReturnType<typeof behindPause>>;

function watch(guarded: Guarded, parameters: Parameters<typeof openTower>[1] = {}): Promise<TestTower> {
  return openTower(world, { guardian, modules: [guarded.response], verifiers: [guarded.module], ...parameters });
}

/** Blocks that were mined for other tests have put alpha's clock ahead by seconds. */
const FINAL_AFTER_FOUR = { finality: { blocks: 4 }, options: { clockSkewSeconds: 30 } };

/** Whether a call would work. */
function simulate(to: Address, data: Hex): Promise<string> {
  return control(world.chains.beta)
    .call({ account: localAccounts.relayer.address, to, data })
    .then(() => "works", errorText);
}

const transactionsOf = (account: LocalAccount) =>
  control(world.chains.beta).getTransactionCount({ address: account.address });
const dueActions = (tower: TestTower) =>
  tower.store.db
    .selectFrom("tower_action")
    .select(["key", "state", "reason", "attempts"])
    .where("state", "=", "due")
    .execute();

describe("a delivery that nothing was dispatched for", () => {
  it("is told of, and what may be paused is paused; its validators' signatures are kept as evidence", async () => {
    const guarded = await behindPause();
    const forged = await guarded.forge();
    await deliver(world, forged);
    expect(await guarded.view()).toMatchObject({ received: 1n });
    await using tower = await watch(guarded, { validators: forged.signers });
    await passTime(world, "alpha", 60);
    await tower.tick();
    expect(await guarded.isPaused()).toBe(true);
    expect(await tower.alertTexts("foreign-delivery")).toEqual([expect.stringContaining(`${forged.id} was delivered`)]);
    const again = await guarded.forge();
    const data = encodeFunctionData({
      abi: mailboxAbi,
      functionName: "process",
      args: [again.metadata, again.message],
    });
    expect(await simulate(world.chains.beta.config.mailbox, data)).toMatch(/EnforcedPause/);

    await passTime(world, "alpha", 1);
    await tower.tick();
    const offences = await tower.offences();
    expect(offences.map(({ signer }) => signer).sort()).toEqual([...forged.signers].sort());
    for (const offence of offences)
      expect(offence).toMatchObject({ kind: "premature", leaf_index: forged.checkpoint.index });
    expect(await dueActions(tower)).toEqual([]);
    expect(await transactionsOf(guardian)).toBe(1);
  });

  it("is suspected by the origin's newest block, and certain when that is final", async () => {
    const guarded = await behindPause();
    await using tower = await watch(guarded, FINAL_AFTER_FOUR);
    await tower.tick();
    const forged = await guarded.forge();
    await deliver(world, forged);
    await tower.tick();
    expect(await guarded.isPaused()).toBe(false); // alpha's newest block is older than the delivery: it may yet come
    await passTime(world, "alpha", 60);
    await tower.tick();
    expect(await guarded.isPaused()).toBe(true);
    const state = async () =>
      (await tower.store.db.selectFrom("tower_foreign").selectAll().execute()).map((row) => row.state);
    expect(await state()).toEqual(["suspected"]);
    await passTime(world, "alpha", 1, 5);
    await tower.tick();
    expect(await state()).toEqual(["certain"]);
    expect(await tower.alertKinds()).toEqual(["action-done", "foreign-delivery"]);
  });

  it("is none when it was dispatched, final or not", async () => {
    const guarded = await behindPause();
    await using tower = await watch(guarded, FINAL_AFTER_FOUR);
    const sent = await world.send({ from: "alpha", body: "0x01" });
    await world.until(() => world.delivered("beta", sent.id), "delivered");
    await passTime(world, "alpha", 60);
    await tower.tick();
    const { db } = tower.store;
    const ours = async () =>
      await db.selectFrom("tower_foreign").select("state").where("message_id", "=", sent.id).execute();
    expect(await ours()).toEqual([{ state: "pending" }]);
    await passTime(world, "alpha", 1, 5);
    await tower.tick();
    expect(await ours()).toEqual([{ state: "explained" }]);
    expect(await tower.alertTexts("foreign-delivery")).not.toContainEqual(expect.stringContaining(sent.id));
  });

  it("to a recipient whose module takes anything stops nobody else: anyone can have one", async () => {
    const guarded = await behindPause();
    const toy = recipientOn(world.chains.beta, (await deploy(world.chains.beta, "TestRecipient")).address);
    await toy.setModule(await deployOnBeta({ type: "noopIsm" }));
    const { message, id } = await forgeMessage(world, { recipient: toy.address });
    await deliver(world, { metadata: "0x", message });
    await toy.setModule(guarded.module); // asked later, it names the module that others trust
    await using tower = await watch(guarded);
    await passTime(world, "alpha", 60);
    await tower.tick();
    expect(await tower.alertKinds()).toContain("foreign-elsewhere");
    expect(await tower.alertTexts("foreign-delivery")).not.toContainEqual(expect.stringContaining(id));
    expect(await guarded.isPaused()).toBe(false);
  });

  it.each([
    ["and its recipient is protected: it acts", true],
    ["and nothing else proves it: it only tells", false],
  ])("whose transaction does not show it, %s", async (_, isProtected) => {
    const guarded = await behindPause();
    const { metadata, message, id } = await guarded.forge();
    const call = encodeFunctionData({ abi: mailboxAbi, functionName: "process", args: [metadata, message] });
    await callHidden(world, world.chains.beta.config.mailbox, call);
    expect(await guarded.view()).toMatchObject({ received: 1n });
    await using tower = await watch(guarded, isProtected ? { recipients: [guarded.recipient] } : {});
    await passTime(world, "alpha", 60);
    await tower.tick();
    expect(await guarded.isPaused()).toBe(isProtected);
    const why = isProtected ? `recipient ${guarded.recipient} took it` : "its transaction does not show the message";
    expect(await tower.alertTexts("foreign-delivery")).toContainEqual(
      expect.stringMatching(new RegExp(`${id}.*${why}`)),
    );
  });

  it.each([
    ["hides it", async () => withoutLogs],
    ["alone tells of it", () => inventDelivery(world)],
  ])("is nobody's when one node %s: nothing is paused, and that is told", async (what, lie) => {
    const guarded = await behindPause();
    if (what === "hides it") await deliver(world, await guarded.forge());
    await using node = await startLyingRpc(world.chains.beta.config.rpcUrl);
    node.setLie(await lie());
    await using tower = await watch(guarded, { others: { beta: node.url } });
    await passTime(world, "alpha", 60);
    await tower.tick();
    await tower.tick();
    expect(await guarded.isPaused()).toBe(false);
    expect((await tower.alertKinds()).some((kind) => /^rpc-(disagreement|faulty)$/.test(kind))).toBe(true);
  });
});

describe("a pre-verification of what was never dispatched", () => {
  it.each([
    ["shown in its transaction", false],
    ["hidden in another contract", true],
  ])("is flagged while its window is open, %s", async (_, isHidden) => {
    const { alpha, beta } = world.chains;
    const module = await deployOnBeta({
      type: "optimisticIsm",
      owner: localAccounts.deployer.address,
      submodule: multisig(),
      fraudWindow: 3_600,
      watchers: [guardian.address],
      threshold: 1,
    });
    const recipient = recipientOn(beta, (await deploy(beta, "TestRecipient")).address);
    await recipient.setModule(module);
    const { id, message, metadata } = await forgeMessage(world, { recipient: recipient.address });
    const args = [metadata, message] as const;
    if (isHidden) {
      await callHidden(world, module, encodeFunctionData({ abi: optimisticIsmAbi, functionName: "preVerify", args }));
    } else {
      await write(beta, { address: module, abi: optimisticIsmAbi as never, functionName: "preVerify", args });
    }
    await using tower = await openTower(world, {
      guardian,
      modules: [
        {
          type: "optimistic",
          chain: beta.config.domain,
          address: module,
          origins: [alpha.config.domain],
          flag: ["message", "submodule"],
          when: "suspected",
        },
      ],
    });
    await passTime(world, "alpha", 60);
    for (let i = 0; i < 3; i++) await tower.tick();
    const contract = { address: module, abi: optimisticIsmAbi } as const;
    const flags = await Promise.all([
      control(beta).readContract({ ...contract, functionName: "hasFlaggedMessage", args: [id, guardian.address] }),
      control(beta).readContract({ ...contract, functionName: "hasFlaggedSubmodule", args: [guardian.address] }),
    ]);
    expect(flags).toEqual([true, true]);
    expect(await tower.alertKinds()).toContain("foreign-pre-verification");
    await passTime(world, "beta", 3_601);
    const data = encodeFunctionData({ abi: mailboxAbi, functionName: "process", args: ["0x", message] });
    expect(await simulate(beta.config.mailbox, data)).toMatch(/FlaggedSubmodule/);
  });
});

describe("what it intends is done once", () => {
  const storeFile = (name: string) => join(world.directory, `${name}.db`);
  const beta = () => control(world.chains.beta);

  /** A delivery that nothing was dispatched for, which the origin has come past. */
  async function attacked(): Promise<Guarded> {
    const guarded = await behindPause();
    await deliver(world, await guarded.forge());
    await passTime(world, "alpha", 60);
    return guarded;
  }

  it("when it is restarted before it could send, and told of why it could not", async () => {
    const guarded = await attacked();
    await beta().setBalance({ address: guardian.address, value: 0n });
    {
      await using tower = await watch(guarded, { storeFile: storeFile("unsent") });
      await tower.tick();
      expect(await dueActions(tower)).toMatchObject([{ attempts: 1, reason: expect.stringMatching(/funds/i) }]);
      expect(await tower.alertTexts("action-failed")).toEqual([expect.stringMatching(/no node takes .* funds/i)]);
    }
    await beta().setBalance({ address: guardian.address, value: parseEther("1") });
    await using tower = await watch(guarded, { storeFile: storeFile("unsent") });
    await tower.tick();
    expect(await guarded.isPaused()).toBe(true);
    await tower.tick();
    expect(await dueActions(tower)).toEqual([]);
    expect(await transactionsOf(guardian)).toBe(1);
  });

  it("when it is restarted after it sent, and the node has forgotten it", async () => {
    const guarded = await attacked();
    await beta().setAutomine(false);
    let sent: string[];
    {
      await using tower = await watch(guarded, { storeFile: storeFile("sent") });
      await tower.tick();
      sent = await hashes(tower);
      expect(sent).toHaveLength(1);
    }
    await beta().request({ method: "anvil_dropAllTransactions" } as never); // viem has no type for it
    await using tower = await watch(guarded, { storeFile: storeFile("sent") });
    await tower.tick();
    expect(await hashes(tower)).toEqual(sent);
    await beta().setAutomine(true);
    await beta().mine({ blocks: 1 });
    expect(await guarded.isPaused()).toBe(true);
    await tower.tick();
    await tower.tick();
    expect(await dueActions(tower)).toEqual([]);
    expect(await transactionsOf(guardian)).toBe(1);
  });

  it("when its transaction is stuck and replaced at higher fees", async () => {
    const guarded = await attacked();
    let time = Date.now();
    await using tower = await watch(guarded, { now: () => time });
    await beta().setAutomine(false);
    await tower.tick();
    time += 61_000;
    await tower.tick();
    const [old, replacement] = await tower.store.db
      .selectFrom("tower_transaction")
      .selectAll()
      .orderBy("created_at")
      .execute();
    expect(replacement?.nonce).toBe(old?.nonce);
    expect(BigInt(replacement?.max_fee_per_gas ?? 0)).toBeGreaterThan(BigInt(old?.max_fee_per_gas ?? 0));
    await beta().setAutomine(true);
    await beta().mine({ blocks: 1 });
    await tower.tick();
    await tower.tick();
    const states = await tower.store.db.selectFrom("tower_transaction").select("state").orderBy("state").execute();
    expect(states).toEqual([{ state: "dropped" }, { state: "final" }]);
    expect(await dueActions(tower)).toEqual([]);
    expect(await transactionsOf(guardian)).toBe(1);
  });

  it("when it is reorganised away, by the very same transaction", async () => {
    const guarded = await attacked();
    await using tower = await watch(guarded, { finality: { blocks: 4 } });
    const id = await beta().snapshot();
    await tower.tick();
    expect(await guarded.isPaused()).toBe(true);
    await beta().revert({ id });
    await beta().mine({ blocks: 1 });
    expect(await guarded.isPaused()).toBe(false);
    await tower.tick();
    expect(await guarded.isPaused()).toBe(true);
    expect(await hashes(tower)).toHaveLength(1);
    await tower.tick();
    expect(await dueActions(tower)).toMatchObject([{ reason: "it is paused" }]); // but not in a final block
    await beta().mine({ blocks: 6 });
    await tower.tick();
    expect(await dueActions(tower)).toEqual([]);
  });

  it("not at all, when somebody else was faster", async () => {
    const guarded = await attacked();
    const { address } = guarded.response;
    await write(world.chains.beta, { address, abi: pausableIsmAbi as never, functionName: "pause" });
    await using tower = await watch(guarded);
    await tower.tick();
    expect(await dueActions(tower)).toEqual([]);
    expect(await tower.alertKinds()).toContain("action-done");
    expect(await transactionsOf(guardian)).toBe(0);
  });
});

async function hashes(tower: TestTower): Promise<string[]> {
  return (await tower.store.db.selectFrom("tower_transaction").select("hash").execute()).map(({ hash }) => hash);
}
