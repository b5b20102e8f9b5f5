import { join } from "node:path";
import { pino } from "pino";
import { type Address, parseEther } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { expect, it } from "vitest";
import { openValidator } from "../agents/validator/openValidator.ts";
import { mailboxAbi } from "../contracts/abi.ts";
import { readArtifact } from "../contracts/artifact.ts";
import { createMerkleTree } from "../protocol/merkleTree.ts";
import { encodeMerkleRootMetadata } from "../protocol/multisigMetadata.ts";
import { createWorld } from "../world/createWorld.ts";
import { control, deploy, expectEachPaidOnce, publishedBy, recipientOn, statusOf, write } from "./kit.ts";

it("asks the recipient's own module, whose validators alone decide", async () => {
  await using world = await createWorld({ ism: "message-id" });
  const { alpha, beta } = world.chains;
  const accounts = [0, 1, 2].map(() => privateKeyToAccount(generatePrivateKey()));
  const { abi } = readArtifact("StaticMerkleRootMultisigIsmFactory");
  const factory = { address: beta.core.merkleRootMultisigIsmFactory, abi };
  const args = [accounts.map(({ address }) => address), 2];
  await write(beta, { ...factory, functionName: "deploy", args });
  const module = (await control(beta).readContract({ ...factory, functionName: "getAddress", args })) as Address;
  const own = recipientOn(beta, (await deploy(beta, "TestRecipient")).address);
  await own.setModule(module);

  const [usual, special, last] = await world.sendMany("alpha", [
    { body: "0x01" },
    { body: "0x02", recipient: own.address },
    { body: "0x03" },
  ]);
  if (usual === undefined || special === undefined || last === undefined) throw new Error("three were sent");
  await world.until(async () => (await recipientOn(beta).view()).received === 2n, "delivered by the default module");
  await world.rounds(3);
  const status = await statusOf(world, special.id);
  expect(status).toMatchObject({ state: "waiting", attempts: 0 });
  for (const { address } of accounts) expect(status.reason).toContain(address.toLowerCase());

  // The default quorum has signed, and its signatures do not satisfy the module, whoever submits them.
  const tree = createMerkleTree();
  for (const { id } of [usual, special, last]) tree.append(id);
  const defaults = world.validators.filter(({ chain }) => chain === "alpha");
  const signatures = await Promise.all(
    defaults.slice(0, 2).map(async (validator) => (await publishedBy(validator, special.index)).signature),
  );
  const metadata = encodeMerkleRootMetadata({
    merkleTreeHook: alpha.config.merkleTreeHook,
    messageIndex: special.index,
    signedMessageId: special.id,
    proof: tree.proof(special.index, special.index + 1),
    signedIndex: special.index,
    signatures,
  });
  const forged = control(beta).simulateContract({
    address: beta.config.mailbox,
    abi: [...mailboxAbi, ...readArtifact("StaticMerkleRootMultisigIsm").abi],
    functionName: "process",
    args: [metadata, special.message],
  });
  await expect(forged).rejects.toThrow(/NotAValidator/);

  for (const [i, account] of accounts.slice(1).entries()) {
    await control(alpha).setBalance({ address: account.address, value: parseEther("1") });
    await using validator = await openValidator({
      chain: alpha.config,
      account,
      location: `file://${join(world.directory, `own-${i}`)}`,
      storeFile: join(world.directory, `own-${i}.db`),
      log: pino({ level: "silent" }),
    });
    expect(await world.delivered("beta", special.id)).toBe(false);
    await validator.tick();
    await world.rounds(2);
  }
  await world.until(() => world.delivered("beta", special.id), "delivered by the recipient's module");
  expect(await own.view()).toMatchObject({ received: 1n, lastData: "0x02" });
  await expectEachPaidOnce(world, { alpha: [], beta: [usual, special, last] });
});
