import { signRecoverable } from "tiny-secp256k1";
import { bytesToHex, concat, type Hex, hashMessage, hexToBytes, type LocalAccount, numberToHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";

/** What EIP-191 signatures end with beside the parity of their point. */
const V_OFFSET = 27;

/**
 * The account of a private key, that signs messages in WebAssembly: the same signatures (RFC 6979, low s) as viem's, in a
 * fraction of the time. A validator that catches up does little else.
 *
 * @throws Error when it is no private key
 */
export function createLocalSigner(privateKey: Hex): LocalAccount {
  const account = privateKeyToAccount(privateKey);
  const key = hexToBytes(privateKey);
  return {
    ...account,
    async signMessage({ message }) {
      const { signature, recoveryId } = signRecoverable(hexToBytes(hashMessage(message)), key);
      return concat([bytesToHex(signature), numberToHex(V_OFFSET + recoveryId, { size: 1 })]);
    },
  };
}
