import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import {
  type Address,
  concat,
  createWalletClient,
  getAddress,
  type Hex,
  http,
  numberToHex,
  pad,
  parseEventLogs,
} from "viem";
import { generatePrivateKey, privateKeyToAddress } from "viem/accounts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { errorText } from "../agents/relayer/rpcError.ts";
import { localAccounts, localKey } from "../chains/localChains.ts";
import { mailboxAbi } from "../contracts/abi.ts";
import { readAbi } from "../contracts/artifact.ts";
import { createDeployer } from "../contracts/deployer.ts";
import { deployHook } from "../hooks/deployHook.ts";
import { hookConfigSchema } from "../hooks/hookConfig.ts";
import { type DeliveryTerms, encodeDeliveryTerms } from "../protocol/deliveryTerms.ts";
import { encodeHookMetadata } from "../protocol/hookMetadata.ts";
import { CHAIN_NAMES, createWorld, type World } from "../world/createWorld.ts";
import { control, recipientOn, write } from "./kit.ts";

const { deployer, sender } = localAccounts;
const owner = deployer.address;
const beneficiary = getAddress("0x00000000000000000000000000000000000beef1");
/** Its messages have a hook of their own. */
const CHOSEN = pad("0xc0ffee", { size: 32 });
const GAS = 100_000n;
const OVERHEAD = 75_000;
const GAS_PRICE = 7n;
const PAYMENT = (GAS + BigInt(OVERHEAD)) * GAS_PRICE;
const CAPACITY = 1_000_000n;

let world: World;
let config: string;
beforeAll(async () => {
  world = await createWorld();
  config = join(world.directory, "causeway.json");
  const chains = CHAIN_NAMES.map((name) => {
    const { name: _, ...chain } = world.chains[name].config;
    const { aggregationHookFactory } = world.chains[name].core;
    return [name, { ...chain, aggregationHookFactory }];
  });
  await writeFile(config, JSON.stringify({ chains: Object.fromEntries(chains) }));
});
afterAll(() => world[Symbol.asyncDispose]());

/** Runs `causeway hook deploy` on alpha. @throws what the command prints when it fails */
async function hookDeploy(description: unknown): Promise<Address> {
  const file = join(world.directory, "hook.json");
  await writeFile(file, JSON.stringify(description));
  const main = fileURLToPath(new URL("../cli/causeway.mjs", import.meta.url));
  const args = [main, "--config", config, "hook", "deploy", file, "--chain", "alpha"];
  const env = { ...process.env, CAUSEWAY_DEPLOYER_KEY: localKey(deployer) };
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  return (JSON.parse(stdout) as { address: Address }).address;
}

/** The same without the command. */
async function part(description: unknown): Promise<Address> {
  const { rpcUrl, mailbox, merkleTreeHook } = world.chains.alpha.config;
  const { aggregationHookFactory } = world.chains.alpha.core;
  const config = hookConfigSchema.parse(description);
  const account = await createDeployer({ rpcUrl, account: deployer });
  return deployHook({ deployer: account, config, mailbox, merkleTreeHook, aggregationHookFactory });
}

/** Body of a token message: recipient and amount. */
const transfer = (amount: bigint): Hex => concat([pad("0x01", { size: 32 }), numberToHex(amount, { size: 32 })]);

type Dispatch = { hook: Address; body?: Hex; recipient?: Hex; value?: bigint; terms?: DeliveryTerms };

function call({ hook, body = "0x01", recipient, value, terms }: Dispatch, refundAddress: Address) {
  const { alpha, beta } = world.chains;
  const metadata = terms
    ? encodeDeliveryTerms({ gasLimit: GAS, refundAddress }, terms)
    : encodeHookMetadata({ msgValue: 0n, gasLimit: GAS, refundAddress });
  const to = recipient ?? pad(beta.config.testRecipient, { size: 32 });
  const args = [beta.config.domain, to, body, metadata, hook] as const;
  return { address: alpha.config.mailbox, abi: mailboxAbi, args, account: sender, ...(value && { value }) };
}

/** Dispatches through a hook with a wei more than it quotes: the quote, and that just that wei comes back. */
async function dispatch(parameters: Dispatch) {
  const refundAddress = privateKeyToAddress(generatePrivateKey());
  const alpha = control(world.chains.alpha);
  const quote = await alpha.readContract({ ...call(parameters, refundAddress), functionName: "quoteDispatch" });
  const wallet = createWalletClient({ account: sender, transport: http(world.chains.alpha.config.rpcUrl) });
  const paid = call({ ...parameters, value: quote + 1n }, refundAddress);
  const hash = await wallet.writeContract({ ...paid, functionName: "dispatch", chain: null });
  const { status, logs } = await alpha.waitForTransactionReceipt({ hash });
  expect(status).toBe("success");
  expect(await alpha.getBalance({ address: refundAddress })).toBe(1n);
  const [event] = parseEventLogs({ abi: mailboxAbi, eventName: "DispatchId", logs });
  if (event === undefined) throw new Error("nothing was dispatched");
  return { quote, id: event.args.messageId };
}

/** Why a dispatch would not be possible. */
async function refusal(parameters: Dispatch): Promise<string> {
  return control(world.chains.alpha)
    .simulateContract({ ...call(parameters, owner), functionName: "dispatch" })
    .then(() => "dispatched", errorText);
}

const balance = (address: Address) => control(world.chains.alpha).getBalance({ address });

