import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { StorageError } from "./checkpointStorage.ts";
import { createS3Reader } from "./s3Reader.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A reader of a store that answers whatever `answer` says. */
async function readerOf(answer: RequestListener, timeoutMs = 30_000) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return createS3Reader({
    location: "s3://bucket/region/folder",
    endpoint,
    limits: { maxBytes: 1_000, timeoutMs },
  });
}

const xml = (code: string) => `<?xml version="1.0"?><Error><Code>${code}</Code></Error>`;

describe("createS3Reader", () => {
  it("asks for objects by their keys, without credentials", async () => {
    const asked: (string | undefined)[] = [];
    const reader = await readerOf((request, response) => {
      asked.push(request.url, request.headers.authorization, request.headers["x-amz-date"]?.toString());
      response.setHeader("last-modified", "Wed, 21 Oct 2026 07:28:00 GMT").end("12");
    });
    expect(await reader.latestIndex()).toBe(12);
    expect(await reader.latestIndexWrittenAt()).toBe(Date.UTC(2026, 9, 21, 7, 28));
    expect(asked).toEqual(
      Array.from({ length: 2 }, () => ["/bucket/folder/checkpoint_latest_index.json", undefined, undefined]).flat(),
    );
  });

  it("takes NoSuchKey, and only that, for an absent object", async () => {
    const absent = await readerOf((_, response) => response.writeHead(404).end(xml("NoSuchKey")));
    expect(await absent.reorgFlag()).toBeUndefined();
    expect(await absent.latestIndex()).toBeUndefined();
    expect(await absent.latestIndexWrittenAt()).toBeUndefined();
    expect(await absent.checkpoint(3)).toBeUndefined();
  });

  // Each hides a reorg flag if it passes for "there is none".
  it.each([
    ["no bucket", 404, xml("NoSuchBucket"), /NoSuchBucket/],
    ["a 404 of something else", 404, "not found", /status 404, no reason/],
    ["a secret", 403, xml("AccessDenied"), /AccessDenied.*list it/],
    ["NoSuchKey with another status", 503, xml("NoSuchKey"), /status 503/],
    ["an overloaded store", 503, xml("SlowDown"), /SlowDown/],
    ["no content", 204, "", /status 204/],
    ["nothing", 200, "", /not JSON/],
    ["a web page", 200, "<html>", /not JSON/],
    ["another object", 200, "{}", /malformed/],
  ])("refuses %s", async (_, status, body, message) => {
    const reader = await readerOf((_request, response) => response.writeHead(status).end(body));
    await expect(reader.reorgFlag()).rejects.toThrow(message);
    await expect(reader.reorgFlag()).rejects.toThrow(StorageError);
  });

  it("follows no redirect", async () => {
    let asked = 0;
    const reader = await readerOf((_, response) => {
      asked += 1;
      response.writeHead(302, { location: "/elsewhere" }).end();
    });
    await expect(reader.latestIndex()).rejects.toThrow(/status 302/);
    expect(asked).toBe(1);
  });

  it("ends with a body that is too large, whatever length it claims", async () => {
    const endless = await readerOf((_, response) => {
      const write = () => {
        while (!response.destroyed && response.write("1".repeat(500)));
      };
      response.on("drain", write);
      write();
    });
    await expect(endless.latestIndex()).rejects.toThrow(/larger than 1000 bytes/);

    const bomb = gzipSync(Buffer.alloc(50_000_000, "1"));
    const packed = await readerOf((_, response) => response.setHeader("content-encoding", "gzip").end(bomb));
    await expect(packed.latestIndex()).rejects.toThrow(/larger than 1000 bytes/);
    const missing = await readerOf((_, response) => response.writeHead(404).end("x".repeat(2_000)));
    await expect(missing.latestIndex()).rejects.toThrow(/larger than 1000 bytes/);
  });

  it("ends with an answer that takes too long: no header, or byte by byte", async () => {
    const silent = await readerOf(() => {}, 500);
    await expect(silent.latestIndex()).rejects.toThrow(/no whole answer within 500 ms/);
    const dripping = await readerOf((_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write("1"), 20);
      response.on("close", () => clearInterval(timer));
    }, 500);
    await expect(dripping.latestIndex()).rejects.toThrow(/no whole answer within 500 ms/);
  });

  it("says what is wrong with a connection", async () => {
    const cut = await readerOf((request) => request.socket.destroy());
    await expect(cut.latestIndex()).rejects.toThrow(
      /can not read http:.*checkpoint_latest_index\.json: (?!fetch failed)/,
    );
    const truncated = await readerOf((_, response) => {
      response.writeHead(200, { "content-length": 100 });
      response.write("1", () => response.destroy());
    });
    await expect(truncated.latestIndex()).rejects.toThrow(StorageError);
  });
});
