import type { Address, Hex } from "viem";

/** Who may change a contract, as the contract itself says. Addresses are in lower case. */
export type Owner = {
  /** The zero address: nobody any more. */
  address: Address;
  isContract: boolean;
  /** An owner that is a timelock says that it waits so long, in seconds, before anything it does. */
  delaySeconds?: number;
  /** Was offered the ownership, and has it once it accepts. */
  pending?: { address: Address; isContract: boolean };
};

export type Signer = { address: Address; weight: bigint };

/** A module, with all that are below it, as they describe themselves: nothing of it is proven. */
export type IsmNode = { address: Address; moduleType: number | null; owner?: Owner } & IsmKind;

export type IsmKind =
  | {
      kind: "multisig";
      scheme: "message-id" | "merkle-root" | "bls";
      weighted: boolean;
      /** Each once. */
      validators: Signer[];
      threshold: bigint;
    }
  | { kind: "aggregation"; threshold: number; modules: IsmNode[] }
  | {
      kind: "routing";
      /** `custom`: a contract that tells no domains, asked for the one origin alone. */
      variant: "domain" | "incremental" | "fallback" | "custom";
      routes: { domain: number; module: IsmNode }[];
      /** Where messages from all other domains go. */
      fallback?: { mailbox: Address; owner?: Owner; module: IsmNode };
    }
  /** Amounts from `threshold` on go to `upper`. */
  | { kind: "amountRouting"; threshold: bigint; lower: IsmNode; upper: IsmNode }
  | { kind: "pausable"; paused: boolean; guardian: Address | null }
  | { kind: "rateLimited"; level: bigint; maxCapacity: bigint | null; recipient: Address | null }
  | { kind: "trustedRelayer"; relayer: Address; isContract: boolean }
  | { kind: "noop" }
  | {
      kind: "bridge";
      bridge: "OP stack" | "OP stack L2 to L1" | "Arbitrum L2 to L1" | "ERC-5164" | "unknown";
      /** The contract on this chain whose word counts; null when the module does not tell. */
      through: Address | null;
      /** On the origin; null until it is named. */
      hook: Hex | null;
      /** May name the hook, while there is none. */
      deployer: Address | null;
    }
  /** Without an attester it accepts what its own code does. */
  | { kind: "ccipRead"; urls: string[]; attester: Address | null }
  | { kind: "optimistic"; fraudWindow: number; watchers: Address[]; threshold: number; submodule: IsmNode }
  /** Has no say in the messages that were asked about, and was not read. */
  | { kind: "notAsked" }
  | { kind: "unknown"; reason: string }
  /** Never verifies anything. */
  | { kind: "broken"; problem: "no code" | "cycle" | "too large" | "no route"; reason: string };

export type NodeOf<K extends IsmKind["kind"]> = IsmNode & { kind: K };

/** The modules right below. */
export function childrenOf(node: IsmNode): IsmNode[] {
  switch (node.kind) {
    case "aggregation":
      return node.modules;
    case "routing":
      return [
        ...node.routes.map(({ module }) => module),
        ...(node.fallback === undefined ? [] : [node.fallback.module]),
      ];
    case "amountRouting":
      return [node.lower, node.upper];
    case "optimistic":
      return [node.submodule];
    default:
      return [];
  }
}

/** A module and all below it, each before those below it. */
export function allModules(node: IsmNode): IsmNode[] {
  return [node, ...childrenOf(node).flatMap(allModules)];
}
