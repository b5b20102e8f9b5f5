import type { Address } from "viem";
import { describe, expect, test } from "vitest";
import { type Analysis, analyzeIsm } from "./analyzeIsm.ts";
import { blockFormula, forgeFormula } from "./attackFormulas.ts";
import { dual, type Formula, holds } from "./formula.ts";
import type { IsmKind, IsmNode, Owner } from "./ismTree.ts";

let modules = 0;
const party = (i: number): Address => `0x${i.toString(16).padStart(40, "0")}`;
const key = (i: number): Owner => ({ address: party(i), isContract: false });
const contract = (i: number): Owner => ({ address: party(i), isContract: true });

function node(kind: IsmKind, owner?: Owner): IsmNode {
  modules += 1;
  return { address: `0xaa${modules.toString(16).padStart(38, "0")}`, moduleType: 0, ...(owner && { owner }), ...kind };
}

const multisig = (threshold: number, signers: readonly number[], owner?: Owner) =>
  node(
    {
      kind: "multisig",
      scheme: "message-id",
      weighted: false,
      threshold: BigInt(threshold),
      validators: signers.map((i) => ({ address: party(i), weight: 1n })),
    },
    owner,
  );
const aggregation = (threshold: number, of: IsmNode[], owner?: Owner) =>
  node({ kind: "aggregation", threshold, modules: of }, owner);
const pausable = (owner: Owner, guardian: number | null = null, paused = false) =>
  node({ kind: "pausable", paused, guardian: guardian === null ? null : party(guardian) }, owner);
const routes = (variant: "domain" | "incremental", of: Record<number, IsmNode>, owner?: Owner) =>
  node(
    {
      kind: "routing",
      variant,
      routes: Object.entries(of).map(([domain, module]) => ({ domain: Number(domain), module })),
    },
    owner,
  );

type Sizes = Record<"forge" | "forgeWithPowers" | "block" | "blockWithPowers", number | undefined>;

function sizes({ cases }: Analysis, i = 0): Sizes {
  const { forge, forgeWithPowers, block, blockWithPowers } = cases[i] ?? {};
  return {
    forge: forge?.size,
    forgeWithPowers: forgeWithPowers?.size,
    block: block?.size,
    blockWithPowers: blockWithPowers?.size,
  };
}
const codes = ({ warnings }: Analysis) => warnings.map(({ code }) => code);

describe("the fewest", () => {
  test("of a multisig: its threshold forges, all but threshold less one block", () => {
    expect(sizes(analyzeIsm({ tree: multisig(5, [1, 2, 3, 4, 5, 6, 7]) }))).toEqual({
      forge: 5,
      forgeWithPowers: 5,
      block: 3,
      blockWithPowers: 3,
    });
  });

  test("of weights: the heaviest first", () => {
    const validators = [40n, 30n, 20n, 10n].map((weight, i) => ({ address: party(i + 1), weight }));
    const tree = node({ kind: "multisig", scheme: "merkle-root", weighted: true, threshold: 70n, validators });
    expect(sizes(analyzeIsm({ tree }))).toMatchObject({ forge: 2, block: 1 });
  });

  test("count a party once that stands behind several modules, and say so", () => {
    const analysis = analyzeIsm({ tree: aggregation(2, [multisig(2, [1, 2, 3]), multisig(2, [2, 3, 4])]) });
    expect(sizes(analysis)).toMatchObject({ forge: 2, block: 2 });
    expect(codes(analysis)).toEqual(["counts-twice"]);
    expect(analysis.warnings[0]?.text).toBe(`2 parties count for several of its modules: ${party(2)}, ${party(3)}`);
  });

  test("pausable and rate limit prove nothing; who pauses blocks", () => {
    const limit = node({ kind: "rateLimited", level: 1n, maxCapacity: 2n, recipient: null }, key(8));
    const tree = aggregation(3, [multisig(2, [1, 2, 3]), pausable(key(9), 7), limit]);
    const analysis = analyzeIsm({ tree });
    expect(sizes(analysis)).toEqual({ forge: 2, forgeWithPowers: 2, block: 2, blockWithPowers: 1 });
    expect(sizes(analyzeIsm({ tree: pausable(key(9)) }))).toMatchObject({
      forge: 0,
      block: undefined,
      blockWithPowers: 1,
    });
    expect(codes(analyzeIsm({ tree: pausable(key(9), null, true) }))).toEqual([
      "anyone-can-forge",
      "paused",
      "key-owner",
    ]);
  });

  test("an owner that is a key, a contract, renounced, or about to be another", () => {
    const set = [1, 2, 3];
    expect(sizes(analyzeIsm({ tree: multisig(2, set, key(9)) }))).toEqual({
      forge: 2,
      forgeWithPowers: 1,
      block: 2,
      blockWithPowers: 1,
    });
    const renounced = analyzeIsm({ tree: multisig(2, set, key(0)) });
    expect(sizes(renounced)).toMatchObject({ forgeWithPowers: 2, blockWithPowers: 2 });
    expect(renounced.powers).toEqual([]);
    const offered = { ...contract(9), pending: { address: party(8), isContract: false } };
    const pending = analyzeIsm({ tree: multisig(2, set, offered) });
    expect(pending.powers.map(({ holder, role }) => [holder, role])).toEqual([
      [party(9), "owner"],
      [party(8), "pending owner"],
    ]);
    expect(codes(pending)).toEqual(["pending-owner"]);
  });

  test("a timelock's delay is told, and its power still counted", () => {
    const analysis = analyzeIsm({ tree: multisig(2, [1, 2, 3], { ...contract(9), delaySeconds: 86_400 }) });
    expect(analysis.powers).toMatchObject([{ holder: party(9), delaySeconds: 86_400, forge: true }]);
    expect(sizes(analysis)).toMatchObject({ forgeWithPowers: 1 });
  });

  test("an owner that is a validator is one party", () => {
    const tree = aggregation(2, [multisig(2, [1, 2]), multisig(2, [3, 4], key(1))]);
    expect(sizes(analyzeIsm({ tree }))).toMatchObject({ forge: 4, forgeWithPowers: 2 });
  });
});

