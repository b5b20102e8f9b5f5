import { fastify } from "fastify";
import type { Logger } from "pino";
import { decodeFunctionData, type Hex, isHex, type LocalAccount, parseAbi } from "viem";
import { z } from "zod";
import type { OriginIndex } from "../agents/originIndex.ts";
import { attestationDigest } from "../protocol/attestation.ts";
import { decodeMessage, messageId } from "../protocol/message.ts";
import { FormatError } from "../protocol/wireFormat.ts";

const abi = parseAbi(["function attest(bytes message) view returns (bytes signature)"]);
/** Bytes of a POST. */
const MAX_BODY = 256 * 1024;
/** Characters of calldata in a URL; Node itself takes headers of at most 16 KiB. */
const MAX_DATA = 16 * 1024;
const REQUEST_TIMEOUT_MS = 5_000;

const querySchema = z.object({
  sender: z.templateLiteral(["0x", z.string().regex(/^[0-9a-fA-F]{40}$/)]),
  data: z.custom<Hex>(isHex),
});

/** Why a question is not answered, and the status that says whether to ask again. */
class Refusal extends Error {
  readonly status: 400 | 404 | 503;

  constructor(status: Refusal["status"], message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * A gateway of EIP-3668 for AttestationCcipReadIsm: signs for messages that were dispatched on its origin and are final there, by the
 * origin's own index, whose tree is compared with the chain's at every tick. It signs nothing else.
 *
 * `GET /{sender}/{data}` and `POST /` with `{"sender","data"}`, where data is the calldata of `attest(bytes message)`; both answer
 * `{"data": signature}`, or `{"message": why not}` with 400 (never), 404 (not dispatched, or not final yet) or 503 (the origin
 * could not be read yet).
 *
 * @example
 * const gateway = createGateway({ domain, index, account, log });
 * await gateway.tick();
 * const url = await gateway.listen({ host: "127.0.0.1", port: 0 });
 */
export function createGateway(parameters: { domain: number; index: OriginIndex; account: LocalAccount; log: Logger }) {
  const { domain, index, account, log } = parameters;
  let known: number | undefined;
  const server = fastify({
    bodyLimit: MAX_BODY,
    routerOptions: { maxParamLength: MAX_DATA },
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
  });

  async function answer(query: unknown): Promise<{ data: Hex }> {
    const parsed = querySchema.safeParse(query);
    if (!parsed.success) throw new Refusal(400, "sender must be an address and data hex");
    const id = await attested(messageOf(parsed.data.data));
    return { data: await account.signMessage({ message: { raw: attestationDigest(id) } }) };
  }

  async function attested(bytes: Hex): Promise<Hex> {
    const message = decoded(bytes);
    if (message.origin !== domain) {
      throw new Refusal(400, `the message is from domain ${message.origin}, this gateway attests for ${domain}`);
    }
    if (known === undefined) throw new Refusal(503, "the origin could not be read yet");
    if (message.nonce >= known) throw new Refusal(404, `message ${message.nonce} is not dispatched, or not final yet`);
    const id = messageId(bytes);
    if (index.tree.leaf(message.nonce) !== id) {
      throw new Refusal(404, `message ${message.nonce} of domain ${domain} is another one`);
    }
    return id;
  }

  server.get("/:sender/:data", ({ params }) => answer(params));
  server.post("/", ({ body }) => answer(body));
  server.get("/health", () => ({ domain, attester: account.address, messages: known ?? null }));
  server.setErrorHandler((error, _request, reply) => {
    const { statusCode } = z
      .object({ statusCode: z.number().min(400).max(499) })
      .catch({ statusCode: 500 as number })
      .parse(error);
    const status = error instanceof Refusal ? error.status : statusCode;
    if (status === 500) log.error(error, "a question was not answered");
    const message = error instanceof Error && status !== 500 ? error.message : "internal error";
    return reply.status(status).send({ message });
  });

  return {
    /** Reads the origin up to what is final now. @throws what the index throws; what was known before stays known */
    async tick(): Promise<void> {
      known = (await index.tick()).count;
    },
    /** Takes questions. @returns the URL */
    listen: (at: { host: string; port: number }): Promise<string> => server.listen(at),
    close: (): Promise<void> => server.close(),
  };
}

function messageOf(data: Hex): Hex {
  try {
    return decodeFunctionData({ abi, data }).args[0];
  } catch {
    throw new Refusal(400, "data is not a call of attest(bytes)");
  }
}

function decoded(bytes: Hex) {
  try {
    return decodeMessage(bytes);
  } catch (error) {
    if (error instanceof FormatError) throw new Refusal(400, error.message);
    throw error;
  }
}
