import { encodeFunctionData, type Hex } from "viem";
import { optimisticIsmAbi } from "../../../contracts/abi.ts";
import { estimateGas } from "../estimateGas.ts";
import { ethCall } from "../ethCall.ts";
import { DEFAULT_RELAYER_OPTIONS } from "../options.ts";
import { errorText } from "../rpcError.ts";
import type { MetadataRequest, MetadataResult } from "./metadataBuilder.ts";

/** `IOptimisticIsm.Status`, by its number. */
export const OPTIMISTIC_STATUS = [
  "not pre-verified",
  "window open",
  "deliverable",
  "message flagged",
  "submodule flagged",
] as const;

/** The last moment that a `Date` can hold, in seconds. */
const LAST_SECOND = 8_640_000_000_000n;

/** Module type 128: no metadata, but the message must be pre-verified before, and its fraud window must have closed. */
export async function buildOptimisticMetadata(request: MetadataRequest): Promise<MetadataResult> {
  const { client, ism, id, raw, build } = request;
  const module = { address: ism, abi: optimisticIsmAbi } as const;
  const [status, deliverableAt] = await ethCall(client, { ...module, functionName: "messageStatus", args: [id] }).catch(
    untold(request),
  );
  switch (OPTIMISTIC_STATUS[status]) {
    case "deliverable":
      return { status: "ready", metadata: "0x" };
    case "window open":
      return windowOpen(request, deliverableAt);
    case "message flagged":
      return { status: "waiting", reason: `watchers of module ${ism} flagged it: it is refused until the owner acts` };
    case "submodule flagged":
      return {
        status: "waiting",
        reason: `watchers of module ${ism} flagged its submodule: all is refused until the owner acts`,
      };
    case "not pre-verified": {
      const submodule = await ethCall(client, { ...module, functionName: "submodule", args: [] }).catch(
        untold(request),
      );
      const built = await build(submodule);
      if (built.status !== "ready") return built;
      if (built.onlyInDelivery) {
        throw new Error(`module ${ism} never verifies: its submodule ${submodule} verifies only within a delivery`);
      }
      const data = encodeFunctionData({ ...module, functionName: "preVerify", args: [built.metadata, raw] });
      await assertUseful(request, data);
      return { status: "prepare", to: ism, data, reason: `module ${ism} wants it pre-verified` };
    }
    default:
      throw new Error(`module ${ism} is of status ${status} for it, which is unknown`);
  }
}

/** Throws what makes a pre-verification useless: in an aggregation it must not spoil the others. */
async function assertUseful({ client, ism, relayer, verify, mayPrepare }: MetadataRequest, data: Hex): Promise<void> {
  if (mayPrepare !== undefined && !(await mayPrepare(ism))) {
    throw new Error(`module ${ism} wants to be prepared again and again: no more gas is spent on that`);
  }
  if (verify) await estimateGas(client, { from: relayer, to: ism, data, limit: DEFAULT_RELAYER_OPTIONS.maxGas });
}

function windowOpen({ ism }: MetadataRequest, deliverableAt: bigint): MetadataResult {
  if (deliverableAt > LAST_SECOND) {
    return { status: "waiting", reason: `fraud window of module ${ism} open until second ${deliverableAt}` };
  }
  const expectedAt = Number(deliverableAt) * 1_000;
  const until = new Date(expectedAt).toISOString();
  return { status: "waiting", reason: `fraud window of module ${ism} open until ${until}`, expectedAt };
}

function untold({ ism }: MetadataRequest): (cause: unknown) => never {
  return (cause) => {
    throw new Error(`module ${ism} does not tell the state of the message: ${errorText(cause)}`, { cause });
  };
}
