import { expect, it } from "vitest";
import { createMetrics } from "./metrics.ts";
import { serveMetrics } from "./serveMetrics.ts";

it("serves what the metrics are now, as text that Prometheus reads, and nothing else", async () => {
  const metrics = createMetrics();
  await using server = await serveMetrics({ port: 0, metrics: metrics.snapshot });
  metrics.count("alerts_raised", { kind: "wrong-root" });
  metrics.set("watched_keys", 3);
  const answer = await fetch(server.url);
  expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4");
  expect((await answer.text()).split("\n").sort()).toEqual([
    "",
    'causeway_watchtower_alerts_raised{kind="wrong-root"} 1',
    "causeway_watchtower_watched_keys 3",
  ]);
  expect((await fetch(new URL("/", server.url))).status).toBe(404);
  expect((await fetch(server.url, { method: "POST" })).status).toBe(404);
});

it("says which port it can not have", async () => {
  await using server = await serveMetrics({ port: 0, metrics: () => ({}) });
  const port = Number(new URL(server.url).port);
  await expect(serveMetrics({ port, metrics: () => ({}) })).rejects.toThrow(
    `metrics can not be served at port ${port}: `,
  );
});
