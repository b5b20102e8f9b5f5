import { join } from "node:path";
import { type Address, encodeFunctionData, type Hex, numberToHex, slice } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { expect } from "vitest";
import { createOriginIndex } from "../../agents/originIndex.ts";
import { buildMetadata } from "../../agents/relayer/metadata/buildMetadata.ts";
import { createCheckpointSource } from "../../agents/relayer/metadata/checkpointSource.ts";
import type { MetadataResult } from "../../agents/relayer/metadata/metadataBuilder.ts";
import { openRelayerStore } from "../../agents/relayer/openRelayer.ts";
import { errorText } from "../../agents/relayer/rpcError.ts";
import { localAccounts } from "../../chains/localChains.ts";
import { mailboxAbi } from "../../contracts/abi.ts";
import { createDeployer } from "../../contracts/deployer.ts";
import { deployIsm } from "../../ism/deployIsm.ts";
import type { IsmConfig } from "../../ism/ismConfig.ts";
import { checkpointDigest } from "../../protocol/checkpoint.ts";
import { decodeMessage, messageId } from "../../protocol/message.ts";
import type { World } from "../../world/createWorld.ts";
import type { Sent } from "../../world/dispatchMessages.ts";
import { control, deploy, recipientOn } from "../kit.ts";

/** Deploys a module on beta, and a recipient there that names it. */
export async function guarded(world: World, config: IsmConfig) {
  const { beta } = world.chains;
  const deployer = await createDeployer({ rpcUrl: beta.config.rpcUrl, account: localAccounts.deployer });
  const { mailbox } = beta.config;
  const module = await deployIsm({ deployer, config, mailbox, factories: beta.core });
  const recipient = recipientOn(beta, (await deploy(beta, "TestRecipient")).address);
  await recipient.setModule(module);
  return { module, recipient };
}

/** The validators of alpha, lower case. */
export function alphaValidators(world: World): Address[] {
  return world.chains.alpha.validators.map(({ address }) => address);
}

export type Forge = Awaited<ReturnType<typeof openForge>>;

/** What an attacker has: all that validators of alpha published, the relayer's means to build metadata, and a node of beta. */
export async function openForge(world: World) {
  const { alpha, beta } = world.chains;
  const store = await openRelayerStore({ file: join(world.directory, "forge.db") });
  const index = await createOriginIndex({ chain: alpha.config, client: world.clients.alpha, store });

  return {
    /** What the relayer would hand to `module` for a message that validators have signed. */
    async build(sent: Pick<Sent, "message">, module: Address): Promise<MetadataResult> {
      await index.tick();
      const checkpoints = createCheckpointSource({
        chain: alpha.config,
        client: world.clients.alpha,
        tree: index.tree,
        allowLocalStorage: true,
        readTimeoutMs: 20_000,
        suspects: new Set(),
      });
      return buildMetadata({
        id: messageId(sent.message),
        message: decodeMessage(sent.message),
        raw: sent.message,
        ism: module,
        client: world.clients.beta,
        checkpoints,
        verify: true,
        relayer: localAccounts.relayer.address,
        allowPrivateGateways: true,
        onSigned: () => {},
      });
    },

    /** The same. @throws Error when it is not ready */
    async metadata(sent: Pick<Sent, "message">, module: Address): Promise<Hex> {
      const built = await this.build(sent, module);
      if (built.status !== "ready") throw new Error(`not ready: ${built.reason}`);
      return built.metadata;
    },

    /** What `Mailbox.process` would say: "delivered", or why not. */
    async process(metadata: Hex, message: Hex, account: Address = localAccounts.relayer.address): Promise<string> {
      const data = encodeFunctionData({ abi: mailboxAbi, functionName: "process", args: [metadata, message] });
      return control(beta)
        .call({ account, to: beta.config.mailbox, data })
        .then(() => "delivered", errorText);
    },

    /** A signature of a key that is no validator's, over what validators sign for message `leaf`. */
    async foreignSignature(leaf: number): Promise<Hex> {
      const { domain, merkleTreeHook } = alpha.config;
      const root = index.tree.root(leaf + 1);
      const checkpoint = { origin: domain, merkleTreeHook, root, index: leaf, messageId: index.tree.leaf(leaf) };
      const attacker = privateKeyToAccount(generatePrivateKey());
      return attacker.signMessage({ message: { raw: checkpointDigest(checkpoint) } });
    },

    [Symbol.asyncDispose]: () => store.close(),
  };
}

/** The same bytes as if they came from another domain. */
export function fromDomain(message: Hex, origin: number): Hex {
  return `${slice(message, 0, 5)}${numberToHex(origin, { size: 4 }).slice(2)}${slice(message, 9).slice(2)}`;
}

const SIGNATURE = 65 * 2;

/**
 * Of a message that validators signed: the honest metadata delivers it, and nothing that an attacker makes of it delivers anything.
 *
 * @param reach changes the metadata of the multisig inside the module's, which by default is all of it
 * @param refusals what a forged origin is refused with, where that is not a signature
 */
export async function expectForgeriesRefused(
  forge: Forge,
  { sent, module }: { sent: Sent; module: Address },
  reach: (metadata: Hex, change: (leaf: Hex) => Hex) => Hex = (metadata, change) => change(metadata),
  refusals: { origin?: RegExp } = {},
): Promise<void> {
  const honest = await forge.metadata(sent, module);
  const foreign = await forge.foreignSignature(sent.index);
  const short = reach(honest, (leaf) => leaf.slice(0, -SIGNATURE) as Hex);
  const wrong = reach(honest, (leaf) => `${leaf.slice(0, -SIGNATURE)}${foreign.slice(2)}` as Hex);

  expect(await forge.process(honest, sent.message)).toBe("delivered");
  expect(await forge.process(short, sent.message)).toMatch(/^reverted: NotEnough(Signatures|Weight)\(/);
  expect(await forge.process(wrong, sent.message)).toMatch(/^reverted: NotAValidator\(/);
  expect(await forge.process("0x", sent.message)).not.toBe("delivered");
  expect(await forge.process(honest, fromDomain(sent.message, 31_338))).toMatch(
    refusals.origin ?? /^reverted: NotAValidator\(/,
  );
  expect(await forge.process(honest, `${sent.message}00`)).toMatch(/^reverted: NotAValidator\(/);
}
