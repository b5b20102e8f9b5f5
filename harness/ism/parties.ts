import type { Address } from "viem";
import type { IsmNode, Owner } from "./ismTree.ts";

export type Role =
  | "validator"
  | "watcher"
  | "trusted relayer"
  | "attester"
  | "gateways"
  | "bridge"
  | "guardian"
  | "deployer"
  | "owner"
  | "pending owner"
  | "Mailbox owner"
  | "module";

/** Who can do something. Accounts are one party whatever their roles; a bridge with its operators is one, too. */
export type Party = {
  /** The address of an account; of others, what they are and an address: `bridge:0x…`. */
  key: string;
  address: Address;
  roles: Role[];
  /** Null where it was not looked at. */
  isContract: boolean | null;
};

/** What somebody may do to a module apart from sending messages through it. */
export type Power = {
  /** The module, or the Mailbox that it falls back to. */
  contract: Address;
  holder: Address;
  role: Extract<Role, "guardian" | "deployer" | "owner" | "pending owner" | "Mailbox owner">;
  isContract: boolean | null;
  can: string;
  /** Whether that is enough to forge messages, or to stop them. */
  forge: boolean;
  block: boolean;
  /** How long others can see it coming: 0 at once. */
  delaySeconds: number;
};

type Ability = { can: string; forge: boolean; block: boolean };

/** What the powers of a module's owner are; undefined when there are none. */
function ownerAbility(node: IsmNode): Ability | undefined {
  switch (node.kind) {
    case "multisig":
      return { can: "replace the validators", forge: true, block: true };
    case "aggregation":
      return { can: "replace the modules", forge: true, block: true };
    case "routing":
      if (node.variant === "incremental") {
        return { can: "add domains, with any module; change none", forge: false, block: false };
      }
      return { can: "change and remove routes", forge: true, block: true };
    case "pausable":
      return { can: "pause, unpause and name the guardian", forge: false, block: true };
    case "rateLimited":
      return { can: "set the rate", forge: false, block: true };
    case "ccipRead":
      return { can: "change the gateways", forge: false, block: true };
    case "optimistic":
      return { can: "replace the submodule and the watchers", forge: true, block: true };
    case "unknown":
      return { can: "do what is not known", forge: true, block: true };
    default:
      return undefined;
  }
}

/** All powers over one module; nobody's, where ownership was given up. */
export function powersOver(node: IsmNode): Power[] {
  const powers: Power[] = [];
  const ability = ownerAbility(node);
  const window = node.kind === "optimistic" ? node.fraudWindow : 0;
  if (node.owner !== undefined && ability !== undefined) {
    powers.push(...ofOwner(node.address, node.owner, ability, "owner", window));
  }
  if (node.kind === "routing" && node.fallback?.owner !== undefined) {
    const can = "replace the default module, for domains without a route";
    powers.push(
      ...ofOwner(node.fallback.mailbox, node.fallback.owner, { can, forge: true, block: true }, "Mailbox owner", 0),
    );
  }
  if (node.kind === "pausable" && node.guardian !== null) {
    const power = { contract: node.address, holder: node.guardian, role: "guardian" as const, isContract: null };
    powers.push({ ...power, can: "pause", forge: false, block: true, delaySeconds: 0 });
  }
  if (node.kind === "bridge" && node.hook === null && node.deployer !== null) {
    const power = { contract: node.address, holder: node.deployer, role: "deployer" as const, isContract: null };
    powers.push({ ...power, can: "name the hook, once", forge: true, block: true, delaySeconds: 0 });
  }
  return powers;
}

const NOBODY = `0x${"0".repeat(40)}`;

export function ofOwner(
  contract: Address,
  owner: Owner,
  ability: Ability,
  role: "owner" | "Mailbox owner",
  window: number,
): Power[] {
  if (owner.address === NOBODY) return [];
  const common = { contract, ...ability, delaySeconds: window + (owner.delaySeconds ?? 0) };
  const powers: Power[] = [{ ...common, holder: owner.address, role, isContract: owner.isContract }];
  if (owner.pending !== undefined) {
    const { address: holder, isContract } = owner.pending;
    powers.push({ ...common, delaySeconds: window, holder, role: "pending owner", isContract });
  }
  return powers;
}