describe("routing", () => {
  const tree = () => routes("domain", { 10: multisig(3, [1, 2, 3]), 20: multisig(1, [1, 2]) }, contract(9));

  test("each domain has its own answer, and the worst are warned of", () => {
    const analysis = analyzeIsm({ tree: tree() });
    expect(analysis.cases.map(({ origin, forge, block }) => [origin, forge?.size, block?.size])).toEqual([
      [10, 3, 1],
      [20, 1, 2],
    ]);
    expect(codes(analysis)).toEqual(["single-forger", "threshold-one"]);
  });

  test("a domain without a route verifies nothing; who may add one forges from there", () => {
    expect(sizes(analyzeIsm({ tree: tree(), origin: 30 }))).toMatchObject({
      forge: undefined,
      forgeWithPowers: 1,
      block: 0,
    });
    const added = routes("incremental", { 10: multisig(2, [1, 2, 3]) }, key(9));
    expect(sizes(analyzeIsm({ tree: added, origin: 10 }))).toMatchObject({ forgeWithPowers: 2, blockWithPowers: 2 });
    expect(sizes(analyzeIsm({ tree: added, origin: 30 }))).toMatchObject({ forge: undefined, forgeWithPowers: 1 });
  });

  test("who can replace the Mailbox's default module has a say only where no route is named", () => {
    const fallback = { mailbox: party(77), owner: key(8), module: multisig(2, [1, 2, 3]) };
    const some = [{ domain: 10, module: multisig(3, [1, 2, 3]) }];
    const analysis = analyzeIsm({ tree: node({ kind: "routing", variant: "fallback", routes: some, fallback }) });
    expect(
      analysis.cases.map(({ origin, forge, forgeWithPowers }) => [origin, forge?.size, forgeWithPowers?.size]),
    ).toEqual([
      [10, 3, 3],
      [null, 2, 1],
    ]);
    expect(codes(analysis)).toEqual(["default-module", "key-owner"]);
  });

  test("a recipient that has the default module has its Mailbox's owner, too", () => {
    const defaultOf = { mailbox: party(77), owner: key(8) };
    expect(sizes(analyzeIsm({ tree: multisig(2, [1, 2, 3]), defaultOf }))).toMatchObject({
      forge: 2,
    });
  });

  test("by amount: whoever forges chooses the amount", () => {
    const modules = { lower: multisig(1, [1, 2, 3]), upper: multisig(3, [1, 2, 3]) };
    const byAmount = node({ kind: "amountRouting", threshold: 100n, ...modules });
    expect(sizes(analyzeIsm({ tree: byAmount }))).toMatchObject({ forge: 1, block: 1 });
    expect(sizes(analyzeIsm({ tree: byAmount, amount: 99n }))).toMatchObject({ forge: 1, block: 3 });
    expect(sizes(analyzeIsm({ tree: byAmount, amount: 100n }))).toMatchObject({ forge: 3, block: 1 });
  });
});

