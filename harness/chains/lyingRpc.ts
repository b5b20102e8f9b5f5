import { createServer, type ServerResponse } from "node:http";
import { z } from "zod";

export type RpcRequest = { method: string; params: unknown[] };

/**
 * What to answer in the node's place. `forward` asks the node; a promise that never settles hangs; what is thrown is told as the
 * node's error, a TooManyRequestsError by the status of the whole answer.
 */
export type Lie = (request: RpcRequest, forward: () => Promise<unknown>) => Promise<unknown>;

/** The node's limit of requests: HTTP 429, as providers tell it. */
export class TooManyRequestsError extends Error {
  override name = "TooManyRequestsError";
}

const requestSchema = z.object({
  id: z.union([z.number(), z.string()]),
  method: z.string(),
  params: z.array(z.unknown()).default([]),
});
const answerSchema = z.object({
  result: z.unknown().optional(),
  error: z.object({ code: z.number(), message: z.string(), data: z.unknown().optional() }).optional(),
});

/** A node between its user and an honest one: it forwards everything, until it is told to lie. */
export async function startLyingRpc(rpcUrl: string) {
  let lie: Lie | undefined;
  const hanging = new Set<ServerResponse>();

  async function forward(request: { method: string; params: unknown[] }): Promise<unknown> {
    const response = await fetch(rpcUrl, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, ...request }),
    });
    const { error, result } = answerSchema.parse(await response.json());
    if (error !== undefined) throw error;
    return result;
  }

  async function answer(body: unknown): Promise<object> {
    const { id, method, params } = requestSchema.parse(body);
    const request = { method, params };
    try {
      const result = await (lie === undefined ? forward(request) : lie(request, () => forward(request)));
      return { jsonrpc: "2.0", id, result };
    } catch (error) {
      if (error instanceof TooManyRequestsError) throw error;
      const told = answerSchema.shape.error.safeParse(error);
      return { jsonrpc: "2.0", id, error: told.data ?? { code: -32_000, message: String(error) } };
    }
  }

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    hanging.add(response);
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    const answers = Array.isArray(body) ? Promise.all(body.map(answer)) : answer(body);
    const told = await answers.catch(() => undefined);
    hanging.delete(response);
    if (told === undefined) response.writeHead(429, { "retry-after": "1" }).end("too many requests");
    else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(told));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server listens on no port");

  return {
    url: `http://127.0.0.1:${address.port}`,
    /** From now on it lies like this; honest again without one. */
    setLie(next?: Lie): void {
      lie = next;
    },
    async [Symbol.asyncDispose]() {
      for (const response of hanging) response.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type LyingRpc = Awaited<ReturnType<typeof startLyingRpc>>;
