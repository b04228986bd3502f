import * as assert from "node:assert/strict";
import { parse } from "yaml";

/** A rule as the exporter reads it from YAML. */
export interface ParsedRule {
    readonly pattern: string;
    readonly name: string;
    readonly type: "COUNTER" | "GAUGE";
    readonly labels?: Readonly<Record<string, string>>;
    readonly value?: number;
    readonly cache?: boolean;
}

export interface ParsedConfig {
    readonly lowercaseOutputName: boolean;
    readonly includeObjectNames: readonly string[];
    readonly rules: readonly ParsedRule[];
}

export interface Sample {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly type: "COUNTER" | "GAUGE";
    /** The MBean's value, or the value that the rule sets. */
    readonly value: string;
}

export function parseConfig(yaml: string): ParsedConfig {
    return parse(yaml) as ParsedConfig;
}

/**
 * The exporter's metric for one attribute, given as `domain<key=value, ...><>attribute: value`;
 * undefined if the exporter leaves the attribute out. For the patterns of the rules, Java and
 * JavaScript agree.
 */
export function evaluate(config: ParsedConfig, attribute: string): Sample | undefined {
    const [bean, value] = splitAttribute(attribute);
    if (!config.includeObjectNames.some((query) => selects(query, bean))) return undefined;
    for (const rule of config.rules) {
        // A cached rule never sees the value.
        const text = rule.cache ? `${bean}: <cache>` : attribute;
        const match = new RegExp(`^.*(?:${rule.pattern}).*$`).exec(text);
        if (!match) continue;
        const fill = (template: string) =>
            template.replaceAll(/\$(\d)/g, (_, group: string) => match[Number(group)] ?? "");
        const result = rule.value === undefined ? value : String(rule.value);
        // The exporter drops a value that is not a number after the first match, not before it.
        if (Number.isNaN(Number(result)) && result !== "NaN") return undefined;
        const labels = Object.entries(rule.labels ?? {}).map(([key, label]) => [key, fill(label)]);
        return {
            name: metricName(fill(rule.name), rule.type),
            labels: Object.fromEntries(labels) as Record<string, string>,
            type: rule.type,
            value: result,
        };
    }
    return undefined;
}

function metricName(name: string, type: ParsedRule["type"]): string {
    const safe = name.toLowerCase().replaceAll(/[^a-z0-9_]/g, "_");
    const base = safe.replace(/_total$/, "");
    return type === "COUNTER" ? `${base}_total` : base;
}

function splitAttribute(attribute: string): [bean: string, value: string] {
    const match = /^(.*<>[^:]+): (.*)$/.exec(attribute);
    assert.ok(match, `not an attribute: ${attribute}`);
    return [match[1]!, match[2]!];
}

/** Whether a JMX query such as `domain:type=x,*` selects the bean of an attribute. */
function selects(query: string, bean: string): boolean {
    const [domain, keys = ""] = query.split(":");
    const match = /^([^<]+)<(.*)><>/.exec(bean);
    assert.ok(match, `not an attribute: ${bean}`);
    const wanted = keys.split(",").filter((key) => key !== "*");
    // A comma within a quoted value splits it as well, which does not affect the wanted keys.
    const present = match[2]!.split(", ");
    return (
        domain === match[1] &&
        wanted.every((key) => present.includes(key)) &&
        (keys.endsWith("*") || wanted.length === present.length)
    );
}