describe("modules that are not only signatures", () => {
  const watched = (threshold: number, owner = contract(9)) =>
    node(
      {
        kind: "optimistic",
        fraudWindow: 60,
        watchers: [11, 12, 13].map(party),
        threshold,
        submodule: multisig(2, [1, 2, 3]),
      },
      owner,
    );

  test("optimistic: the submodule's forgers, and as many watchers that too few are left", () => {
    expect(sizes(analyzeIsm({ tree: watched(1) }))).toMatchObject({ forge: 2 + 3, block: 1 });
    expect(sizes(analyzeIsm({ tree: watched(3) }))).toMatchObject({ forge: 2 + 1, block: 2 });
    expect(analyzeIsm({ tree: watched(2) }).powers).toMatchObject([{ forge: true, block: true, delaySeconds: 60 }]);
  });

  test("trusted relayer, attester and bridge are one party each", () => {
    const relayer = analyzeIsm({ tree: node({ kind: "trustedRelayer", relayer: party(5), isContract: false }) });
    expect(sizes(relayer)).toMatchObject({ forge: 1, block: 1 });
    expect(codes(relayer)).toEqual(["single-forger", "relayer-key"]);
    const attested = analyzeIsm({ tree: node({ kind: "ccipRead", urls: ["a.example"], attester: party(5) }, key(6)) });
    expect(sizes(attested)).toMatchObject({ forge: 1, forgeWithPowers: 1, block: 1 });
    const bridge = { kind: "bridge", bridge: "OP stack", through: party(5), hook: "0x01", deployer: party(6) } as const;
    expect(analyzeIsm({ tree: node(bridge) }).cases[0]?.forge?.choices).toEqual([
      { count: 1, of: [`bridge:${party(5)}`] },
    ]);
    const unnamed = analyzeIsm({ tree: node({ ...bridge, hook: null }) });
    expect(sizes(unnamed)).toMatchObject({ forge: undefined, forgeWithPowers: 1, block: 0 });
    expect(codes(unnamed)).toEqual(["never-verifies", "unnamed-hook"]);
  });

  test("what is not known is taken for the worst", () => {
    const unknown = node({ kind: "unknown", reason: "module type 99 is not known" });
    expect(sizes(analyzeIsm({ tree: aggregation(2, [multisig(2, [1, 2, 3]), unknown]) }))).toMatchObject({
      forge: 2,
      block: 1,
    });
    expect(sizes(analyzeIsm({ tree: aggregation(1, [multisig(2, [1, 2, 3]), unknown]) }))).toMatchObject({ forge: 0 });
  });

  test("what is broken verifies nothing, and an aggregation can do without it", () => {
    const broken = node({ kind: "broken", problem: "cycle", reason: "comes to itself" });
    expect(sizes(analyzeIsm({ tree: aggregation(1, [broken, multisig(2, [1, 2, 3])]) }))).toMatchObject({
      forge: 2,
      block: 2,
    });
    expect(sizes(analyzeIsm({ tree: aggregation(2, [broken, multisig(2, [1, 2, 3])]) }))).toMatchObject({
      forge: undefined,
      block: 0,
    });
    expect(sizes(analyzeIsm({ tree: multisig(0, [1, 2]) }))).toMatchObject({ forge: undefined, block: 0 });
    expect(sizes(analyzeIsm({ tree: multisig(3, [1, 2]) }))).toMatchObject({ forge: undefined, block: 0 });
    expect(sizes(analyzeIsm({ tree: aggregation(0, [multisig(1, [1])]) }))).toMatchObject({
      forge: undefined,
      block: 0,
    });
  });
});

test("without powers, blocking is to forging as what is missing to what is there", () => {
  const tree = aggregation(2, [
    multisig(2, [1, 2, 3]),
    aggregation(1, [multisig(3, [2, 3, 4, 5]), multisig(1, [6])]),
    routes("domain", { 10: multisig(2, [1, 5, 6]) }),
  ]);
  const question = { origin: 10, powers: () => false };
  const missing: Formula = dual(forgeFormula(tree, question));
  const block = blockFormula(tree, question);
  for (let mask = 0; mask < 2 ** 6; mask++) {
    const gone = new Set([1, 2, 3, 4, 5, 6].filter((i) => mask & (1 << (i - 1))).map(party));
    expect(holds(block, gone)).toBe(holds(missing, gone));
  }
});
