/**
 * One rule of the Prometheus JMX exporter.
 *
 * The exporter matches a pattern against
 * `domain<key=value, key=value><>attribute: value`; `$1` and so on in the name, the labels and the
 * value are the pattern's groups. The first rule that matches an attribute makes its metric, and an
 * attribute that no rule matches is left out.
 */
export interface ExporterRule {
    /** Why the rule is there; becomes the comment above it. */
    readonly why: string;
    /** A Java pattern of the whole text, from `^` to `$`. */
    readonly pattern: string;
    /** The metric's name; the exporter makes it lower-case and turns `-` into `_`. */
    readonly name: string;
    /**
     * A COUNTER's name ends in `_total`: the exporter adds the suffix where it is missing, and
     * takes it away from a GAUGE.
     */
    readonly type: "COUNTER" | "GAUGE";
    readonly labels?: Readonly<Record<string, string>>;
    /** Default: the attribute's value. */
    readonly value?: number;
    /**
     * The pattern reads the attribute's value. Other rules are matched once per attribute and
     * remembered, which is what makes a scrape of thousands of partitions cheap.
     */
    readonly readsValue?: boolean;
}

/** What the exporter's configuration file says. */
export interface ExporterConfig {
    /** What the file is for; becomes the comment at its top. */
    readonly title: string;
    /** Queries of the MBeans to look at; the exporter does not even read the others. */
    readonly includeObjectNames: readonly string[];
    /** From special to general: the first match counts. */
    readonly rules: readonly ExporterRule[];
}

/**
 * Every rule ends with this: the attribute's value, or the exporter's placeholder for it in a rule
 * that is remembered.
 */
export const ANY_VALUE = ": .*$";

/** The configuration as YAML, one line per fact, so that a changed rule is a short diff. */
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

/** A single-quoted YAML scalar: backslashes, colons and `#` mean themselves in it. */
function quoted(text: string): string {
    return `'${text.replaceAll("'", "''")}'`;
}
