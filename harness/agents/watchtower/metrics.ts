/** Counts since the start, and present values, by name; `name{label="value"}` where there are labels. */
export type MetricsSnapshot = Readonly<Record<string, number>>;

export type Metrics = {
  /** Adds to a counter. */
  count(name: string, labels?: Readonly<Record<string, string>>, by?: number): void;
  /** Sets a present value. */
  set(name: string, value: number, labels?: Readonly<Record<string, string>>): void;
  snapshot(): MetricsSnapshot;
};

/** Counters and gauges of one agent, as an exporter wants them. Labels are of this program's choice, never of a stranger's. */
export function createMetrics(): Metrics {
  const values = new Map<string, number>();
  const nameOf = (name: string, labels: Readonly<Record<string, string>> = {}) => {
    const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
    return pairs.length === 0 ? name : `${name}{${pairs.join(",")}}`;
  };
  return {
    count(name, labels, by = 1) {
      const full = nameOf(name, labels);
      values.set(full, (values.get(full) ?? 0) + by);
    },
    set(name, value, labels) {
      values.set(nameOf(name, labels), value);
    },
    snapshot: () => Object.fromEntries([...values].sort(([a], [b]) => a.localeCompare(b))),
  };
}
