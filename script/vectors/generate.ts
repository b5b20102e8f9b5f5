// Writes the golden vectors in test/vectors. Run: npx tsx script/vectors/generate.ts (half a minute, always the same bytes).
//
// Independent on purpose of harness/ and src/, which are tested against its output: bytes are concatenated by hand, the
// tree is the recursive definition. Of viem it uses keccak-256 and the signing of a 32-byte hash, of @noble/curves the
// curve and its hash, nothing that knows a format.
import { writeFileSync } from "node:fs";
import { batchVectors } from "./batch.ts";
import { blsVectors } from "./bls.ts";
import { checkpointVectors } from "./checkpoints.ts";
import { deliveryReceiptVectors } from "./deliveryReceipts.ts";
import { deliveryTermsVectors } from "./deliveryTerms.ts";
import { expiringMessageVectors } from "./expiringMessages.ts";
import { hookMetadataVectors } from "./hookMetadata.ts";
import { interchainAccountVectors } from "./interchainAccounts.ts";
import { interchainQueryVectors } from "./interchainQueries.ts";
import { messageVectors } from "./messages.ts";
import { metadataVectors } from "./metadata.ts";
import { treeVectors } from "./tree.ts";
import { validatorSetVectors } from "./validatorSet.ts";

const files = {
  messages: messageVectors,
  tree: treeVectors,
  checkpoint: checkpointVectors,
  metadata: metadataVectors,
  hookMetadata: hookMetadataVectors,
  batch: batchVectors,
  bls: blsVectors,
  validatorSet: validatorSetVectors,
  deliveryTerms: deliveryTermsVectors,
  deliveryReceipts: deliveryReceiptVectors,
  expiringMessages: expiringMessageVectors,
  interchainAccounts: interchainAccountVectors,
  interchainQueries: interchainQueryVectors,
};

for (const [name, vectors] of Object.entries(files)) {
  const file = new URL(`../../test/vectors/${name}.json`, import.meta.url);
  writeFileSync(file, `${JSON.stringify(vectors, null, 1)}\n`);
}
