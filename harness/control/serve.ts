import { isIP } from "node:net";
import { type ControlServerParameters, createControlServer } from "./controlServer.ts";
import { every } from "./every.ts";

/** Where an agent listens, and who may command it. */
export type HttpOptions = {
  host: string;
  port: number;
  hosts: readonly string[];
  /** Without it there are no commands. */
  token?: string;
};

export type Served = { url: string; [Symbol.asyncDispose](): Promise<void> };

const OBSERVE_EVERY_MS = 10_000;
const LOOPBACK = /^(127\.|localhost$|::1$)/;

/**
 * Serves an agent, and looks at its chains every ten seconds while it does.
 * @param observe must not throw
 * @throws Error when the port can not be had
 */
export async function serve(
  http: HttpOptions,
  parameters: Omit<ControlServerParameters, "hosts" | "token"> & { observe: () => Promise<void> },
): Promise<Served> {
  const { observe, commands = {}, ...rest } = parameters;
  const { host, port, token } = http;
  const names = isIP(host) === 0 ? [...http.hosts, host] : http.hosts;
  const server = createControlServer({ ...rest, hosts: names, ...(token !== undefined && { token, commands }) });
  const url = await server.listen({ host, port });
  rest.log.info({ url, commands: token !== undefined }, "serves health, metrics and pages");
  if (!LOOPBACK.test(host)) rest.log.warn({ host }, "whoever reaches this address can read what is served");
  const observing = every(OBSERVE_EVERY_MS, observe);
  return {
    url,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await observing[Symbol.asyncDispose]();
    },
  };
}
