/**
 * One rule of the Prometheus JMX exporter.
 *
 * The exporter matches a pattern against
 * `domain<key=value, key=value><>attribute: value`; `$1` and so on in the name, the labels and the
 * value are the pattern's groups. The first matching rule turns an attribute into a metric;
 * attributes without a matching rule are left out.
 */
export interface ExporterRule {
    /** The reason for the rule; becomes the comment above it. */
    readonly why: string;
    /** A Java pattern for the whole text, from `^` to `$`. */
    readonly pattern: string;
    /** The metric's name; the exporter makes it lower-case and turns `-` into `_`. */
    readonly name: string;
    /**
     * The name of a COUNTER ends in `_total`: the exporter adds a missing suffix, and removes it from
     * a GAUGE.
     */
    readonly type: "COUNTER" | "GAUGE";
    readonly labels?: Readonly<Record<string, string>>;
    /** Default: the attribute's value. */
    readonly value?: number;
    /**
     * The pattern reads the attribute's value. Other rules are matched once per attribute and
     * cached, which makes a scrape of thousands of partitions cheap.
     */
    readonly readsValue?: boolean;
}

/** The content of the exporter's configuration file. */
export interface ExporterConfig {
    /** The purpose of the file; becomes the comment at its top. */
    readonly title: string;
    /** Queries of the MBeans to read; the exporter skips all others. */
    readonly includeObjectNames: readonly string[];
    /** Specific rules before general ones: the first match counts. */
    readonly rules: readonly ExporterRule[];
}

/**
 * The end of every pattern: the attribute's value, or the exporter's placeholder for it in a cached
 * rule.
 */
export const ANY_VALUE = ": .*$";

/** The configuration as YAML, one line per value, so that a changed rule is a short diff. */
export function renderExporterConfig(config: ExporterConfig): string {
    return [
        `# ${config.title}`,
        "lowercaseOutputName: true",
        "includeObjectNames:",
        ...config.includeObjectNames.map((name) => `  - ${quoted(name)}`),
        "rules:",
        ...config.rules.flatMap(ruleLines),
        "",
    ].join("\n");
}

function ruleLines(rule: ExporterRule): string[] {
    const labels = Object.entries(rule.labels ?? {});
    return [
        `  # ${rule.why}`,
        `  - pattern: ${quoted(rule.pattern)}`,
        `    name: ${quoted(rule.name)}`,
        `    type: ${rule.type}`,
        ...(labels.length > 0 ? ["    labels:"] : []),
        ...labels.map(([name, value]) => `      ${name}: ${quoted(value)}`),
        ...(rule.value === undefined ? [] : [`    value: ${rule.value}`]),
        ...(rule.readsValue ? [] : ["    cache: true"]),
    ];
}

/** A single-quoted YAML scalar, in which backslashes, colons and `#` are literal. */
function quoted(text: string): string {
    return `'${text.replaceAll("'", "''")}'`;
}
