import { decodeErrorResult, encodeFunctionData, type Hex, numberToHex, size } from "viem";
import { ccipReadIsmAbi, ismAbi } from "../../../contracts/abi.ts";
import { ethCall } from "../ethCall.ts";
import { errorText, isRevert, revertData, revertReason } from "../rpcError.ts";
import { askGateway } from "./askGateway.ts";
import { gatewayHost } from "./gatewayHost.ts";
import type { MetadataRequest, MetadataResult } from "./metadataBuilder.ts";

const CALL_GAS = 3_000_000;
/** Bytes of what the module reverts with. */
const MAX_LOOKUP = 128 * 1024;
/** Each may take its whole time, and the message has to be tried again in the end. */
const MAX_URLS = 5;
const MAX_TEMPLATE = 2_048;

/**
 * Module type 7: what the first of the module's gateways that answers says (EIP-3668); where the delivery was refused, what the first says
 * whose answer the module takes, so that one that lies does not hold up those behind it.
 */
export async function buildCcipReadMetadata(request: MetadataRequest): Promise<MetadataResult> {
  const { ism, allowPrivateGateways: allowPrivate } = request;
  const { urls, callData } = await readLookup(request);
  const reasons: string[] = [];
  let refused: Hex | undefined;
  for (const url of urls.slice(0, MAX_URLS)) {
    try {
      if (url.length > MAX_TEMPLATE) throw new Error(`its URL has more than ${MAX_TEMPLATE} characters`);
      const metadata = await askGateway({ url, sender: ism, data: callData, allowPrivate });
      if (!request.verify || (await isTaken(request, metadata))) return { status: "ready", metadata };
      refused ??= metadata;
    } catch (error) {
      reasons.push(`${gatewayHost(url)}: ${errorText(error)}`);
    }
  }
  // The module may verify within a delivery alone: then the simulation says why it refused.
  if (refused !== undefined) return { status: "ready", metadata: refused };
  const more = urls.length > MAX_URLS ? `; ${urls.length - MAX_URLS} more are not asked` : "";
  return { status: "waiting", reason: `no gateway of module ${ism} answered: ${reasons.join("; ")}${more}` };
}

/** Whether the module takes the answer when it is asked alone. */
async function isTaken({ client, ism, raw }: MetadataRequest, metadata: Hex): Promise<boolean> {
  try {
    return await ethCall(client, { address: ism, abi: ismAbi, functionName: "verify", args: [metadata, raw] });
  } catch (error) {
    if (isRevert(error)) return false;
    throw error;
  }
}

/** What to ask, and whom. @throws Error when the module does not say, or wants it for another contract */
async function readLookup({ client, ism, raw }: MetadataRequest): Promise<{ urls: readonly string[]; callData: Hex }> {
  const data = encodeFunctionData({ abi: ccipReadIsmAbi, functionName: "getOffchainVerifyInfo", args: [raw] });
  let lookup: Hex | undefined;
  try {
    await client.request({ method: "eth_call", params: [{ to: ism, data, gas: numberToHex(CALL_GAS) }, "latest"] });
  } catch (error) {
    lookup = revertData(error);
    if (lookup === undefined)
      throw new Error(`module ${ism} does not tell its gateways: ${errorText(error)}`, { cause: error });
  }
  if (lookup === undefined || size(lookup) > MAX_LOOKUP) {
    throw new Error(`module ${ism} does not tell its gateways: no OffchainLookup of at most ${MAX_LOOKUP} bytes`);
  }
  let decoded: ReturnType<typeof decodeErrorResult<typeof ccipReadIsmAbi>>;
  try {
    decoded = decodeErrorResult({ abi: ccipReadIsmAbi, data: lookup });
  } catch {
    throw new Error(`module ${ism} does not tell its gateways: it reverts with ${revertReason(lookup)}`);
  }
  if (decoded.errorName !== "OffchainLookup") {
    throw new Error(`module ${ism} does not tell its gateways: it reverts with ${decoded.errorName}`);
  }
  const [sender, urls, callData] = decoded.args;
  if (sender.toLowerCase() !== ism.toLowerCase())
    throw new Error(`module ${ism} wants a lookup for another contract, ${sender}`);
  if (urls.length === 0) throw new Error(`module ${ism} names no gateway`);
  return { urls, callData };
}
