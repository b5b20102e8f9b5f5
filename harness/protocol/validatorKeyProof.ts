import { type Address, encodeAbiParameters, type Hex, keccak256, stringToHex } from "viem";

const DOMAIN = keccak256(stringToHex("CAUSEWAY_VALIDATOR_KEY"));

/**
 * What a key signs (EIP-191) to become the checkpoint key of an operator, in one staking contract of one chain:
 *
 *     keccak(keccak("CAUSEWAY_VALIDATOR_KEY") ‖ uint256 chain id ‖ addr32 stake ‖ addr32 operator ‖ addr32 key)
 */
export function validatorKeyProofDigest(proof: {
  chainId: number;
  stake: Address;
  operator: Address;
  key: Address;
}): Hex {
  const { chainId, stake, operator, key } = proof;
  return keccak256(
    encodeAbiParameters(
      [{ type: "bytes32" }, { type: "uint256" }, { type: "address" }, { type: "address" }, { type: "address" }],
      [DOMAIN, BigInt(chainId), stake, operator, key],
    ),
  );
}
