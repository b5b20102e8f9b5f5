import { createHash, timingSafeEqual } from "node:crypto";

/** Whether an Authorization header carries the token. How long that takes tells nothing of how much of it is right. */
export function isAuthorized(header: string | undefined, token: string): boolean {
  const [scheme = "", given = "", ...more] = (header ?? "").split(" ");
  const isEqual = timingSafeEqual(digest(given), digest(token));
  return isEqual && scheme.toLowerCase() === "bearer" && more.length === 0;
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
