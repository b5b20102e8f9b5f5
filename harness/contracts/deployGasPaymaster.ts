import { type Address, zeroAddress } from "viem";
import type { Deployer } from "./deployer.ts";
import type { GasPaymasterConfig } from "./gasPaymasterConfig.ts";

export type DeployGasPaymasterParameters = {
  /** Owns it. */
  deployer: Deployer;
  /** Whose dispatches may pay in tokens. */
  mailbox: Address;
  config: GasPaymasterConfig;
  /** Gets the payments if the configuration names nobody. */
  beneficiary: Address;
};

/**
 * Deploys a paymaster that is its own oracle for the destinations of its configuration.
 *
 * @returns its address
 * @throws Error of viem when the RPC or a transaction fails; what was deployed before it stays and does no harm
 * @example await deployGasPaymaster({ deployer, mailbox, config: { destinations: {} }, beneficiary })
 */
export async function deployGasPaymaster(parameters: DeployGasPaymasterParameters): Promise<Address> {
  const { deployer, mailbox, config } = parameters;
  const { beneficiary = parameters.beneficiary, updater = zeroAddress } = config;
  const owner = deployer.account.address;
  const paymaster = await deployer.create("InterchainGasPaymaster", [mailbox, owner, beneficiary, updater]);

  const destinations = Object.entries(config.destinations).map(([domain, destination]) => ({
    remoteDomain: Number(domain),
    ...destination,
  }));
  if (destinations.length === 0) return paymaster.address;
  await deployer.write("writing the prices of gas", {
    ...paymaster,
    functionName: "setRemoteGasDataConfigs",
    args: [destinations],
  });
  await deployer.write("opening the paymaster's destinations", {
    ...paymaster,
    functionName: "setDestinationGasConfigs",
    args: [
      destinations.map(({ remoteDomain, overhead }) => ({
        remoteDomain,
        config: { gasOracle: paymaster.address, gasOverhead: overhead },
      })),
    ],
  });
  return paymaster.address;
}
