import { type LookupAddress, lookup } from "node:dns";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";
import type { Address, Hex } from "viem";
import { z } from "zod";

/** Bytes of an answer. */
const MAX_ANSWER = 64 * 1024;
/** Characters of a URL with its calldata in it. */
const MAX_URL = 16 * 1024;
/** Of the whole exchange, from the name's lookup to the last byte. */
const TIMEOUT_MS = 5_000;

const answerSchema = z.object({ data: z.templateLiteral(["0x", z.string().regex(/^([0-9a-fA-F]{2})*$/)]) });

export type AskGatewayParameters = {
  /** EIP-3668: with {sender} and {data} in it. */
  url: string;
  /** The module that wants to know. */
  sender: Address;
  data: Hex;
  /** Gateways at private, loopback and other addresses that are not of the public internet. */
  allowPrivate: boolean;
};

/**
 * Asks one gateway of EIP-3668: GET where {data} stands in the URL, else POST. Both ends of this are hostile: the URL comes from a
 * contract that anyone may have deployed, the answer from a server of its choice. So: http and https only, public addresses only,
 * checked on the very address that is connected to, no redirects, bounded in size and in time.
 *
 * @returns the bytes that the gateway answered
 * @throws Error whose message is the reason
 */
export async function askGateway({ url, sender, data, allowPrivate }: AskGatewayParameters): Promise<Hex> {
  const target = gatewayUrl(url, sender, data);
  const host = target.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0) assertAllowed(host, allowPrivate);
  const isGet = url.includes("{data}");
  const body = isGet ? undefined : JSON.stringify({ sender: sender.toLowerCase(), data });
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const send = target.protocol === "https:" ? httpsRequest : httpRequest;

  const text = await new Promise<string>((resolve, reject) => {
    const request = send(target, {
      method: isGet ? "GET" : "POST",
      agent: false,
      lookup: allowPrivate ? lookup : publicLookup,
      signal,
      headers: {
        accept: "application/json",
        "accept-encoding": "identity",
        ...(body !== undefined && { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
      },
    });
    request.on("error", (error) => {
      reject(signal.aborted ? new Error(`no whole answer within ${TIMEOUT_MS} ms`) : error);
    });
    request.on("upgrade", (_, socket) => {
      socket.destroy();
      reject(new Error("it answers with another protocol"));
    });
    request.on("response", (response) => readAnswer(response, { signal, resolve, reject }));
    request.end(body);
  });
  return parseAnswer(text);
}

function gatewayUrl(template: string, sender: Address, data: Hex): URL {
  const filled = template.replaceAll("{sender}", sender.toLowerCase()).replaceAll("{data}", data);
  if (filled.length > MAX_URL) throw new Error(`its URL has ${filled.length} characters, ${MAX_URL} are asked`);
  if (!URL.canParse(filled)) throw new Error("its URL is none");
  const url = new URL(filled);
  if (url.protocol !== "https:" && url.protocol !== "http:") throw new Error(`"${url.protocol}" is not http or https`);
  if (url.username !== "" || url.password !== "") throw new Error("its URL holds credentials");
  return url;
}

function readAnswer(
  response: IncomingMessage,
  { signal, resolve, reject }: { signal: AbortSignal; resolve: (text: string) => void; reject: (error: Error) => void },
): void {
  const fail = (error: Error) => {
    reject(error);
    response.destroy();
  };
  const problem = problemOf(response);
  if (problem !== undefined) {
    fail(new Error(problem));
    return;
  }
  const chunks: Buffer[] = [];
  let size = 0;
  response.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_ANSWER) fail(new Error(`its answer is longer than ${MAX_ANSWER} bytes`));
  });
  response.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
  response.on("error", (error) => {
    fail(signal.aborted ? new Error(`no whole answer within ${TIMEOUT_MS} ms`) : error);
  });
}

function problemOf({ statusCode = 0, headers }: IncomingMessage): string | undefined {
  if (statusCode >= 300 && statusCode < 400) return `it redirects (${statusCode}), which is not followed`;
  if (statusCode !== 200) return `it answers with status ${statusCode}`;
  if ((headers["content-encoding"] ?? "identity") !== "identity") return "its answer is compressed";
  return undefined;
}

function parseAnswer(text: string): Hex {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error("its answer is no JSON");
  }
  const answer = answerSchema.safeParse(json);
  if (!answer.success) throw new Error('its answer is not {"data": "0x…"}');
  return answer.data.data;
}

/** Resolves a name once, and connects only to what was resolved: a name that leads elsewhere a moment later gains nothing. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, []);
    try {
      for (const { address } of addresses) assertAllowed(address, false);
    } catch (refused) {
      return callback(refused as NodeJS.ErrnoException, []);
    }
    if (options.all === true) return callback(null, addresses);
    const [first] = addresses as [LookupAddress];
    callback(null, first.address, first.family);
  });
};

function assertAllowed(address: string, allowPrivate: boolean): void {
  if (allowPrivate) return;
  const range = ipaddr.process(address).range();
  if (range === "unicast") return;
  throw new Error(`its address ${address} is not of the public internet (${range}); gateways there have to be allowed`);
}
