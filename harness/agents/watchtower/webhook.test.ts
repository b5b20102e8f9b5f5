import { createServer, type RequestListener, type Server } from "node:http";
import { afterEach, expect, it } from "vitest";
import type { AlertMessage } from "./alerts.ts";
import { createWebhook } from "./webhook.ts";

const message: AlertMessage = {
  source: "causeway watchtower",
  id: "offence:1",
  kind: "equivocation",
  severity: "critical",
  text: "a validator signed twice",
  times: 1,
  firstAt: "2026-01-01T00:00:00.000Z",
  lastAt: "2026-01-01T00:00:00.000Z",
  details: { index: 7 },
};

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A webhook's URL that holds a secret. */
async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server listens on no port");
  return `http://127.0.0.1:${address.port}/hook?token=s3cret`;
}

const post = (url: string, timeoutMs = 5_000) => createWebhook({ url, timeoutMs })(message);

it("posts the alert as JSON, also to a private address", async () => {
  const bodies: string[] = [];
  const url = await listen(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    bodies.push(`${request.method} ${request.url} ${request.headers["content-type"]} ${body}`);
    response.writeHead(204).end();
  });
  await post(url);
  expect(bodies).toEqual([`POST /hook?token=s3cret application/json ${JSON.stringify(message)}`]);
});

it.each([500, 404, 302])("an answer with %i is a failure, and leads nowhere else", async (status) => {
  let requests = 0;
  const url = await listen((_, response) => {
    requests += 1;
    response.writeHead(status, { location: "/elsewhere" }).end();
  });
  await expect(post(url)).rejects.toThrow(`the webhook answers with ${status}`);
  expect(requests).toBe(1);
});

it("does not wait longer than it should", async () => {
  const url = await listen(() => {}); // never answers
  await expect(post(url, 50)).rejects.toThrow("no answer in 50 ms");
});

it("reads nothing of an endless answer", async () => {
  const url = await listen((_, response) => {
    response.writeHead(200);
    const more = () => {
      while (response.writable && response.write(Buffer.alloc(65_536))) {}
      if (response.writable) response.once("drain", more);
    };
    more();
  });
  await post(url);
});

it("never tells the URL, which may hold a secret", async () => {
  const url = await listen(() => {});
  const server = servers[0];
  server?.close();
  server?.closeAllConnections();
  for (const target of [url, "http://does-not-exist.invalid/s3cret"]) {
    const error: unknown = await post(target).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).toContain("the webhook can not be reached");
    expect(String(error) + JSON.stringify(error)).not.toMatch(/s3cret/);
  }
});
