import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { createPublicClient, http } from "viem";
import { expect, test, vi } from "vitest";
import { type Anvil, startAnvil } from "./anvil.ts";

const client = (anvil: Pick<Anvil, "rpcUrl">) =>
  createPublicClient({ transport: http(anvil.rpcUrl, { retryCount: 0 }) });

/** Resolves when the process that listens on the port is gone: that ends a connection held open to it. */
async function listenerGone(port: number, end: () => void): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  await new Promise<void>((resolve) => {
    socket.on("error", () => {}).once("close", () => resolve()); // an end by force may show as a reset first
    end();
  });
}

/** Runs a script that starts an anvil as its child and prints the port first. */
async function startParent(script: string) {
  const source = `
    import { startAnvil } from ${JSON.stringify(new URL("anvil.ts", import.meta.url).href)};
    const anvil = await startAnvil({ chainId: 1 });
    console.log(anvil.port);
    ${script}`;
  const parent = spawn(process.execPath, ["--import", "tsx", "--input-type", "module", "--eval", source], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface(parent.stdout)[Symbol.asyncIterator]();
  return { parent, port: Number((await lines.next()).value), lines };
}

test("chains side by side have ports and chain ids of their own", async () => {
  const anvils = await Promise.all([1, 2, 3, 4, 5, 6].map((chainId) => startAnvil({ chainId })));
  try {
    expect(new Set(anvils.map(({ port }) => port)).size).toBe(6);
    expect(new Set(anvils.map(({ pid }) => pid)).size).toBe(6);
    expect(await Promise.all(anvils.map((anvil) => client(anvil).getChainId()))).toEqual([1, 2, 3, 4, 5, 6]);
  } finally {
    await Promise.all(anvils.map((anvil) => anvil.stop()));
  }
});

test("the parameters reach anvil", async () => {
  await using anvil = await startAnvil({
    chainId: 7,
    accounts: 2,
    blockTime: 1,
    hardfork: "cancun",
    args: ["--gas-limit", "12345678"],
  });
  const chain = client(anvil);
  const accounts = await chain.request({ method: "eth_accounts" as never });
  expect(accounts).toHaveLength(2);
  // Cancun's blocks have no hash of requests, Prague's do.
  const block = await chain.getBlock();
  expect(block.gasLimit).toBe(12_345_678n);
  expect(block).not.toHaveProperty("requestsHash");
  await using prague = await startAnvil({ chainId: 8 });
  expect(await client(prague).getBlock()).toHaveProperty("requestsHash");
  await vi.waitFor(async () => expect(await chain.getBlockNumber({ cacheTime: 0 })).toBeGreaterThan(0n), 10_000);
});

test("stop ends it at once, and may be called again", async () => {
  const anvil = await startAnvil({ chainId: 1 });
  await listenerGone(anvil.port, () => void anvil.stop());
  await anvil.stop();
  await expect(client(anvil).getChainId()).rejects.toThrow("HTTP request failed");
});

test("a stopped anvil does not keep its parent alive", async () => {
  const { parent, lines } = await startParent(`await anvil.stop(); console.log("stopped");`);
  const exited = once(parent, "exit");
  expect((await lines.next()).value).toBe("stopped");
  const since = Date.now();
  expect(await exited).toEqual([0, null]);
  expect(Date.now() - since).toBeLessThan(5000);
});

test.runIf(process.platform === "linux")("it ends with a parent that is killed", async () => {
  const { parent, port } = await startParent("");
  await listenerGone(port, () => parent.kill("SIGKILL"));
});

test("a missing binary is an error that can be awaited", async () => {
  await expect(startAnvil({ chainId: 1, binary: "/nowhere/anvil" })).rejects.toThrow(
    /anvil did not start \(.*\/nowhere\/anvil --host.*\): (it ended with code 127|spawn \/nowhere\/anvil ENOENT)/,
  );
});

test("an early end is an error with what anvil said", async () => {
  await using first = await startAnvil({ chainId: 1 });
  await expect(startAnvil({ chainId: 2, port: first.port })).rejects.toThrow(/it ended with code 1\n.*in use/s);
  await expect(startAnvil({ chainId: 1, args: ["--nonsense"] })).rejects.toThrow(
    /it ended with code 2\n.*unexpected argument '--nonsense'/s,
  );
});
