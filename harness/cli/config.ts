import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Address } from "viem";
import { z } from "zod";
import { batchOptionsSchema } from "../agents/relayer/batch/batchOptions.ts";
import { claimOptionsSchema } from "../agents/relayer/escrow/claimOptions.ts";
import { messageListsSchema } from "../agents/relayer/rules/messageLists.ts";
import { paymentRulesSchema } from "../agents/relayer/rules/paymentPolicy.ts";
import { type ChainConfig, chainConfigSchema } from "../chains/chainConfig.ts";
import { ISM_FACTORY_NAMES, type IsmFactories } from "../contracts/ismFactories.ts";
import { isPostgresUrl } from "../store/postgresUrl.ts";
import { type HttpConfig, httpSchema } from "./httpConfig.ts";
import { type KeySource, keySourceSchema, localKeySourceSchema } from "./keySource.ts";
import { urlSourceSchema } from "./urlSource.ts";
import { UsageError } from "./usageError.ts";
import { type WatchtowerConfig, watchtowerSchema } from "./watchtowerConfig.ts";

const validatorSchema = z.strictObject({
  /** Name of the chain whose messages it signs. */
  chain: z.string(),
  /** Signs checkpoints. */
  key: keySourceSchema.default({ env: "CAUSEWAY_VALIDATOR_KEY" }),
  /** Signs the same checkpoints once more, for BLS multisig modules: a BLS secret (`causeway bls new`). */
  blsKey: localKeySourceSchema.optional(),
  /** Pays for the announcement. Default: the same key. */
  transactionKey: keySourceSchema.optional(),
  /** Where the signed checkpoints are published: `file:///absolute/directory` or `s3://bucket/region[/folder]`. */
  storage: z.string(),
  /** Nodes beside the chain's own `rpcUrl`, of other operators. Without them one node is believed in everything. */
  rpcUrls: z.array(urlSourceSchema).default([]),
  /** How many of all nodes must tell the same: more than half. Default: all. None may tell another thing in any case. */
  quorum: z.int().min(2).exactOptional(),
  /** The signing history. Losing it stops the validator: keep it on a disk that lasts. */
  store: z.string(),
  /** After the history was lost on purpose: sign nothing below this index. */
  acceptLostHistoryFrom: z.number().int().nonnegative().optional(),
  /** Serve health and metrics, and take commands. */
  http: httpSchema.exactOptional(),
});

const relayerSchema = z.strictObject({
  /** Pays for deliveries. */
  key: keySourceSchema.default({ env: "CAUSEWAY_RELAYER_KEY" }),
  /**
   * Messages, attempts and transactions; a cache of the chains that may be deleted. A file, or `postgres://…` for relayers that share
   * it. The environment's `DATABASE_URL`, where that is set, goes before it.
   */
  store: z.string(),
  /** Where relayers share a store: seconds after which others take over from one that is gone. Default: 10. */
  leaseSeconds: z.int().min(1).max(300).exactOptional(),
  /** Names of the chains to relay from and to. Default: all. */
  origins: z.array(z.string()).optional(),
  destinations: z.array(z.string()).optional(),
  /** Read validators' `file://` locations: only where validators run on this machine. */
  allowLocalStorage: z.boolean().default(false),
  /** Ask gateways of modules at private and loopback addresses: only where all of those are yours. */
  allowPrivateGateways: z.boolean().default(false),
  /** What must be paid for a message before it is delivered: the first rule that matches says. Default: nothing. */
  paymentRules: paymentRulesSchema.default([]),
  /** Which messages are relayed. Default: all. */
  lists: messageListsSchema.default({ blacklist: [] }),
  /** A message that so many reverted transactions were paid for is given up until `causeway retry`. */
  maxReverts: z.int().min(1).exactOptional(),
  /** The same for so many wei of the destination's token, decimal. */
  maxLoss: z.string().regex(/^\d+$/, "not a number of wei").transform(BigInt).exactOptional(),
  /** When to claim what escrows owe for deliveries. */
  claims: claimOptionsSchema.exactOptional(),
  /** Serve health, metrics and the explorer, and take commands. */
  http: httpSchema.exactOptional(),
  /** When to deliver messages together. Default: never. */
  batch: batchOptionsSchema.exactOptional(),
});

