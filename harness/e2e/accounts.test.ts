import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type Abi,
  type Address,
  encodeFunctionData,
  type Hash,
  type Hex,
  pad,
  parseEventLogs,
  zeroAddress,
  zeroHash,
} from "viem";
import { expect, it } from "vitest";
import { localAccounts } from "../chains/localChains.ts";
import { accountRouterAbi, mailboxAbi, queryRouterAbi } from "../contracts/abi.ts";
import { createDeployer } from "../contracts/deployer.ts";
import { addressToBytes32 } from "../protocol/address.ts";
import { type AccountCall, commitmentToCalls, encodeRevealMetadata } from "../protocol/interchainAccountMessage.ts";
import { diagnose } from "../why/diagnose.ts";
import { type ChainName, createWorld, type World } from "../world/createWorld.ts";
import { control, deploy, write } from "./kit.ts";

const owner = localAccounts.deployer.address;
const SALT: Hash = pad("0x5a17");

it("an account on another chain makes calls, and says why when it can not; what is committed is revealed", async () => {
  await using gateway = await startGateway();
  await using world = await createWorld({ relayerOptions: { allowPrivateGateways: true } });
  const { alpha, beta } = world.chains;
  const args = (mailbox: Address) => [mailbox, zeroAddress, owner, 200_000n, [gateway.url]];
  const here = await deploy(alpha, "InterchainAccountRouter", args(alpha.config.mailbox));
  const there = await deploy(beta, "InterchainAccountRouter", args(beta.config.mailbox));
  const target = await deploy(beta, "CallTarget");
  const client = control(beta);
  const ism = await client.readContract({ address: beta.config.mailbox, abi: mailboxAbi, functionName: "defaultIsm" });
  const enroll = { address: here.address, abi: here.abi, functionName: "enrollRemoteRouterAndIsm" };
  await write(alpha, { ...enroll, args: [31_338, addressToBytes32(there.address), addressToBytes32(ism)] });
  const back = { address: there.address, abi: there.abi, functionName: "enrollRemoteRouter" };
  await write(beta, { ...back, args: [31_337, addressToBytes32(here.address)] });

  const account = await control(alpha).readContract({
    address: here.address,
    abi: accountRouterAbi,
    functionName: "getRemoteInterchainAccount",
    args: [31_338, owner],
  });
  const set = (number: bigint): AccountCall => ({
    to: addressToBytes32(target.address),
    value: 0n,
    data: encodeFunctionData({ abi: target.abi, functionName: "set", args: [number] }),
  });
  const call = (calls: readonly AccountCall[]) =>
    sendFrom(world, "alpha", { ...here, functionName: "callRemote", args: [31_338, calls] });
  const view = () =>
    Promise.all(
      ["caller", "number"].map((functionName) =>
        client.readContract({ address: target.address, abi: target.abi, functionName }),
      ),
    );

  const [first] = await call([set(1n)]);
  await world.until(() => world.delivered("beta", first), "the first call delivered");
  expect(await view()).toEqual([account, 1n]);
  const [later] = await call([set(2n)]);
  await world.until(() => world.delivered("beta", later), "the later call delivered");
  expect(await view()).toEqual([account, 2n]);

  const data = encodeFunctionData({ abi: mailboxAbi, functionName: "setDefaultIsm", args: [target.address] });
  const [refused] = await call([set(3n), { to: addressToBytes32(beta.config.mailbox), value: 0n, data }]);
  await world.rounds(2);
  expect(await world.delivered("beta", refused)).toBe(false);
  expect(await view()).toEqual([account, 2n]);
  const { verdict } = await why(world, refused);
  expect(verdict).toContain(
    `CallFailed(1, ${beta.config.mailbox}, OwnableUnauthorizedAccount(${account.toLowerCase()}))`,
  );

  const secret = [set(4n)];
  const commitment = commitmentToCalls(secret, SALT);
  gateway.answer(encodeRevealMetadata({ account, salt: SALT, calls: secret }));
  const commit = { functionName: "callRemoteCommitReveal", args: [31_338, commitment, 200_000n] };
  const [committed, revealed] = await sendFrom(world, "alpha", { ...here, ...commit });
  await world.until(
    async () => (await world.delivered("beta", committed)) && world.delivered("beta", revealed),
    "revealed",
  );
  expect(await view()).toEqual([account, 4n]);

  const byHand = [set(5n)];
  const again = { functionName: "callRemoteCommitReveal", args: [31_338, commitmentToCalls(byHand, SALT), 200_000n] };
  const [second] = await sendFrom(world, "alpha", { ...here, ...again });
  await world.until(() => world.delivered("beta", second), "committed");
  const reveal = { address: there.address, abi: there.abi, functionName: "revealAndExecute" };
  await write(beta, { ...reveal, args: [account, byHand, SALT] });
  expect(await view()).toEqual([account, 5n]);
});

