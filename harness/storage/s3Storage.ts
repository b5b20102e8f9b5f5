import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import { type CheckpointStorage, StorageError } from "./checkpointStorage.ts";
import { S3_NAMES } from "./objectNames.ts";
import { DEFAULT_LIMITS } from "./objectReader.ts";
import { createObjectStorage, type StoredObject } from "./objectStorage.ts";
import { readBoundedStream } from "./readBoundedStream.ts";
import { parseS3Location, s3Key } from "./s3Location.ts";

export type CreateS3StorageParameters = {
  /** `s3://bucket/region[/folder]`, as announced. The bucket must exist; everybody must be able to read and list it. */
  location: string;
  /** Base URL of another store than Amazon's. Default: what the AWS configuration says. */
  endpoint?: string;
  /** Default: AWS's chain of environment, shared files, container and instance. */
  credentials?: { accessKeyId: string; secretAccessKey: string };
};

/** Requests in flight at once. */
const CONCURRENT_WRITES = 32;
/** Of one request with its repetitions. */
const TIMEOUT_MS = 30_000;

/**
 * A validator's storage in an S3 bucket.
 *
 * A checkpoint is created, never replaced: it is looked for first, and written on condition that there is still none
 * (`If-None-Match`). A store that ignores conditions leaves the moment between the two; the signing history is what keeps a validator
 * from signing twice, not its storage.
 * @example const storage = createS3Storage({ location: "s3://my-validator/eu-central-1" });
 * @throws StorageError when the location is malformed
 */
export function createS3Storage(parameters: CreateS3StorageParameters): CheckpointStorage {
  const { location, endpoint, credentials } = parameters;
  const place = parseS3Location(location);
  const { bucket, region } = place;
  const client = new S3Client({
    region,
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials && { credentials }),
    forcePathStyle: endpoint !== undefined || process.env.AWS_ENDPOINT_URL_S3 !== undefined || bucket.includes("."),
    // Stores other than Amazon's do not all know the checksums that the SDK would send and expect.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
  const describe = (name: string) => `s3://${bucket}/${s3Key(place, name)}`;
  const target = (name: string) => ({ Bucket: bucket, Key: s3Key(place, name) });

  async function get(name: string): Promise<{ bytes: Uint8Array; writtenAt: number | undefined } | undefined> {
    const what = describe(name);
    try {
      return await attempt(`read ${what}`, async (abortSignal) => {
        const { Body, LastModified } = await client.send(new GetObjectCommand(target(name)), { abortSignal });
        const body = (Body as AsyncIterable<Uint8Array> | undefined) ?? [];
        return {
          bytes: await readBoundedStream(what, body as AsyncIterable<Uint8Array>, DEFAULT_LIMITS.maxBytes),
          writtenAt: LastModified?.getTime(),
        };
      });
    } catch (error) {
      if (error instanceof StorageError && error.cause instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  async function put(name: string, content: string, condition: { IfNoneMatch?: "*" }): Promise<void> {
    const object = { ...target(name), Body: content, ContentType: "application/json", ...condition };
    await attempt(`write ${describe(name)}`, (abortSignal) =>
      client.send(new PutObjectCommand(object), { abortSignal }),
    );
  }

  async function createOne({ name, content }: StoredObject): Promise<boolean> {
    if ((await get(name)) !== undefined) return false;
    try {
      await put(name, content, { IfNoneMatch: "*" });
      return true;
    } catch (error) {
      if (error instanceof StorageError && isTaken(error.cause)) return false;
      throw error;
    }
  }

  return createObjectStorage({
    location,
    names: S3_NAMES,
    store: {
      describe,
      read: async (name) => (await get(name))?.bytes,
      writtenAt: async (name) => (await get(name))?.writtenAt,
      async create(objects) {
        const created: boolean[] = [];
        const queue = objects.entries(); // one iterator, shared by all workers
        const workers = Array.from({ length: Math.min(CONCURRENT_WRITES, objects.length) }, async () => {
          for (const [i, object] of queue) created[i] = await createOne(object);
        });
        const failed = (await Promise.allSettled(workers)).find((outcome) => outcome.status === "rejected");
        if (failed) throw failed.reason;
        return created;
      },
      replace: ({ name, content }) => put(name, content, {}),
    },
  });
}

/** Somebody created it in the meantime, or is about to: then reading it tells more, or fails, and nothing was written. */
function isTaken(error: unknown): boolean {
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  return status === 412 || status === 409;
}

async function attempt<T>(what: string, action: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    return await action(signal);
  } catch (cause) {
    if (cause instanceof StorageError) throw cause;
    const reason = signal.aborted ? `no answer within ${TIMEOUT_MS} ms` : reasonOf(cause);
    throw new StorageError(`can not ${what}: ${reason}. Check the bucket, its policy and the credentials`, { cause });
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === "Error" ? error.message : `${error.name}: ${error.message}`;
}
