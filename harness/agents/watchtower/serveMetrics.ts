import { createServer } from "node:http";
import type { MetricsSnapshot } from "./metrics.ts";

export type MetricsServer = { url: string; [Symbol.asyncDispose](): Promise<void> };

/**
 * Serves metrics in Prometheus' text format at `/metrics`, to this machine alone.
 * @param port 0 for any that is free
 * @throws Error when the port can not be had
 */
export async function serveMetrics(parameters: {
  port: number;
  metrics: () => MetricsSnapshot;
}): Promise<MetricsServer> {
  const { port, metrics } = parameters;
  const server = createServer((request, response) => {
    if (request.method !== "GET" || request.url !== "/metrics") {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(toText(metrics()));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) =>
      reject(new Error(`metrics can not be served at port ${port}: ${cause.message}`, { cause })),
    );
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server of the metrics has no port");
  return {
    url: `http://127.0.0.1:${address.port}/metrics`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function toText(snapshot: MetricsSnapshot): string {
  return Object.entries(snapshot)
    .map(([name, value]) => `causeway_watchtower_${name} ${value}\n`)
    .join("");
}
