import type { Address, Hash, Hex } from "viem";
import type { ChainClient } from "../../../chains/client.ts";
import type { Message } from "../../../protocol/message.ts";
import type { CheckpointSource } from "./checkpointSource.ts";

export type MetadataRequest = {
  id: Hash;
  message: Message;
  /** The message's bytes. */
  raw: Hex;
  /** The module that is to verify it, on the destination. */
  ism: Address;
  /** The destination's. */
  client: ChainClient;
  /** The origin's validators and tree. */
  checkpoints: CheckpointSource;
  /** Whether to recover the signers of what validators published, or to leave that to the simulation. */
  verify: boolean;
  /** Called for each signature that counts; again when the message is looked at again. */
  onSigned: (validator: Address, index: number) => void;
  /** The account that will deliver, on the destination. */
  relayer: Address;
  /** Whether gateways at addresses that are not of the public internet are asked. */
  allowPrivateGateways: boolean;
  /** Whether this module may have the message prepared once more; default: yes. One that is never satisfied may not. */
  mayPrepare?: (ism: Address) => Promise<boolean>;
  /**
   * Builds for a module that `ism` asks, within what is left of the message's limits, which `siblings` modules share.
   * @throws Error whose message is the reason, as a builder does
   */
  build: (ism: Address, siblings?: number) => Promise<MetadataResult>;
};

export type MetadataResult =
  | {
      status: "ready";
      metadata: Hex;
      /** The module verifies only within a delivery, so that its `verify` alone can not be tried. */
      onlyInDelivery?: true;
    }
  | {
      status: "waiting";
      reason: string;
      /** When it is expected to be ready, in milliseconds since 1970, where that is known. */
      expectedAt?: number;
    }
  /** A transaction on the destination has to come first. */
  | { status: "prepare"; to: Address; data: Hex; reason: string };

/**
 * Builds what a module of one type wants to see. It throws an Error whose message is the reason when the module can not be
 * satisfied as it is; `waiting` is for what time alone brings.
 */
export type MetadataBuilder = (request: MetadataRequest) => Promise<MetadataResult>;
