import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import {
  type Address,
  createWalletClient,
  encodeFunctionData,
  type Hash,
  type Hex,
  http,
  type LocalAccount,
} from "viem";
import { type LocalChain, localAccounts, localKey } from "../../chains/localChains.ts";
import { deliveryReceiptsAbi, escrowPaymasterAbi, mailboxAbi } from "../../contracts/abi.ts";
import { addressToBytes32 } from "../../protocol/address.ts";
import { type DeliveryTerms, encodeDeliveryTerms } from "../../protocol/deliveryTerms.ts";
import { type CreateWorldParameters, createWorld, type World } from "../../world/createWorld.ts";
import { sentIn } from "../../world/dispatchMessages.ts";
import { control, write } from "../kit.ts";

export const GAS_LIMIT = 80_000n;
/** Gets back what nobody earns. It has nothing before. */
export const REFUNDEE: Address = "0x00000000000000000000000000000000000e5c40";

/** A world in which deliveries from alpha to beta can be paid by an escrow on alpha, at a price per gas. */
export async function createEscrowWorld(price: bigint, parameters: CreateWorldParameters = {}) {
  const world = await createWorld({ ...parameters, escrowGasPrice: price });
  const { alpha, beta } = world.chains;
  const { escrowPaymaster } = alpha.config;
  const { deliveryReceipts } = beta.config;
  if (escrowPaymaster === undefined || deliveryReceipts === undefined) throw new Error("the world has an escrow");
  const [escrow, receipts] = [{ address: escrowPaymaster }, { address: deliveryReceipts }];

  /** Terms that a relayer should accept: receipts of beta, verified by the module that alpha trusts for beta. */
  async function terms(change: Partial<DeliveryTerms> = {}): Promise<DeliveryTerms> {
    return {
      deadline: 0,
      escrowUntil: (await timeOf(alpha)) + 86_400,
      receiptIsm: alpha.core.defaultIsm,
      receiptSender: addressToBytes32(receipts.address),
      ...change,
    };
  }

  return {
    world,
    escrow: escrow.address,
    receipts: receipts.address,
    terms,

    /** The sender dispatches to beta's test recipient, and pays exactly what the escrow asks. */
    async send(body: Hex, change: Partial<DeliveryTerms> = {}) {
      const metadata = encodeDeliveryTerms({ gasLimit: GAS_LIMIT, refundAddress: REFUNDEE }, await terms(change));
      const to = addressToBytes32(beta.config.testRecipient);
      const args = [beta.config.domain, to, body, metadata, escrow.address] as const;
      const mailbox = { address: alpha.config.mailbox, abi: mailboxAbi };
      const value = await control(alpha).readContract({ ...mailbox, functionName: "quoteDispatch", args });
      const data = encodeFunctionData({ abi: mailboxAbi, functionName: "dispatch", args });
      const receipt = await transact(alpha, { to: alpha.config.mailbox, data, value });
      return { ...sentIn(receipt), value };
    },

    /** Wei that the escrow holds. */
    held: () => control(alpha).getBalance({ address: escrow.address }),
    lock: (id: Hash) => read({ functionName: "lock", args: [id] }),
    credit: (account: Address) => read({ functionName: "credit", args: [account] }),
    call: (call: { functionName: "refund" | "withdraw"; args: readonly unknown[] }) =>
      write(alpha, { address: escrow.address, abi: escrowPaymasterAbi, ...call }),

    /** What anyone has the destination say. */
    sendReceipts: (receiptIsm: Address, ids: readonly Hash[]) =>
      write(beta, {
        address: receipts.address,
        abi: deliveryReceiptsAbi,
        functionName: "sendReceipts",
        args: [
          alpha.config.domain,
          addressToBytes32(escrow.address),
          receiptIsm,
          ids,
          "0x",
          beta.config.merkleTreeHook,
        ],
      }),

    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };

  function read(call: { functionName: "lock" | "credit"; args: readonly [Hex] }): Promise<unknown> {
    return control(alpha).readContract({ address: escrow.address, abi: escrowPaymasterAbi, ...call } as never);
  }
}

/** Sends a transaction and waits for it. @throws Error when it reverts */
export async function transact(
  chain: LocalChain,
  call: { to: Address; data: Hex; value?: bigint },
  account: LocalAccount = localAccounts.sender,
) {
  const wallet = createWalletClient({ account, transport: http(chain.config.rpcUrl) });
  const hash = await wallet.sendTransaction({ ...call, chain: null });
  const receipt = await control(chain).waitForTransactionReceipt({ hash });
  if (receipt.status !== "success") throw new Error(`transaction ${hash} was reverted`);
  return receipt;
}

/** The time of the chain's newest block, in seconds since 1970. */
export async function timeOf(chain: LocalChain): Promise<number> {
  return Number((await control(chain).getBlock()).timestamp);
}

/** The chain's newest block is of that time. */
export async function passTo(chain: LocalChain, timestamp: number): Promise<void> {
  await control(chain).setNextBlockTimestamp({ timestamp: BigInt(timestamp) });
  await control(chain).mine({ blocks: 1 });
}

/** Wei that an account has paid for its transactions on a chain, from block `from` on. */
export async function feesPaid(chain: LocalChain, account: Address, from: bigint): Promise<bigint> {
  const node = control(chain);
  let fees = 0n;
  for (let number = from; number <= (await node.getBlockNumber()); number++) {
    const block = await node.getBlock({ blockNumber: number, includeTransactions: true });
    for (const { hash, from: sender } of block.transactions) {
      if (sender.toLowerCase() !== account.toLowerCase()) continue;
      const { gasUsed, effectiveGasPrice } = await node.getTransactionReceipt({ hash });
      fees += gasUsed * effectiveGasPrice;
    }
  }
  return fees;
}

/** Closes the relayer and opens it again, with what is in its store. */
export async function restartRelayer(world: World): Promise<void> {
  await world.removeRelayer();
  await world.addRelayer();
}

/** What a command prints, while the relayer runs. @throws Error with what it complains of */
export async function causeway(world: Pick<World, "chains" | "directory">, ...args: string[]): Promise<string> {
  const config = join(world.directory, "causeway.json");
  const chainOf = ({ config: { name: _, ...chain } }: LocalChain) => chain;
  const chains = { alpha: chainOf(world.chains.alpha), beta: chainOf(world.chains.beta) };
  const relayer = { store: join(world.directory, "relayer.db"), paymentRules: [{ policy: { type: "escrow" } }] };
  await writeFile(config, JSON.stringify({ chains, relayer }));
  const main = fileURLToPath(new URL("../../cli/causeway.mjs", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [main, "--config", config, ...args], {
    env: {
      ...process.env,
      CAUSEWAY_SENDER_KEY: localKey(localAccounts.sender),
      CAUSEWAY_DEPLOYER_KEY: localKey(localAccounts.deployer),
    },
  });
  return stdout;
}
