import type { Address } from "viem";
import type { Deployer } from "./deployer.ts";

export type PayOnDelivery = {
  /** Locks payments for messages from this chain. */
  escrowPaymaster: Address;
  /** Says on other chains what was delivered on this one. */
  deliveryReceipts: Address;
};

/**
 * Deploys both ends of pay on delivery to a chain. Neither has an owner.
 *
 * @param parameters.paymaster whose quotes are the prices; it is asked, never paid. Best one of the escrow's own, whose overheads
 * hold what a receipt costs
 */
export async function deployPayOnDelivery(parameters: {
  deployer: Deployer;
  mailbox: Address;
  paymaster: Address;
}): Promise<PayOnDelivery> {
  const { deployer, mailbox, paymaster } = parameters;
  const escrow = await deployer.create("EscrowPaymaster", [mailbox, paymaster]);
  const receipts = await deployer.create("DeliveryReceipts", [mailbox]);
  return { escrowPaymaster: escrow.address, deliveryReceipts: receipts.address };
}