const wei = z
  .string()
  .regex(/^\d{1,30}$/, "is no whole number of wei")
  .transform(BigInt);

const gasOracleSchema = z
  .strictObject({
    /** The updater of the oracles that are written. */
    key: keySourceSchema.default({ env: "CAUSEWAY_GAS_ORACLE_KEY" }),
    /** File of what the chains' tokens are worth, which another program writes (docs/gas-payment.md). */
    prices: z.string(),
    /** Seconds that those prices may be old; then what is on chain stays. */
    maxPriceAge: z.int().min(1).default(3_600),
    /** What of a price may be off before it is written: 0.1 is a tenth. */
    threshold: z.number().min(0.001).max(1).default(0.1),
    /** What gas prices are raised by: 0.1 is a tenth. */
    margin: z.number().min(0).max(10).default(0),
    /** By which factor a price may move in one write, up or down. A token's price that jumps further is refused. */
    maxChange: z.number().min(1.01).max(1_000).default(2),
    /** Seconds between two looks. */
    interval: z.int().min(1).default(60),
    /** What gas can cost on each chain, in wei. What a node says beyond that is not believed, nor offered for a transaction. */
    chains: z.record(
      z.string(),
      z
        .strictObject({
          minGasPrice: wei.refine((price) => price > 0n, "is zero"),
          maxGasPrice: wei,
          /** Default: the domain. */
          chainId: z.int().min(1).exactOptional(),
        })
        .refine(({ minGasPrice, maxGasPrice }) => minGasPrice <= maxGasPrice, "minGasPrice is above maxGasPrice"),
    ),
    /** What to write, by the chain that it is on. Default: each chain's interchainGasPaymasters. */
    oracles: z.record(z.string(), z.array(chainConfigSchema.shape.mailbox)).exactOptional(),
  })
  .refine(
    ({ threshold, maxChange }) => threshold < 1 - 1 / maxChange,
    "threshold leaves no room: it must be below 1 - 1 / maxChange",
  );

const chainSchema = chainConfigSchema.omit({ name: true }).extend({
  /** Takes messages that are sent without naming a recipient; development chains have one. */
  testRecipient: chainConfigSchema.shape.mailbox.exactOptional(),
  /** What `causeway ism deploy` makes modules with, as `causeway deploy` printed it. */
  ismFactories: z.record(z.enum(ISM_FACTORY_NAMES), chainConfigSchema.shape.mailbox).exactOptional(),
  /** For `causeway hook deploy`, which otherwise creates one where it needs one. */
  aggregationHookFactory: chainConfigSchema.shape.mailbox.exactOptional(),
  /** For `causeway account`. */
  interchainAccountRouter: chainConfigSchema.shape.mailbox.exactOptional(),
});

const configSchema = z.strictObject({
  chains: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), chainSchema),
  validator: validatorSchema.optional(),
  relayer: relayerSchema.optional(),
  watchtower: watchtowerSchema.optional(),
  gasOracle: gasOracleSchema.optional(),
});

export type ValidatorConfig = z.infer<typeof validatorSchema>;
export type RelayerConfig = z.infer<typeof relayerSchema>;
export type GasOracleConfig = z.infer<typeof gasOracleSchema>;
export type NamedChain = ChainConfig & {
  testRecipient?: Address;
  ismFactories?: IsmFactories;
  aggregationHookFactory?: Address;
  interchainAccountRouter?: Address;
};
export type Config = {
  /** Absolute path of the file; relative paths in it are relative to its folder. */
  file: string;
  chains: Record<string, NamedChain>;
  validator?: ValidatorConfig;
  relayer?: RelayerConfig;
  watchtower?: WatchtowerConfig;
  gasOracle?: GasOracleConfig;
};

/** Where the configuration is looked for when neither --config nor CAUSEWAY_CONFIG names one. */
export const DEFAULT_FILES = ["causeway.json", ".causeway/causeway.json"];

