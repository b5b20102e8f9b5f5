import type { Address, Hex, LocalAccount } from "viem";
import { errorText } from "../agents/relayer/rpcError.ts";
import { localAccounts } from "../chains/localChains.ts";
import { validatorStakeAbi } from "../contracts/abi.ts";
import { addressToBytes32 } from "../protocol/address.ts";
import { checkpointDigest } from "../protocol/checkpoint.ts";
import { encodeMessageIdMetadata } from "../protocol/multisigMetadata.ts";
import type { World } from "../world/createWorld.ts";
import { control, deploy, recipientOn, write } from "./kit.ts";
import type { Staking } from "./stakeKit.ts";
import { honestCheckpoint, passTime } from "./towerKit.ts";

const HOUR = 3_600;
/** How long the module trusts a set. */
export const SET_LIFETIME = 3 * 24 * HOUR;

export type StakedModule = Awaited<ReturnType<typeof behindStake>>;

/** A module on beta that knows alpha's set, and a recipient behind it. */
export async function behindStake(world: World, { stake }: Staking) {
  const { alpha, beta } = world.chains;
  const { domain } = alpha.config;
  const owner = localAccounts.deployer.address;
  const module = await deploy(beta, "StakedMultisigIsm", [beta.config.mailbox, owner, SET_LIFETIME, HOUR]);
  /** The owner names alpha's present set: the first one, or one after another has expired. */
  async function bootstrap(): Promise<void> {
    const set = { address: stake, abi: validatorStakeAbi, functionName: "validatorSet" } as const;
    const [setId, members] = await control(alpha).readContract(set);
    const args = [domain, addressToBytes32(stake.toLowerCase() as Address), setId, members];
    await write(beta, { ...module, functionName: "proposeSet", args });
    await passTime(world, "beta", HOUR);
    await write(beta, { ...module, functionName: "applyProposal", args: [domain] });
  }
  await bootstrap();
  const recipient = recipientOn(beta, (await deploy(beta, "TestRecipient")).address);
  await recipient.setModule(module.address);

  async function read<T>(functionName: string, ...functionArgs: readonly unknown[]): Promise<T> {
    return (await control(beta).readContract({ ...module, functionName, args: functionArgs })) as T;
  }
  return {
    address: module.address,
    recipient,
    bootstrap,
    setOf: () => read<{ setId: bigint; members: { signingAddress: Address; weight: bigint }[] }>("setOf", domain),
    /** Whether it takes a message with these signatures of what an honest validator signs; else the reason. */
    async takes({ index, message }: { index: number; message: Hex }, signers: readonly LocalAccount[]) {
      const { members } = await read<{ members: { signingAddress: Address }[] }>("setOf", domain);
      const places = members.map(({ signingAddress }) => signingAddress);
      const place = ({ address }: LocalAccount) => places.indexOf(address);
      const checkpoint = await honestCheckpoint(world, index);
      const raw = checkpointDigest(checkpoint);
      const sorted = [...signers].sort((a, b) => place(a) - place(b));
      const signatures = await Promise.all(sorted.map((signer) => signer.signMessage({ message: { raw } })));
      const metadata = encodeMessageIdMetadata({ ...checkpoint, signatures });
      return await control(beta)
        .simulateContract({ ...module, functionName: "verify", args: [metadata, message] })
        .then(({ result }) => result, errorText);
    },
  };
}
