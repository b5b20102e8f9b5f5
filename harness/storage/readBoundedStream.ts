import { StorageError } from "./checkpointStorage.ts";

/** Reads a body whose length somebody else decides. @throws StorageError as soon as it is longer than `maxBytes` */
export async function readBoundedStream(
  what: string,
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBytes) throw new StorageError(`${what} is larger than ${maxBytes} bytes, it is not read`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
