import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Address, type Hex, keccak256 } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { localAccounts } from "../../chains/localChains.ts";
import { registerBlsKey, signBlsRegistration } from "../../contracts/blsRegistration.ts";
import { deployBlsMultisig } from "../../contracts/deployBlsMultisig.ts";
import { createDeployer } from "../../contracts/deployer.ts";
import { type BlsSigner, createBlsSigner } from "../../protocol/bls.ts";
import { decodeBlsMultisigMetadata, encodeBlsMultisigMetadata } from "../../protocol/blsMultisigMetadata.ts";
import { locationToFolder } from "../../storage/folderLocation.ts";
import { createWorld, type World } from "../../world/createWorld.ts";
import { deploy, recipientOn } from "../kit.ts";
import { type Forge, fromDomain, openForge } from "./kit.ts";

/** Each validator's secret: this many, and below the order of the groups. */
function signerOf(validator: number): BlsSigner {
  return createBlsSigner(`0x00${keccak256(`0x0${validator}`).slice(4)}`);
}

const VALIDATORS = [0, 1, 2, 3];
let world: World;
let forge: Forge;
let module: Address;
let recipient: ReturnType<typeof recipientOn>;

/** 3 of the 4 validators of alpha guard a recipient on beta, by keys registered there. */
beforeAll(async () => {
  world = await createWorld({
    validators: VALIDATORS.length,
    threshold: 3,
    blsSigner: (chain, i) => (chain === "alpha" ? signerOf(i) : undefined),
    relayerOptions: { readTimeoutMs: 500 },
  });
  forge = await openForge(world);
  const { alpha, beta } = world.chains;
  const deployer = await createDeployer({ rpcUrl: beta.config.rpcUrl, account: localAccounts.deployer });
  const registry = (await deploy(beta, "BlsKeyRegistry")).address;
  const factory = (await deploy(beta, "BlsMultisigIsmFactory", [registry])).address;
  for (const [i, account] of alpha.validators.entries()) {
    const registration = await signBlsRegistration({ account, signer: signerOf(i) });
    expect(await registerBlsKey({ deployer, registry, registration })).toBe(true);
    expect(await registerBlsKey({ deployer, registry, registration })).toBe(false);
  }
  const keys = VALIDATORS.map((i) => signerOf(i).key);
  module = await deployBlsMultisig({ deployer, factory, keys, threshold: 3 });
  expect(await deployBlsMultisig({ deployer, factory, keys: keys.reverse(), threshold: 3 })).toBe(module);
  recipient = recipientOn(beta, (await deploy(beta, "TestRecipient")).address);
  await recipient.setModule(module);
}, 60_000);

afterAll(async () => {
  await forge[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

/** The file in which a validator of alpha published its BLS signature. */
function fileOf(validator: number, index: number): string {
  const location = world.validators.filter(({ chain }) => chain === "alpha")[validator]?.location ?? "";
  return join(locationToFolder(location), `${index}_bls.json`);
}

/** Has the validators sign a message before the relayer sees it. */
async function signed(body: Hex) {
  const sent = await world.send({ from: "alpha", body, recipient: recipient.address });
  for (const validator of world.validators) await validator.tick();
  return sent;
}

describe("a BLS multisig", () => {
  it("takes the message with its quorum, and nothing else", async () => {
    const sent = await signed("0x0102");
    const honest = await forge.metadata(sent, module);
    const decoded = decodeBlsMultisigMetadata(honest);
    const changed = (change: Partial<typeof decoded>) => encodeBlsMultisigMetadata({ ...decoded, ...change });
    expect(decoded.signers).toHaveLength(3);

    expect(await forge.process(honest, sent.message)).toBe("delivered");
    const short = changed({ signers: decoded.signers.slice(1) });
    expect(await forge.process(short, sent.message)).toBe("reverted: NotEnoughSigners(2, 3)");
    const others = VALIDATORS.filter((i) => i !== decoded.signers[0]);
    expect(await forge.process(changed({ signers: others }), sent.message)).toBe("reverted: InvalidSignature()");
    const beyond = changed({ signers: [...decoded.signers.slice(1), 4] });
    expect(await forge.process(beyond, sent.message)).toMatch(/^reverted: UnknownSigner\(/);
    const foreign = changed({ signature: createBlsSigner(`0x${"11".repeat(32)}`).sign(sent.id) });
    expect(await forge.process(foreign, sent.message)).toBe("reverted: InvalidSignature()");
    expect(await forge.process(honest.slice(0, -2) as Hex, sent.message)).toBe("reverted: MetadataTooShort(195)");
    expect(await forge.process("0x", sent.message)).toBe("reverted: MetadataTooShort(0)");
    expect(await forge.process(honest, fromDomain(sent.message, 31_338))).toBe("reverted: InvalidSignature()");
    expect(await forge.process(honest, `${sent.message}00`)).toBe("reverted: InvalidSignature()");

    await world.until(() => world.delivered("beta", sent.id), "delivered");
    expect(await recipient.view()).toMatchObject({ received: 1n, lastData: "0x0102" });
  });

  const behaviours: Record<string, (file: string) => void> = {
    absent: (file) => rmSync(file),
    "no JSON": (file) => writeFileSync(file, "<html>"),
    "of another form": (file) => writeFileSync(file, '{"value":[]}'),
    "too large": (file) => writeFileSync(file, " ".repeat(60_000)),
    "of another checkpoint": (file) =>
      rewrite(file, (json) => ({ ...json, value: { ...json.value, message_id: json.value.checkpoint.root } })),
    "of another key": (file) => rewrite(file, (json) => ({ ...json, bls_key: signerOf(9).key })),
    "signed by another key": (file) =>
      rewrite(file, (json) => ({ ...json, bls_signature: signerOf(9).sign(json.value.message_id) })),
    "at infinity": (file) => rewrite(file, (json) => ({ ...json, bls_signature: `0x${"00".repeat(96)}` })),
  };

  it.each(Object.entries(behaviours))("is satisfied by the others when one signature is %s", async (_, spoil) => {
    // Whichever three are asked first, at least two of these spoil once.
    const sent = await signed("0x03");
    spoil(fileOf(sent.index % VALIDATORS.length, sent.index));
    await world.until(() => world.delivered("beta", sent.id), "delivered");
  });

  it("waits for its quorum and says who is lacking", async () => {
    const sent = await signed("0x04");
    const files = [0, 1].map((i) => fileOf(i, sent.index));
    const contents = files.map((file) => readFileSync(file));
    for (const file of files) rmSync(file);
    await world.rounds(3);
    expect(await world.delivered("beta", sent.id)).toBe(false);
    const row = await world.relayer.store.db
      .selectFrom("message")
      .select("reason")
      .where("id", "=", sent.id)
      .executeTakeFirst();
    expect(row?.reason).toContain("3 of 4 validators needed, 2 signed");
    for (const [i, file] of files.entries()) writeFileSync(file, contents[i] ?? "");
    await world.until(() => world.delivered("beta", sent.id), "delivered");
  });
});

type Stored = { value: { checkpoint: { root: Hex }; message_id: Hex }; bls_key: Hex; bls_signature: Hex };

function rewrite(file: string, change: (json: Stored) => Stored): void {
  writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, "utf8")))));
}
