import type { ChainConfig } from "../chains/chainConfig.ts";

const nobody = `0x${"00".repeat(19)}aa` as const;

/** A chain that only its store knows. */
export function storedChain(domain: number): ChainConfig {
  return {
    ...{ name: "bench", domain, rpcUrl: "http://127.0.0.1:1", fromBlock: 0, finality: "finalized" },
    ...{ mailbox: nobody, merkleTreeHook: nobody, validatorAnnounce: nobody },
  };
}
