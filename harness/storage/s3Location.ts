import { StorageError } from "./checkpointStorage.ts";

/** A bucket, or a folder in it. */
export type S3Location = { bucket: string; region: string; folder?: string };

const MAX_LENGTH = 1_024;
/** S3's own rules, which leave one spelling for each bucket; a region is one label of a host's name. */
const BUCKET = /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const REGION = /^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/;
/** Names that need no escape in a URL, none of them "." or "..". */
const FOLDER = /^(?:(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+)(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+)*$/;

/**
 * What a location `s3://bucket/region[/folder]` names.
 * @throws StorageError for any other form
 */
export function parseS3Location(location: string): S3Location {
  const match = location.length <= MAX_LENGTH ? /^s3:\/\/([^/]+)\/([^/]+)(?:\/(.+))?$/s.exec(location) : null;
  const [, bucket = "", region = "", folder] = match ?? [];
  const plain = BUCKET.test(bucket) && REGION.test(region) && (folder === undefined || FOLDER.test(folder));
  if (!plain) {
    throw new StorageError(
      `not the location of an S3 bucket: ${JSON.stringify(location.slice(0, 100))}. ` +
        'It is "s3://bucket/region" or "s3://bucket/region/folder", in plain ASCII, without "..", "//", "%" or a final "/"',
    );
  }
  return { bucket, region, ...(folder !== undefined && { folder }) };
}

/** The key of an object of a location. */
export function s3Key({ folder }: S3Location, name: string): string {
  return folder === undefined ? name : `${folder}/${name}`;
}

/**
 * Where everybody reads a bucket: at Amazon, or at `endpoint`, which then has all buckets. Amazon's certificates do not cover buckets
 * with a dot in their name; those stand in the path.
 */
export function s3BaseUrl({ bucket, region }: S3Location, endpoint?: string): string {
  if (endpoint !== undefined) return `${endpoint.replace(/\/+$/, "")}/${bucket}`;
  const domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return bucket.includes(".") ? `https://s3.${region}.${domain}/${bucket}` : `https://${bucket}.s3.${region}.${domain}`;
}
