import type { Logger } from "pino";
import {
  type Account,
  BaseError,
  type Chain,
  type Hash,
  InsufficientFundsError,
  type LocalAccount,
  TransactionNotFoundError,
  TransactionReceiptNotFoundError,
  type Transport,
  type WalletClient,
} from "viem";
import type { ChainConfig } from "../../chains/chainConfig.ts";
import type { ChainClient } from "../../chains/client.ts";
import { describeError } from "../../chains/describeError.ts";
import { validatorAnnounceAbi } from "../../contracts/abi.ts";
import { announcementDigest, recoverSigner } from "../../protocol/checkpoint.ts";
import type { CheckpointStorage, SignedAnnouncement } from "../../storage/checkpointStorage.ts";
import { ValidatorRefusedError } from "./validatorErrors.ts";

/** Pays for the announcement; not necessarily the validator's own key. */
export type AnnouncementWallet = WalletClient<Transport, Chain | undefined, Account>;

export type Announcer = {
  /** Where this validator is announced on chain, undefined when it is not. */
  locations(by?: ChainClient): Promise<readonly string[]>;
  /** Announces on chain unless that is done. It never throws: without an announcement there is still something to sign. */
  announce(): Promise<void>;
};

export type CreateAnnouncerParameters = {
  chain: ChainConfig;
  client: ChainClient;
  account: LocalAccount;
  storage: Pick<CheckpointStorage, "location">;
  log: Logger;
  walletClient?: AnnouncementWallet;
  /** Called once it is seen on chain. */
  onAnnounced: () => void;
};

/** Signs where a validator's checkpoints are found. @throws ValidatorRefusedError when the account signs for another address */
export async function signAnnouncement(
  parameters: Pick<CreateAnnouncerParameters, "chain" | "account" | "storage">,
): Promise<SignedAnnouncement> {
  const { chain, account, storage } = parameters;
  const announcement = { origin: chain.domain, mailbox: chain.mailbox, storageLocation: storage.location };
  const digest = announcementDigest(announcement);
  const signature = await account.signMessage({ message: { raw: digest } });
  const signer = await recoverSigner({ digest, signature });
  if (signer !== account.address.toLowerCase()) {
    throw new ValidatorRefusedError(
      `the key of validator ${account.address} signs as ${signer}: configure one of them`,
    );
  }
  return { announcement, validator: account.address, signature };
}

/** Brings a validator's storage location onto its chain, one transaction at a time, over as many ticks as it takes. */
export function createAnnouncer(parameters: CreateAnnouncerParameters): Announcer {
  const { chain, client, account, storage, log, walletClient, onAnnounced } = parameters;
  const contract = { address: chain.validatorAnnounce, abi: validatorAnnounceAbi } as const;
  let done = false;
  let pending: Hash | undefined;
  let problem: string | undefined;

  async function locations(by = client): Promise<readonly string[]> {
    const args = [[account.address]] as const;
    const [own = []] = await by.readContract({ ...contract, functionName: "getAnnouncedStorageLocations", args });
    return own;
  }

  async function announce(): Promise<void> {
    if (done) return;
    if ((await locations()).includes(storage.location)) {
      done = true;
      log.info({ location: storage.location }, "the validator is announced");
      onAnnounced();
      return;
    }
    if (pending !== undefined && (await isUnderway(pending))) return;

    const { signature } = await signAnnouncement({ chain, account, storage });
    const args = [account.address, storage.location, signature] as const;
    if (walletClient === undefined) {
      const call = `announce(${args.join(", ")}) of ${chain.validatorAnnounce}`;
      return complain(`no account pays for the announcement: let anybody call ${call} on ${chain.name}`);
    }
    pending = await walletClient.writeContract({
      ...contract,
      functionName: "announce",
      args,
      chain: null,
      account: walletClient.account,
    });
    log.info({ transaction: pending }, "announcing the validator");
  }

  /** Whether a transaction may still come into effect, or has and will be seen at the next look. */
  async function isUnderway(hash: Hash): Promise<boolean> {
    try {
      await client.getTransaction({ hash });
      const { status } = await client.getTransactionReceipt({ hash });
      if (status === "success") return true;
      complain(`transaction ${hash}, which announces the validator, was reverted: trying again`);
      return false;
    } catch (error) {
      if (error instanceof TransactionReceiptNotFoundError) return true;
      if (error instanceof TransactionNotFoundError) return false;
      throw error;
    }
  }

  /** Says a thing once until something else is the matter. */
  function complain(message: string): void {
    if (message !== problem) log.warn(message);
    problem = message;
  }

  return {
    locations,
    async announce() {
      try {
        await announce();
      } catch (error) {
        const poor = error instanceof BaseError && error.walk((cause) => cause instanceof InsufficientFundsError);
        complain(
          poor
            ? `${walletClient?.account.address} can not pay for the announcement: send it funds on ${chain.name}. ` +
                "Until then relayers do not find this validator's signatures; it signs all the same"
            : `could not announce the validator on ${chain.name}: ${describeError(error)}. Trying again`,
        );
      }
    },
  };
}
