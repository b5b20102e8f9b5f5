import type { Address } from "viem";
import { expect, it } from "vitest";
import { createChainClient } from "../../chains/client.ts";
import { localAccounts, startLocalChains } from "../../chains/localChains.ts";
import { createDeployer } from "../../contracts/deployer.ts";
import { analyzeIsm } from "../../ism/analyzeIsm.ts";
import { assertSafeModule } from "../../ism/assertSafeModule.ts";
import { configTree } from "../../ism/configTree.ts";
import { deployIsm } from "../../ism/deployIsm.ts";
import { type IsmConfig, ismConfigSchema } from "../../ism/ismConfig.ts";
import { readIsm } from "../../ism/readIsm.ts";

const owner = localAccounts.deployer.address;
const [one, two, three] = [1, 2, 3].map((i): Address => `0x${String(i).repeat(40)}`) as [Address, Address, Address];
const quorum: IsmConfig = { type: "messageIdMultisigIsm", validators: [one, two, three], threshold: 2 };
const single: IsmConfig = { type: "merkleRootMultisigIsm", validators: [one], threshold: 1 };
const pausable: IsmConfig = { type: "pausableIsm", owner, guardian: two };
const gateway: IsmConfig = { type: "attestationCcipReadIsm", owner, urls: ["https://a.example"], attester: three };
const limit: IsmConfig = { type: "rateLimitedIsm", owner, maxCapacity: 100n, duration: 60n, recipient: one };
const weights = [one, two].map((address, i) => ({ address, weight: BigInt(i + 1) }));
const all = (...modules: IsmConfig[]): IsmConfig => ({
  type: "staticAggregationIsm",
  modules,
  threshold: modules.length,
});

/** A tree with every kind, none of which one party alone could forge through. */
const everything: IsmConfig = all(
  quorum,
  { type: "storageAggregationIsm", owner, modules: [gateway, single], threshold: 2 },
  {
    type: "domainRoutingIsm",
    owner,
    domains: { "31337": { type: "storageMerkleRootMultisigIsm", owner, validators: [one, two], threshold: 2 } },
  },
  {
    type: "incrementalDomainRoutingIsm",
    owner,
    domains: { "31337": { type: "weightedMessageIdMultisigIsm", validators: weights, thresholdWeight: 3n } },
  },
  {
    type: "defaultFallbackRoutingIsm",
    owner,
    domains: { "31337": { type: "weightedMerkleRootMultisigIsm", validators: weights, thresholdWeight: 3n } },
  },
  { type: "amountRoutingIsm", lowerIsm: all(quorum, limit), upperIsm: quorum, threshold: 50n },
  { type: "optimisticIsm", owner, submodule: quorum, fraudWindow: 60, watchers: [one, three], threshold: 1 },
  { type: "trustedRelayerIsm", relayer: owner },
  pausable,
);

/** A tree without the addresses of its modules and their types, which they have once they are deployed. */
function comparable(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(comparable);
  const kept = Object.entries(value).filter(([key]) => !("kind" in value && ["address", "moduleType"].includes(key)));
  return Object.fromEntries(kept.map(([key, inner]) => [key, comparable(inner)]));
}

it("a tree that is described is the tree that is read once it is deployed", async () => {
  await using chains = await startLocalChains();
  const { config: chain, core } = chains.beta;
  const client = createChainClient(chain);
  const deployer = await createDeployer({ rpcUrl: chain.rpcUrl, account: localAccounts.deployer });
  const ism = await deployIsm({ deployer, config: everything, mailbox: chain.mailbox, factories: core });
  const [before, after] = [await configTree(client, everything, chain.mailbox), await readIsm({ client, ism })];
  expect(comparable(after)).toEqual(comparable(before));
  expect(() => assertSafeModule(analyzeIsm({ tree: before }), false)).not.toThrow();
});

it("what one party could forge through, what anyone could, and what never verifies is refused on a chain of value", async () => {
  await using chains = await startLocalChains();
  const { config: chain } = chains.beta;
  const client = createChainClient(chain);
  const verdict = async (config: IsmConfig, development = false) => {
    try {
      assertSafeModule(analyzeIsm({ tree: await configTree(client, config, chain.mailbox) }), development);
      return "safe";
    } catch (error) {
      return String(error);
    }
  };
  expect(await verdict(quorum)).toBe("safe");
  expect(await verdict(all(single, gateway))).toBe("safe");
  const noop = ismConfigSchema.parse({ type: "noopIsm" });
  for (const [config, reason] of [
    [noop, /anyone can forge/],
    [all(quorum, noop), /verifies everything/],
    [pausable, /anyone can forge/],
    [limit, /anyone can forge/],
    [single, /one party alone can forge/],
    [gateway, /one party alone can forge/],
    [{ type: "trustedRelayerIsm", relayer: one }, /one party alone can forge/],
    [{ type: "staticAggregationIsm", modules: [quorum, single], threshold: 1 }, /one party alone can forge/],
    [all(single, { type: "messageIdMultisigIsm", validators: [one, two], threshold: 1 }), /one party alone can forge/],
    [{ type: "amountRoutingIsm", lowerIsm: single, upperIsm: quorum, threshold: 5n }, /one party alone can forge/],
    ["0x00000000000000000000000000000000000000aa", /has no code/],
    [{ type: "domainRoutingIsm", owner, domains: {} }, /no message can be verified/],
  ] as [IsmConfig, RegExp][]) {
    expect(await verdict(config)).toMatch(reason);
    expect(await verdict(config, true)).toBe("safe");
  }
});
