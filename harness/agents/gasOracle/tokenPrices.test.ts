import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { GasDataRefusedError } from "./gasDataRefused.ts";
import { readTokenPrices } from "./tokenPrices.ts";

const NOW = Date.parse("2026-11-23T12:00:00Z");
const chains = { alpha: { price: "3000.5" }, beta: { price: "1", decimals: 6 } };

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "causeway-prices-"));
  file = join(folder, "prices.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (content: unknown) =>
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
const read = () => readTokenPrices({ file, maxAgeMs: 3_600_000, now: NOW });

it.each(["2026-11-23T11:30:00Z", "2026-11-23T13:00:00+02:00", NOW / 1000 - 3_600, NOW / 1000 + 300])(
  "reads prices of %s",
  async (at) => {
    write({ at, unit: "USD", chains });
    expect(await read()).toEqual({ alpha: { price: "3000.5", decimals: 18 }, beta: { price: "1", decimals: 6 } });
  },
);

it("refuses old prices, and says how old", async () => {
  write({ at: NOW / 1000 - 3_601, chains });
  await expect(read()).rejects.toThrow(/of 2026-11-23T10:59:59.000Z, 3601 seconds ago, and may be 3600 seconds old/);
});

it("refuses prices that are to come", async () => {
  write({ at: NOW / 1000 + 301, chains });
  await expect(read()).rejects.toThrow(/which is to come: see to the clocks/);
});

it.each([
  ["no JSON", "{", /is no JSON/],
  ["no time", { chains }, /at/],
  ["a time without a zone", { at: "2026-11-23T12:00:00", chains }, /at/],
  ["a price of zero", { at: NOW / 1000, chains: { alpha: { price: "0.00" } } }, /is zero/],
  ["a negative price", { at: NOW / 1000, chains: { alpha: { price: "-1" } } }, /no decimal number/],
  ["a price in other words", { at: NOW / 1000, chains: { alpha: { price: "1e3" } } }, /no decimal number/],
  ["a number, which would lose digits", { at: NOW / 1000, chains: { alpha: { price: 3000.5 } } }, /price/],
  ["too many decimals", { at: NOW / 1000, chains: { alpha: { price: "1", decimals: 37 } } }, /decimals/],
  ["a field that nothing reads", { at: NOW / 1000, chains, expires: 1 }, /expires/],
  ["too much", `"${"x".repeat(70_000)}"`, /larger than 65536 bytes/],
])("refuses %s", async (_, content, message) => {
  write(content);
  const failed = read();
  await expect(failed).rejects.toThrow(GasDataRefusedError);
  await expect(failed).rejects.toThrow(message);
});

it("refuses what is not there", async () => {
  await expect(read()).rejects.toThrow(`there is no file of prices at ${file}`);
});
