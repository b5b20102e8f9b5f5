import type { Address, Hex } from "viem";
import { aggregationIsmAbi, ismAbi } from "../../../contracts/abi.ts";
import { encodeAggregationMetadata } from "../../../protocol/aggregationMetadata.ts";
import { ethCall } from "../ethCall.ts";
import { errorText } from "../rpcError.ts";
import type { MetadataRequest, MetadataResult } from "./metadataBuilder.ts";

type Branch = MetadataResult | { status: "failed"; reason: string };

/**
 * Module type 2: metadata for as many of its modules as must agree. All are built at a time, and as soon as there are enough the others
 * are not waited for: a module that is hostile, slow or out of order stops nothing that does without it.
 */
export async function buildAggregationMetadata(request: MetadataRequest): Promise<MetadataResult> {
  const { modules, threshold } = await readModules(request);
  const branches = await settled(modules, threshold, (module) => buildBranch(request, module, modules.length));
  const ready = branches.flatMap((branch, i) => (branch?.status === "ready" ? [i] : [])).slice(0, threshold);
  if (ready.length === threshold) {
    const used = ready.map((i) => branches[i]);
    const metadata = branches.map((branch, i): Hex | undefined =>
      branch?.status === "ready" && ready.includes(i) ? branch.metadata : undefined,
    );
    const onlyInDelivery = used.some((branch) => branch?.status === "ready" && branch.onlyInDelivery);
    return {
      status: "ready",
      metadata: encodeAggregationMetadata(metadata),
      ...(onlyInDelivery && { onlyInDelivery }),
    };
  }
  const reason = `${ready.length} of ${threshold} modules ready: ${reasons(modules, branches)}`;
  const possible = branches.filter((branch) => branch?.status !== "failed").length;
  if (possible < threshold) throw new Error(reason);
  const preparing = branches.find((branch) => branch?.status === "prepare");
  if (preparing?.status === "prepare") return { ...preparing, reason };
  const expected = branches.flatMap((branch) => (branch?.status === "waiting" ? (branch.expectedAt ?? []) : []));
  return { status: "waiting", reason, ...(expected.length > 0 && { expectedAt: Math.min(...expected) }) };
}

async function readModules({ client, ism, raw }: MetadataRequest) {
  const call = { address: ism, abi: aggregationIsmAbi, functionName: "modulesAndThreshold", args: [raw] } as const;
  const [modules, threshold] = await ethCall(client, call).catch((cause: unknown) => {
    throw new Error(`module ${ism} does not tell its modules: ${errorText(cause)}`, { cause });
  });
  if (threshold === 0 || threshold > modules.length) {
    throw new Error(`module ${ism} never verifies: threshold ${threshold} of ${modules.length} modules`);
  }
  return { modules, threshold };
}

/** @returns what became of each module; undefined for those that were not waited for */
async function settled(
  modules: readonly Address[],
  threshold: number,
  run: (module: Address) => Promise<Branch>,
): Promise<(Branch | undefined)[]> {
  const branches: (Branch | undefined)[] = modules.map(() => undefined);
  let ready = 0;
  await new Promise<void>((resolve) => {
    const all = modules.map(async (module, i) => {
      const branch = await run(module);
      branches[i] = branch;
      if (branch.status === "ready") ready += 1;
      if (ready === threshold) resolve();
    });
    void Promise.all(all).then(() => resolve());
  });
  return [...branches];
}

async function buildBranch(request: MetadataRequest, module: Address, siblings: number): Promise<Branch> {
  try {
    const built = await request.build(module, siblings);
    if (request.verify && built.status === "ready" && !built.onlyInDelivery) {
      await tryModule(request, module, built.metadata);
    }
    return built;
  } catch (error) {
    return { status: "failed", reason: errorText(error) };
  }
}

/** Asks a module alone, where the delivery as a whole was refused: one that refuses must not spoil the others. */
async function tryModule({ client, raw }: MetadataRequest, module: Address, metadata: Hex): Promise<void> {
  const verify = { address: module, abi: ismAbi, functionName: "verify", args: [metadata, raw] } as const;
  if (!(await ethCall(client, verify))) throw new Error("it refuses the message");
}

const MAX_NAMED = 10;

function reasons(modules: readonly Address[], branches: readonly (Branch | undefined)[]): string {
  const lacking = branches.flatMap((branch, i) => {
    if (branch === undefined || branch.status === "ready") return [];
    return [`${modules[i]?.toLowerCase()} ${branch.status}: ${branch.reason}`];
  });
  const more = lacking.length > MAX_NAMED ? `; and ${lacking.length - MAX_NAMED} more` : "";
  return `${lacking.slice(0, MAX_NAMED).join("; ")}${more}`;
}
