import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { type Address, concat, encodeErrorResult, type Hex, numberToHex, parseAbi, size } from "viem";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { localAccounts } from "../../chains/localChains.ts";
import { ismCommand } from "../../cli/commands/ism.ts";
import { whyCommand } from "../../cli/commands/why.ts";
import { pausableIsmAbi } from "../../contracts/abi.ts";
import { explainIsm } from "../../ism/explainIsm.ts";
import { explanationJson } from "../../ism/explanationJson.ts";
import type { IsmConfig } from "../../ism/ismConfig.ts";
import { diagnose } from "../../why/diagnose.ts";
import { createWorld, type World } from "../../world/createWorld.ts";
import { control, deploy, write } from "../kit.ts";
import { alphaValidators, guarded } from "./kit.ts";

const owner = localAccounts.deployer.address.toLowerCase() as Address;
const guardian = localAccounts.sender.address.toLowerCase() as Address;
const lower = (addresses: readonly Address[]) => addresses.map((address) => address.toLowerCase() as Address);

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const chains = () => [world.chains.alpha.config, world.chains.beta.config];

/** Runs the command against the world, and returns what it prints. */
async function causeway(...args: string[]): Promise<string> {
  const file = join(world.directory, "causeway.json");
  const [alpha, beta] = chains().map(({ name: _, ...chain }) => chain);
  const relayer = { store: "relayer.db", allowLocalStorage: true };
  await writeFile(file, JSON.stringify({ chains: { alpha, beta }, relayer }));
  const program = new Command().option("-c, --config <file>").addCommand(ismCommand()).addCommand(whyCommand());
  const printed = vi.spyOn(console, "log").mockReturnValue();
  try {
    await program.parseAsync(["--config", file, ...args], { from: "user" });
    return printed.mock.calls.flat().join("\n");
  } finally {
    printed.mockRestore();
  }
}

