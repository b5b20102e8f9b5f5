import type { Address, Hex } from "viem";
import { blsKeyHash } from "../protocol/bls.ts";
import { blsKeyRegistryAbi, blsMultisigIsmFactoryAbi } from "./abi.ts";
import { toG2Point } from "./blsPoints.ts";
import type { Deployer } from "./deployer.ts";

/**
 * Writes the keys of a set, page by page, and deploys its BLS multisig module. What is there already is used again.
 *
 * @param parameters.keys registered with the factory's registry, in any order, one for each validator
 * @returns the module
 * @throws Error when a key is not registered, two are of one validator, or a transaction fails
 * @example await deployBlsMultisig({ deployer, factory, keys, threshold: 171 })
 */
export async function deployBlsMultisig(parameters: {
  deployer: Deployer;
  factory: Address;
  keys: readonly Hex[];
  threshold: number;
}): Promise<Address> {
  const { deployer, factory, threshold } = parameters;
  const contract = { address: factory, abi: blsMultisigIsmFactoryAbi } as const;
  const keys = await inOrder(parameters);
  const capacity = Number(await deployer.client.readContract({ ...contract, functionName: "PAGE_CAPACITY" }));
  const pages: Address[] = [];
  for (let start = 0; start < keys.length; start += capacity) {
    const args = [keys.slice(start, start + capacity).map(toG2Point)] as const;
    const page = await deployer.client.readContract({ ...contract, functionName: "pageAddress", args });
    const written = await deployer.client.readContract({ ...contract, functionName: "isPage", args: [page] });
    if (!written) await deployer.write("writing BLS keys", { ...contract, functionName: "writePage", args });
    pages.push(page);
  }
  return deployer.make("blsMultisigIsm", contract, [pages, BigInt(threshold)]);
}

/** In the order of their validators' addresses, which the factory wants. */
async function inOrder(parameters: { deployer: Deployer; factory: Address; keys: readonly Hex[] }): Promise<Hex[]> {
  const { deployer, factory, keys } = parameters;
  const { client } = deployer;
  const factoryContract = { address: factory, abi: blsMultisigIsmFactoryAbi } as const;
  const registry = await client.readContract({ ...factoryContract, functionName: "registry" });
  const contract = { address: registry, abi: blsKeyRegistryAbi } as const;
  const owned: { key: Hex; validator: bigint }[] = [];
  for (const key of keys) {
    const args = [blsKeyHash(key)] as const;
    owned.push({
      key,
      validator: BigInt(await client.readContract({ ...contract, functionName: "validatorOf", args })),
    });
  }
  return owned.sort((a, b) => (a.validator < b.validator ? -1 : 1)).map(({ key }) => key);
}
