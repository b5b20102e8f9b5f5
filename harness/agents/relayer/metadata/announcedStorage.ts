import type { Address } from "viem";
import type { ChainConfig } from "../../../chains/chainConfig.ts";
import type { ChainClient } from "../../../chains/client.ts";
import { validatorAnnounceAbi } from "../../../contracts/abi.ts";
import type { CheckpointReader } from "../../../storage/checkpointStorage.ts";
import { openReader } from "../../../storage/openReader.ts";
import { ethCall } from "../ethCall.ts";
import { errorText } from "../rpcError.ts";

/** Where one validator's checkpoints may be read, newest location first; and why it is not more. */
export type AnnouncedStorage = {
  readers: readonly CheckpointReader[];
  problem?: string;
  /** It has announced no location at all. */
  unannounced?: true;
};

/** A validator that moves announces its new location; the ones before are tried while it moves. */
const MAX_LOCATIONS = 3;

/**
 * Opens the storage locations that a validator announced on the origin. It never throws: each validator is asked for alone, so
 * that one with a hostile announcement is nobody's problem but its own.
 *
 * A location that carries a reorg flag, or whose flag can not be read, counts as flagged and ends the search: what the
 * validator published there and before is not to be used.
 */
export async function openAnnouncedStorage(parameters: {
  chain: ChainConfig;
  client: ChainClient;
  validator: Address;
  allowLocal: boolean;
}): Promise<AnnouncedStorage> {
  const { chain, client, validator, allowLocal } = parameters;
  let locations: readonly string[];
  try {
    const answer = await ethCall(client, {
      address: chain.validatorAnnounce,
      abi: validatorAnnounceAbi,
      functionName: "getAnnouncedStorageLocations",
      args: [[validator]],
    });
    locations = answer[0] ?? [];
  } catch (error) {
    return { readers: [], problem: `its announcement can not be read: ${errorText(error)}` };
  }
  if (locations.length === 0) {
    return { readers: [], problem: "it has announced no storage location", unannounced: true };
  }

  const opened = await Promise.all(
    locations
      .slice(-MAX_LOCATIONS)
      .reverse()
      .map((location) => openUnlessFlagged(location, allowLocal)),
  );
  const readers: CheckpointReader[] = [];
  for (const { reader, problem, flagged } of opened) {
    if (reader !== undefined) readers.push(reader);
    if (flagged) return { readers, ...(readers.length === 0 && problem !== undefined && { problem }) };
  }
  const problem = opened.find((location) => location.problem !== undefined)?.problem;
  return { readers, ...(readers.length === 0 && problem !== undefined && { problem }) };
}

type OpenedLocation = { reader?: CheckpointReader; problem?: string; flagged: boolean };

async function openUnlessFlagged(location: string, allowLocal: boolean): Promise<OpenedLocation> {
  let reader: CheckpointReader;
  try {
    reader = openReader({ location, allowLocal });
  } catch (error) {
    return { problem: errorText(error), flagged: false };
  }
  try {
    const flag = await reader.reorgFlag();
    if (flag === undefined) return { reader, flagged: false };
    return { problem: `it flagged a reorganisation at index ${flag.checkpointIndex}`, flagged: true };
  } catch (error) {
    return { problem: `its reorg flag can not be read: ${errorText(error)}`, flagged: true };
  }
}
