import { concat, type Hash, type Hex, keccak256, stringToHex } from "viem";

const TAG = stringToHex("CAUSEWAY_ATTESTATION");

/** What an attester signs (EIP-191) for a message: keccak("CAUSEWAY_ATTESTATION" ‖ message id). */
export function attestationDigest(id: Hash): Hex {
  return keccak256(concat([TAG, id]));
}
