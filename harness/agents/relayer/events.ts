import type { Address, Hash } from "viem";

/** What happened to a message, for those who look on. The store holds the truth; events are not replayed after a restart. */
export type RelayerEvent =
  | { type: "recorded"; id: Hash; origin: number; destination: number; nonce: number; block: number }
  | { type: "signed"; id: Hash; validator: Address; index: number }
  | { type: "waiting"; id: Hash; reason: string }
  | { type: "failed"; id: Hash; reason: string }
  /** A transaction that has to come before the delivery was submitted, or is final. */
  | { type: "preparing"; id: Hash; tx: Hash; nonce: number }
  | { type: "prepared"; id: Hash; tx: Hash; block: number }
  | { type: "submitted"; id: Hash; tx: Hash; nonce: number }
  | { type: "included"; id: Hash; tx: Hash; block: number; gasUsed: number; success: boolean }
  | { type: "delivered"; id: Hash; destination: number; tx: Hash | null; block: number | null };
