import type { SignedAnnouncement } from "./checkpointStorage.ts";
import { signatureToJson } from "./signedCheckpointJson.ts";

/** Writes a signed announcement as the JSON object that validators publish. */
export function announcementToJson({ announcement, validator, signature }: SignedAnnouncement): string {
  return JSON.stringify({
    value: {
      validator: validator.toLowerCase(),
      mailbox_address: announcement.mailbox.toLowerCase(),
      mailbox_domain: announcement.origin,
      storage_location: announcement.storageLocation,
    },
    ...signatureToJson(signature),
  });
}
