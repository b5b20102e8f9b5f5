import { type Abi, type Address, type ContractFunctionArgs, erc20Abi } from "viem";
import { errorText } from "../agents/relayer/rpcError.ts";
import { validatorStakeAbi } from "../contracts/abi.ts";
import type { Deployer } from "../contracts/deployer.ts";
import { formatAmount, readStakeAsset, type StakeAsset } from "./stakeAsset.ts";
import { explainRefusal, StakeRefusedError } from "./stakeErrors.ts";

type Name = "register" | "rejoin" | "rotateKey" | "setCommission" | "delegate" | "unbond" | "withdraw" | "addReward";
type Writes = Name | "withdrawCredit" | "advanceEpoch" | "pushSet" | "setBlsKey";
type Args<N extends Writes> = ContractFunctionArgs<typeof validatorStakeAbi, "payable" | "nonpayable", N>;

export type OpenedStake = Awaited<ReturnType<typeof openStake>>;

/**
 * The staking contract of a chain, for one account that acts in it.
 *
 * @throws Error when there is no such contract at that address
 */
export async function openStake(parameters: { deployer: Deployer; address: Address }) {
  const { deployer, address } = parameters;
  const { client, account } = deployer;
  const contract = { address, abi: validatorStakeAbi } as const;
  const terms = await client.readContract({ ...contract, functionName: "terms" }).catch((cause: unknown) => {
    throw new Error(`${address} does not answer as a ValidatorStake does: ${errorText(cause)}`, { cause });
  });
  const asset = await readStakeAsset(client, terms.asset);

  /** Sends a transaction that would go through now; returns its receipt. @throws StakeRefusedError that says why it would not */
  async function write<N extends Writes>(what: string, functionName: N, args: Args<N>, value = 0n) {
    const call = { ...contract, abi: validatorStakeAbi as Abi, functionName, args: args as readonly unknown[], value };
    try {
      await client.simulateContract({ ...call, account });
    } catch (error) {
      const reason = explainRefusal(error, asset);
      if (reason === undefined) throw error;
      throw new StakeRefusedError(`can not be done: ${what}: ${reason}`, { cause: error });
    }
    return deployer.write(what, call);
  }

  /** The value to send with `amount`; of a token, approves it. @throws Error when the account has not got so much */
  async function pay(amount: bigint): Promise<bigint> {
    const { token } = asset;
    if (token === undefined) return amount;
    const contract = { address: token, abi: erc20Abi } as const;
    const [balance, allowance] = await Promise.all([
      client.readContract({ ...contract, functionName: "balanceOf", args: [account.address] }),
      client.readContract({ ...contract, functionName: "allowance", args: [account.address, address] }),
    ]);
    if (balance < amount) {
      const [has, needs] = [formatAmount(asset, balance), formatAmount(asset, amount)];
      throw new StakeRefusedError(`${account.address} has ${has} and would have to pay ${needs}`);
    }
    if (allowance < amount) {
      const what = `letting the stake take ${formatAmount(asset, amount)}`;
      await deployer.write(what, { ...contract, functionName: "approve", args: [address, amount] });
    }
    return 0n;
  }

  return { address, contract, asset: asset as StakeAsset, terms, deployer, account: account.address, write, pay };
}
