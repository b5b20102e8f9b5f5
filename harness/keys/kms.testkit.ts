import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { secp256k1 } from "@noble/curves/secp256k1";
import { z } from "zod";

const requestSchema = z.object({ KeyId: z.string(), Message: z.base64().optional() });

export type KmsKey = { secret: Uint8Array; usage?: string; publicKey?: Uint8Array };

/**
 * A server in this process with the two calls of KMS's JSON API that an account needs. It really signs, as KMS does: DER, s in the
 * upper half as often as in the lower.
 * @param keys by key id; whoever changes it moves an alias
 */
export async function startKms(keys: Map<string, KmsKey>) {
  const asked: { target: string; body: unknown }[] = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const { KeyId, Message } = requestSchema.parse(JSON.parse(body));
    const target = String(request.headers["x-amz-target"]);
    asked.push({ target, body: JSON.parse(body) });
    response.setHeader("content-type", "application/x-amz-json-1.1");
    const key = keys.get(KeyId);
    if (key === undefined) {
      response.writeHead(400).end(JSON.stringify({ __type: "NotFoundException", message: `no key ${KeyId}` }));
    } else if (target === "TrentService.GetPublicKey") {
      const PublicKey = Buffer.from(key.publicKey ?? spki(key.secret)).toString("base64");
      response.end(JSON.stringify({ KeyId, KeyUsage: key.usage ?? "SIGN_VERIFY", PublicKey }));
    } else {
      const digest = Buffer.from(Message ?? "", "base64");
      const low = secp256k1.sign(digest, key.secret, { lowS: true });
      const upper = asked.length % 2 === 0;
      const signature = upper ? new secp256k1.Signature(low.r, secp256k1.CURVE.n - low.s) : low;
      response.end(JSON.stringify({ KeyId, Signature: Buffer.from(signature.toDERRawBytes()).toString("base64") }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A DER SubjectPublicKeyInfo of the curve: a constant head, then the point. */
function spki(secret: Uint8Array): Uint8Array {
  const head = Buffer.from("3056301006072a8648ce3d020106052b8104000a034200", "hex");
  return Buffer.concat([head, secp256k1.getPublicKey(secret, false)]);
}
