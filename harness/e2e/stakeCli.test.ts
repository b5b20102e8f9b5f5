import { mkdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { type Address, type Hex, parseEther, parseUnits } from "viem";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type LocalChain, type LocalChains, localAccounts, localKey, startLocalChains } from "../chains/localChains.ts";
import { stakeCommand } from "../cli/commands/stake.ts";
import { mailboxAbi, merkleTreeHookAbi, slasherAbi, validatorStakeAbi } from "../contracts/abi.ts";
import { readArtifact } from "../contracts/artifact.ts";
import { decodeMessage } from "../protocol/message.ts";
import { decodeValidatorSetMessage } from "../protocol/validatorSetMessage.ts";
import { dispatchMessages } from "../world/dispatchMessages.ts";
import { control, deploy, write } from "./kit.ts";
import { publish } from "./towerKit.ts";

const DAY = 86_400;
const SLASHING = {
  equivocationShare: "1",
  messageIdShare: "1",
  rootShare: "1",
  prematureShare: "0.5",
  foreignTreeShare: "0.5",
  silenceShare: "0.01",
  prematureWindow: DAY,
  livenessWindow: DAY / 2,
  finalAfter: 3600,
  livenessBond: "0.1",
};
const TERMS = {
  minSelfBond: "100",
  reporterShare: "0.2",
  epochLength: DAY,
  setLifetime: 2 * DAY,
  fraudWindow: 2 * DAY,
  jailTime: DAY,
  unbondingEpochs: 5,
  minActive: 2,
  maxActive: 3,
  maxCandidates: 4,
  slashing: SLASHING,
};