it("a query is answered, and one that fails is told so", async () => {
  await using world = await createWorld();
  const { alpha, beta } = world.chains;
  const router = ({ config }: typeof alpha) =>
    deploy(alpha.config === config ? alpha : beta, "InterchainQueryRouter", [
      config.mailbox,
      zeroAddress,
      zeroAddress,
      owner,
      300_000n,
    ]);
  const [here, there] = [await router(alpha), await router(beta)];
  const enroll = { abi: here.abi, functionName: "enrollRemoteRouter" };
  await write(alpha, { ...enroll, address: here.address, args: [31_338, addressToBytes32(there.address)] });
  await write(beta, { ...enroll, address: there.address, args: [31_337, addressToBytes32(here.address)] });
  const asker = await deploy(alpha, "QueryAsker", [here.address]);
  const target = await deploy(beta, "CallTarget");
  await write(beta, { ...target, functionName: "set", args: [42n] });

  const ask = (data: Hex, tag: bigint) =>
    sendFrom(world, "alpha", { ...asker, functionName: "ask", args: [31_338, target.address, data, tag] });
  const read = (functionName: string, args: readonly unknown[] = []) =>
    control(alpha).readContract({ address: asker.address, abi: asker.abi, functionName, args });
  await ask(encodeFunctionData({ abi: target.abi, functionName: "number" }), 1n);
  await ask(encodeFunctionData({ abi: target.abi, functionName: "burn" }), 2n);
  await world.until(async () => (await read("callbacks")) === 2n, "both answered");
  expect(await read("answers", [1n])).toBe(42n);
  expect(await read("failedCallback")).toBe(await read("callback", [2n]));
  const open = { address: here.address, abi: queryRouterAbi, functionName: "asked" } as const;
  expect(await control(alpha).readContract({ ...open, args: [31_338, asker.address] })).toBe(0n);
});

/** Calls a contract as the deployer; returns the ids of the messages that it dispatched. */
async function sendFrom(
  world: World,
  chain: ChainName,
  call: { address: Address; abi: Abi; functionName: string; args: readonly unknown[] },
): Promise<readonly [Hash, Hash]> {
  const { config } = world.chains[chain];
  const deployer = await createDeployer({ rpcUrl: config.rpcUrl, account: localAccounts.deployer });
  const { logs } = await deployer.write(call.functionName, call);
  const events = parseEventLogs({ abi: mailboxAbi, eventName: "DispatchId", logs });
  return [events[0]?.args.messageId ?? expect.unreachable(), events[1]?.args.messageId ?? zeroHash];
}

function why(world: World, id: Hash) {
  const { alpha, beta } = world.chains;
  return diagnose({
    id,
    chains: [alpha.config, beta.config],
    relayer: zeroAddress,
    allowLocalStorage: true,
    allowPrivateGateways: true,
  });
}

/** Answers every request with the metadata that it was told last. */
async function startGateway() {
  let metadata: Hex = "0x";
  const server = createServer((_, response) => {
    response.setHeader("content-type", "application/json").end(JSON.stringify({ data: metadata }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer(value: Hex) {
      metadata = value;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