it("deploys a tree of all hooks; what each is due stays, the rest comes back, and messages arrive", async () => {
  const { alpha, beta } = world.chains;
  const pausable = await part({ type: "pausableHook", owner, guardian: sender.address });
  const rate = { type: "rateLimitedHook", owner, maxCapacity: `${CAPACITY}`, duration: 3_600, sender: sender.address };
  const rateLimited = await part(rate);
  const fee = (protocolFee: number) => ({
    type: "protocolFee",
    owner,
    maxProtocolFee: 1_000,
    protocolFee,
    beneficiary,
  });
  const [always, chosen] = [await part(fee(11)), await part(fee(500))];
  const paymaster = await part({
    type: "interchainGasPaymaster",
    owner,
    beneficiary,
    destinations: {
      [beta.config.domain]: { tokenExchangeRate: "10000000000", gasPrice: `${GAS_PRICE}`, overhead: OVERHEAD },
    },
  });
  const hook = await hookDeploy({
    type: "aggregationHook",
    hooks: [
      { type: "merkleTreeHook" },
      pausable,
      rateLimited,
      always,
      {
        type: "fallbackRoutingHook",
        owner,
        domains: { "7": pausable },
        fallback: {
          type: "recipientRoutingHook",
          owner,
          recipients: [{ destination: beta.config.domain, recipient: CHOSEN, hook: chosen }],
          fallback: {
            type: "amountRoutingHook",
            threshold: 100,
            lowerHook: { type: "defaultHook" },
            upperHook: { type: "domainRoutingHook", owner, domains: { [beta.config.domain]: paymaster } },
          },
        },
      },
    ],
  });

  // The Mailbox's default hook is the tree, which takes nothing.
  const small = await dispatch({ hook, body: transfer(99n) });
  expect(small.quote).toBe(11n);
  const large = await dispatch({ hook, body: transfer(100n) });
  expect(large.quote).toBe(11n + PAYMENT);
  const special = await dispatch({ hook, body: transfer(100n), recipient: CHOSEN });
  expect(special.quote).toBe(511n);
  expect(await balance(always)).toBe(33n);
  expect(await balance(paymaster)).toBe(PAYMENT);
  expect(await balance(chosen)).toBe(500n);
  for (const address of [hook, pausable, rateLimited, alpha.config.mailbox]) expect(await balance(address)).toBe(0n);
  for (const { id } of [small, large]) await world.until(() => world.delivered("beta", id), "delivered");
  expect((await recipientOn(beta).view()).received).toBe(2n);

  // Anyone has the fees paid out, to the beneficiary alone.
  await write(alpha, { address: paymaster, abi: readAbi("InterchainGasPaymaster"), functionName: "claim" });
  await write(alpha, { address: always, abi: readAbi("ProtocolFee"), functionName: "collectProtocolFees" });
  expect(await balance(beneficiary)).toBe(33n + PAYMENT);

  // Underpaid, beyond the limit, paused.
  const body = transfer(100n);
  expect(await refusal({ hook, body, value: large.quote - 1n })).toMatch(/Underpaid\(\d+, \d+\)/);
  expect(await refusal({ hook, body, value: large.quote })).toBe("dispatched");
  expect(await refusal({ hook, body: transfer(CAPACITY + 1n), value: large.quote })).toMatch(/RateLimitExceeded/);
  const pause = { address: pausable, abi: readAbi("PausableHook") };
  await write(alpha, { ...pause, functionName: "pause" });
  expect(await refusal({ hook, body, value: large.quote })).toMatch(/EnforcedPause/);
  await write(alpha, { ...pause, functionName: "unpause" });
  const { id } = await dispatch({ hook, body });
  await world.until(() => world.delivered("beta", id), "delivered");
});

it("locks what another hook quotes in an escrow, and the message arrives", async () => {
  const { alpha, beta } = world.chains;
  const prices = await part({ type: "protocolFee", owner, maxProtocolFee: 1_000, protocolFee: 77, beneficiary });
  const hook = await part({ type: "escrowPaymaster", gasPaymaster: prices });
  const { timestamp } = await control(alpha).getBlock();
  const terms = {
    deadline: 0,
    escrowUntil: Number(timestamp) + 86_400,
    receiptIsm: alpha.core.defaultIsm,
    receiptSender: pad(beta.config.mailbox, { size: 32 }),
  };
  const { quote, id } = await dispatch({ hook, terms });
  expect(quote).toBe(77n);
  expect(await balance(hook)).toBe(77n);
  expect(await balance(prices)).toBe(0n);
  expect(await refusal({ hook, terms, value: 76n })).toMatch(/Underpaid\(76, 77\)/);
  await world.until(() => world.delivered("beta", id), "delivered");
});

it("makes one aggregation of the same hooks", async () => {
  const description = {
    type: "aggregationHook",
    hooks: [await part({ type: "defaultHook" }), { type: "merkleTreeHook" }],
  };
  expect(await part(description)).toBe(await part(description));
  // In another order it is another.
  expect(await part({ ...description, hooks: description.hooks.toReversed() })).not.toBe(await part(description));
});

it("deploys nothing of a description that it can not read, and says what is wrong with it", async () => {
  const before = await control(world.chains.alpha).getTransactionCount({ address: owner });
  await expect(hookDeploy({ type: "aggregationHook", hooks: ["0x12"] })).rejects.toThrow(
    /hook\.json describes no hook/,
  );
  expect(await control(world.chains.alpha).getTransactionCount({ address: owner })).toBe(before);
});