let chains: LocalChains;
let directory: string;
let validatorStake: Address | undefined;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "causeway-stake-"));
  chains = await startLocalChains({ validators: 6 });
});
afterAll(async () => {
  await chains[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

/** Operators and checkpoint keys are six of the rich accounts; delegators are the others. */
const account = (i: number) => {
  const found = chains.alpha.validators[i];
  if (found === undefined) throw new Error(`no account ${i}`);
  return found;
};
const operator = (i: number) => account(i);
const validatorKey = (i: number) => account(3 + i);
const keyFile = (of: { address: Address }, key: Hex): string => {
  const file = join(directory, `${of.address}.key`);
  writeFileSync(file, key, { mode: 0o600 });
  return file;
};
const fileOf = (of: Parameters<typeof localKey>[0]): string => keyFile(of, localKey(of));

type Ran = { printed: string; said: string };

/** Runs a command against alpha. */
async function causeway(...args: string[]): Promise<Ran> {
  const file = join(directory, "causeway.json");
  const parts = [chains.alpha, chains.beta].map(({ config: { name: _, ...chain } }) => chain);
  const alpha = { ...parts[0], ...(validatorStake && { validatorStake }) };
  writeFileSync(file, JSON.stringify({ chains: { alpha, beta: parts[1] } }));
  const program = new Command().exitOverride().option("-c, --config <file>").addCommand(stakeCommand());
  const printed = vi.spyOn(console, "log").mockReturnValue();
  const said = vi.spyOn(console, "error").mockReturnValue();
  try {
    await program.parseAsync(["--config", file, "stake", ...args, "--chain", "alpha"], { from: "user" });
    return { printed: printed.mock.calls.flat().join("\n"), said: said.mock.calls.flat().join("\n") };
  } finally {
    printed.mockRestore();
    said.mockRestore();
  }
}

const as = (of: Parameters<typeof localKey>[0]): string[] => ["--key-file", fileOf(of)];
const by = (of: Parameters<typeof localKey>[0], ...args: string[]) => causeway(...args, ...as(of));

function writeTerms(change: object = {}): string {
  const file = join(directory, "stake.json");
  writeFileSync(file, JSON.stringify({ ...TERMS, ...change }));
  return file;
}

async function deployed(change: object = {}): Promise<Address> {
  const { printed } = await by(localAccounts.deployer, "deploy", writeTerms(change));
  const json = JSON.parse(printed);
  expect(json).toMatchObject({ chain: "alpha", domain: 31_337 });
  validatorStake = json.validatorStake;
  return json.validatorStake;
}

async function register(i: number, amount: string, commission = "10"): Promise<Ran> {
  const named = ["--amount", amount, "--commission", commission, "--validator-key-file", fileOf(validatorKey(i))];
  return by(operator(i), "register", ...named);
}

async function advance(): Promise<string> {
  await control(chains.alpha).increaseTime({ seconds: DAY });
  await control(chains.alpha).mine({ blocks: 1 });
  return (await by(localAccounts.relayer, "advance")).printed;
}

const read = async (functionName: string, args: readonly unknown[] = []): Promise<unknown> =>
  control(chains.alpha).readContract({ address: stakeAddress(), abi: validatorStakeAbi as never, functionName, args });
const stakeAddress = (): Address => {
  if (validatorStake === undefined) throw new Error("nothing is deployed");
  return validatorStake;
};
const balance = (address: Address) => control(chains.alpha).getBalance({ address });

/** What an account paid for gas in all blocks after one. */
async function gasPaid(address: Address, afterBlock: bigint): Promise<bigint> {
  const client = control(chains.alpha);
  let paid = 0n;
  for (let blockNumber = afterBlock + 1n; blockNumber <= (await client.getBlockNumber()); blockNumber++) {
    const { transactions } = await client.getBlock({ blockNumber, includeTransactions: true });
    for (const { hash, from } of transactions) {
      if (from.toLowerCase() !== address.toLowerCase()) continue;
      const { gasUsed, effectiveGasPrice } = await client.getTransactionReceipt({ hash });
      paid += gasUsed * effectiveGasPrice;
    }
  }
  return paid;
}

describe("causeway stake, in the native token", () => {
  const delegator = localAccounts.sender;

  beforeAll(async () => {
    await deployed();
  });

  it("registers, delegates, rewards, unbonds and withdraws to the wei", async () => {
    const block = await control(chains.alpha).getBlockNumber();
    const [operatorBefore, delegatorBefore] = [await balance(operator(0).address), await balance(delegator.address)];
    const registered = await register(0, "150.000000000000000001");
    expect(registered.printed).toContain(`signs as ${validatorKey(0).address}, with 150.000000000000000001 ETH`);
    await register(1, "100");
    await by(delegator, "delegate", operator(0).address, "50");
    expect(await advance()).toBe("epoch 1 of alpha: set 1 with 2 validators");
    await by(localAccounts.deployer, "reward", operator(0).address, "20.00000000000000001");

    // A tenth to the operator, the rest to 200 ETH and a wei of stake.
    const commission = parseEther("2.000000000000000001");
    const [pool] = (await read("poolOf", [operator(0).address])) as [bigint, bigint];
    expect(pool).toBe(parseEther("200.000000000000000001") + parseEther("20.00000000000000001") - commission);
    const [, worth] = (await read("delegationOf", [operator(0).address, delegator.address])) as [bigint, bigint];
    expect(worth).toBe(parseEther("54.500000000000000002") - 0n);

    await by(delegator, "unbond", operator(0).address, "4.500000000000000001");
    const { printed } = await by(delegator, "unbond", operator(0).address, "all");
    expect(printed).toContain("pays it in epoch 7");
    expect(await read("delegationOf", [operator(0).address, delegator.address])).toEqual([0n, 0n]);
    const early = await by(delegator, "withdraw");
    expect(early.printed).toContain("nothing is due");
    expect(early.printed).toContain("the next is released in epoch 7; this is epoch 1");

    for (let epoch = 2; epoch <= 7; epoch++) expect(await advance()).toContain(`epoch ${epoch} of alpha`);
    const paid = await by(delegator, "withdraw");
    expect(paid.printed).toMatch(/^paid 54\.5000000000000000\d+ ETH from 0x/);
    const spent = (await gasPaid(delegator.address, block)) + parseEther("50");
    expect(await balance(delegator.address)).toBe(delegatorBefore - spent + worth);

    // The operator's commission is paid to it by the same command.
    await by(operator(0), "withdraw");
    const operatorSpent = (await gasPaid(operator(0).address, block)) + parseEther("150.000000000000000001");
    expect(await balance(operator(0).address)).toBe(operatorBefore - operatorSpent + commission);
    expect(await balance(stakeAddress())).toBe((await read("totalStake")) as bigint);
  });

  it("shows the set, the candidates and an account", async () => {
    await by(delegator, "delegate", operator(1).address, "12.5");
    const { printed } = await causeway("status", "--account", delegator.address);
    expect(printed).toContain("epoch 7, can be ended at ");
    expect(printed).toContain("set 7: 2 validators who weigh ");
    expect(printed).toContain(`signs as ${validatorKey(1).address}`);
    expect(printed).toContain(`12.5 ETH behind ${operator(1).address}`);
    const json = JSON.parse((await causeway("status", "--account", delegator.address, "--json")).printed);
    expect(json.positions.delegations).toEqual([
      {
        validator: operator(1).address,
        shares: parseUnits("12.5", 24).toString(),
        tokens: parseEther("12.5").toString(),
      },
    ]);
    expect(json.validators).toHaveLength(2);
    expect((await causeway("status", "--account", localAccounts.relayer.address)).printed).toContain("  nothing");
  });

  it("rotates a key, and sends the set with the new one", async () => {
    const rotated = await by(operator(0), "rotate", "--new-key-file", fileOf(validatorKey(2)));
    expect(rotated.printed).toContain(`signs as ${validatorKey(2).address} from epoch 8 on`);
    expect((await causeway("status")).printed).toContain(`from the next epoch on as ${validatorKey(2).address}`);
    await advance();
    const module = "0x00000000000000000000000000000000000000aa";
    const sent = await by(localAccounts.relayer, "push", "--to", "beta", "--module", module);
    const client = control(chains.alpha);
    const { mailbox: address } = chains.alpha.config;
    const [event] = await client.getContractEvents({ address, abi: mailboxAbi, eventName: "Dispatch", fromBlock: 0n });
    if (event?.args.message === undefined) throw new Error("no message was dispatched");
    const message = decodeMessage(event.args.message);
    expect(sent.printed).toMatch(/^0x[0-9a-f]{64}$/);
    expect(message.destination).toBe(31_338);
    const set = decodeValidatorSetMessage(message.body);
    expect(set.setId).toBe(8n);
    expect(set.members.map(({ key }) => key)).toEqual([
      validatorKey(2).address.toLowerCase(),
      validatorKey(1).address.toLowerCase(),
    ]);
    expect(set.members[1]?.weight).toBe(parseEther("112.5"));
  });

  it("changes the commission: less at once, more later", async () => {
    expect((await by(operator(0), "commission", "2.5")).printed).toBe(
      `the commission of ${operator(0).address} is 2.5 %`,
    );
    expect((await by(operator(0), "commission", "50")).printed).toContain("is 2.5 %, and 50 % from epoch 14 on");
  });

  it("leaves, and comes back", async () => {
    await by(operator(1), "unbond", operator(1).address, "0.000000000000000001");
    expect(await advance()).toContain("with 1 validators");
    await expect(by(operator(1), "rejoin")).rejects.toThrow("must be 100 ETH at least");
    await by(operator(1), "delegate", operator(1).address, "0.000000000000000001");
    expect((await by(operator(1), "rejoin")).printed).toContain("is a candidate");
  });

  it("says what is wrong, and sends nothing", async () => {
    const nonces = () =>
      Promise.all(
        [operator(0), operator(1), delegator].map(({ address }) =>
          control(chains.alpha).getTransactionCount({ address }),
        ),
      );
    const before = await nonces();
    const stranger = localAccounts.relayer.address;
    for (const [ran, message] of [
      [() => register(0, "100"), `${operator(0).address} has registered before`],
      [() => by(delegator, "delegate", stranger, "1"), `${stranger} is no validator's operator here`],
      [() => by(delegator, "delegate", operator(0).address, "0"), "the amount is worth nothing"],
      [() => by(delegator, "delegate", operator(0).address, "1.2.3"), "is no amount of ETH"],
      [() => by(delegator, "delegate", operator(0).address, `0.${"0".repeat(18)}1`), "more digits after the point"],
      [() => by(delegator, "unbond", operator(1).address, "13"), "has 12.5 ETH with"],
      [() => by(delegator, "unbond", operator(0).address, "all"), "has 0 ETH with"],
      [() => by(delegator, "advance"), "the epoch lasts until"],
      [() => by(delegator, "rejoin"), "is no validator's operator here"],
      [() => by(operator(0), "rejoin"), "is a candidate"],
      [() => by(operator(0), "rotate", "--new-key-file", fileOf(validatorKey(1))), "for ever: take another one"],
      [
        () => by(delegator, "push", "--to", "beta", "--module", stranger),
        "the set has 1 members, and is not sent with less than 2",
      ],
      [() => by(delegator, "push", "--to", "nowhere", "--module", stranger), 'has no chain "nowhere"'],
    ] as [() => Promise<Ran>, string][]) {
      await expect(ran()).rejects.toThrow(message);
    }
    expect(await nonces()).toEqual(before);
  });
});

describe("causeway stake, in a token", () => {
  it("approves what it needs and asserts the token's balances to the unit", async () => {
    const token = await deploy(chains.alpha, "HostileToken");
    const mint = (to: Address, amount: bigint) =>
      write(chains.alpha, { ...token, functionName: "mint", args: [to, amount] });
    const tokens = (of: Address) =>
      control(chains.alpha).readContract({
        address: token.address,
        abi: readArtifact("HostileToken").abi,
        functionName: "balanceOf",
        args: [of],
      });
    const stake = await deployed({ asset: token.address });
    await mint(operator(0).address, parseEther("120"));
    expect((await register(0, "120")).said).toContain("letting the stake take 120 HOST");
    expect(await tokens(operator(0).address)).toBe(0n);
    expect(await tokens(stake)).toBe(parseEther("120"));
    await expect(by(localAccounts.sender, "delegate", operator(0).address, "1")).rejects.toThrow(
      "has 0 HOST and would have to pay 1 HOST",
    );
    await by(operator(0), "unbond", operator(0).address, "20");
    for (let epoch = 1; epoch <= 6; epoch++) await advance();
    expect((await by(operator(0), "withdraw")).printed).toContain("paid 20 HOST");
    expect(await tokens(operator(0).address)).toBe(parseEther("20"));
    expect(await tokens(stake)).toBe(parseEther("100"));
  });
});

describe("causeway stake, of silence", () => {
  it("challenges to sign: who answers has the bond, who does not is slashed and out", async () => {
    const { alpha, beta } = chains;
    await deployed();
    for (const i of [0, 1]) await register(i, "100");
    await advance();
    await dispatchMessages({ origin: alpha, destination: beta, messages: [{ body: "0x01" }] });
    const tree = { address: alpha.config.merkleTreeHook, abi: merkleTreeHookAbi } as const;
    const [root, index] = await control(alpha).readContract({ ...tree, functionName: "latestCheckpoint" });
    const at = ["--index", `${index}`];
    const someone = localAccounts.sender;
    const pass = async (seconds: number) => {
      await control(alpha).increaseTime({ seconds });
      await control(alpha).mine({ blocks: 1 });
    };

    const early = await by(someone, "challenge", operator(0).address, ...at);
    expect(early.printed).toMatch(/a root over index \d+ is stored: challenge from 20\S+ on/);
    await pass(SLASHING.finalAfter);
    for (const i of [0, 1]) {
      const { printed } = await by(someone, "challenge", operator(i).address, ...at);
      expect(printed).toContain(`${operator(i).address} has until 20`);
    }
    await expect(by(someone, "challenge", operator(0).address, ...at)).rejects.toThrow(/AlreadyChallengedToSign/);
    await expect(by(someone, "challenge", operator(0).address, "--index", "999")).rejects.toThrow("has no leaf 999");

    const messageId = (await treeLeaves(alpha)).at(-1) ?? "0x";
    const { domain: origin, merkleTreeHook } = alpha.config;
    const folder = join(directory, "checkpoints");
    mkdirSync(folder);
    const storage = ["--storage", `file://${folder}`];
    await expect(by(someone, "answer", ...at, ...storage)).rejects.toThrow(`no checkpoint of index ${index}`);
    await publish(validatorKey(0), folder, { origin, merkleTreeHook, root, index, messageId });
    expect((await by(someone, "answer", ...at, ...storage)).printed).toContain("the bond is the operator's");

    await expect(by(someone, "resolve", operator(1).address, ...at)).rejects.toThrow(/WindowOpen/);
    await pass(SLASHING.livenessWindow);
    const { printed } = await by(someone, "resolve", operator(1).address, ...at);
    expect(printed).toBe(`${operator(1).address} did not sign index ${index}: 1 ETH slashed`);
    expect(await read("validators")).toEqual([validatorKey(0).address]);
    const slasher = { address: (await read("slasher")) as Address, abi: slasherAbi } as const;
    const credit = (of: Address) => control(alpha).readContract({ ...slasher, functionName: "creditOf", args: [of] });
    expect(await credit(operator(0).address)).toBe(parseEther("0.1"));
    expect(await credit(someone.address)).toBe(parseEther("0.1"));
  });

  async function treeLeaves({ config }: LocalChain): Promise<Hex[]> {
    const events = await control(chains.alpha).getContractEvents({
      address: config.merkleTreeHook,
      abi: merkleTreeHookAbi,
      eventName: "InsertedIntoTree",
      fromBlock: 0n,
      strict: true,
    });
    return events.map(({ args }) => args.messageId);
  }
});

describe("causeway stake deploy", () => {
  it.each([
    [{ unbondingEpochs: 4 }, "it must be more than setLifetime and fraudWindow together"],
    [{ fraudWindow: DAY, unbondingEpochs: 4 }, "it must be less than fraudWindow"],
    [{ setLifetime: DAY }, "it must be more than epochLength"],
    [{ jailTime: DAY - 1 }, "jailTime is 86399 s: it must be epochLength, 86400, at least"],
    [{ reporterShare: "0.51" }, "reporterShare is 51 %, and may be 50 % at most"],
    [{ minSelfBond: "0.000000000000000001" }, "it must be 1000000 at least"],
    [{ maxActive: 4 }, "must rise, the last two strictly"],
    [{ slashing: { ...SLASHING, silenceShare: "1" } }, "SilenceCostsTooMuch"],
    [{ minSelfBond: 100 }, "describes no staking"],
    [{ reporterShare: "1.1" }, "describes no staking"],
    [{ whatever: 1 }, "describes no staking"],
  ])("refuses %j", async (change, message) => {
    await expect(by(localAccounts.deployer, "deploy", writeTerms(change))).rejects.toThrow(message);
  });

  it("says what to do when a chain has no staking", async () => {
    validatorStake = undefined;
    await expect(causeway("status")).rejects.toThrow('has no "validatorStake" in the configuration');
    validatorStake = chains.alpha.config.mailbox;
    await expect(by(operator(0), "advance")).rejects.toThrow("does not answer as a ValidatorStake does");
  });
});
