// Opens the store of a relayer that holds many messages, in a process of its own, and prints what that took as JSON.
// node --import tsx harness/bench/million.ts <store> <domain>
import { readFile } from "node:fs/promises";
import { createOriginIndex } from "../agents/originIndex.ts";
import { openRelayerStore } from "../agents/relayer/openRelayer.ts";
import { createChainClient } from "../chains/client.ts";
import { storedChain } from "./storedChain.ts";

const PROOFS = 2_000;
const [file = "", domain = "0"] = process.argv.slice(2);
const startedAt = performance.now();
await using store = await openRelayerStore({ file });
const chain = storedChain(Number(domain));
const { tree } = await createOriginIndex({ chain, client: createChainClient(chain), store });
const openMs = performance.now() - startedAt;

const provedAt = performance.now();
for (let i = 0; i < PROOFS; i++) tree.proof(Math.floor((i * 7_919 * tree.count) / (PROOFS * 7_919)));
const proofMs = (performance.now() - provedAt) / PROOFS;
// Not `resourceUsage().maxRSS`, which a process inherits from who has started it.
const [, peakKb] = /^VmHWM:\s+(\d+) kB$/m.exec(await readFile("/proc/self/status", "utf8")) ?? [];
if (peakKb === undefined) throw new Error("this system does not tell a process's peak memory");
console.log(JSON.stringify({ count: tree.count, openMs, proofMs, peakMb: Number(peakKb) / 1_024 }));
