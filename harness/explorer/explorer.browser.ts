import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { pino } from "pino";
import { type Browser, chromium, type Page } from "playwright-core";
import { type Hex, stringToHex } from "viem";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { serveRelayer } from "../agents/relayer/serveRelayer.ts";
import { createSight, type Sight } from "../agents/relayer/sight/createSight.ts";
import { localAccounts } from "../chains/localChains.ts";
import type { Served } from "../control/serve.ts";
import { recipientOn, statusOf } from "../e2e/kit.ts";
import { findOnPath } from "../toolchain/findOnPath.ts";
import { createWorld, type World } from "../world/createWorld.ts";

const SCREENSHOT = fileURLToPath(new URL("../../docs/explorer.png", import.meta.url));
const TOKEN = "0123456789abcdef0123456789abcdef";
/** What a stranger writes where it may end up in the page: as markup, it would run. */
const ATTACK = `<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>"'><svg/onload=window.hacked=1>`;

let world: World;
let sight: Sight;
let served: Served;
let browser: Browser;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  world = await createWorld({ onRelayerEvent: (event) => sight?.onEvent(event) });
  const both = [world.chains.alpha.config, world.chains.beta.config];
  const account = localAccounts.relayer.address;
  sight = createSight({ origins: both, destinations: both, account, allowLocal: true, now: world.now });
  served = await serveRelayer({
    http: { host: "127.0.0.1", port: 0, hosts: [], token: TOKEN },
    relayer: world.relayer,
    ...{ sight, allowLocal: true, log: pino({ level: "silent" }), now: world.now },
  });
  const executablePath = findOnPath("chromium") ?? findOnPath("google-chrome");
  if (executablePath === undefined) throw new Error("no chromium on the PATH: apt-get install chromium");
  // A sandbox needs privileges that containers do not give.
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
});
afterAll(async () => {
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
  await world?.[Symbol.asyncDispose]();
});

beforeEach(async () => {
  complaints = [];
  page = await browser.newPage({ viewport: { width: 1_180, height: 1_000 } });
  page.setDefaultTimeout(15_000);
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
});
afterEach(() => page.close());

const text = (selector: string) => page.locator(selector).textContent();
const see = (selector: string, what: string) => page.locator(selector, { hasText: what }).first().waitFor();
const hacked = () => page.evaluate(() => "hacked" in globalThis);

async function deliver(body: Hex): Promise<Hex> {
  const { id } = await world.send({ from: "alpha", body });
  await world.until(async () => (await statusOf(world, id).catch(() => undefined))?.state === "delivered", "final");
  return id;
}

it("shows messages as they come and change, chains and validators", async () => {
  const first = await deliver(stringToHex("hello beta"));
  await sight.observe();
  await page.goto(served.url);
  await see("#messages", `${first.slice(0, 12)}…`);
  await see("#messages", "delivered");
  await see("#chains", "alpha");
  for (const { address } of world.chains.alpha.validators) await see("#validators", address.toLowerCase());

  const { id } = await world.send({ from: "alpha", body: "0x02" });
  await world.until(async () => (await statusOf(world, id).catch(() => undefined))?.state === "delivered", "final");
  await see("#messages", `${id.slice(0, 12)}…`); // without a reload
  expect(complaints).toEqual([]);
});

it("finds messages by id, sender and transaction, and shows the lifecycle of one with each validator's signature", async () => {
  const id = await deliver(stringToHex("a message to look at"));
  const { dispatched_tx: dispatch, delivered_tx: delivery } = await statusOf(world, id);
  await page.goto(served.url);
  await see("#messages", `${id.slice(0, 12)}…`);
  for (const query of [id, dispatch, delivery ?? "", id.toUpperCase().replace("0X", "0x")]) {
    await page.fill("#query", query);
    await page.click("button");
    await page.locator("#messages tbody tr:only-child").waitFor();
    await see("#messages", `${id.slice(0, 12)}…`);
  }
  await page.fill("#query", localAccounts.sender.address);
  await page.click("button");
  await page.locator("#messages tbody tr:nth-child(2)").waitFor();
  await page.fill("#query", "not a thing");
  await page.click("button");
  await see("#notice", "search for an id, a sender, or a transaction");

  await page.fill("#query", "");
  await page.click("button");
  await page.click(`#messages a[href="#${id}"]`);
  await see("#message", "signed by 3 of 3 validators");
  const shown = await text("#message");
  for (const part of [id, dispatch, delivery ?? "", "a message to look at", "transaction to deliver it", "delivered"]) {
    expect(shown).toContain(part);
  }
  for (const { address } of world.chains.alpha.validators) expect(shown).toContain(address.toLowerCase());
  mkdirSync(dirname(SCREENSHOT), { recursive: true });
  if (process.env.CAUSEWAY_SCREENSHOT) await page.screenshot({ path: SCREENSHOT, fullPage: false });
  expect(complaints.filter((one) => !one.includes("400"))).toEqual([]);
});

it("says why a message is stuck, and that the relayer pauses", async () => {
  await recipientOn(world.chains.beta).setRefuses(true);
  const { id } = await world.send({ from: "alpha", body: "0x03" });
  const attempts = async () => (await statusOf(world, id).catch(() => undefined))?.attempts ?? 0;
  await world.until(async () => (await attempts()) > 0, "attempted");
  await page.goto(`${served.url}/#${id}`);
  await see("#message", (await statusOf(world, id)).reason ?? "no reason");
  await see("#message", "next attempt");
  const command = (path: string, body: object) =>
    fetch(`${served.url}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  await command("/v1/pause", { reason: `beta is upgraded ${ATTACK}` });
  await world.rounds(1);
  await see("#notice", "beta is upgraded");
  expect(await text("#notice")).toContain(ATTACK);
  expect(await hacked()).toBe(false);
  await command("/v1/resume", {});
  await recipientOn(world.chains.beta).setRefuses(false);
});

it("runs nothing that a stranger wrote into a body, a reason or a validator's word, and no other script at all", async () => {
  const id = await deliver(stringToHex(ATTACK));
  await world.relayer.store.db
    .updateTable("message")
    .set({ reason: ATTACK, updated_at: world.now() })
    .where("id", "=", id)
    .execute();
  const [validator] = sight.validators.health();
  if (validator === undefined) throw new Error("there are validators");
  Object.assign(validator, { problem: ATTACK });
  await page.goto(`${served.url}/#${id}`);
  await see("#message", ATTACK);
  await see("#messages", ATTACK);
  await see("#validators", ATTACK);
  expect(await page.locator("main img, main script, main svg").count()).toBe(0);
  expect(await hacked()).toBe(false);

  // Were it taken for markup for once, the browser would refuse it: the policy allows no way from a text to a script.
  const body = page.locator("body");
  const attempts = [
    body.evaluate((element, attack) => {
      element.innerHTML = attack;
    }, ATTACK),
    body.evaluate((element) => element.setAttribute("onclick", "window.hacked=1")),
    body.evaluate((element) => {
      const script = element.ownerDocument.createElement("script");
      script.textContent = "window.hacked=1";
      element.append(script);
    }),
  ];
  for (const attempt of attempts) await expect(attempt).rejects.toThrow(/TypeError.*requires 'Trusted/);
  expect(await hacked()).toBe(false);
});
