import ora from "ora";
import { createPublicClient, type Hash, http } from "viem";
import type { ChainConfig } from "../chains/chainConfig.ts";
import { mailboxAbi } from "../contracts/abi.ts";

/** Waits, as long as it takes, until a message is delivered. */
export async function waitForDelivery(destination: ChainConfig, id: Hash): Promise<void> {
  const client = createPublicClient({ transport: http(destination.rpcUrl) });
  const call = { address: destination.mailbox, abi: mailboxAbi, args: [id] } as const;
  const spinner = ora({ text: `waiting for its delivery on ${destination.name}`, stream: process.stderr }).start();
  while (!(await client.readContract({ ...call, functionName: "delivered" }))) {
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  const block = await client.readContract({ ...call, functionName: "processedAt" });
  spinner.succeed(`delivered in block ${block} of ${destination.name}`);
}
