// npm run build writes harness/contracts/abi.ts from what forge compiled, so that every client is typed by the contracts
// themselves. With --check it only says whether the file is up to date.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import type { AbiItem } from "viem";
import { readAbi } from "./artifact.ts";

/** The exported name of each ABI, and the contract that it is of. */
const ABIS = {
  mailboxAbi: "Mailbox",
  merkleTreeHookAbi: "MerkleTreeHook",
  validatorAnnounceAbi: "ValidatorAnnounce",
  /** Answers and errors of both kinds: the message-id one lacks an error of this one. */
  ismAbi: "StaticMerkleRootMultisigIsm",
  staticAddressSetFactoryAbi: "StaticMessageIdMultisigIsmFactory",
  weightedMultisigIsmAbi: "StaticMerkleRootWeightedMultisigIsm",
  storageMultisigIsmAbi: "StorageMessageIdMultisigIsm",
  aggregationIsmAbi: "StaticAggregationIsm",
  domainRoutingIsmAbi: "DomainRoutingIsm",
  amountRoutingIsmAbi: "AmountRoutingIsm",
  pausableIsmAbi: "PausableIsm",
  trustedRelayerIsmAbi: "TrustedRelayerIsm",
  rateLimitedIsmAbi: "RateLimitedIsm",
  ccipReadIsmAbi: "AttestationCcipReadIsm",
  optimisticIsmAbi: "OptimisticIsm",
  messageIdAuthorizedIsmAbi: "IMessageIdAuthorizedIsm",
  opStackIsmAbi: "OPStackIsm",
  erc5164IsmAbi: "ERC5164Ism",
  opL2ToL1IsmAbi: "OPL2ToL1Ism",
  arbL2ToL1IsmAbi: "ArbL2ToL1Ism",
  blsKeyRegistryAbi: "BlsKeyRegistry",
  blsMultisigIsmAbi: "BlsMultisigIsm",
  blsMultisigIsmFactoryAbi: "BlsMultisigIsmFactory",
  validatorStakeAbi: "ValidatorStake",
  slasherAbi: "Slasher",
  checkpointFraudProofsAbi: "CheckpointFraudProofs",
  gasPaymasterAbi: "InterchainGasPaymaster",
  storageGasOracleAbi: "StorageGasOracle",
  protocolFeeAbi: "ProtocolFee",
  escrowPaymasterAbi: "EscrowPaymaster",
  deliveryReceiptsAbi: "DeliveryReceipts",
  hypERC20Abi: "HypERC20",
  hypERC20CollateralAbi: "HypERC20Collateral",
  hypNativeAbi: "HypNative",
  hypXERC20Abi: "HypXERC20",
  hypXERC20LockboxAbi: "HypXERC20Lockbox",
  hypERC4626CollateralAbi: "HypERC4626Collateral",
  hypERC721Abi: "HypERC721URIStorage",
  hypERC721CollateralAbi: "HypERC721Collateral",
  tokenFeeAbi: "ITokenFee",
  accountRouterAbi: "InterchainAccountRouter",
  queryRouterAbi: "InterchainQueryRouter",
};

const source = fileURLToPath(new URL("../../src", import.meta.url));
const names = readdirSync(source, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".sol"))
  .map((path) => basename(path, ".sol"));

/** Every custom error of the contracts, once, to name reverts by. */
const errors = new Map(
  [...names.sort(), "TestRecipient"]
    .flatMap((name) => [...readAbi(name)])
    .filter((item) => item.type === "error")
    .map((item) => [JSON.stringify(withoutInternalTypes(item)), item]),
);

const file = fileURLToPath(new URL("abi.ts", import.meta.url));
const parts = Object.entries(ABIS).map(([name, contract]) => exported(name, readAbi(contract)));
parts.push(exported("errorsAbi", [...errors.values()]));
const text = `// Generated from the contracts by npm run build; do not edit.\n\n${parts.join("\n")}`;

if (!process.argv.includes("--check")) {
  writeFileSync(file, text);
} else if (readFileSync(file, "utf8") !== text) {
  console.error("harness/contracts/abi.ts is not what the contracts say: run `npm run build` and commit it");
  process.exitCode = 1;
}

function exported(name: string, items: readonly AbiItem[]): string {
  const lines = items.map((item) => `  ${JSON.stringify(withoutInternalTypes(item))},`);
  return `export const ${name} = [\n${lines.join("\n")}\n] as const;\n`;
}

/** Drops Solidity's own names of types, which say nothing to a client. */
function withoutInternalTypes(item: unknown): unknown {
  return JSON.parse(JSON.stringify(item, (key, value) => (key === "internalType" ? undefined : value)));
}
