import { type FastifyInstance, fastify } from "fastify";
import type { Logger } from "pino";
import { z } from "zod";
import { isAuthorized } from "./bearer.ts";
import { isOwnHost } from "./isOwnHost.ts";
import type { Metrics } from "./metrics.ts";

/** Nothing is wrong when there are no problems. */
export type Health = { problems: readonly string[] };

/** Does what a request with the token asks for. What it returns is the answer. */
export type Command = (request: { params: unknown; body: unknown }) => Promise<object>;

export type ControlServerParameters = {
  metrics: Metrics<never>;
  /** Brings the metrics up to date; asked before each scrape, which does not fail when this does. */
  beforeScrape?: () => Promise<void>;
  /** Whether the process does its work at all: an operator restarts it, or acts, when not. */
  health: () => Promise<Health>;
  /** Whether everything that it needs answers. */
  ready: () => Promise<Health>;
  /** By path: `POST` of JSON, with the token. */
  commands?: Readonly<Record<string, Command>>;
  /** Needed where there are commands. */
  token?: string;
  /** Names of this machine by which it is asked, beside `localhost` and its addresses. */
  hosts?: readonly string[];
  /** Adds what may be read by everybody who reaches the server. */
  routes?: (server: FastifyInstance) => void;
  log: Logger;
};

export type ControlServer = {
  /** @returns the URL. @throws Error when the port can not be had */
  listen(at: { host: string; port: number }): Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** A request that can not be done: the message is the answer. */
export class CommandError extends Error {
  override name = "CommandError";
  readonly status: 400 | 404 | 409 | 503;

  constructor(status: CommandError["status"], message: string) {
    super(message);
    this.status = status;
  }
}

const MAX_BODY = 4_096;
const REQUEST_TIMEOUT_MS = 5_000;
const MAX_CONNECTIONS = 256;
/** Shorter ones can be guessed. */
export const MIN_TOKEN = 32;

const HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; " +
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cache-control": "no-store",
};

/**
 * The HTTP server of an agent: `GET /health`, `/ready`, `/metrics`, what `routes` adds, and commands for who has the token. Other
 * sites' pages can neither read it (there are no CORS headers) nor write to it (only JSON is taken, and only with the token).
 *
 * @throws Error when there are commands and no token, or one that is too short
 * @example
 * await using server = createControlServer({ metrics, health, ready, log });
 * const url = await server.listen({ host: "127.0.0.1", port: 9464 });
 */
export function createControlServer(parameters: ControlServerParameters): ControlServer {
  const { metrics, beforeScrape, health, ready, commands = {}, token = "", hosts = [], routes, log } = parameters;
  if (Object.keys(commands).length > 0 && token.length < MIN_TOKEN) {
    throw new Error(`commands over HTTP need a token of at least ${MIN_TOKEN} characters`);
  }
  const server = fastify({ bodyLimit: MAX_BODY, requestTimeout: REQUEST_TIMEOUT_MS, forceCloseConnections: true });
  server.server.maxConnections = MAX_CONNECTIONS;
  server.removeContentTypeParser("text/plain"); // a form of another site could send that

  server.addHook("onRequest", async (request, reply) => {
    reply.headers(HEADERS);
    if (!isOwnHost(request.headers.host, hosts)) {
      return reply.status(421).send({ message: "this server has another name: add it to http.hosts" });
    }
  });

  const tell = async (ask: () => Promise<Health>) => {
    const { problems } = await ask();
    return { status: problems.length === 0 ? 200 : 503, body: { ok: problems.length === 0, problems } };
  };
  for (const [path, ask] of [
    ["/health", health],
    ["/ready", ready],
  ] as const) {
    server.get(path, async (_request, reply) => {
      const { status, body } = await tell(ask);
      return reply.status(status).send(body);
    });
  }
  server.get("/metrics", async (_request, reply) => {
    await beforeScrape?.().catch((error: unknown) => log.warn(error, "the metrics are not up to date"));
    return reply.type("text/plain; version=0.0.4; charset=utf-8").send(await metrics.text());
  });
  for (const [path, command] of Object.entries(commands)) {
    server.route({
      method: "POST",
      url: path,
      // Before the body is read: a stranger gets nothing parsed.
      onRequest: async (request, reply) => {
        if (isAuthorized(request.headers.authorization, token)) return;
        log.warn({ path, from: request.ip }, "a command without the token was refused");
        return reply.status(401).header("www-authenticate", "Bearer").send({ message: "this needs the token" });
      },
      handler: async ({ params, body }) => {
        const answer = await command({ params, body });
        log.info({ path, params, body }, "a command was done");
        return answer;
      },
    });
  }
  routes?.(server);

  server.setNotFoundHandler(({ method }, reply) => {
    const message = method === "GET" ? "there is no such page" : "there is no such command, or none without a token";
    return reply.status(404).send({ message });
  });
  server.setErrorHandler((error, _request, reply) => {
    const { statusCode } = z
      .object({ statusCode: z.number().min(400).max(499) })
      .catch({ statusCode: 500 })
      .parse(error);
    const status = error instanceof CommandError ? error.status : statusCode;
    if (status === 500) log.error(error, "a request was not answered");
    return reply.status(status).send({
      message: error instanceof Error && status !== 500 ? error.message : "internal error, see the log",
    });
  });

  return {
    async listen(at) {
      try {
        return await server.listen(at);
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new Error(`can not listen at ${at.host}, port ${at.port}: ${reason}`, { cause });
      }
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}
