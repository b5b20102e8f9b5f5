import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { askGateway } from "./askGateway.ts";

const sender = "0x00000000000000000000000000000000000000Aa";
const data = "0xC0ffee";

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A server on loopback, and what it was asked. */
async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const asked: { method: string | undefined; url: string | undefined; body: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    asked.push({ method: request.method, url: request.url, body });
    answer(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { asked, port, url: `http://127.0.0.1:${port}` };
}

const ask = (url: string, allowPrivate = true) => askGateway({ url, sender, data, allowPrivate });

describe("a gateway", () => {
  test("is asked by GET where {data} stands in its URL", async () => {
    const { url, asked } = await serve((_, response) => response.end('{"data":"0x1234"}'));
    expect(await ask(`${url}/v1/{sender}/{data}.json`)).toBe("0x1234");
    expect(asked).toEqual([{ method: "GET", url: `/v1/${sender.toLowerCase()}/${data}.json`, body: "" }]);
  });

  test("else by POST", async () => {
    const { url, asked } = await serve((_, response) => response.end('{"data":"0x","more":1}'));
    expect(await ask(`${url}/{sender}`)).toBe("0x");
    const body = JSON.stringify({ sender: sender.toLowerCase(), data });
    expect(asked).toEqual([{ method: "POST", url: `/${sender.toLowerCase()}`, body }]);
  });
});

describe("of a hostile gateway", () => {
  test.each([
    [
      "a redirect",
      (response: ServerResponse) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end(),
      /it redirects \(302\)/,
    ],
    ["an error", (response: ServerResponse) => response.writeHead(500).end("{}"), /status 500/],
    ["no JSON", (response: ServerResponse) => response.end("<html>"), /is no JSON/],
    ["no hex", (response: ServerResponse) => response.end('{"data":"0x123"}'), /is not \{"data"/],
    ["another form", (response: ServerResponse) => response.end('["0x12"]'), /is not \{"data"/],
    [
      "a compressed answer",
      (response: ServerResponse) =>
        response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync('{"data":"0x12"}')),
      /compressed/,
    ],
    ["a broken connection", (response: ServerResponse) => response.destroy(), /socket hang up/],
  ])("%s is a reason", async (_, answer, reason) => {
    const { url } = await serve((_request, response) => answer(response));
    await expect(ask(url)).rejects.toThrow(reason);
  });

  test("a redirect is not followed", async () => {
    const target = await serve((_, response) => response.end('{"data":"0x12"}'));
    const { url } = await serve((_, response) => response.writeHead(307, { location: target.url }).end());
    await expect(ask(url)).rejects.toThrow(/redirects/);
    expect(target.asked).toEqual([]);
  });

  test("an endless answer is cut off", async () => {
    const { url } = await serve((_, response) => {
      response.writeHead(200);
      const pour = () => {
        while (response.write("0".repeat(16_384)));
        response.once("drain", pour);
      };
      pour();
    });
    await expect(ask(url)).rejects.toThrow(/longer than 65536 bytes/);
  });

  test("an answer that drips for ever is given up in time, headers and body", async () => {
    const drip = (response: ServerResponse, send: () => void) => {
      const timer = setInterval(send, 50);
      response.on("close", () => clearInterval(timer));
    };
    const body = await serve((_, response) => drip(response.writeHead(200), () => response.write(" ")));
    const headers = await serve((_, response) => drip(response, () => response.socket?.write("H")));
    await Promise.all([
      expect(ask(body.url)).rejects.toThrow(/no whole answer within 5000 ms/),
      expect(ask(headers.url)).rejects.toThrow(),
    ]);
  }, 20_000);
});

describe("where private addresses are not allowed", () => {
  test.each([
    "http://127.0.0.1:PORT",
    "http://localhost:PORT",
    "http://2130706433:PORT",
    "http://0177.0.0.1:PORT",
    "http://0x7f.1:PORT",
    "http://127.1:PORT",
    "http://[::1]:PORT",
    "http://[::ffff:127.0.0.1]:PORT",
    "http://[::ffff:7f00:1]:PORT",
    "http://0.0.0.0:PORT",
    "http://[::]:PORT",
  ])("%s is refused before it is asked", async (template) => {
    const { port, asked } = await serve((_, response) => response.end('{"data":"0x12"}'));
    await expect(ask(template.replace("PORT", String(port)), false)).rejects.toThrow(/not of the public internet/);
    expect(asked).toEqual([]);
  });

  test.each([
    "http://10.0.0.1",
    "http://172.16.0.1",
    "http://192.168.1.1",
    "http://169.254.169.254/latest/meta-data",
    "http://100.64.0.1",
    "http://224.0.0.1",
    "http://255.255.255.255",
    "http://[fe80::1]",
    "http://[fc00::1]",
    "http://[64:ff9b::7f00:1]",
    "http://[2002:7f00:1::]",
    "http://[::ffff:10.0.0.1]",
  ])("%s is refused", async (url) => {
    await expect(ask(url, false)).rejects.toThrow(/not of the public internet/);
  });
});

test.each([
  ["file:///etc/passwd", /is not http or https/],
  ["ftp://example.org", /is not http or https/],
  ["javascript:alert(1)", /is not http or https/],
  ["http://user:secret@127.0.0.1", /credentials/],
  ["not a url", /is none/],
  ["", /is none/],
  [`http://127.0.0.1/${"x".repeat(20_000)}`, /characters/],
])("URL %s is refused", async (url, reason) => {
  await expect(ask(url)).rejects.toThrow(reason);
});

test("that answers with another protocol is left at once", async () => {
  const server = createTcpServer((socket) => {
    socket.on("data", () => {}).on("error", () => {});
    socket.end("HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await expect(ask(`http://127.0.0.1:${port}/{data}`)).rejects.toThrow("another protocol");
  await new Promise((resolve) => server.close(resolve));
});