describe("causeway ism explain", () => {
  it("tells all of an aggregation of a routed multisig, a pausable module and a weighted multisig", async () => {
    const { alpha, beta } = world.chains;
    const validators = lower(alphaValidators(world));
    const [first, second, third] = validators;
    if (first === undefined || second === undefined || third === undefined) throw new Error("three validators");
    const weighted = [
      { address: third, weight: 50n },
      { address: second, weight: 30n },
      { address: guardian, weight: 20n },
    ];
    const { module, recipient } = await guarded(world, {
      type: "staticAggregationIsm",
      threshold: 3,
      modules: [
        {
          type: "domainRoutingIsm",
          owner,
          domains: { [alpha.config.domain]: { type: "messageIdMultisigIsm", validators, threshold: 2 } },
        },
        { type: "pausableIsm", owner, guardian },
        { type: "weightedMerkleRootMultisigIsm", validators: weighted, thresholdWeight: 70n },
      ],
    });
    await world.send({ from: "alpha", body: "0x00" });
    for (const validator of world.validators) await validator.tick();

    const explanation = await explainIsm({
      chains: chains(),
      chain: beta.config,
      target: recipient.address,
      allowLocal: true,
      now: Date.now,
    });
    const json = explanationJson(explanation, new Map([[alpha.config.domain, "alpha"]]));
    const [aggregation] = [explanation.tree];
    if (aggregation.kind !== "aggregation") throw new Error("an aggregation");
    const [routing, pausable, heavy] = aggregation.modules;
    if (routing?.kind !== "routing" || pausable === undefined || heavy === undefined) throw new Error("three modules");
    const all = (of: Address[]) => ({
      size: of.length,
      exact: true,
      choices: [...of].sort().map((one) => ({ count: 1, of: [one] })),
    });
    const origin = alpha.config.domain;
    const ownKey = { address: owner, isContract: false };
    const signed = (validator: Address) => ({
      validator,
      origin,
      announced: true,
      latestIndex: 0,
      behind: 0,
      signedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      problem: null,
    });
    const power = { forge: false, block: true, delaySeconds: 0 };

    expect(json).toEqual({
      version: 1,
      chain: { name: "beta", domain: beta.config.domain },
      target: recipient.address.toLowerCase(),
      kind: "recipient",
      isDefault: false,
      module: module.toLowerCase(),
      cases: [
        {
          origin,
          originName: "alpha",
          // Weight 70 takes the third and the second, or the third and the guardian; the multisig two of the three.
          forge: all([second, third]),
          // The owner routes to a module of its own, and so the weighted one remains.
          forgeWithPowers: expect.objectContaining({ size: 2, exact: true }),
          block: all([third]),
          blockWithPowers: expect.objectContaining({ size: 1, exact: true }),
        },
      ],
      omittedOrigins: 0,
      warnings: [
        {
          code: "counts-twice",
          contract: module.toLowerCase(),
          text: `2 parties count for several of its modules: ${validators.filter((one) => one !== first).join(", ")}`,
        },
        {
          code: "key-owner",
          contract: routing.address,
          text: `its owner is one key, ${owner}, that can change and remove routes, and so forge or stop messages`,
        },
        {
          code: "key-owner",
          contract: pausable.address,
          text: `its owner is one key, ${owner}, that can pause, unpause and name the guardian, and so stop messages`,
        },
        {
          code: "unannounced",
          contract: guardian,
          text: `validator of domain ${origin} has announced no storage: relayers can not find its signatures`,
        },
      ],
      powers: [
        {
          ...power,
          contract: routing.address,
          holder: owner,
          role: "owner",
          isContract: false,
          forge: true,
          can: "change and remove routes",
        },
        {
          ...power,
          contract: pausable.address,
          holder: owner,
          role: "owner",
          isContract: false,
          can: "pause, unpause and name the guardian",
        },
        { ...power, contract: pausable.address, holder: guardian, role: "guardian", isContract: null, can: "pause" },
      ],
      parties: [
        ...validators.map((key) => ({ key, address: key, roles: ["validator"], isContract: null })),
        { key: guardian, address: guardian, roles: ["validator", "guardian"], isContract: null },
        { key: owner, address: owner, roles: ["owner"], isContract: false },
      ],
      validators: [
        ...validators.map(signed),
        {
          ...signed(guardian),
          announced: false,
          latestIndex: null,
          behind: null,
          signedAt: null,
          problem: "it has announced no storage location",
        },
      ],
      tree: {
        address: module.toLowerCase(),
        moduleType: 2,
        kind: "aggregation",
        threshold: 3,
        modules: [
          {
            address: routing.address,
            moduleType: 1,
            owner: ownKey,
            kind: "routing",
            variant: "domain",
            routes: [
              {
                domain: origin,
                module: {
                  address: routing.routes[0]?.module.address,
                  moduleType: 5,
                  kind: "multisig",
                  scheme: "message-id",
                  weighted: false,
                  validators: validators.map((address) => ({ address, weight: "1" })),
                  threshold: "2",
                },
              },
            ],
          },
          { address: pausable.address, moduleType: 6, owner: ownKey, kind: "pausable", paused: false, guardian },
          {
            address: heavy.address,
            moduleType: 9,
            kind: "multisig",
            scheme: "merkle-root",
            weighted: true,
            validators: weighted.map(({ address, weight }) => ({ address, weight: String(weight) })),
            threshold: "70",
          },
        ],
      },
    });

    const printed = await causeway("ism", "explain", recipient.address, "--chain", "beta", "--origin", "alpha");
    expect(printed).toContain(`recipient ${recipient.address.toLowerCase()} on beta: its own module`);
    expect(printed).toContain("│  └─ from alpha: message-id multisig, 2 of 3 must sign");
    expect(printed).toContain(`${first}  signed up to index 0`);
    const command = await causeway("ism", "explain", module, "--chain", "beta", "--json");
    expect(JSON.parse(command)).toMatchObject({ version: 1, kind: "module", tree: { kind: "aggregation" } });
  });

  it("tells every other kind of module, what an owner of the Mailbox can do, and validators that lag behind", async () => {
    const { alpha, beta } = world.chains;
    const validators = lower(alphaValidators(world));
    const multisig: IsmConfig = { type: "messageIdMultisigIsm", validators, threshold: 1 };
    const { module } = await guarded(world, {
      type: "storageAggregationIsm",
      owner,
      threshold: 1,
      modules: [
        { type: "incrementalDomainRoutingIsm", owner, domains: { "7": multisig } },
        { type: "defaultFallbackRoutingIsm", owner, domains: { "7": multisig } },
        { type: "amountRoutingIsm", lowerIsm: multisig, upperIsm: { type: "noopIsm" }, threshold: 5n },
        { type: "trustedRelayerIsm", relayer: guardian },
        { type: "rateLimitedIsm", owner, maxCapacity: 86_400n, duration: 86_400n, recipient: guardian },
        {
          type: "attestationCcipReadIsm",
          owner,
          urls: ["https://key:secret@gateway.example/{data}"],
          attester: guardian,
        },
        { type: "storageMessageIdMultisigIsm", owner, validators, threshold: 2 },
      ],
    });
    const explanation = await explainIsm({
      chains: chains(),
      chain: beta.config,
      target: module,
      allowLocal: false,
      now: Date.now,
    });
    const { tree, cases, warnings } = explanation;
    if (tree.kind !== "aggregation") throw new Error("an aggregation");
    expect(tree.modules.map((one) => [one.kind, one.kind === "routing" ? one.variant : ""])).toEqual([
      ["routing", "incremental"],
      ["routing", "fallback"],
      ["amountRouting", ""],
      ["trustedRelayer", ""],
      ["rateLimited", ""],
      ["ccipRead", ""],
      ["multisig", ""],
    ]);
    expect(tree.modules[5]).toMatchObject({ urls: ["gateway.example"], attester: guardian });
    expect(cases.map(({ origin, forge }) => [origin, forge?.size])).toEqual([
      [7, 0],
      [null, 0],
    ]);
    const codes = new Set(warnings.map(({ code }) => code));
    for (const code of ["anyone-can-forge", "no-op", "threshold-one", "relayer-key", "default-module", "unreadable"]) {
      expect(codes).toContain(code);
    }
    expect(warnings.find(({ code }) => code === "unreadable")?.text).toContain("refused to read the local folder");
    const printed = await causeway("ism", "explain", module, "--chain", "beta", "--origin", "7", "--amount", "3");
    expect(printed).toMatch(/└─ from 5: not asked about these messages {2}0x/);
    expect(printed).not.toContain("secret");

    const defaults = { chains: chains(), chain: alpha.config, allowLocal: true, now: Date.now };
    const byDefault = await explainIsm({ ...defaults, target: alpha.config.testRecipient });
    expect(byDefault).toMatchObject({ kind: "recipient", isDefault: true });
    expect(byDefault.powers).toMatchObject([{ role: "Mailbox owner", holder: owner, contract: alpha.config.mailbox }]);
    await expect(explainIsm({ ...defaults, target: guardian })).rejects.toThrow(/no contract at .* on alpha/);
  });

  it("survives modules that come to themselves, have no code, answer nonsense or are of no known type", async () => {
    const { beta } = world.chains;
    const cyclic = await deploy(beta, "DomainRoutingIsm", [owner, []]);
    const { address: nonsense } = await deploy(beta, "TestRecipient");
    const gone = await deploy(beta, "NoopIsm");
    const modules = [cyclic.address, gone.address, nonsense];
    const aggregation = await deploy(beta, "StorageAggregationIsm", [owner, modules, 1]);
    const set = { ...cyclic, functionName: "set", args: [1, aggregation.address] };
    await write(beta, set);
    await control(beta).setCode({ address: gone.address, bytecode: "0x" });
    const target = aggregation.address;
    const { tree, warnings } = await explainIsm({
      chains: chains(),
      chain: beta.config,
      target,
      allowLocal: true,
      now: Date.now,
    });
    expect(tree).toMatchObject({
      modules: [
        { kind: "routing", routes: [{ domain: 1, module: { kind: "broken", problem: "cycle" } }] },
        { kind: "broken", problem: "no code" },
        { kind: "unknown", reason: "does not tell its type" },
      ],
    });
    expect(warnings.map(({ code }) => code)).toEqual(expect.arrayContaining(["cycle", "no-code", "unknown-module"]));
  });
});

