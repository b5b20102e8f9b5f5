import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";

/** What one metric is. All series of a metric have all of its labels. */
export type MetricSpec = { type: "counter" | "gauge"; help: string; labels?: readonly string[] };
export type Labels = Readonly<Record<string, string>>;

/** Series by `name{label="value"}`, without the prefix. */
export type MetricsSnapshot = Readonly<Record<string, number>>;

export type Metrics<Name extends string = string> = {
  /** Adds to a counter. */
  count(name: Name, labels?: Labels, by?: number): void;
  /** Sets a present value. */
  set(name: Name, value: number, labels?: Labels): void;
  /** Forgets all series of a metric: what is not set again is no more. */
  clear(name: Name): void;
  /** Everything in Prometheus' text format. */
  text(): Promise<string>;
  snapshot(): Promise<MetricsSnapshot>;
};

/** Series per metric. What comes after these is counted together, as `other`. */
const MAX_SERIES = 1_000;
const PLAIN = /^[\w.:-]{1,80}$/;
const OTHER = "other";

/**
 * The metrics of one agent. Which there are is fixed, and so is the number of series: the value of a label that a stranger could have
 * chosen (too long, or of other than plain characters) is `other`, as are all after the first thousand.
 *
 * @param withProcess also those of the process: CPU, memory, event loop, in Prometheus' usual names
 * @example
 * const metrics = createMetrics({ prefix: "causeway_validator_", catalogue: VALIDATOR_METRICS });
 * metrics.set("signed_index", 41, { chain: "alpha" });
 */
export function createMetrics<Name extends string>(parameters: {
  prefix: string;
  catalogue: Readonly<Record<Name, MetricSpec>>;
  withProcess?: boolean;
}): Metrics<Name> {
  const { prefix, catalogue, withProcess = false } = parameters;
  const registry = new Registry();
  if (withProcess) collectDefaultMetrics({ register: registry });
  const metrics = new Map<string, { metric: Counter | Gauge; names: readonly string[]; seen: Set<string> }>();
  for (const [name, { type, help, labels = [] }] of Object.entries<MetricSpec>(catalogue)) {
    const settings = { name: `${prefix}${name}`, help, labelNames: [...labels], registers: [registry] };
    const metric = type === "counter" ? new Counter(settings) : new Gauge(settings);
    metrics.set(name, { metric, names: labels, seen: new Set() });
  }

  function find(name: Name, labels: Labels) {
    const known = metrics.get(name);
    if (known === undefined) throw new Error(`there is no metric ${name}`);
    const { metric, names, seen } = known;
    let values = names.map((label) => cleaned(labels[label]));
    const key = values.join(" ");
    if (!seen.has(key) && seen.size >= MAX_SERIES) values = names.map(() => OTHER);
    else seen.add(key);
    return { metric, labels: Object.fromEntries(names.map((label, i) => [label, values[i] ?? OTHER])) };
  }

  return {
    count(name, labels = {}, by = 1) {
      const found = find(name, labels);
      found.metric.inc(found.labels, by);
    },
    set(name, value, labels = {}) {
      const found = find(name, labels);
      if (!(found.metric instanceof Gauge)) throw new Error(`${name} is a counter`);
      found.metric.set(found.labels, value);
    },
    clear(name) {
      const known = metrics.get(name);
      known?.metric.reset();
      known?.seen.clear();
    },
    text: () => registry.metrics(),
    async snapshot() {
      const series: [string, number][] = [];
      for (const [name, { metric, names }] of metrics) {
        for (const { labels, value } of (await metric.get()).values) {
          const pairs = names.map((label) => `${label}="${labels[label]}"`);
          series.push([pairs.length === 0 ? name : `${name}{${pairs.join(",")}}`, value]);
        }
      }
      return Object.fromEntries(series.sort(([a], [b]) => a.localeCompare(b)));
    },
  };
}

function cleaned(value: string | undefined): string {
  return value !== undefined && PLAIN.test(value) ? value : OTHER;
}
