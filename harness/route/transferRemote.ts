import { type Address, erc20Abi, erc721Abi, type Hex, isAddressEqual, type LocalAccount, zeroAddress } from "viem";
import { errorsAbi, hypERC20Abi } from "../contracts/abi.ts";
import { createDeployer } from "../contracts/deployer.ts";
import { type Sent, sentIn } from "../world/dispatchMessages.ts";

export type TransferRemoteParameters = {
  rpcUrl: string;
  account: LocalAccount;
  /** On the chain that it is sent from. */
  router: Address;
  /** Domain that it is sent to. */
  destination: number;
  /** 32 bytes; an address is left-padded. */
  recipient: Hex;
  /** In units of the token here; of a collection the token's id. */
  amount: bigint;
  /** The route moves tokens of a collection. */
  isCollection?: boolean;
  onStep?: (step: string) => void;
};

/**
 * Sends tokens over a route: asks what it costs, approves exactly that where the router takes a token of somebody else, and sends
 * it.
 *
 * @throws Error of viem with the router's own error when it refuses
 */
export async function transferRemote(parameters: TransferRemoteParameters): Promise<Sent> {
  const { account, router: address, destination, recipient, amount, onStep = () => {} } = parameters;
  const deployer = await createDeployer(parameters);
  const abi = [...hypERC20Abi, ...errorsAbi] as const;
  const args = [destination, recipient, amount] as const;
  const quotes = await deployer.client.readContract({
    address,
    abi,
    functionName: "quoteTransferRemote",
    args,
    account,
  });
  let value = 0n;
  for (const { token, amount: cost } of quotes) {
    if (isAddressEqual(token, zeroAddress)) value += cost;
    else if (isAddressEqual(token, address)) continue;
    else if (parameters.isCollection) await approveId(token, cost);
    else await approve(token, cost);
  }
  onStep(`sending, with ${value} wei`);
  await deployer.client.simulateContract({ address, abi, functionName: "transferRemote", args, value, account });
  return sentIn(await deployer.write("transferRemote", { address, abi, functionName: "transferRemote", args, value }));

  async function approveId(token: Address, id: bigint): Promise<void> {
    const collection = { address: token, abi: erc721Abi };
    await deployer.write(`approving ${id} of ${token}`, {
      ...collection,
      functionName: "approve",
      args: [address, id],
    });
  }

  async function approve(token: Address, cost: bigint): Promise<void> {
    const erc20 = { address: token, abi: erc20Abi };
    const owner = account.address;
    const allowed = await deployer.client.readContract({ ...erc20, functionName: "allowance", args: [owner, address] });
    if (allowed >= cost) return;
    // Some tokens refuse to change one approval into another.
    const approvals = allowed === 0n ? [cost] : [0n, cost];
    for (const sum of approvals) {
      await deployer.write(`approving ${sum} of ${token}`, { ...erc20, functionName: "approve", args: [address, sum] });
    }
  }
}