describe("causeway why, of composed modules", () => {
  const why = (id: Hex) =>
    diagnose({
      id,
      chains: chains(),
      relayer: localAccounts.relayer.address,
      allowLocalStorage: true,
      allowPrivateGateways: false,
    });

  it("says of each module how it stands to the message, and shows the tree", async () => {
    const { beta } = world.chains;
    const { address: pausable } = await deploy(beta, "PausableIsm", [owner, guardian]);
    await write(beta, { address: pausable, abi: pausableIsmAbi, functionName: "pause" });
    const multisig: IsmConfig = { type: "messageIdMultisigIsm", validators: alphaValidators(world), threshold: 2 };
    const modules = [multisig, pausable];
    const { recipient, module } = await guarded(world, { type: "staticAggregationIsm", threshold: 2, modules });
    await recipient.setRefuses(true);
    const { id } = await world.send({ from: "alpha", body: "0x05", recipient: recipient.address });
    for (const validator of world.validators) await validator.tick();
    const { verdict, checks, tree } = await why(id);
    expect(verdict).toBe(
      `1 of 2 modules ready: ${pausable.toLowerCase()} waiting: module ${pausable.toLowerCase()} is paused`,
    );
    expect(tree?.address).toBe(module.toLowerCase());
    const details = checks.filter(({ what }) => what === "module" || what === "handling").map(({ detail }) => detail);
    expect(details).toEqual([
      `${module.toLowerCase()}, the recipient's own`,
      "the recipient by itself refuses it now, with 10000000 gas: reverted: Refused()",
      expect.stringMatching(/^0x[0-9a-f]{40} has what it wants$/),
      `${pausable.toLowerCase()} waiting: module ${pausable.toLowerCase()} is paused`,
    ]);
    const printed = await causeway("why", id);
    expect(printed).toContain("guarded by\naggregation, 2 of 2 must verify");
    expect(printed).toContain("└─ pausable, PAUSED");
    const json = JSON.parse(await causeway("why", id, "--json"));
    expect(json).toMatchObject({ id, delivered: false, verdict, tree: { kind: "aggregation" } });
    await expect(causeway("why", "0x12")).rejects.toThrow(/is no message id/);
  });

  it.each<[string, Hex, RegExp]>([
    ["has gas for nothing", "0x5b600056", /out ?of ?gas/i],
    ["reverts with what would colour a terminal", reverting(`not\u001b[31m today`), /reverted: "not \[31m today"$/],
  ])("a recipient that %s is not the end of it", async (_, bytecode, reason) => {
    const address = numberToHex(0xbad0_0000 + size(bytecode), { size: 20 });
    await control(world.chains.beta).setCode({ address, bytecode });
    const { id } = await world.send({ from: "alpha", body: "0x03", recipient: address });
    for (const validator of world.validators) await validator.tick();
    const { verdict, checks } = await why(id);
    expect(verdict).toMatch(reason);
    expect(checks.find(({ what }) => what === "handling")?.detail).toMatch(reason);
  });
});

/** Code that reverts with a text. */
function reverting(text: string): Hex {
  const data = encodeErrorResult({ abi: parseAbi(["error Error(string)"]), args: [text] });
  const length = numberToHex(size(data), { size: 1 }).slice(2);
  return concat([`0x60${length}600c60003960${length}6000fd`, data]);
}
