// Opens the store of a relayer that holds many messages, in a process of its own, and prints what that took as JSON.
// node --import tsx harness/bench/million.ts <store> <domain>
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
const peakMb = process.resourceUsage().maxRSS / 1_024;
console.log(JSON.stringify({ count: tree.count, openMs, proofMs, rssMb: process.memoryUsage().rss / 2 ** 20, peakMb }));
