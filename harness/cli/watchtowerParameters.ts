import type { OpenedChain } from "../agents/watchtower/openWatchtower.ts";
import type { ModuleResponse } from "../agents/watchtower/responses.ts";
import { type Config, chainNamed } from "./config.ts";
import { UsageError } from "./usageError.ts";
import type { UrlSource, WatchtowerConfig } from "./watchtowerConfig.ts";

/** The chains to watch, with all their nodes. @throws UsageError when a chain is not configured, or a URL is not to be found */
export function watchtowerChains(config: Config, watchtower: WatchtowerConfig, env = process.env): OpenedChain[] {
  return Object.entries(watchtower.chains).map(([name, { rpcUrls, recipients, verifiers, ...rest }]) => {
    const chain = chainNamed(config, name);
    const others = rpcUrls.map((url) => readUrl(url, env));
    const { rpcUrl, validatorStake: stake } = chain;
    const protects = { recipients, verifiers };
    return { chain, rpcUrls: [rpcUrl, ...others], protects, ...(stake !== undefined && { stake }), ...rest };
  });
}

/** What may be stopped. @throws UsageError when it is on, or concerns, a chain that is not watched */
export function watchtowerModules(config: Config, watchtower: WatchtowerConfig): ModuleResponse[] {
  if (watchtower.modules.length > 0 && watchtower.guardianKey === undefined) {
    throw new UsageError(
      `${config.file}: "watchtower" names modules, but no guardianKey that may pause or flag them: add one, or remove them`,
    );
  }
  const domainOf = (name: string) => {
    if (!Object.hasOwn(watchtower.chains, name)) {
      const watched = Object.keys(watchtower.chains).join(", ");
      throw new UsageError(`${config.file}: a module names chain "${name}", but watched are: ${watched}`);
    }
    return chainNamed(config, name).domain;
  };
  return watchtower.modules.map((module) => {
    const origins = (module.origins ?? Object.keys(watchtower.chains)).map(domainOf);
    return { ...module, chain: domainOf(module.chain), origins };
  });
}

/** Whom to tell of alerts, if anybody. @throws UsageError when the variable that has the URL is not set */
export function webhookUrl(watchtower: WatchtowerConfig, env = process.env): string | undefined {
  return watchtower.webhook === undefined ? undefined : readUrl(watchtower.webhook, env);
}

/** The URL itself is never repeated: it may hold a secret. */
function readUrl(source: UrlSource, env: NodeJS.ProcessEnv): string {
  if (typeof source === "string") return source;
  const url = env[source.env];
  if (url === undefined || !/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new UsageError(`the environment variable ${source.env} is to hold an http or https URL: set it`);
  }
  return url;
}
