import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { StorageError } from "./checkpointStorage.ts";
import { openReader } from "./openReader.ts";

it("reads a local folder when that is allowed", async () => {
  const directory = mkdtempSync(join(tmpdir(), "reader-"));
  writeFileSync(join(directory, "index.json"), "12");
  const reader = openReader({ location: `file://${directory}`, allowLocal: true });
  expect(await reader.latestIndex()).toBe(12);
  rmSync(directory, { recursive: true });
});

it("refuses local folders unless told otherwise", () => {
  expect(() => openReader({ location: "file:///tmp/a", allowLocal: false })).toThrow(/allow local storage/);
});

it.each([
  "",
  "/tmp/a",
  "http://example.org/a",
  "gs://bucket/region",
  "s3://bucket",
  "FILE:///tmp/a",
  "file:/tmp/a",
  "file://tmp/a",
  "file://localhost/tmp/a",
  "file:////tmp/a",
  "file:///",
  "file:///tmp/a/",
  "file:///tmp/../etc",
  "file:///tmp/..",
  "file:///tmp/./a",
  "file:///tmp//a",
  "file:///tmp/%2e%2e/etc",
  "file:///tmp/a%00",
  "file:///tmp/a\0",
  "file:///tmp/a\n",
  "file:///tmp/a?b",
  "file:///tmp/a#b",
  "file:///tmp\\a",
  "file:///tmp/ä",
  `file:///tmp/${"a".repeat(2_000)}`,
])("refuses the location %j", (location) => {
  expect(() => openReader({ location, allowLocal: true })).toThrow(StorageError);
});
