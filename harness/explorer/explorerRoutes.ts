import { readFileSync } from "node:fs";
import type { FastifyInstance } from "fastify";
import { type Hash, type Hex, isHash } from "viem";
import { z } from "zod";
import { getMessage } from "../agents/relayer/messageStatus.ts";
import type { OpenedRelayer } from "../agents/relayer/openRelayer.ts";
import { errorText, printable } from "../agents/relayer/rpcError.ts";
import type { Sight } from "../agents/relayer/sight/createSight.ts";
import { CommandError } from "../control/controlServer.ts";
import { decodeMessage } from "../protocol/message.ts";
import { findMessages, isState, parseQuery } from "./findMessages.ts";
import { BusyError, createSignatureReader } from "./readSignatures.ts";

const PAGES = [
  ["/", "index.html", "text/html; charset=utf-8"],
  ["/explorer.js", "explorer.js", "text/javascript; charset=utf-8"],
  ["/explorer.css", "explorer.css", "text/css; charset=utf-8"],
] as const;
const LISTED = 50;
/** Bytes of a body that are shown. */
const MAX_SHOWN = 1_024;

const listSchema = z.object({ q: z.string().max(100).default(""), state: z.string().max(20).default("") });
const idSchema = z.object({ id: z.string() });

/** The explorer: a page, and what it asks for. All of it may be read by everybody who reaches the server. */
export function explorerRoutes(parameters: {
  relayer: OpenedRelayer;
  sight: Sight;
  allowLocal: boolean;
  now: () => number;
}): (server: FastifyInstance) => void {
  const { relayer, sight, allowLocal, now } = parameters;
  const { db } = relayer.store;
  const { origins, destinations } = relayer;
  const signatures = createSignatureReader({ origins, destinations, allowLocal, now });
  const names = new Map([...origins, ...destinations].map(({ chain }) => [chain.domain, chain.name]));
  const nameOf = (domain: number) => names.get(domain) ?? `domain ${domain}`;

  async function overview() {
    const { paused = null } = relayer.state();
    return {
      now: now(),
      paused,
      chains: await Promise.all([...sight.chains].map(([name, seen]) => chainRow(name, seen))),
      validators: sight.validators.health().map((one) => ({ ...one, origin: nameOf(one.origin) })),
    };
  }

  type Seen = typeof sight.chains extends ReadonlyMap<string, infer T> ? T : never;

  async function chainRow(name: string, { head, final, finalMovedAt, readAt, problem }: Seen) {
    const domain = [...names].find(([, other]) => other === name)?.[0] ?? -1;
    const indexed = await db
      .selectFrom("origin_block")
      .select(["number", "count"])
      .where("origin", "=", domain)
      .orderBy("number", "desc")
      .limit(1)
      .executeTakeFirst();
    return {
      ...{
        name,
        domain,
        head: head?.number ?? null,
        headAt: head?.timestamp ?? null,
        final: final ?? null,
        finalMovedAt,
      },
      ...{ readAt: readAt ?? null, problem: problem ?? null, indexed: indexed?.number ?? null },
      messages: indexed?.count ?? null,
    };
  }

  async function details(id: Hash) {
    const found = await getMessage(db, id);
    if (found === undefined) throw new CommandError(404, "the relayer does not know this message");
    const { message, paid, spent, transactions } = found;
    const { raw, ...row } = message;
    const { body } = decodeMessage(raw);
    return {
      ...{ ...row, origin: nameOf(row.origin), destination: nameOf(row.destination) },
      body: { bytes: (body.length - 2) / 2, hex: body.slice(0, 2 + 2 * MAX_SHOWN), text: textOf(body) },
      ...{ paid: { wei: String(paid.payment), gas: String(paid.gas) }, spentWei: String(spent.spent) },
      transactions: transactions.map(
        ({ hash, nonce, purpose, state, created_at, block_number, gas_used, success }) => ({
          ...{ hash, nonce, purpose, state, createdAt: created_at, block: block_number, gasUsed: gas_used, success },
        }),
      ),
    };
  }

  return (server) => {
    for (const [path, file, type] of PAGES) {
      const content = readFileSync(new URL(`./page/${file}`, import.meta.url));
      server.get(path, (_request, reply) => reply.type(type).send(content));
    }
    server.get("/favicon.ico", (_request, reply) => reply.status(204).send());
    server.get("/api/overview", overview);
    server.get("/api/messages", async ({ query }) => {
      const { q, state } = checked(listSchema, query);
      const parsed = parseQuery(q);
      if (parsed === undefined) {
        throw new CommandError(400, "search for an id, a sender, or a transaction: 0x and 40 or 64 hex digits");
      }
      const rows = await findMessages(db, { query: parsed, limit: LISTED, ...(isState(state) && { state }) });
      return rows.map((row) => ({ ...row, origin: nameOf(row.origin), destination: nameOf(row.destination) }));
    });
    server.get("/api/messages/:id", async ({ params }) => details(idIn(params)));
    server.get("/api/messages/:id/signatures", async ({ params }) => {
      const [message] = await findMessages(db, { query: idIn(params), limit: 1 });
      if (message === undefined) throw new CommandError(404, "the relayer does not know this message");
      try {
        return (await signatures(message)) ?? { module: null, validators: [], more: 0 };
      } catch (error) {
        throw new CommandError(503, error instanceof BusyError ? error.message : errorText(error));
      }
    });
  };
}

function idIn(params: unknown): Hash {
  const { id } = checked(idSchema, params);
  if (!isHash(id)) throw new CommandError(400, "a message id is 0x and 64 hex digits");
  return id.toLowerCase() as Hash;
}

function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new CommandError(400, "that is no question");
  return parsed.data;
}

/** The body as text, where it is one. */
function textOf(body: Hex): string | null {
  const bytes = Buffer.from(body.slice(2, 2 + 2 * MAX_SHOWN), "hex");
  if (bytes.length === 0) return null;
  try {
    return printable(new TextDecoder("utf-8", { fatal: true }).decode(bytes), MAX_SHOWN);
  } catch {
    return null;
  }
}
