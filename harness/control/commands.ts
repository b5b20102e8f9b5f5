import type { Kysely } from "kysely";
import { z } from "zod";
import { type Command, CommandError } from "./controlServer.ts";
import { type PauseTables, pause, resume } from "./pause.ts";

/** Printable, and short enough for a line. */
export const pauseReasonSchema = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^\p{C}]*$/u, "has control characters");

const bodySchema = z.strictObject({ reason: pauseReasonSchema });

/** `POST /v1/pause` with `{"reason"}`, and `POST /v1/resume`. */
export function pauseCommands(db: Kysely<PauseTables>, now: () => number): Record<string, Command> {
  return {
    "/v1/pause": async ({ body }) => {
      const parsed = bodySchema.safeParse(body);
      if (!parsed.success) throw new CommandError(400, 'a pause needs {"reason": "…"}, of 1 to 200 characters');
      await pause(db, { reason: parsed.data.reason, since: now() });
      return { paused: true };
    },
    "/v1/resume": async () => ({ paused: false, wasPaused: await resume(db) }),
  };
}
