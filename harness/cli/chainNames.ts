import { type Config, chainNamed } from "./config.ts";

/** What the chains of the configuration are called, by their domain. */
export function chainNames(config: Config): Map<number, string> {
  return new Map(Object.values(config.chains).map(({ domain, name }) => [domain, name]));
}

/** The domain of a chain by its name, or as a number. @throws UsageError when it is neither */
export function domainOf(config: Config, text: string): number {
  if (/^\d{1,10}$/.test(text) && Number(text) < 2 ** 32) return Number(text);
  return chainNamed(config, text).domain;
}