/**
 * Reads the configuration file. `CAUSEWAY_RPC_URL_<CHAIN>` (upper case, `-` as `_`) overrides a chain's rpcUrl, so that a
 * URL that holds a secret needs not be in the file.
 *
 * @throws UsageError that names the file, the field and what is wrong with it
 */
export function readConfig(named: string | undefined, env: NodeJS.ProcessEnv = process.env): Config {
  const file = findFile(named ?? env.CAUSEWAY_CONFIG);
  const parsed = configSchema.safeParse(withRpcUrls(parseJson(file), env));
  if (!parsed.success) {
    throw new UsageError(`the configuration ${file} is not valid:\n${z.prettifyError(parsed.error)}`);
  }
  const { chains, validator, relayer, watchtower, gasOracle } = parsed.data;
  const path = (value: string) => resolve(dirname(file), value);
  const key = <S extends KeySource>(source: S) => ("file" in source ? { ...source, file: path(source.file) } : source);
  const relayerStore = (store: string) => {
    const url = env.DATABASE_URL;
    if (url === undefined) return isPostgresUrl(store) ? store : path(store);
    if (isPostgresUrl(url)) return url;
    throw new UsageError("DATABASE_URL is no URL of a PostgreSQL database: set it to postgres://…, or unset it");
  };
  const withHttp = ({ http }: { http?: HttpConfig }) =>
    http && { http: { ...http, ...(http.token && { token: key(http.token) }) } };
  return {
    file,
    chains: Object.fromEntries(Object.entries(chains).map(([name, chain]) => [name, { ...chain, name }])),
    ...(validator && {
      validator: {
        ...validator,
        key: key(validator.key),
        ...(validator.blsKey && { blsKey: key(validator.blsKey) }),
        ...(validator.transactionKey && { transactionKey: key(validator.transactionKey) }),
        store: path(validator.store),
        ...withHttp(validator),
      },
    }),
    ...(relayer && {
      relayer: { ...relayer, key: key(relayer.key), store: relayerStore(relayer.store), ...withHttp(relayer) },
    }),
    ...(watchtower && {
      watchtower: {
        ...watchtower,
        ...(watchtower.key && { key: key(watchtower.key) }),
        ...(watchtower.guardianKey && { guardianKey: key(watchtower.guardianKey) }),
        store: path(watchtower.store),
        ...withHttp(watchtower),
      },
    }),
    ...(gasOracle && {
      gasOracle: { ...gasOracle, key: key(gasOracle.key), prices: path(gasOracle.prices) },
    }),
  };
}

/** The chain of that name. @throws UsageError that lists the names there are */
export function chainNamed(config: Config, name: string): NamedChain {
  const chain = Object.hasOwn(config.chains, name) ? config.chains[name] : undefined;
  if (chain === undefined) {
    throw new UsageError(`${config.file} has no chain "${name}"; it has: ${Object.keys(config.chains).join(", ")}`);
  }
  return chain;
}

function findFile(named: string | undefined): string {
  const candidates = named === undefined ? DEFAULT_FILES : [named];
  const file = candidates.find(existsSync);
  if (file === undefined) {
    throw new UsageError(
      `no configuration at ${candidates.join(" or ")}: name one with --config or CAUSEWAY_CONFIG, ` +
        "or run `causeway up`, which writes one for two local chains",
    );
  }
  return resolve(file);
}

function parseJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new UsageError(`can not read ${file}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${file} is no JSON`); // the parser's message would repeat some of what is in it
  }
}

function withRpcUrls(json: unknown, env: NodeJS.ProcessEnv): unknown {
  const chains = z.looseObject({ chains: z.record(z.string(), z.looseObject({})) }).safeParse(json);
  if (!chains.success) return json;
  for (const [name, chain] of Object.entries(chains.data.chains)) {
    const url = env[`CAUSEWAY_RPC_URL_${name.toUpperCase().replaceAll("-", "_")}`];
    if (url !== undefined) chain.rpcUrl = url;
  }
  return chains.data;
}
