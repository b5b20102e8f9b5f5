import { type CheckpointReader, StorageError } from "./checkpointStorage.ts";
import { S3_NAMES } from "./objectNames.ts";
import { createObjectReader, DEFAULT_LIMITS, type ReadLimits } from "./objectReader.ts";
import { readBoundedStream } from "./readBoundedStream.ts";
import { parseS3Location, s3BaseUrl, s3Key } from "./s3Location.ts";

export type CreateS3ReaderParameters = {
  /** `s3://bucket/region[/folder]`, as hostile as what is there. */
  location: string;
  /** Base URL of another store than Amazon's, which then has all buckets. */
  endpoint?: string;
  limits?: ReadLimits;
};

/**
 * Reads a validator's bucket as anybody can: over HTTPS, without credentials. Of hosts it asks `endpoint`, or Amazon's, whatever the
 * location says; redirects are not followed.
 *
 * An object is absent only when the store says so by name (`NoSuchKey`): "no such bucket", "access denied" and the like are errors,
 * for a flag that can not be read must not pass for none.
 * @example const signed = await createS3Reader({ location: "s3://my-validator/eu-central-1" }).checkpoint(7);
 * @throws StorageError when the location is malformed
 */
export function createS3Reader(parameters: CreateS3ReaderParameters): CheckpointReader {
  const { endpoint, limits = DEFAULT_LIMITS } = parameters;
  const location = parseS3Location(parameters.location);
  const base = s3BaseUrl(location, endpoint);
  const describe = (name: string) => `${base}/${s3Key(location, name)}`;

  /** All of it, from the name's lookup to the last byte, in time. */
  async function get(name: string): Promise<{ bytes: Uint8Array; writtenAt: number | undefined } | undefined> {
    const url = describe(name);
    const signal = AbortSignal.timeout(limits.timeoutMs);
    try {
      const response = await fetch(url, { signal, redirect: "manual", headers: { "accept-encoding": "identity" } });
      const bytes = await readBoundedStream(url, response.body ?? emptyBody(), limits.maxBytes);
      if (response.status === 200) return { bytes, writtenAt: parseDate(response.headers.get("last-modified")) };
      const answer = new TextDecoder().decode(bytes);
      if (response.status === 404 && answer.includes("<Code>NoSuchKey</Code>")) return undefined;
      throw new StorageError(`can not read ${url}: ${explain(response.status, answer)}`);
    } catch (cause) {
      if (cause instanceof StorageError) throw cause;
      const reason = signal.aborted ? `no whole answer within ${limits.timeoutMs} ms` : describeCause(cause);
      throw new StorageError(`can not read ${url}: ${reason}. Try again later`, { cause });
    }
  }

  return createObjectReader(
    {
      describe,
      read: async (name) => (await get(name))?.bytes,
      writtenAt: async (name) => (await get(name))?.writtenAt,
    },
    S3_NAMES,
  );
}

function explain(status: number, answer: string): string {
  const code = /<Code>(\w{1,64})<\/Code>/.exec(answer)?.[1] ?? "no reason";
  const hint =
    status === 403
      ? ". The bucket's policy must let everybody get its objects and list it: without the latter, S3 does not tell an absent object from a secret one"
      : "";
  return `the store answers with status ${status}, ${code}${hint}`;
}

function parseDate(text: string | null): number | undefined {
  const at = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

/** What fetch says is "fetch failed"; the reason is in the cause. */
function describeCause(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

async function* emptyBody(): AsyncGenerator<Uint8Array> {}
